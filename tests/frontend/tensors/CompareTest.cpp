#include "frontend/tensors/Compare.h"
#include "tests/frontend/tensors/Support.h"

#include <cmath>
#include <complex>
#include <limits>

using namespace burin;

static constexpr float inf = std::numeric_limits<float>::infinity();
static constexpr float nan_ = std::numeric_limits<float>::quiet_NaN();

static Comparison floats(std::vector<float> got, std::vector<float> expected, Tolerance tolerance = {}) {
  return compareTensors(tensorOf(DType::Float32, std::move(got)), tensorOf(DType::Float32, std::move(expected)),
                        tolerance);
}

TEST_CASE("equal tensors") {
  Comparison result = floats({1, -2, 3}, {1, -2, 3});
  CHECK(result.passed());
  CHECK(result.elements == 3);
  CHECK(result.mismatches == 0);
  CHECK(result.firstMismatch == -1);
  CHECK(result.maxAbsDiff == 0);
  CHECK(result.snrDb == std::numeric_limits<double>::infinity());
  CHECK(result.cosine == Approx(1));
  CHECK(result.gotTop == 2);
  CHECK(result.expectedTop == 2);
}

TEST_CASE("the tolerance is relative to the expected value") {
  // |got − expected| ≤ atol + rtol·|expected|: 0.5 ≤ 0.25 + 0.125·2 holds, seen from the other side 0.5 > 0.25 +
  // 0.125·1.5.
  Tolerance tolerance{.rtol = 0.125, .atol = 0.25};
  CHECK(floats({1.5}, {2}, tolerance).passed());
  CHECK_FALSE(floats({2}, {1.5}, tolerance).passed());
}

TEST_CASE("differences are counted, measured and located") {
  Comparison result = floats({1, 2, 3.5, 0}, {1, 2, 3, 4});
  CHECK_FALSE(result.passed());
  CHECK(result.mismatches == 2);
  CHECK(result.firstMismatch == 2);
  CHECK(result.maxAbsDiff == 4);
  // Σ expected² = 30, Σ difference² = 16.25, Σ got² = 17.25, Σ got·expected = 15.5.
  CHECK(result.snrDb == Approx(10 * std::log10(30 / 16.25)));
  CHECK(result.cosine == Approx(15.5 / std::sqrt(17.25 * 30)));
  CHECK(result.gotTop == 2);
  CHECK(result.expectedTop == 3);
}

TEST_CASE("NaN and infinities compare as in numpy") {
  CHECK(floats({nan_, inf, -inf}, {nan_, inf, -inf}).passed());
  CHECK(floats({nan_}, {1}).mismatches == 1);
  CHECK(floats({1}, {nan_}).mismatches == 1);
  CHECK(floats({inf}, {-inf}).mismatches == 1);
  CHECK(floats({inf}, {1}).mismatches == 1);
  CHECK(floats({1}, {inf}).mismatches == 1);
  CHECK(floats({1}, {inf}).maxAbsDiff == std::numeric_limits<double>::infinity());
  // Non-finite elements don't spoil the figures of the others.
  Comparison result = floats({nan_, 3, inf}, {nan_, 3, inf});
  CHECK(result.cosine == Approx(1));
  CHECK(result.expectedTop == 2);
  CHECK(floats({nan_, 1}, {nan_, 1}).expectedTop == 1);
  CHECK(floats({nan_}, {nan_}).expectedTop == -1);
}

TEST_CASE("the largest element is the first of several") {
  CHECK(floats({2, 5, 5}, {-inf, -inf, -inf}).gotTop == 1);
  CHECK(floats({2, 5, 5}, {-inf, -inf, -inf}).expectedTop == 0);
}

TEST_CASE("zero vectors") {
  CHECK(floats({0, 0}, {0, 0}).cosine == 1);
  CHECK(floats({0, 0}, {1, 0}).cosine == 0);
  CHECK(floats({1, 0}, {0, 0}).snrDb == -std::numeric_limits<double>::infinity());
  CHECK(floats({}, {}).passed());
}

TEST_CASE("integers are compared in steps") {
  HostTensor expected = tensorOf<int8_t>(DType::Int8, {-128, 0, 127}),
             got = tensorOf<int8_t>(DType::Int8, {127, 1, 127});
  Comparison result = compareTensors(got, expected);
  CHECK(result.mismatches == 2);
  CHECK(result.maxSteps == 255);
  CHECK(result.maxAbsDiff == 255);
  CHECK(result.firstMismatch == 0);
  CHECK(compareTensors(got, expected, {.steps = 1}).mismatches == 1);
  CHECK(compareTensors(got, expected, {.steps = 255}).passed());
  // Float tolerances say nothing about integers.
  CHECK_FALSE(compareTensors(got, expected, {.rtol = 10, .atol = 1000}).passed());
}

