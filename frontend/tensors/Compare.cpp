#include "frontend/tensors/Compare.h"

#include <cassert>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>

using namespace burin;

template <typename T> static T load(const HostTensor &tensor, int64_t index) {
  T value;
  std::memcpy(&value, tensor.data.data() + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

/// Integers of every type but uint64, and bools.
static int64_t signedAt(const HostTensor &tensor, int64_t index) {
  const DTypeInfo &type = info(tensor.dtype);
  bool isSigned = type.kind == DTypeKind::SignedInt;
  switch (type.bytes()) {
  case 1:
    return isSigned ? int64_t{load<int8_t>(tensor, index)} : int64_t{load<uint8_t>(tensor, index)};
  case 2:
    return isSigned ? int64_t{load<int16_t>(tensor, index)} : int64_t{load<uint16_t>(tensor, index)};
  case 4:
    return isSigned ? int64_t{load<int32_t>(tensor, index)} : int64_t{load<uint32_t>(tensor, index)};
  default:
    return load<int64_t>(tensor, index);
  }
}

double burin::valueAt(const HostTensor &tensor, int64_t index) {
  switch (tensor.dtype) {
  case DType::Float32:
    return load<float>(tensor, index);
  case DType::Float64:
    return load<double>(tensor, index);
  case DType::UInt64:
    return static_cast<double>(load<uint64_t>(tensor, index));
  default:
    break;
  }
  const DTypeInfo &type = info(tensor.dtype);
  assert(type.kind != DTypeKind::Complex && type.kind != DTypeKind::String);
  if (type.kind == DTypeKind::Float)
    return decodeFloat(tensor.dtype, type.bytes() == 2 ? load<uint16_t>(tensor, index) : load<uint8_t>(tensor, index));
  return static_cast<double>(signedAt(tensor, index));
}

static std::complex<double> complexAt(const HostTensor &tensor, int64_t index) {
  if (tensor.dtype == DType::Complex64)
    return load<std::complex<float>>(tensor, index);
  return load<std::complex<double>>(tensor, index);
}

/// |a − b| of two integers, without overflow.
static uint64_t stepsBetween(const HostTensor &a, const HostTensor &b, int64_t index) {
  if (a.dtype == DType::UInt64) {
    auto x = load<uint64_t>(a, index), y = load<uint64_t>(b, index);
    return x > y ? x - y : y - x;
  }
  int64_t x = signedAt(a, index), y = signedAt(b, index);
  return x > y ? static_cast<uint64_t>(x) - static_cast<uint64_t>(y)
               : static_cast<uint64_t>(y) - static_cast<uint64_t>(x);
}

namespace {
/// Adds up one comparison, element by element.
class Accumulator {
public:
  explicit Accumulator(const Tolerance &tolerance) : tolerance(tolerance) {}

  /// An element of a float tensor (double) or a complex one.
  template <typename T> void addInexact(T got, T expected) {
    double difference = std::abs(got - expected);
    if (got == expected || (isNan(got) && isNan(expected)))
      difference = 0; // ∞ − ∞ is NaN
    else if (std::isnan(difference))
      difference = std::numeric_limits<double>::infinity();
    // An infinite expected value would make the right side infinite: any finite value would pass.
    bool matches = difference == 0 || (std::isfinite(std::abs(expected)) &&
                                       difference <= tolerance.atol + tolerance.rtol * std::abs(expected));
    add(got, expected, difference, matches);
  }

  void addInteger(double got, double expected, uint64_t steps) {
    result.maxSteps = std::max(result.maxSteps, steps);
    add(got, expected, static_cast<double>(steps), steps <= tolerance.steps);
  }

  Comparison finish() {
    result.snrDb = noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(expectedPower / noise);
    double norm = std::sqrt(gotPower) * std::sqrt(expectedPower);
    result.cosine = norm > 0 ? product / norm : (gotPower == expectedPower ? 1 : 0);
    return result;
  }

private:
  static bool isNan(double value) { return std::isnan(value); }
  static bool isNan(std::complex<double> value) { return std::isnan(value.real()) || std::isnan(value.imag()); }
  static double dot(double a, double b) { return a * b; }
  static double dot(std::complex<double> a, std::complex<double> b) { return (a * std::conj(b)).real(); }

  template <typename T> void add(T got, T expected, double difference, bool matches) {
    if (!matches && result.mismatches++ == 0)
      result.firstMismatch = result.elements;
    result.maxAbsDiff = std::max(result.maxAbsDiff, difference);
    if (std::isfinite(std::abs(got)) && std::isfinite(std::abs(expected))) {
      noise += difference * difference;
      gotPower += dot(got, got);
      expectedPower += dot(expected, expected);
      product += dot(got, expected);
    }
    if constexpr (std::is_same_v<T, double>) {
      updateTop(got, gotLargest, result.gotTop);
      updateTop(expected, expectedLargest, result.expectedTop);
    }
    ++result.elements;
  }

  void updateTop(double value, double &largest, int64_t &index) {
    if (std::isnan(value) || (index >= 0 && value <= largest))
      return;
    largest = value;
    index = result.elements;
  }

  const Tolerance &tolerance;
  Comparison result;
  double noise = 0, gotPower = 0, expectedPower = 0, product = 0, gotLargest = 0, expectedLargest = 0;
};
} // namespace

Comparison burin::compareTensors(const HostTensor &got, const HostTensor &expected, const Tolerance &tolerance) {
  Comparison verdict;
  verdict.sameType = got.dtype == expected.dtype;
  verdict.sameShape = got.shape == expected.shape;
  if (!verdict.passed())
    return verdict;

  Accumulator accumulator(tolerance);
  DTypeKind kind = info(got.dtype).kind;
  for (int64_t i = 0, size = got.size(); i < size; ++i) {
    if (kind == DTypeKind::Complex)
      accumulator.addInexact(complexAt(got, i), complexAt(expected, i));
    else if (kind == DTypeKind::Float)
      accumulator.addInexact(valueAt(got, i), valueAt(expected, i));
    else
      accumulator.addInteger(valueAt(got, i), valueAt(expected, i), stepsBetween(got, expected, i));
  }
  verdict = accumulator.finish();
  verdict.sameType = verdict.sameShape = true;
  return verdict;
}

int64_t burin::classOf(const HostTensor &output) {
  if (output.size() == 1)
    return info(output.dtype).kind == DTypeKind::Float ? valueAt(output, 0) > 0.5
                                                       : static_cast<int64_t>(valueAt(output, 0));
  return compareTensors(output, output).gotTop;
}
