#include "ir/nn/ops/ChannelScales.h"
#include "ir/nn/Emit.h"
#include "ir/numerics/TfLite.h"

#include "llvm/Support/MathExtras.h"
#include <bit>
#include <cmath>
#include <limits>

namespace burin::nn {
using namespace mlir;

namespace {

/// What the usual kernels store for a sum of channel `o`.
int32_t stored(const Requantisation &r, StringRef form, size_t o, int64_t acc) {
  const auto sum = static_cast<int32_t>(acc);
  if (form == "tflite_")
    return static_cast<int32_t>(
        std::clamp<int64_t>(int64_t{numerics::tflite::scaled(sum, {r.mult[o], r.shift[o]})} + r.zero, r.lo, r.hi));
  if (form == "fine_")
    return static_cast<int32_t>(std::clamp<int64_t>(
        numerics::roundHalfEvenShift(acc * r.mult[o] + r.offset[o], r.shift[o]) + r.zero, r.lo, r.hi));
  return numerics::requantize(sum, {r.mult[o], r.shift[o]}, r.zero, r.lo, r.hi);
}

double scaleOf(const Requantisation &r, size_t o) {
  if (r.shift[o] == numerics::Multiplier::kExactForm)
    return static_cast<double>(std::bit_cast<float>(r.mult[o]));
  return std::ldexp(r.mult[o], -static_cast<int>(r.shift[o]));
}

/// The finest scale that the channels can share.
std::optional<numerics::HighScale> commonScale(const ChannelSums &sums, const Requantisation &r) {
  double maxScale = 0, maxResult = 0;
  for (size_t o = 0; o < r.mult.size(); ++o) {
    const double reach =
        std::max(std::abs(static_cast<double>(sums.ranges[o].min)), std::abs(static_cast<double>(sums.ranges[o].max)));
    maxScale = std::max(maxScale, scaleOf(r, o));
    maxResult = std::max(maxResult, reach * scaleOf(r, o));
  }
  return numerics::highScale(maxScale, maxResult, r.zero);
}

/// Sums of a layer that may be exceptions, in flash and in the loop that looks for them: rounding in float rarely makes
/// more than two a channel, but one whose scale is a small part of the others' may have many.
size_t mostExceptions(size_t channels) { return 128 + 2 * channels; }

} // namespace

numerics::HighScale quarters(int32_t zero) {
  constexpr int shift = 2;
  return {zero * (1 << shift) + (1 << (shift - 1)), shift};
}

std::optional<ChannelScales> channelScales(const ChannelSums &sums, const Requantisation &r, StringRef form,
                                           std::optional<numerics::HighScale> common) {
  if (!common)
    common = commonScale(sums, r);
  if (!common)
    return std::nullopt;
  ChannelScales out{.bias = {}, .high = {}, .common = *common, .lo = r.lo, .hi = r.hi};
  size_t left = mostExceptions(r.mult.size());
  for (size_t o = 0; o < r.mult.size(); ++o) {
    auto high = numerics::solveHigh([&](int64_t acc) { return stored(r, form, o, acc); }, scaleOf(r, o), *common,
                                    sums.ranges[o].min, sums.ranges[o].max, r.zero, r.lo, r.hi, left);
    if (!high)
      return std::nullopt;
    left -= high->exceptions.size();
    out.bias.push_back(static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(sums.bias[o]))));
    out.high.push_back(std::move(*high));
  }
  return out;
}

int32_t ChannelScales::multOf(size_t channel) const {
  const numerics::HighMultiplier &h = high[channel];
  return h.exceptions.empty() ? h.mult : h.mult | std::numeric_limits<int32_t>::min();
}

std::vector<int32_t> ChannelScales::table(int64_t perGroup, int64_t granule) const {
  std::vector<int32_t> entries;
  for (size_t o = 0; o < high.size(); ++o) {
    entries.insert(entries.end(), {bias[o], multOf(o)});
    if (static_cast<int64_t>(o + 1) % perGroup == 0)
      entries.insert(entries.end(), 2 * (llvm::alignTo(perGroup, granule) - perGroup), 0);
  }
  return entries;
}

std::vector<int32_t> ChannelScales::exceptions(int64_t perGroup, int64_t &length) const {
  std::vector<std::vector<int32_t>> lists(high.size() / static_cast<size_t>(perGroup));
  for (size_t o = 0; o < high.size(); ++o) {
    if (high[o].exceptions.empty())
      continue;
    std::vector<int32_t> &list = lists[o / static_cast<size_t>(perGroup)];
    list.push_back(static_cast<int32_t>(high[o].exceptions.size()));
    for (auto [acc, result] : high[o].exceptions)
      list.insert(list.end(), {acc, result});
  }
  length = 0;
  for (const std::vector<int32_t> &list : lists)
    length = std::max(length, static_cast<int64_t>(list.size()));
  std::vector<int32_t> all;
  for (std::vector<int32_t> &list : lists) {
    list.resize(static_cast<size_t>(length), 0);
    llvm::append_range(all, list);
  }
  return all;
}

} // namespace burin::nn