TEST_CASE("steps between 64-bit integers don't overflow") {
  CHECK(compareTensors(tensorOf<int64_t>(DType::Int64, {INT64_MIN}), tensorOf<int64_t>(DType::Int64, {INT64_MAX}))
            .maxSteps == UINT64_MAX);
  CHECK(compareTensors(tensorOf<uint64_t>(DType::UInt64, {0}), tensorOf<uint64_t>(DType::UInt64, {UINT64_MAX}))
            .maxSteps == UINT64_MAX);
  CHECK(compareTensors(tensorOf<int64_t>(DType::Int64, {(int64_t{1} << 53) + 1}),
                       tensorOf<int64_t>(DType::Int64, {int64_t{1} << 53}))
            .mismatches == 1); // equal as doubles
}

TEST_CASE("element types") {
  CHECK(compareTensors(tensorOf<uint8_t>(DType::Bool, {1, 0}), tensorOf<uint8_t>(DType::Bool, {1, 1})).mismatches == 1);
  CHECK(valueAt(tensorOf<int8_t>(DType::Int4, {-8}), 0) == -8);
  CHECK(valueAt(tensorOf<uint8_t>(DType::UInt4, {15}), 0) == 15);
  CHECK(valueAt(tensorOf<uint8_t>(DType::Float4E2M1, {7}), 0) == 6);
  CHECK(valueAt(tensorOf<uint16_t>(DType::Float16, {0x3C00, 0xC000}), 1) == -2);
  CHECK(valueAt(tensorOf<uint16_t>(DType::BFloat16, {0x3F80}), 0) == 1);
  CHECK(valueAt(tensorOf<uint16_t>(DType::UInt16, {65535}), 0) == 65535);
  CHECK(valueAt(tensorOf<int16_t>(DType::Int16, {-3}), 0) == -3);
  CHECK(valueAt(tensorOf<uint32_t>(DType::UInt32, {UINT32_MAX}), 0) == 4294967295.0);
  CHECK(valueAt(tensorOf<double>(DType::Float64, {0.1}), 0) == 0.1);
  CHECK(compareTensors(tensorOf<uint16_t>(DType::Float16, {0x3C00}), tensorOf<uint16_t>(DType::Float16, {0x3C01}))
            .maxAbsDiff == 0x1p-10);
}

TEST_CASE("complex numbers are compared by their distance") {
  using Complex = std::complex<float>;
  HostTensor expected = tensorOf<Complex>(DType::Complex64, {{0, 0}, {1, 1}});
  HostTensor got = tensorOf<Complex>(DType::Complex64, {{3, 4}, {1, 1}});
  Comparison result = compareTensors(got, expected);
  CHECK(result.mismatches == 1);
  CHECK(result.maxAbsDiff == Approx(5));
  CHECK(result.gotTop == -1);
  CHECK(compareTensors(tensorOf<std::complex<double>>(DType::Complex128, {{0, 1}}),
                       tensorOf<std::complex<double>>(DType::Complex128, {{0, 1}}))
            .passed());
}

TEST_CASE("types and shapes must agree") {
  HostTensor row = tensorOf<float>(DType::Float32, {1, 2}), column = row;
  column.shape = {2, 1};
  Comparison shapes = compareTensors(column, row);
  CHECK(shapes.sameType);
  CHECK_FALSE(shapes.sameShape);
  CHECK_FALSE(shapes.passed());
  Comparison types = compareTensors(tensorOf<int32_t>(DType::Int32, {1, 2}), row);
  CHECK_FALSE(types.sameType);
  CHECK_FALSE(types.passed());
}

TEST_CASE("the class that an output says") {
  CHECK(classOf(tensorOf<float>(DType::Float32, {0.1F, 0.7F, 0.7F})) == 1);
  CHECK(classOf(tensorOf<int8_t>(DType::Int8, {-3, -128, -2})) == 2);
  CHECK(classOf(tensorOf<float>(DType::Float32, {nan_, nan_})) == -1);
  CHECK(classOf(tensorOf<float>(DType::Float32, {0.5F})) == 0);
  CHECK(classOf(tensorOf<float>(DType::Float32, {0.51F})) == 1);
  CHECK(classOf(tensorOf<int64_t>(DType::Int64, {7})) == 7);
}
