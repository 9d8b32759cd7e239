#include "frontend/tensors/DType.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace burin;

TEST_CASE("ONNX numbers and types") {
  CHECK(dtypeFromOnnx(1) == DType::Float32);
  CHECK(dtypeFromOnnx(16) == DType::BFloat16);
  CHECK(dtypeFromOnnx(26) == DType::Int2);
  CHECK_FALSE(dtypeFromOnnx(0));
  CHECK_FALSE(dtypeFromOnnx(27));
  CHECK_FALSE(dtypeFromOnnx(-1));
  CHECK_FALSE(dtypeFromOnnx(int64_t{1} << 32 | 1));
  for (int number = 1; number <= 26; ++number)
    CHECK(toOnnx(*dtypeFromOnnx(number)) == number);
}

TEST_CASE("sizes in files and in memory") {
  CHECK(packedBytes(DType::Float32, 3) == 12);
  CHECK(packedBytes(DType::Int4, 3) == 2);
  CHECK(packedBytes(DType::Int4, 4) == 2);
  CHECK(packedBytes(DType::UInt2, 5) == 2);
  CHECK(packedBytes(DType::Complex128, 2) == 32);
  CHECK(packedBytes(DType::Complex128, int64_t{1} << 55) == int64_t{1} << 59);
  CHECK(packedBytes(DType::Bool, 0) == 0);
  CHECK(info(DType::Int4).bytes() == 1);
  CHECK(info(DType::Int2).bytes() == 1);
  CHECK(info(DType::BFloat16).bytes() == 2);
  CHECK(info(DType::String).bytes() == 0);
  CHECK(info(DType::Float4E2M1).name == "float4e2m1");
}

// Values from the tables of IEEE 754, ONNX's float8 and float4 pages, and OCP Microscaling Formats 1.0.
TEST_CASE("small floats decode exactly") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  struct {
    DType type;
    uint16_t bits;
    double value;
  } table[] = {
      {DType::Float16, 0x3C00, 1},          {DType::Float16, 0x0001, 0x1p-24},
      {DType::Float16, 0x7BFF, 65504},      {DType::Float16, 0x7C00, inf},
      {DType::Float16, 0xFC00, -inf},       {DType::Float16, 0xC100, -2.5},
      {DType::BFloat16, 0x3F80, 1},         {DType::BFloat16, 0x0001, 0x1p-133},
      {DType::BFloat16, 0x7F80, inf},       {DType::BFloat16, 0xC049, -3.140625},
      {DType::Float8E4M3FN, 0x7E, 448},     {DType::Float8E4M3FN, 0x01, 0x1p-9},
      {DType::Float8E4M3FN, 0xB8, -1},      {DType::Float8E4M3FN, 0x08, 0x1p-6},
      {DType::Float8E4M3FNUZ, 0x7F, 240},   {DType::Float8E4M3FNUZ, 0x01, 0x1p-10},
      {DType::Float8E5M2, 0x7B, 57344},     {DType::Float8E5M2, 0x01, 0x1p-16},
      {DType::Float8E5M2, 0x7C, inf},       {DType::Float8E5M2, 0xFC, -inf},
      {DType::Float8E5M2FNUZ, 0x7F, 57344}, {DType::Float8E5M2FNUZ, 0x01, 0x1p-17},
      {DType::Float8E8M0, 0x7F, 1},         {DType::Float8E8M0, 0x00, 0x1p-127},
      {DType::Float8E8M0, 0xFE, 0x1p127},   {DType::Float4E2M1, 0x1, 0.5},
      {DType::Float4E2M1, 0x2, 1},          {DType::Float4E2M1, 0x3, 1.5},
      {DType::Float4E2M1, 0x5, 3},          {DType::Float4E2M1, 0x7, 6},
      {DType::Float4E2M1, 0xF, -6},         {DType::Float4E2M1, 0x0, 0},
  };
  for (const auto &row : table) {
    INFO(info(row.type).name << " " << row.bits);
    CHECK(decodeFloat(row.type, row.bits) == row.value);
  }
}

TEST_CASE("codes that are no number") {
  CHECK(std::isnan(decodeFloat(DType::Float16, 0x7C01)));
  CHECK(std::isnan(decodeFloat(DType::BFloat16, 0xFFC0)));
  CHECK(std::isnan(decodeFloat(DType::Float8E4M3FN, 0x7F)));
  CHECK(std::isnan(decodeFloat(DType::Float8E4M3FN, 0xFF)));
  CHECK(std::isnan(decodeFloat(DType::Float8E4M3FNUZ, 0x80)));
  CHECK(std::isnan(decodeFloat(DType::Float8E5M2, 0x7D)));
  CHECK(std::isnan(decodeFloat(DType::Float8E5M2FNUZ, 0x80)));
  CHECK(std::isnan(decodeFloat(DType::Float8E8M0, 0xFF)));
  CHECK(std::signbit(decodeFloat(DType::Float16, 0x8000)));
}
