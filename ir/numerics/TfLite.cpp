#include "ir/numerics/TfLite.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

using namespace burin::numerics::tflite;

namespace {

constexpr int32_t largest = std::numeric_limits<int32_t>::max();
constexpr int64_t one31 = int64_t{1} << 31;

/// a * b / 2^31, rounded to nearest, ties up.
int32_t highProduct(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min())
    return largest;
  const int64_t product = int64_t{a} * b;
  return static_cast<int32_t>((product + (product >= 0 ? one31 / 2 : 1 - one31 / 2)) / one31);
}

/// v / 2^bits, rounded to nearest, ties away from zero.
int32_t shiftedRight(int32_t v, int bits) {
  const int64_t half = bits == 0 ? 0 : int64_t{1} << (bits - 1), magnitude = std::abs(int64_t{v});
  const auto rounded = static_cast<int32_t>((magnitude + half) >> bits);
  return v < 0 ? -rounded : rounded;
}

int32_t saturated(int64_t v) {
  return static_cast<int32_t>(std::clamp<int64_t>(v, std::numeric_limits<int32_t>::min(), largest));
}

/// exp(a) for a in [-1/4, 0), Q0.31: a Taylor series around -1/8.
int32_t expOfQuarter(int32_t a) {
  constexpr int32_t expOfEighth = 1895147668, third = 715827883; // exp(-1/8), 1/3
  const int32_t x = a + (1 << 28);
  const int32_t x2 = highProduct(x, x), x3 = highProduct(x2, x), x4 = highProduct(x2, x2);
  const int32_t tail = shiftedRight(highProduct(shiftedRight(x4, 2) + x3, third) + x2, 1);
  return saturated(int64_t{expOfEighth} + highProduct(expOfEighth, x + tail));
}

/// exp(a) for a <= 0 in Qn.(31-n), as Q0.31.
int32_t expOfNegative(int32_t a, int integerBits) {
  if (a == 0)
    return largest;
  const int fraction = 31 - integerBits;
  const int32_t quarter = 1 << (fraction - 2), rest = (a & (quarter - 1)) - quarter;
  int32_t result = expOfQuarter(saturated(int64_t{rest} * (int64_t{1} << integerBits)));
  // exp(-2^e), e = -2 .. 4.
  constexpr std::pair<int, int32_t> powers[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                                                {2, 39332535},    {3, 720401},      {4, 242}};
  for (auto [exponent, power] : powers)
    if (exponent < integerBits && ((rest - a) >> (fraction + exponent) & 1) != 0)
      result = highProduct(result, power);
  return result;
}

/// 1 / (1 + a) for a in [0, 1], Q0.31: three steps of Newton's method.
int32_t reciprocalOfOnePlus(int32_t a) {
  const auto half = static_cast<int32_t>((int64_t{a} + largest + 1) / 2);
  int32_t x = 1515870810 + highProduct(half, -1010580540); // 48/17 - 32/17 * half, Q2.29
  for (int step = 0; step < 3; ++step) {
    const int32_t error = (1 << 29) - highProduct(half, x);
    x += saturated(int64_t{highProduct(x, error)} * 4);
  }
  return saturated(int64_t{x} * 2);
}

/// The largest input whose rescaled value stays inside `integerBits` bits.
double inputRadius(int integerBits, int leftShift) {
  return std::floor(std::ldexp(std::ldexp(1.0, integerBits) - 1, 31 - integerBits - leftShift));
}

} // namespace

Scale burin::numerics::tflite::scaleOf(double real) {
  if (!(real > 0))
    return {};
  int exponent = 0;
  int64_t mult = std::llround(std::ldexp(std::frexp(real, &exponent), 31));
  if (mult == one31) {
    mult /= 2;
    ++exponent;
  }
  if (exponent < -31)
    return {};
  if (exponent > 30)
    return {largest, 1};
  return {static_cast<int32_t>(mult), static_cast<uint8_t>(31 - exponent)};
}

int32_t burin::numerics::tflite::scaled(int32_t v, Scale scale) {
  const int left = std::max(31 - scale.shift, 0), right = std::max(scale.shift - 31, 0);
  return shiftedRight(highProduct(static_cast<int32_t>(static_cast<uint32_t>(v) << left), scale.mult), right);
}

AddScales burin::numerics::tflite::addScales(double sa, double sb, double sy) {
  const double twice = 2 * std::max(sa, sb);
  return {scaleOf(sa / twice), scaleOf(sb / twice), scaleOf(twice / (0x1p20 * sy))};
}

std::array<int32_t, 256> burin::numerics::tflite::exponentials(double sx) {
  constexpr int integerBits = 5;
  const Scale scale = scaleOf(std::min(sx * 0x1p26, 0x1p31 - 1));
  const double radius = inputRadius(integerBits, 31 - scale.shift);
  std::array<int32_t, 256> out;
  for (int32_t d = 0; d < 256; ++d)
    out[d] = d <= radius ? expOfNegative(scaled(-d, scale), integerBits) : 0;
  return out;
}

int32_t burin::numerics::tflite::logistic(int32_t d, double sx) {
  constexpr int integerBits = 4;
  const Scale scale = scaleOf(sx * 0x1p27);
  const double radius = inputRadius(integerBits, 31 - scale.shift);
  if (d <= -radius)
    return 0;
  if (d >= radius)
    return 255;
  const int32_t x = scaled(d, scale);
  int32_t result = 1 << 30;
  if (x != 0) {
    const int32_t positive = reciprocalOfOnePlus(expOfNegative(-std::abs(x), integerBits));
    result = x > 0 ? positive : largest - positive;
  }
  return std::min(shiftedRight(result, 31 - 8), 255);
}
