// nn.matmul: broadcasting, transposes, bias, floats, integers and quantised tensors, against naive products.
#include "ir/nn/ops/Matmul.h"
#include "tests/ir/nn/conv_support.h"

using namespace burin;
using namespace burin::test;

namespace {

struct Product {
  Shape a, b, y; ///< of tensors; b as stored
  bool transposeB = false;
  int64_t m() const { return a[a.size() - 2]; }
  int64_t k() const { return a.back(); }
  int64_t n() const { return y.back(); }
  std::string text() const {
    std::string s;
    for (const Shape *shape : {&a, &b, &y}) {
      for (int64_t d : *shape)
        s += std::to_string(d) + " ";
      s += "/ ";
    }
    return s + (transposeB ? "transposed" : "");
  }
};

std::vector<Product> products() {
  return {
      {{3, 4}, {4, 5}, {3, 5}},
      {{3, 4}, {5, 4}, {3, 5}, true},
      {{1, 7}, {7, 1}, {1, 1}},
      {{5, 3}, {3, 1}, {5, 1}},
      {{2, 3, 4}, {4, 5}, {2, 3, 5}}, // one b for every a
      {{2, 3, 4}, {2, 4, 5}, {2, 3, 5}},
      {{2, 3, 4}, {2, 5, 4}, {2, 3, 5}, true},
      {{3, 4}, {2, 4, 5}, {2, 3, 5}},          // one a for every b
      {{2, 1, 3, 4}, {3, 4, 2}, {2, 3, 3, 2}}, // both broadcast
      {{1, 3, 2, 4}, {2, 1, 4, 3}, {2, 3, 2, 3}},
      {{2, 2, 2, 3}, {1, 1, 3, 2}, {2, 2, 2, 2}},
      {{2, 3}, {1, 1, 4, 3}, {1, 1, 2, 4}, true},
      {{2, 3, 2, 4}, {2, 3, 5, 4}, {2, 3, 2, 5}, true},
  };
}

/// Matrix number of the operand of batch shape `batch` (right-aligned) that output batch index `index` of `yBatch`
/// reads.
int64_t matrixOf(llvm::ArrayRef<int64_t> batch, llvm::ArrayRef<int64_t> yBatch, int64_t index) {
  int64_t number = 0, stride = 1;
  for (size_t i = 0; i < yBatch.size(); ++i) {
    const int64_t axis = static_cast<int64_t>(yBatch.size() - 1 - i), at = index % yBatch[axis];
    index /= yBatch[axis];
    if (i < batch.size()) {
      const int64_t extent = batch[batch.size() - 1 - i];
      number += (extent == 1 ? 0 : at) * stride;
      stride *= extent;
    }
  }
  return number;
}

template <typename Sum, typename A, typename B, typename F>
std::vector<Sum> naive(const Product &p, const std::vector<A> &a, const std::vector<B> &b, const F &product) {
  llvm::ArrayRef<int64_t> ab = llvm::ArrayRef<int64_t>(p.a).drop_back(2),
                          bb = llvm::ArrayRef<int64_t>(p.b).drop_back(2),
                          yb = llvm::ArrayRef<int64_t>(p.y).drop_back(2);
  std::vector<Sum> y;
  for (int64_t t = 0; t < count(yb); ++t)
    for (int64_t i = 0; i < p.m(); ++i)
      for (int64_t j = 0; j < p.n(); ++j) {
        Sum sum = 0;
        for (int64_t d = 0; d < p.k(); ++d) {
          const int64_t inB = p.transposeB ? j * p.k() + d : d * p.n() + j;
          sum += product(a[(matrixOf(ab, yb, t) * p.m() + i) * p.k() + d], b[matrixOf(bb, yb, t) * p.k() * p.n() + inB],
                         j);
        }
        y.push_back(sum);
      }
  return y;
}

nn::MatmulOp matmul(Nn &m, const Product &p, mlir::Value a, mlir::Value b, mlir::Value bias = {},
                    mlir::FloatAttr lo = {}, mlir::FloatAttr hi = {}) {
  return nn::MatmulOp::create(m.b, m.loc, a, b, bias, p.transposeB, lo, hi);
}

nn::MatmulOp matmulTo(Nn &m, const Product &p, mlir::Type y, mlir::Value a, mlir::Value b, mlir::Value bias = {},
                      mlir::FloatAttr lo = {}, mlir::FloatAttr hi = {}) {
  return nn::MatmulOp::create(m.b, m.loc, m.tensor(p.y, y), a, b, bias, p.transposeB, lo, hi);
}

template <typename T>
mlir::Value second(Nn &m, bool constant, mlir::RankedTensorType type, const std::vector<T> &values) {
  return constant ? m.constant(type, values) : m.input(type, values);
}

template <typename T> void checkReals(Nn &m, mlir::Type element) {
  Random random(31);
  for (const Product &p : products())
    for (const bool constant : {false, true})
      for (const bool biased : {false, true}) {
        INFO(p.text() << (constant ? " constant" : "") << (biased ? " bias" : ""));
        auto a = random.reals<T>(count(p.a)), b = random.reals<T>(count(p.b)), bias = random.reals<T>(p.n());
        auto y = naive<double>(p, a, b, [](double u, double v, int64_t) { return u * v; });
        for (size_t i = 0; i < y.size() && biased; ++i)
          y[i] += static_cast<double>(bias[i % bias.size()]);
        auto op = matmul(m, p, m.input(m.tensor(p.a, element), a), second(m, constant, m.tensor(p.b, element), b),
                         biased ? m.input(m.tensor({p.n()}, element), bias) : mlir::Value());
        CHECK(op.getType() == m.tensor(p.y, element));
        CHECK(op.macs() == count(p.y) * p.k());
        checkClose(m.run<T>(op), y);
      }
}

template <typename T> void checkWrapping(Nn &m, mlir::Type element) {
  Random random(32);
  for (const Product &p : products()) {
    INFO(p.text());
    std::vector<T> a, b, bias = {static_cast<T>(-5)}; // products of these pass the width
    bias.resize(static_cast<size_t>(p.n()), static_cast<T>(77));
    for (int64_t i = 0; i < count(p.a); ++i)
      a.push_back(static_cast<T>(static_cast<uint64_t>(random.integer(-1000000000, 1000000000)) * 4000000007u));
    for (int64_t i = 0; i < count(p.b); ++i)
      b.push_back(static_cast<T>(static_cast<uint64_t>(random.integer(-1000000000, 1000000000)) * 3000000019u));
    auto y =
        naive<uint64_t>(p, a, b, [](T u, T v, int64_t) { return static_cast<uint64_t>(u) * static_cast<uint64_t>(v); });
    for (size_t i = 0; i < y.size(); ++i)
      y[i] += static_cast<uint64_t>(bias[i % bias.size()]);
    std::vector<T> wrapped;
    for (uint64_t v : y)
      wrapped.push_back(static_cast<T>(v));
    checkEqual(m.run<T>(matmul(m, p, m.input(m.tensor(p.a, element), a), m.input(m.tensor(p.b, element), b),
                               m.input(m.tensor({p.n()}, element), bias))),
               wrapped);
  }
}

std::pair<int32_t, int32_t> range(bool isSigned) { return isSigned ? std::pair(-128, 127) : std::pair(0, 255); }
int64_t stored(bool isSigned, uint8_t byte) { return isSigned ? static_cast<int8_t>(byte) : byte; }

void checkQuantised(const Product &p, bool aSigned, bool bSigned, bool ySigned, bool constant, bool biased,
                    uint32_t seed) {
  INFO(p.text() << " signed " << aSigned << bSigned << ySigned << " constant " << constant << " bias " << biased);
  Nn m;
  Random random(seed);
  const int64_t aZero = aSigned ? -7 : 133, bZero = bSigned ? 3 : 120, yZero = ySigned ? 11 : 128;
  auto a = random.integers<uint8_t>(count(p.a), 0, 255), b = random.integers<uint8_t>(count(p.b), 0, 255);
  auto bias = random.integers<int32_t>(p.n(), -3000, 3000);
  auto sums = naive<int64_t>(p, a, b, [&](uint8_t u, uint8_t v, int64_t) {
    return (stored(aSigned, u) - aZero) * (stored(bSigned, v) - bZero);
  });
  for (size_t i = 0; i < sums.size() && biased; ++i)
    sums[i] += bias[i % bias.size()];
  auto build = [&](mlir::Type y) {
    return matmulTo(m, p, y, m.input(m.tensor(p.a, m.quant(aSigned, 0.02, aZero)), a),
                    second(m, constant, m.tensor(p.b, m.quant(bSigned, 0.01, bZero)), b),
                    biased ? m.constant(m.tensor({p.n()}, m.i32()), bias) : mlir::Value());
  };
  checkEqual(m.run<int32_t>(build(m.i32())), sums);
  std::vector<int64_t> y;
  const auto [lo, hi] = range(ySigned);
  for (int64_t s : sums)
    y.push_back(requantised(s, 0.02f, 0.01f, 0.03f, static_cast<int32_t>(yZero), lo, hi));
  mlir::Operation *op = build(m.quant(ySigned, 0.03, yZero));
  if (ySigned)
    checkEqual(m.run<int8_t>(op), y);
  else
    checkEqual(m.run<uint8_t>(op), y);
}

} // namespace

