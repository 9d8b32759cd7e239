// The recurrent cells against their formulas in double: all directions, lengths, activations, absent operands.
#include "tests/reference/Recurrent.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

using namespace burin::test;
using burin::reference::Activation;
using burin::reference::Cell;
using burin::reference::Reals;

namespace {

/// The activations in the order of the kernels' numbers.
Activation activation(uint32_t kind, double a, double b) {
  switch (kind) {
  case 0:
    return [](double v) { return 1 / (1 + std::exp(-v)); };
  case 1:
    return [](double v) { return std::tanh(v); };
  case 2:
    return [](double v) { return std::max(v, 0.0); };
  case 3:
    return [=](double v) { return a * v + b; };
  case 4:
    return [=](double v) { return v < 0 ? a * v : v; };
  case 5:
    return [=](double v) { return v > a ? v : 0.0; };
  case 6:
    return [=](double v) { return a * std::tanh(b * v); };
  case 7:
    return [=](double v) { return std::min(1.0, std::max(0.0, a * v + b)); };
  case 8:
    return [=](double v) { return v < 0 ? a * (std::exp(v) - 1) : v; };
  case 9:
    return [](double v) { return v / (1 + std::abs(v)); };
  default:
    return [](double v) { return std::log(1 + std::exp(v)); };
  }
}

/// Operands of one call, random, and the twin made of them.
template <typename T> struct Operands {
  Operands(Random &random, uint32_t gates, uint32_t count)
      : steps(random.size(0, 5)), n(random.size(1, 9)), xStep(gates * n + random.size(0, 3)),
        yStep(n + random.size(0, 3)), reverse(random.chance(0.5)), clip(T(random.chance(0.5) ? 0.5 : 1e9)) {
    x = random.values<T>(steps * xStep + 1, -1, 1);
    r = random.values<T>(gates * n * n, -0.7, 0.7);
    h0 = random.values<T>(n, -1, 1);
    c0 = random.values<T>(n, -1, 1);
    p = random.values<T>(3 * n, -1, 1);
    b = random.values<T>(n, -1, 1);
    for (uint32_t i = 0; i < count; ++i) {
      kinds.push_back(random.size(0, 10));
      alphas.push_back(T(random.real(0.1, 1)));
      betas.push_back(T(random.real(0.1, 1)));
    }
    hasState = random.chance(0.6);
    hasExtra = random.chance(0.6);
    length = static_cast<int32_t>(random.integer(-1, 7)); // also outside [0, steps]
    hasLength = random.chance(0.6);
    hasY = random.chance(0.8);
    y.assign(steps * yStep + 1, T(-7));
    h.assign(n, T(-7));
    c.assign(n, T(-7));
    z.assign(4 * n, T(-7));
  }

  Cell twin(uint32_t gates) const {
    Cell k;
    for (uint32_t t = 0; t < steps; ++t)
      k.x.emplace_back(x.begin() + t * xStep, x.begin() + t * xStep + gates * n);
    k.r.assign(r.begin(), r.end());
    k.h = hasState ? Reals(h0.begin(), h0.end()) : Reals(n, 0.0);
    k.c = hasState ? Reals(c0.begin(), c0.end()) : Reals(n, 0.0);
    k.peepholes = hasExtra ? Reals(p.begin(), p.end()) : Reals(3 * n, 0.0);
    k.bias = hasExtra ? Reals(b.begin(), b.end()) : Reals(n, 0.0);
    k.clip = clip;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      k.activations.push_back(activation(kinds[i], alphas[i], betas[i]));
    return k;
  }

  uint32_t used() const {
    return hasLength ? static_cast<uint32_t>(std::max(0, std::min<int32_t>(length, static_cast<int32_t>(steps))))
                     : steps;
  }

  void check(Cell &k, void (*step)(Cell &, const Reals &)) {
    const double tolerance = sizeof(T) == 4 ? 2e-4 : 1e-11;
    const std::vector<Reals> rows = burin::reference::recur(k, step, used(), reverse);
    CHECK(difference(h, k.h, tolerance, tolerance) == "");
    std::vector<double> expected(y.size(), -7);
    for (uint32_t t = 0; t < steps && hasY; ++t)
      std::copy(rows[t].begin(), rows[t].end(), expected.begin() + t * yStep);
    CHECK(difference(y, expected, tolerance, tolerance) == "");
  }

  const T *optional(const std::vector<T> &v, bool given) const { return given ? v.data() : nullptr; }

  uint32_t steps, n, xStep, yStep;
  bool reverse, hasState, hasExtra, hasLength, hasY;
  T clip;
  int32_t length;
  std::vector<T> x, r, h0, c0, p, b, y, h, c, z, alphas, betas;
  std::vector<uint32_t> kinds;
};

} // namespace

