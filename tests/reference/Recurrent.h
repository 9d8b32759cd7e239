// Naive twins of the recurrent cells, from ONNX's definitions: one sequence, one direction, everything in double.
#ifndef BURIN_TESTS_REFERENCE_RECURRENT_H
#define BURIN_TESTS_REFERENCE_RECURRENT_H

#include <algorithm>
#include <functional>
#include <vector>

namespace burin::reference {

using Reals = std::vector<double>;
using Activation = std::function<double(double)>;

/// What all three cells have. x: the inputs' part per step, gate after gate; r: [gates * n][n].
struct Cell {
  std::vector<Reals> x;
  Reals r, h, c, peepholes, bias;
  double clip;
  std::vector<Activation> activations;
  bool inputForget = false, resetAfter = false;

  double clipped(double v) const { return std::max(-clip, std::min(clip, v)); }
  /// Row `gate * n + i` of r times `with`.
  double product(std::size_t gate, std::size_t i, const Reals &with) const {
    double sum = 0;
    for (std::size_t j = 0; j < with.size(); ++j)
      sum += r[(gate * with.size() + i) * with.size() + j] * with[j];
    return sum;
  }
};

inline void rnnStep(Cell &k, const Reals &x) {
  Reals next;
  for (std::size_t i = 0; i < k.h.size(); ++i)
    next.push_back(k.activations[0](k.clipped(x[i] + k.product(0, i, k.h))));
  k.h = next;
}

inline void gruStep(Cell &k, const Reals &x) {
  const std::size_t n = k.h.size();
  Reals update, reset, next, forgotten;
  for (std::size_t i = 0; i < n; ++i) {
    update.push_back(k.activations[0](k.clipped(x[i] + k.product(0, i, k.h))));
    reset.push_back(k.activations[0](k.clipped(x[n + i] + k.product(1, i, k.h))));
    forgotten.push_back(reset[i] * k.h[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double inner = k.resetAfter ? reset[i] * (k.product(2, i, k.h) + k.bias[i]) : k.product(2, i, forgotten);
    const double candidate = k.activations[1](k.clipped(x[2 * n + i] + inner));
    next.push_back((1 - update[i]) * candidate + update[i] * k.h[i]);
  }
  k.h = next;
}

inline void lstmStep(Cell &k, const Reals &x) {
  const std::size_t n = k.h.size();
  Reals h, c;
  for (std::size_t i = 0; i < n; ++i) {
    auto gate = [&](std::size_t g) { return x[g * n + i] + k.product(g, i, k.h); };
    const double in = k.activations[0](k.clipped(gate(0) + k.peepholes[i] * k.c[i]));
    const double forget =
        k.inputForget ? 1 - in : k.activations[0](k.clipped(gate(2) + k.peepholes[2 * n + i] * k.c[i]));
    c.push_back(forget * k.c[i] + in * k.activations[1](k.clipped(gate(3))));
    const double out = k.activations[0](k.clipped(gate(1) + k.peepholes[n + i] * c[i]));
    h.push_back(out * k.activations[2](c[i]));
  }
  k.h = h;
  k.c = c;
}

/// Steps [0, length) of `k.x` in order, or backwards; the rows of the result beyond are 0.
inline std::vector<Reals> recur(Cell &k, void (*step)(Cell &, const Reals &), std::size_t length, bool reverse) {
  std::vector<Reals> y(k.x.size(), Reals(k.h.size(), 0.0));
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t t = reverse ? length - 1 - i : i;
    step(k, k.x[t]);
    y[t] = k.h;
  }
  return y;
}

} // namespace burin::reference

#endif
