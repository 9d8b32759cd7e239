#include <math.h>

/* Class probabilities from pairwise ones: with r[i * n + j] the probability of class i if it is i or j (r[j * n + i] = 1 - r[i * n + j], the diagonal isn't read), p minimises
 *   sum over i, j != i of (r[j * n + i] p[i] - r[i * n + j] p[j])^2,  sum of p = 1.
 * Gauss-Seidel steps until no component of the gradient differs from its mean by 0.005 / n, at most 100. q is scratch of n * n + n elements. 0 < r < 1 off the diagonal. Source: T.-F. Wu, C.-J. Lin, R. Weng, Probability Estimates for Multi-class Classification by Pairwise Coupling, JMLR 5 (2004), algorithm 2. */
static void brn_@NAME@(const @t.c@ *r, @t.c@ *p, @t.c@ *q, uint32_t n)
{
    @t.c@ *const qp = q + (size_t)n * n;
    for (uint32_t i = 0u; i < n; ++i) {
        @t.c@ sum = 0.0@t.f@;
        for (uint32_t j = 0u; j < n; ++j) {
            const @t.c@ other = r[(size_t)j * n + i];
            if (j != i) {
                sum += other * other;
                q[(size_t)i * n + j] = -other * r[(size_t)i * n + j];
            }
        }
        q[(size_t)i * n + i] = sum;
        p[i] = 1.0@t.f@ / (@t.c@)n;
    }
    for (uint32_t step = 0u; step < 100u; ++step) {
        @t.c@ pqp = 0.0@t.f@;
        for (uint32_t i = 0u; i < n; ++i) {
            qp[i] = 0.0@t.f@;
            for (uint32_t j = 0u; j < n; ++j) {
                qp[i] += q[(size_t)i * n + j] * p[j];
            }
            pqp += p[i] * qp[i];
        }
        @t.c@ worst = 0.0@t.f@;
        for (uint32_t i = 0u; i < n; ++i) {
            const @t.c@ error = fabs@t.f@(qp[i] - pqp);
            worst = error > worst ? error : worst;
        }
        if (worst < 0.005@t.f@ / (@t.c@)n) {
            break;
        }
        for (uint32_t i = 0u; i < n; ++i) {
            const @t.c@ qii = q[(size_t)i * n + i];
            const @t.c@ diff = (pqp - qp[i]) / qii;
            const @t.c@ scale = 1.0@t.f@ / (1.0@t.f@ + diff);
            p[i] += diff;
            pqp = (pqp + diff * (diff * qii + 2.0@t.f@ * qp[i])) * scale * scale;
            for (uint32_t j = 0u; j < n; ++j) {
                qp[j] = (qp[j] + diff * q[(size_t)i * n + j]) * scale;
                p[j] *= scale;
            }
        }
    }
}