TEMPLATE_TEST_CASE("rnn", "[recurrent]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 200; ++round) {
    Random random(round);
    Operands<T> o(random, 1, 1);
    INFO(random.seed() << " round " << round);
    const bool plain = round % 3 == 0;
    if (plain)
      o.kinds = {1};
    Cell k = o.twin(1);
    const int32_t *length = o.hasLength ? &o.length : nullptr;
    T *y = o.hasY ? o.y.data() : nullptr;
    const T *h0 = o.optional(o.h0, o.hasState);
    if (plain)
      call(kernelName<T>("rnn"), o.x.data(), o.xStep, o.r.data(), h0, length, o.h.data(), y, o.yStep, o.z.data(),
           o.steps, o.n, uint32_t(o.reverse), o.clip);
    else
      call(kernelName<T>("rnn_act"), o.x.data(), o.xStep, o.r.data(), h0, length, o.h.data(), y, o.yStep, o.z.data(),
           o.steps, o.n, uint32_t(o.reverse), o.clip, o.kinds[0], o.alphas[0], o.betas[0]);
    o.check(k, burin::reference::rnnStep);
  }
}

TEMPLATE_TEST_CASE("gru", "[recurrent]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 200; ++round) {
    Random random(round);
    Operands<T> o(random, 3, 2);
    INFO(random.seed() << " round " << round);
    const bool plain = round % 3 == 0, after = random.chance(0.5);
    if (plain)
      o.kinds = {0, 1};
    Cell k = o.twin(3);
    k.resetAfter = after;
    const int32_t *length = o.hasLength ? &o.length : nullptr;
    T *y = o.hasY ? o.y.data() : nullptr;
    const T *h0 = o.optional(o.h0, o.hasState), *b = o.optional(o.b, o.hasExtra);
    if (plain)
      call(kernelName<T>("gru"), o.x.data(), o.xStep, o.r.data(), b, h0, length, o.h.data(), y, o.yStep, o.z.data(),
           o.steps, o.n, uint32_t(o.reverse), uint32_t(after), o.clip);
    else
      call(kernelName<T>("gru_act"), o.x.data(), o.xStep, o.r.data(), b, h0, length, o.h.data(), y, o.yStep, o.z.data(),
           o.steps, o.n, uint32_t(o.reverse), uint32_t(after), o.clip, o.kinds[0], o.alphas[0], o.betas[0], o.kinds[1],
           o.alphas[1], o.betas[1]);
    o.check(k, burin::reference::gruStep);
  }
}

TEMPLATE_TEST_CASE("lstm", "[recurrent]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 200; ++round) {
    Random random(round);
    Operands<T> o(random, 4, 3);
    INFO(random.seed() << " round " << round);
    const bool plain = round % 3 == 0, coupled = random.chance(0.3);
    if (plain)
      o.kinds = {0, 1, 1};
    Cell k = o.twin(4);
    k.inputForget = coupled;
    const int32_t *length = o.hasLength ? &o.length : nullptr;
    T *y = o.hasY ? o.y.data() : nullptr;
    const T *h0 = o.optional(o.h0, o.hasState), *c0 = o.optional(o.c0, o.hasState), *p = o.optional(o.p, o.hasExtra);
    if (plain)
      call(kernelName<T>("lstm"), o.x.data(), o.xStep, o.r.data(), p, h0, c0, length, o.h.data(), o.c.data(), y,
           o.yStep, o.z.data(), o.steps, o.n, uint32_t(o.reverse), uint32_t(coupled), o.clip);
    else
      call(kernelName<T>("lstm_act"), o.x.data(), o.xStep, o.r.data(), p, h0, c0, length, o.h.data(), o.c.data(), y,
           o.yStep, o.z.data(), o.steps, o.n, uint32_t(o.reverse), uint32_t(coupled), o.clip, o.kinds[0], o.alphas[0],
           o.betas[0], o.kinds[1], o.alphas[1], o.betas[1], o.kinds[2], o.alphas[2], o.betas[2]);
    o.check(k, burin::reference::lstmStep);
    CHECK(difference(o.c, k.c, sizeof(T) == 4 ? 2e-4 : 1e-11, sizeof(T) == 4 ? 2e-4 : 1e-11) == "");
  }
}