TEST_CASE("matmul f32 and f64: broadcasting, transpose, bias, constant and run-time weights") {
  Nn m;
  checkReals<float>(m, m.f32());
  checkReals<double>(m, m.b.getF64Type());
}

TEST_CASE("matmul clamps after the bias") {
  Nn m;
  const Product p{{1, 2}, {2, 3}, {1, 3}};
  for (const bool constant : {false, true}) {
    auto op = matmul(m, p, m.input(m.tensor(p.a, m.f32()), std::vector<float>{1, 2}),
                     second(m, constant, m.tensor(p.b, m.f32()), std::vector<float>{1, 2, 3, 4, 5, 6}),
                     m.constant(m.tensor({3}, m.f32()), std::vector<float>{-10, 0, 100}), m.b.getF64FloatAttr(0),
                     m.b.getF64FloatAttr(50));
    checkClose(m.run<float>(op), {0, 12, 50});
  }
}

TEST_CASE("matmul f16 by run-time and by constant weights") {
  // 0x3C00 = 1, 0x4000 = 2, 0x4200 = 3, 0x4400 = 4; [1 2] . [[1 2] [3 4]] + [1 1] = [8 11] = 0x4800 0x4980
  Nn m;
  mlir::Type f16 = m.b.getF16Type();
  const Product p{{1, 2}, {2, 2}, {1, 2}};
  for (const bool constant : {false, true}) {
    auto op = matmul(m, p, m.input(m.tensor(p.a, f16), std::vector<uint16_t>{0x3C00, 0x4000}),
                     second(m, constant, m.tensor(p.b, f16), std::vector<uint16_t>{0x3C00, 0x4000, 0x4200, 0x4400}),
                     m.constant(m.tensor({2}, f16), std::vector<uint16_t>{0x3C00, 0x3C00}));
    checkEqual(m.run<uint16_t>(op), std::vector<int>{0x4800, 0x4980});
  }
}

