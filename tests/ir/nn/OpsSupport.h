// What the tests of nn operators share: one operator, given as text, on literal operands.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace burin::test {

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

/// The MLIR type of an operand and its storage, row-major.
struct Operand {
  std::string type;
  std::vector<char> bytes;
};

template <typename T> Operand operand(std::string type, const std::vector<T> &values) {
  Operand o{std::move(type), std::vector<char>(values.size() * sizeof(T))};
  if (!values.empty())
    std::memcpy(o.bytes.data(), values.data(), o.bytes.size());
  return o;
}
inline Operand floats(std::string type, const std::vector<float> &values) { return operand(std::move(type), values); }

/// Evaluates the operator `text`, whose operands are %a, %b, %c …: the storage of its result. Fails the test if `text`
/// doesn't verify or doesn't lower. Where the operator allows its result to overwrite an operand, or claims to be a
/// view, it is executed that way, too, and both results are compared.
std::vector<char> evaluateText(const std::string &text, const std::vector<Operand> &operands);

template <typename T> std::vector<T> run(const std::string &text, const std::vector<Operand> &operands) {
  const std::vector<char> bytes = evaluateText(text, operands);
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!bytes.empty())
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

/// What the verifier says against `text` on operands of these types; empty if nothing.
std::string verifierMessage(const std::string &text, const std::vector<std::string> &types);
/// What lowering says against `text`, which must verify; empty if it lowers.
std::string loweringMessage(const std::string &text, const std::vector<std::string> &types);
/// Whether the folder replaces `text`'s result by its first operand.
bool foldsToOperand(const std::string &text, const std::vector<std::string> &types);
/// Whether the operator says that its result is its operand's bytes, and that its result may overwrite operand `index`.
bool isView(const std::string &text, const std::vector<std::string> &types);
bool mayOverwrite(const std::string &text, const std::vector<std::string> &types, unsigned index);
/// The kernels that `text` lowers to, in order, without "brn_".
std::vector<std::string> kernelsOf(const std::string &text, const std::vector<std::string> &types);

/// Bits of the nearest float16 or bfloat16, and back; by APFloat, not by our kernels.
uint16_t toF16(double value);
double fromF16(uint16_t bits);
uint16_t toBf16(double value);
double fromBf16(uint16_t bits);

/// Compares with the tolerance of ONNX's node tests; NaN equals NaN.
template <typename T>
void checkClose(const std::vector<T> &actual, const std::vector<double> &expected, double tolerance = 1e-5) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    INFO("element " << i << ": " << +actual[i] << ", expected " << expected[i]);
    const auto value = static_cast<double>(actual[i]);
    const bool same = value == expected[i] || (value != value && expected[i] != expected[i]);
    CHECK((same || value == Approx(expected[i]).epsilon(tolerance).margin(tolerance)));
  }
}

/// Number of elements of `shape`.
inline int64_t size(const std::vector<int64_t> &shape) {
  int64_t n = 1;
  for (int64_t d : shape)
    n *= d;
  return n;
}
/// start, start + step, …: n numbers that differ from each other.
template <typename T> std::vector<T> counting(int64_t n, double start = 0, double step = 1) {
  std::vector<T> values;
  for (int64_t i = 0; i < n; ++i)
    values.push_back(static_cast<T>(start + step * static_cast<double>(i)));
  return values;
}

/// Row-major positions of an array: calls f(index) for every index of `shape`.
template <typename F> void forEachIndex(const std::vector<int64_t> &shape, const F &f) {
  std::vector<int64_t> index(shape.size(), 0);
  for (int64_t d : shape)
    if (d == 0)
      return;
  while (true) {
    f(index);
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}
/// Row-major offset of `index`; an index into an axis of extent 1 counts as 0 (broadcasting), leading axes may be
/// missing.
int64_t offsetIn(const std::vector<int64_t> &shape, const std::vector<int64_t> &index);

/// "tensor<2x3xf32>"
std::string tensorText(const std::vector<int64_t> &shape, const std::string &element);
/// "array<i64: 2, 3>"
std::string arrayText(const std::vector<int64_t> &values);

} // namespace burin::test
