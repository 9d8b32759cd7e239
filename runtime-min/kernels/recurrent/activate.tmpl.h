#include <math.h>
#include "elementwise/unary/log1p_exp_@t@.h"
#include "elementwise/unary/logistic_@t@.h"
#include "elementwise/unary/unit_@t@.h"

/* Activation `kind` of a recurrent cell: 0 sigmoid, 1 tanh, 2 relu, 3 alpha v + beta, 4 leaky relu, 5 thresholded relu, 6 alpha tanh(beta v), 7 hard sigmoid, 8 elu, 9 softsign, 10 softplus; anything else is v. NaN stays NaN. Source: ONNX RNN-22. */
static @t.c@ brn_@NAME@(uint32_t kind, @t.c@ alpha, @t.c@ beta, @t.c@ v)
{
    switch (kind) {
    case 0u:
        return brn_logistic_@t@(v);
    case 1u:
        return tanh@t.f@(v);
    case 2u:
        return v < 0.0@t.f@ ? 0.0@t.f@ : v;
    case 3u:
        return alpha * v + beta;
    case 4u:
        return v < 0.0@t.f@ ? alpha * v : v;
    case 5u:
        return v <= alpha ? 0.0@t.f@ : v;
    case 6u:
        return alpha * tanh@t.f@(beta * v);
    case 7u:
        return brn_unit_@t@(alpha * v + beta);
    case 8u:
        return v < 0.0@t.f@ ? alpha * expm1@t.f@(v) : v;
    case 9u:
        return v / (1.0@t.f@ + fabs@t.f@(v));
    case 10u:
        return brn_log1p_exp_@t@(v);
    default:
        return v;
    }
}