TEST_CASE("matmul of an empty sum is the bias") {
  Nn m;
  const Product p{{2, 0}, {0, 3}, {2, 3}};
  for (const bool constant : {false, true}) {
    auto op = matmul(m, p, m.input(m.tensor(p.a, m.f32()), std::vector<float>{}),
                     second(m, constant, m.tensor(p.b, m.f32()), std::vector<float>{}),
                     m.constant(m.tensor({3}, m.f32()), std::vector<float>{1, 2, 3}));
    checkClose(m.run<float>(op), {1, 2, 3, 1, 2, 3});
  }
}

TEST_CASE("matmul of integers wraps") {
  Nn m;
  checkWrapping<int32_t>(m, m.i32());
  checkWrapping<int64_t>(m, m.b.getI64Type());
  checkWrapping<uint32_t>(m, m.b.getIntegerType(32, false));
  checkWrapping<uint64_t>(m, m.b.getIntegerType(64, false));
}

TEST_CASE("quantised matmul: every shape, constant and run-time, every signedness") {
  uint32_t seed = 40;
  for (const Product &p : products())
    for (const bool constant : {false, true}) {
      checkQuantised(p, true, true, true, constant, true, ++seed);
      checkQuantised(p, false, false, false, constant, false, ++seed);
    }
  const Product p{{2, 3, 4}, {2, 4, 5}, {2, 3, 5}}, weights{{3, 4}, {5, 4}, {3, 5}, true};
  for (const bool aSigned : {false, true})
    for (const bool bSigned : {false, true})
      for (const bool ySigned : {false, true}) {
        checkQuantised(p, aSigned, bSigned, ySigned, false, true, ++seed);
        checkQuantised(weights, aSigned, bSigned, ySigned, true, true, ++seed);
      }
}

