// What the tests of nn's convolutions, products, pools and resampling share: operators on made-up operands, naive
// references, and comparisons. The references index tensors by the formulas of the .td files and know nothing of
// kernels.
#pragma once

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"

#include <catch2/catch.hpp>
#include <mlir/IR/Verifier.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace burin::test {

using Shape = llvm::SmallVector<int64_t>;

/// A context, a block for operators, and the diagnostics they emitted.
class Nn {
public:
  Nn();
  ~Nn();

  mlir::Type f32() { return b.getF32Type(); }
  mlir::Type i32() { return b.getI32Type(); }
  /// !quant.uniform<i8 or u8 : f32, scale : zero>
  mlir::Type quant(bool isSigned, double scale, int64_t zero);
  mlir::Type quantAxis(bool isSigned, llvm::ArrayRef<double> scales, llvm::ArrayRef<int64_t> zeros, int32_t axis);
  mlir::RankedTensorType tensor(llvm::ArrayRef<int64_t> shape, mlir::Type element) {
    return mlir::RankedTensorType::get(shape, element);
  }

  /// An operand that is known at run time only.
  template <typename T> mlir::Value input(mlir::RankedTensorType type, const std::vector<T> &values) {
    return remember(block->addArgument(type, loc), bytesOf(values));
  }
  /// An operand that is an nn.constant.
  template <typename T> mlir::Value constant(mlir::RankedTensorType type, const std::vector<T> &values) {
    return remember(nn::makeConstant(b, loc, type, bytesOf(values)).getResult(), bytesOf(values));
  }

  /// Verifies and evaluates `op` on the operands made above; the elements of its first result.
  template <typename T> std::vector<T> run(mlir::Operation *op) {
    const std::vector<char> bytes = evaluateBytes(op);
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty())
      std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  bool verifies(mlir::Operation *op) { return succeeded(mlir::verify(op)); }
  /// Whether `op`, which verifies, is refused by `evaluate`; `messages()` then says why.
  bool refusesToLower(mlir::Operation *op);
  const std::string &messages() const { return text; }

  mlir::MLIRContext context;
  mlir::OpBuilder b{&context};
  mlir::Location loc;

private:
  template <typename T> static std::vector<char> bytesOf(const std::vector<T> &values) {
    const char *p = reinterpret_cast<const char *>(values.data());
    return std::vector<char>(p, p + values.size() * sizeof(T));
  }
  mlir::Value remember(mlir::Value v, std::vector<char> bytes);
  std::vector<char> evaluateBytes(mlir::Operation *op);

  std::unique_ptr<mlir::Block> block;
  llvm::DenseMap<mlir::Value, std::vector<char>> storage;
  std::string text;
  std::unique_ptr<mlir::ScopedDiagnosticHandler> handler;
};

/// Numbers that are the same in every run.
class Random {
public:
  explicit Random(uint32_t seed) : engine(seed) {}
  int64_t integer(int64_t min, int64_t max) {
    // Not uniform_int_distribution: what it gives is up to the library.
    return min + static_cast<int64_t>(engine() % static_cast<uint64_t>(max - min + 1));
  }
  template <typename T> std::vector<T> integers(int64_t count, int64_t min, int64_t max) {
    std::vector<T> out;
    for (int64_t i = 0; i < count; ++i)
      out.push_back(static_cast<T>(integer(min, max)));
    return out;
  }
  /// Multiples of 1/64 in [-2, 2]: sums of products of them are exact in float.
  template <typename T = float> std::vector<T> reals(int64_t count) {
    std::vector<T> out;
    for (int64_t i = 0; i < count; ++i)
      out.push_back(static_cast<T>(static_cast<double>(integer(-128, 128)) / 64));
    return out;
  }

private:
  std::mt19937 engine;
};

/// Shapes and attributes of a convolution, transposed convolution or pool.
struct Window {
  int64_t n = 1, h = 1, w = 1, in = 1, out = 1, kh = 1, kw = 1;
  int64_t sh = 1, sw = 1, top = 0, left = 0, bottom = 0, right = 0, dh = 1, dw = 1, groups = 1;

  int64_t oh() const { return (h + top + bottom - dh * (kh - 1) - 1) / sh + 1; }
  int64_t ow() const { return (w + left + right - dw * (kw - 1) - 1) / sw + 1; }
  Shape x() const { return {n, h, w, in}; }
  Shape weights() const { return {out, kh, kw, in / groups}; }
  Shape strides() const { return {sh, sw}; }
  Shape pads() const { return {top, left, bottom, right}; }
  Shape dilations() const { return {dh, dw}; }
  std::string text() const;
};

int64_t count(llvm::ArrayRef<int64_t> shape);

/// sum over the taps of each output of f(x, w, output channel), in the order [n][oh][ow][out]; taps outside x give
/// nothing.
template <typename Sum, typename X, typename W, typename F>
std::vector<Sum> naiveConv(const Window &c, const std::vector<X> &x, const std::vector<W> &w, const F &product) {
  std::vector<Sum> y;
  const int64_t perGroup = c.in / c.groups;
  for (int64_t n = 0; n < c.n; ++n)
    for (int64_t i = 0; i < c.oh(); ++i)
      for (int64_t j = 0; j < c.ow(); ++j)
        for (int64_t o = 0; o < c.out; ++o) {
          Sum sum = 0;
          for (int64_t k = 0; k < c.kh; ++k)
            for (int64_t l = 0; l < c.kw; ++l)
              for (int64_t d = 0; d < perGroup; ++d) {
                const int64_t r = i * c.sh - c.top + k * c.dh, s = j * c.sw - c.left + l * c.dw;
                if (r < 0 || r >= c.h || s < 0 || s >= c.w)
                  continue;
                const int64_t channel = o / (c.out / c.groups) * perGroup + d;
                sum += product(x[((n * c.h + r) * c.w + s) * c.in + channel],
                               w[((o * c.kh + k) * c.kw + l) * perGroup + d], o);
              }
          y.push_back(sum);
        }
  return y;
}

/// clamp(rne(f32(acc) * scale) + zero, lo, hi), scale = f32(f32(sx * sw) / sy): the definition in docs/numerics.md.
int32_t requantised(int64_t acc, float sx, float sw, float sy, int32_t zero, int32_t lo, int32_t hi);

/// Compares with the tolerance of ONNX's own node tests.
template <typename T> void checkClose(const std::vector<T> &actual, const std::vector<double> &expected) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    INFO("element " << i);
    CHECK(static_cast<double>(actual[i]) == Approx(expected[i]).epsilon(1e-3).margin(1e-5));
  }
}

/// Compares integers; names the first that differs.
template <typename T, typename U> void checkEqual(const std::vector<T> &actual, const std::vector<U> &expected) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    if (static_cast<int64_t>(actual[i]) != static_cast<int64_t>(expected[i])) {
      INFO("element " << i);
      REQUIRE(static_cast<int64_t>(actual[i]) == static_cast<int64_t>(expected[i]));
    }
}

} // namespace burin::test
