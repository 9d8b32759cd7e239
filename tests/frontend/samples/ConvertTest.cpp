#include "frontend/samples/Convert.h"
#include "tests/frontend/tensors/Support.h"

#include <cmath>
#include <limits>

using namespace burin;
using namespace burin::samples;

template <typename To, typename From>
static std::vector<To> converted(DType from, std::vector<From> values, DType to, const ValueSteps &steps = {}) {
  CollectingSink sink;
  const auto tensor = convertValues(tensorOf(from, std::move(values)), to, steps, sink);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(tensor);
  CHECK(tensor->dtype == to);
  return valuesOf<To>(*tensor);
}

template <typename From>
static void refused(DType from, std::vector<From> values, DType to, const ValueSteps &steps = {}) {
  CollectingSink sink;
  CHECK_FALSE(convertValues(tensorOf(from, std::move(values)), to, steps, sink));
  CHECK(onlyCode(sink) == "BRN1802");
}

TEST_CASE("integers to floats") {
  CHECK(converted<float, uint8_t>(DType::UInt8, {0, 255}, DType::Float32) == std::vector<float>{0, 255});
  CHECK(converted<float, int64_t>(DType::Int64, {-3, 1 << 24}, DType::Float32) == std::vector<float>{-3, 16777216});
  CHECK(converted<double, int32_t>(DType::Int32, {INT32_MIN}, DType::Float64) == std::vector<double>{-2147483648.0});
  CHECK(converted<float, uint8_t>(DType::Bool, {1, 0}, DType::Float32) == std::vector<float>{1, 0});
}

TEST_CASE("floats to floats are rounded to nearest, ties to even") {
  CHECK(converted<float, double>(DType::Float64, {0.1, 1e300}, DType::Float32) ==
        std::vector<float>{0.1f, std::numeric_limits<float>::infinity()});
  // Between 1 (0x3C00) and 1 + 2^-10 (0x3C01) the tie goes down, above 1 + 2^-10 up; 65520 is the first that overflows.
  CHECK(converted<uint16_t, float>(DType::Float32, {1.00048828125f, 1.00146484375f, 65519.0f, 65520.0f},
                                   DType::Float16) == std::vector<uint16_t>{0x3C00, 0x3C02, 0x7BFF, 0x7C00});
  CHECK(converted<uint16_t, float>(DType::Float32, {1.00390625f, -2.0f}, DType::BFloat16) ==
        std::vector<uint16_t>{0x3F80, 0xC000});
  CHECK(converted<float, uint16_t>(DType::Float16, {0x3C01, 0xC000}, DType::Float32) ==
        std::vector<float>{1.0009765625f, -2});
}

TEST_CASE("integers to integers are exact or refused") {
  CHECK(converted<int64_t, uint8_t>(DType::UInt8, {0, 255}, DType::Int64) == std::vector<int64_t>{0, 255});
  CHECK(converted<int8_t, int64_t>(DType::Int64, {-128, 127}, DType::Int8) == std::vector<int8_t>{-128, 127});
  CHECK(converted<uint64_t, int64_t>(DType::Int64, {INT64_MAX}, DType::UInt64) ==
        std::vector<uint64_t>{uint64_t{INT64_MAX}});
  CHECK(converted<int8_t, uint8_t>(DType::UInt8, {7}, DType::Int4) == std::vector<int8_t>{7});
  refused<int64_t>(DType::Int64, {0, 128}, DType::Int8);
  refused<int64_t>(DType::Int64, {-129}, DType::Int8);
  refused<int8_t>(DType::Int8, {-1}, DType::UInt64);
  refused<uint64_t>(DType::UInt64, {uint64_t{1} << 63}, DType::Int64);
  refused<uint8_t>(DType::UInt8, {8}, DType::Int4);
  refused<uint8_t>(DType::UInt8, {2}, DType::Bool);
}

TEST_CASE("floats to integers have to be whole, unless they were computed") {
  CHECK(converted<int8_t, float>(DType::Float32, {-128, 3, 127}, DType::Int8) == std::vector<int8_t>{-128, 3, 127});
  refused<float>(DType::Float32, {0.5f}, DType::Int8);
  refused<float>(DType::Float32, {128}, DType::Int8);
  refused<float>(DType::Float32, {std::nanf("")}, DType::UInt8);
  refused<double>(DType::Float64, {9223372036854775808.0}, DType::Int64);
  refused<double>(DType::Float64, {2}, DType::Bool);
  const ValueSteps rounds{.rounds = true};
  CHECK(converted<uint8_t, float>(DType::Float32, {0.5f, 1.5f, 2.6f, 255.4f}, DType::UInt8, rounds) ==
        std::vector<uint8_t>{0, 2, 3, 255});
  refused<float>(DType::Float32, {255.5f}, DType::UInt8, rounds);
  refused<float>(DType::Float32, {-0.6f}, DType::UInt8, rounds);
}

TEST_CASE("arithmetic by channel") {
  const ValueSteps all{.hasArithmetic = true, .scale = 0.5f, .mean = {1}, .std = {4}};
  CHECK(converted<float, uint8_t>(DType::UInt8, {2, 10}, DType::Float32, all) == std::vector<float>{0, 1});
  HostTensor image = tensorOf<float>(DType::Float32, {1, 2, 3, 4, 5, 6, 7, 8}); // [1, 2, 2, 2]
  image.shape = {1, 2, 2, 2};
  CollectingSink sink;
  const auto apply = [&](size_t axis) {
    const ValueSteps steps{.hasArithmetic = true, .mean = {1, 2}, .std = {1, 2}, .axis = axis};
    return valuesOf<float>(*convertValues(image, DType::Float32, steps, sink));
  };
  CHECK(apply(1) == std::vector<float>{0, 1, 2, 3, 1.5f, 2, 2.5f, 3});
  CHECK(apply(3) == std::vector<float>{0, 0, 2, 1, 4, 2, 6, 3});
  CHECK(sink.diagnostics.empty());
}

TEST_CASE("the axis of several means") {
  Preparation p;
  p.mean = {1, 2, 3};
  CollectingSink sink;
  CHECK(valueSteps(p, "x", {1, 3, 8, 8}, std::nullopt, false, sink)->axis == 1);
  CHECK(valueSteps(p, "x", {1, 8, 8, 3}, std::nullopt, false, sink)->axis == 3);
  CHECK(valueSteps(p, "x", {1, 3, 3, 3}, 3, false, sink)->axis == 3);
  CHECK(valueSteps(p, "x", {3}, std::nullopt, false, sink)->axis == 0);
  CHECK(sink.diagnostics.empty());
  CHECK_FALSE(valueSteps(p, "x", {1, 1, 8, 8}, std::nullopt, false, sink));
  CHECK(onlyCode(sink) == "BRN1512");
}

TEST_CASE("types without such values") {
  refused<float>(DType::Complex64, {1, 2}, DType::Float32);
  refused<float>(DType::Float32, {1}, DType::Float8E4M3FN);
  CHECK(converted<uint8_t, uint8_t>(DType::Float8E4M3FN, {0x38}, DType::Float8E4M3FN) == std::vector<uint8_t>{0x38});
}