TEST_CASE("quantised matmul: one scale per output, of constant matrices also one zero point") {
  for (const bool constant : {false, true})
    for (const bool transpose : {false, true})
      for (const bool biased : {false, true}) {
        INFO("constant " << constant << " transpose " << transpose << " bias " << biased);
        const Product p{{6, 4}, transpose ? Shape{3, 4} : Shape{4, 3}, {6, 3}, transpose};
        Nn m;
        Random random(71);
        auto a = random.integers<int8_t>(24, -128, 127), b = random.integers<int8_t>(12, -128, 127);
        const std::vector<double> scales = {0.01, 0.5, 0.002};
        const std::vector<int64_t> zeros = constant ? std::vector<int64_t>{0, -4, 9} : std::vector<int64_t>{9, 9, 9};
        const std::vector<int32_t> bias = {700, 0, -90000};
        auto sums = naive<int64_t>(p, a, b, [&](int64_t u, int64_t v, int64_t j) { return (u - 5) * (v - zeros[j]); });
        std::vector<int64_t> y;
        for (size_t i = 0; i < sums.size(); ++i)
          y.push_back(requantised(sums[i] + (biased ? bias[i % 3] : 0), 0.1f, static_cast<float>(scales[i % 3]), 2.0f,
                                  -1, -128, 127));
        auto op = matmulTo(m, p, m.quant(true, 2.0, -1), m.input(m.tensor(p.a, m.quant(true, 0.1, 5)), a),
                           second(m, constant, m.tensor(p.b, m.quantAxis(true, scales, zeros, transpose ? 0 : 1)), b),
                           biased ? m.constant(m.tensor({3}, m.i32()), bias) : mlir::Value());
        checkEqual(m.run<int8_t>(op), y);
      }
}

TEST_CASE("quantised matmul of run-time operands clamps in real numbers") {
  Nn m;
  const Product p{{1, 1}, {1, 3}, {1, 3}};
  auto op =
      matmulTo(m, p, m.quant(true, 1.0, 10), m.input(m.tensor(p.a, m.quant(true, 1.0, 0)), std::vector<int8_t>{2}),
               m.input(m.tensor(p.b, m.quant(true, 1.0, 0)), std::vector<int8_t>{-50, 1, 30}), {},
               m.b.getF64FloatAttr(0), m.b.getF64FloatAttr(6));
  checkEqual(m.run<int8_t>(op), std::vector<int>{10, 12, 16});
}

TEST_CASE("quantised matmul: what can't be proven or prepared is refused") {
  Nn m;
  const Product p{{1, 2}, {2, 2}, {1, 2}};
  mlir::Value a = m.input(m.tensor(p.a, m.quant(true, 1.0, 0)), std::vector<int8_t>{1, 1});
  mlir::Value b = m.input(m.tensor(p.b, m.quant(true, 1.0, 0)), std::vector<int8_t>{1, 1, 1, 1});
  // Two products of -128 and -128 are the most: 32768 beside the bias.
  auto biased = [&](int32_t bias) {
    return matmulTo(m, p, m.i32(), a, b, m.constant(m.tensor({2}, m.i32()), std::vector<int32_t>{0, bias}));
  };
  CHECK_FALSE(m.refusesToLower(biased(2147483647 - 32768)));
  CHECK(m.refusesToLower(biased(2147483647 - 32767)));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1702") && Catch::Contains("2147483648"));

  mlir::Value perColumn =
      m.input(m.tensor(p.b, m.quantAxis(true, {1.0, 2.0}, {0, 1}, 1)), std::vector<int8_t>{1, 1, 1, 1});
  CHECK(m.refusesToLower(matmulTo(m, p, m.quant(true, 1.0, 0), a, perColumn)));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1703"));
}
