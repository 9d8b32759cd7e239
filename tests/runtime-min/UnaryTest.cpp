// Elementwise kernels of one input against their formulas in wider arithmetic.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>
#include <numbers>

using namespace burin::test;

namespace {

using Wide = long double;

struct Unary {
  const char *op;
  Wide (*formula)(Wide);
  double lo, hi;          // of the random inputs
  double relative = 4e-7; // for float; double gets the same number of its own epsilons
  double absolute = 0;
};

Wide sigmoid(Wide v) { return 1 / (1 + std::exp(-v)); }
Wide softplus(Wide v) { return v > 40 ? v : std::log1p(std::exp(v)); }
Wide rectify(Wide v) { return std::isnan(v) ? v : std::max(v, Wide(0)); }
Wide unit(Wide v) { return std::isnan(v) ? v : std::clamp(v, Wide(0), Wide(1)); }

const Unary floatOps[] = {
    {"abs", [](Wide v) { return std::fabs(v); }, -100, 100},
    {"neg", [](Wide v) { return -v; }, -100, 100},
    {"exp", [](Wide v) { return std::exp(v); }, -80, 80},
    {"log", [](Wide v) { return std::log(v); }, 0, 1e6},
    {"sqrt", [](Wide v) { return std::sqrt(v); }, 0, 1e6},
    {"ceil", [](Wide v) { return std::ceil(v); }, -100, 100},
    {"floor", [](Wide v) { return std::floor(v); }, -100, 100},
    {"sin", [](Wide v) { return std::sin(v); }, -20, 20, 4e-7, 1e-7},
    {"cos", [](Wide v) { return std::cos(v); }, -20, 20, 4e-7, 1e-7},
    {"tan", [](Wide v) { return std::tan(v); }, -1.5, 1.5},
    {"asin", [](Wide v) { return std::asin(v); }, -1, 1},
    {"acos", [](Wide v) { return std::acos(v); }, -1, 1},
    {"atan", [](Wide v) { return std::atan(v); }, -20, 20},
    {"sinh", [](Wide v) { return std::sinh(v); }, -20, 20},
    {"cosh", [](Wide v) { return std::cosh(v); }, -20, 20},
    {"tanh", [](Wide v) { return std::tanh(v); }, -10, 10},
    {"asinh", [](Wide v) { return std::asinh(v); }, -1000, 1000},
    {"acosh", [](Wide v) { return std::acosh(v); }, 1, 1000},
    {"atanh", [](Wide v) { return std::atanh(v); }, -1, 1},
    {"erf", [](Wide v) { return std::erf(v); }, -4, 4},
    {"sigmoid", sigmoid, -80, 80, 1e-6},
    {"softplus", softplus, -80, 80, 1e-6},
    {"softsign", [](Wide v) { return v / (1 + std::fabs(v)); }, -100, 100},
    {"sign", [](Wide v) { return std::isnan(v) ? v : Wide((v > 0) - (v < 0)); }, -3, 3},
    {"reciprocal", [](Wide v) { return 1 / v; }, -10, 10},
    {"relu", rectify, -3, 3},
    {"hardswish", [](Wide v) { return v * unit(v / 6 + Wide(0.5)); }, -5, 5, 4e-7, 1e-6},
    {"mish", [](Wide v) { return v * std::tanh(softplus(v)); }, -30, 30, 1e-6},
    {"gelu", [](Wide v) { return v * (1 + std::erf(v / std::numbers::sqrt2_v<Wide>)) / 2; }, -6, 6, 4e-7, 2e-6},
    {"gelu_tanh",
     [](Wide v) {
       const Wide inner = std::sqrt(2 / std::numbers::pi_v<Wide>) * (v + Wide(0.044715) * v * v * v);
       return v * (1 + std::tanh(inner)) / 2;
     },
     -6, 6, 1e-6, 4e-6},
};

template <typename T> void checkFloat(const Unary &op) {
  Random random(std::string_view(op.op).size());
  INFO(op.op << " " << TypeName<T>::suffix << " " << random.seed());
  const double scale = std::is_same_v<T, float> ? 1 : 2e-9; // DBL_EPSILON / FLT_EPSILON, rounded up
  std::vector<T> x = random.values<T>(257, op.lo, op.hi);
  std::vector<Wide> expected;
  for (T v : x)
    expected.push_back(op.formula(v));
  std::vector<T> y(x.size());
  call(kernelName<T>(op.op), x.data(), y.data(), static_cast<uint32_t>(x.size()));
  CHECK(difference(y, expected, op.relative * scale, op.absolute * scale) == "");
  call(kernelName<T>(op.op), x.data(), x.data(), static_cast<uint32_t>(x.size())); // in place
  CHECK(difference(x, expected, op.relative * scale, op.absolute * scale) == "");
}

/// One value through a kernel of (x, y, n, more ...).
template <typename T, typename... More> T one(const std::string &op, T v, More... more) {
  T y{};
  call(kernelName<T>(op), &v, &y, 1u, more...);
  return y;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

} // namespace

TEMPLATE_TEST_CASE("float functions follow their formulas", "[unary]", float, double) {
  for (const Unary &op : floatOps)
    checkFloat<TestType>(op);
}

TEMPLATE_TEST_CASE("rounding is to nearest even", "[unary]", float, double) {
  const std::vector<TestType> x = {-3.5, -2.5, -1.5, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 1e6, 7.0};
  std::vector<TestType> y(x.size());
  call(kernelName<TestType>("round"), x.data(), y.data(), static_cast<uint32_t>(x.size()));
  const std::vector<double> expected = {-4, -2, -2, -1, 0, 0, 0, 0, 1, 2, 2, 4, 1e6, 7};
  CHECK(difference(y, expected) == "");
}

TEMPLATE_TEST_CASE("NaN goes through every float function", "[unary]", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  for (const Unary &op : floatOps) {
    INFO(op.op);
    CHECK(std::isnan(one<TestType>(op.op, nan)));
  }
  CHECK(std::isnan(one<TestType>("round", nan)));
  for (const char *op : {"leaky_relu", "elu", "celu", "selu", "hard_sigmoid", "thresholded_relu", "swish", "clamp"}) {
    INFO(op);
    CHECK(std::isnan(one<TestType>(op, nan, TestType(0.5), TestType(1))));
  }
}

TEMPLATE_TEST_CASE("saturating functions survive infinity and huge inputs", "[unary]", float, double) {
  const TestType inf = static_cast<TestType>(infinity), huge = std::numeric_limits<TestType>::max();
  for (TestType v : {inf, huge, TestType(1000)}) {
    CHECK(one<TestType>("sigmoid", v) == 1);
    CHECK(one<TestType>("sigmoid", -v) == 0);
    CHECK(one<TestType>("softplus", v) == v);
    CHECK(one<TestType>("softplus", -v) == 0);
    CHECK(one<TestType>("mish", v) == v);
    CHECK(one<TestType>("tanh", v) == 1);
    CHECK(one<TestType>("gelu", v) == v);
    CHECK(one<TestType>("gelu_tanh", v) == v);
    CHECK(one<TestType>("hardswish", v) == v);
    CHECK(one<TestType>("relu", -v) == 0);
    CHECK(one<TestType>("relu", v) == v);
    CHECK(one<TestType>("elu", -v, TestType(2), TestType(0)) == -2);
    CHECK(one<TestType>("hard_sigmoid", -v, TestType(0.2), TestType(0.5)) == 0);
    CHECK(one<TestType>("hard_sigmoid", v, TestType(0.2), TestType(0.5)) == 1);
  }
  CHECK(one<TestType>("reciprocal", 0) == inf);
  CHECK(one<TestType>("exp", -inf) == 0);
  CHECK(one<TestType>("log", 0) == -inf);
  CHECK(std::isnan(one<TestType>("sqrt", -1)));
  CHECK(std::signbit(one<TestType>("neg", 0)));
}

TEMPLATE_TEST_CASE("small results keep their digits", "[unary]", float, double) {
  const TestType v = -40;
  CHECK(close(one<TestType>("sigmoid", v), std::exp(-40.0), 1e-6, 0));
  CHECK(close(one<TestType>("softplus", v), std::exp(-40.0), 1e-6, 0));
  CHECK(close(one<TestType>("elu", TestType(-1e-20), TestType(1), TestType(0)), -1e-20, 1e-6, 0));
}

namespace {

struct UnaryAb {
  const char *op;
  Wide (*formula)(Wide v, Wide alpha, Wide beta);
  double alpha, beta;
};

const UnaryAb abOps[] = {
    {"leaky_relu", [](Wide v, Wide a, Wide) { return v < 0 ? a * v : v; }, 0.01, 0},
    {"elu", [](Wide v, Wide a, Wide) { return v < 0 ? a * (std::exp(v) - 1) : v; }, 1.5, 0},
    {"celu", [](Wide v, Wide a, Wide) { return std::max(Wide(0), v) + std::min(Wide(0), a * (std::exp(v / a) - 1)); },
     2, 0},
    {"celu", [](Wide v, Wide a, Wide) { return std::max(Wide(0), v) + std::min(Wide(0), a * (std::exp(v / a) - 1)); },
     0.5, 0},
    {"selu", [](Wide v, Wide a, Wide g) { return v <= 0 ? g * (a * std::exp(v) - a) : g * v; }, 1.67326, 1.0507},
    {"hard_sigmoid", [](Wide v, Wide a, Wide b) { return unit(a * v + b); }, 0.2, 0.5},
    {"thresholded_relu", [](Wide v, Wide a, Wide) { return v > a ? v : 0; }, 1, 0},
    {"shrink", [](Wide v, Wide bias, Wide l) { return v < -l  ? v + bias
                                                      : v > l ? v - bias
                                                              : 0; }, 0.5, 1.5},
    {"swish", [](Wide v, Wide a, Wide) { return v * sigmoid(a * v); }, 1.5, 0},
    {"clamp", [](Wide v, Wide lo, Wide hi) { return std::clamp(v, lo, hi); }, -1, 2.5},
};

} // namespace

TEMPLATE_TEST_CASE("functions with parameters follow their formulas", "[unary]", float, double) {
  for (const UnaryAb &op : abOps) {
    Random random(static_cast<uint32_t>(op.alpha * 100));
    INFO(op.op << " " << random.seed());
    const TestType alpha = static_cast<TestType>(op.alpha), beta = static_cast<TestType>(op.beta);
    const double epsilon = std::numeric_limits<TestType>::epsilon();
    std::vector<TestType> x = random.values<TestType>(100, -4, 4);
    x.insert(x.end(), {alpha, beta, -beta, TestType(0)});
    std::vector<Wide> expected;
    for (TestType v : x)
      expected.push_back(op.formula(v, alpha, beta));
    const uint32_t n = static_cast<uint32_t>(x.size());
    std::vector<TestType> y(n);
    call(kernelName<TestType>(op.op), x.data(), y.data(), n, alpha, beta);
    CHECK(difference(y, expected, 8 * epsilon, 2 * epsilon) == "");
    call(kernelName<TestType>(op.op), x.data(), x.data(), n, alpha, beta);
    CHECK(difference(x, expected, 8 * epsilon, 2 * epsilon) == "");
  }
}

TEMPLATE_TEST_CASE("NaN and Inf are told apart", "[unary]", float, double) {
  const TestType inf = static_cast<TestType>(infinity), nan = std::numeric_limits<TestType>::quiet_NaN();
  const std::vector<TestType> x = {0, inf, -inf, nan, std::numeric_limits<TestType>::max(), -1};
  std::vector<uint8_t> y(x.size());
  const uint32_t n = static_cast<uint32_t>(x.size());
  call(kernelName<TestType>("is_nan"), x.data(), y.data(), n);
  CHECK(y == std::vector<uint8_t>{0, 0, 0, 1, 0, 0});
  call(kernelName<TestType>("is_inf"), x.data(), y.data(), n, 1u, 1u);
  CHECK(y == std::vector<uint8_t>{0, 1, 1, 0, 0, 0});
  call(kernelName<TestType>("is_inf"), x.data(), y.data(), n, 1u, 0u);
  CHECK(y == std::vector<uint8_t>{0, 0, 1, 0, 0, 0});
  call(kernelName<TestType>("is_inf"), x.data(), y.data(), n, 0u, 1u);
  CHECK(y == std::vector<uint8_t>{0, 1, 0, 0, 0, 0});
}

TEMPLATE_TEST_CASE("unary functions of integers", "[unary]", int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                   uint32_t, uint64_t) {
  using T = TestType;
  std::vector<T> x = corners<T>();
  Random random(7);
  for (T v : random.integers<T>(200))
    x.push_back(v);
  INFO(random.seed());
  for (T v : x) {
    const __int128 w = v;
    CHECK(one<T>("bitwise_not", v) == static_cast<T>(-1 - w));
    CHECK(one<T>("abs", v) == static_cast<T>(w < 0 ? -w : w));
    CHECK(one<T>("sign", v) == static_cast<T>(w > 0 ? 1 : w < 0 ? -1 : 0));
    if constexpr (std::is_signed_v<T>) {
      CHECK(one<T>("neg", v) == static_cast<T>(-w));
      CHECK(one<T>("relu", v) == static_cast<T>(w > 0 ? w : 0));
    }
  }
}

TEST_CASE("not", "[unary]") {
  const uint8_t x[] = {0, 1, 1, 0};
  uint8_t y[4];
  call("brn_not_b8", x, y, 4u);
  CHECK(std::vector<uint8_t>(y, y + 4) == std::vector<uint8_t>{1, 0, 0, 1});
}
