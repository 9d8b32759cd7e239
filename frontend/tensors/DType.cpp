#include "frontend/tensors/DType.h"

#include <cassert>
#include <cmath>
#include <limits>

using namespace burin;

using enum DTypeKind;

static constexpr DTypeInfo table[] = {
    {DType::Float32, "float32", Float, 32, "<f4"},
    {DType::UInt8, "uint8", UnsignedInt, 8, "|u1"},
    {DType::Int8, "int8", SignedInt, 8, "|i1"},
    {DType::UInt16, "uint16", UnsignedInt, 16, "<u2"},
    {DType::Int16, "int16", SignedInt, 16, "<i2"},
    {DType::Int32, "int32", SignedInt, 32, "<i4"},
    {DType::Int64, "int64", SignedInt, 64, "<i8"},
    {DType::String, "string", String, 0, ""},
    {DType::Bool, "bool", Bool, 8, "|b1"},
    {DType::Float16, "float16", Float, 16, "<f2"},
    {DType::Float64, "float64", Float, 64, "<f8"},
    {DType::UInt32, "uint32", UnsignedInt, 32, "<u4"},
    {DType::UInt64, "uint64", UnsignedInt, 64, "<u8"},
    {DType::Complex64, "complex64", Complex, 64, "<c8"},
    {DType::Complex128, "complex128", Complex, 128, "<c16"},
    {DType::BFloat16, "bfloat16", Float, 16, ""},
    {DType::Float8E4M3FN, "float8e4m3fn", Float, 8, ""},
    {DType::Float8E4M3FNUZ, "float8e4m3fnuz", Float, 8, ""},
    {DType::Float8E5M2, "float8e5m2", Float, 8, ""},
    {DType::Float8E5M2FNUZ, "float8e5m2fnuz", Float, 8, ""},
    {DType::UInt4, "uint4", UnsignedInt, 4, ""},
    {DType::Int4, "int4", SignedInt, 4, ""},
    {DType::Float4E2M1, "float4e2m1", Float, 4, ""},
    {DType::Float8E8M0, "float8e8m0", Float, 8, ""},
    {DType::UInt2, "uint2", UnsignedInt, 2, ""},
    {DType::Int2, "int2", SignedInt, 2, ""},
};

const DTypeInfo &burin::info(DType type) {
  const DTypeInfo &row = table[static_cast<int>(type) - 1];
  assert(row.type == type);
  return row;
}

std::optional<DType> burin::dtypeFromOnnx(int64_t onnxNumber) {
  if (onnxNumber < 1 || onnxNumber > static_cast<int64_t>(std::size(table)))
    return std::nullopt;
  return static_cast<DType>(onnxNumber);
}

int64_t burin::packedBytes(DType type, int64_t count) { return (count * info(type).bits + 7) / 8; }

namespace {
/// Where sign, exponent and mantissa are, and which codes are no numbers.
struct FloatFormat {
  int exponentBits, mantissaBits, bias;
  enum { Ieee, OnlyAllOnesIsNan, OnlyMinusZeroIsNan, AllFinite } special;
};
} // namespace

/// Sources: IEEE 754-2019; ONNX docs/docsgen/source/technical/float8.md and float4.md; OCP Microscaling Formats 1.0.
static FloatFormat formatOf(DType type) {
  switch (type) {
  case DType::Float16:
    return {5, 10, 15, FloatFormat::Ieee};
  case DType::BFloat16:
    return {8, 7, 127, FloatFormat::Ieee};
  case DType::Float8E4M3FN:
    return {4, 3, 7, FloatFormat::OnlyAllOnesIsNan};
  case DType::Float8E4M3FNUZ:
    return {4, 3, 8, FloatFormat::OnlyMinusZeroIsNan};
  case DType::Float8E5M2:
    return {5, 2, 15, FloatFormat::Ieee};
  case DType::Float8E5M2FNUZ:
    return {5, 2, 16, FloatFormat::OnlyMinusZeroIsNan};
  default:
    assert(type == DType::Float4E2M1);
    return {2, 1, 1, FloatFormat::AllFinite};
  }
}

double burin::decodeFloat(DType type, uint16_t bits) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (type == DType::Float8E8M0) // a power of two without sign or zero
    return (bits & 0xFF) == 0xFF ? nan : std::ldexp(1.0, (bits & 0xFF) - 127);

  FloatFormat format = formatOf(type);
  int mantissa = bits & ((1 << format.mantissaBits) - 1);
  int maxExponent = (1 << format.exponentBits) - 1;
  int exponent = (bits >> format.mantissaBits) & maxExponent;
  bool negative = (bits >> (format.mantissaBits + format.exponentBits)) & 1;

  if (format.special == FloatFormat::OnlyMinusZeroIsNan && negative && exponent == 0 && mantissa == 0)
    return nan;
  if (format.special == FloatFormat::OnlyAllOnesIsNan && exponent == maxExponent &&
      mantissa == (1 << format.mantissaBits) - 1)
    return nan;
  if (format.special == FloatFormat::Ieee && exponent == maxExponent) {
    if (mantissa != 0)
      return nan;
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }

  // Subnormal: mantissa · 2^(1 − bias − mantissaBits); normal numbers have the hidden bit.
  double magnitude =
      exponent == 0 ? std::ldexp(mantissa, 1 - format.bias - format.mantissaBits)
                    : std::ldexp(mantissa + (1 << format.mantissaBits), exponent - format.bias - format.mantissaBits);
  return negative ? -magnitude : magnitude;
}
