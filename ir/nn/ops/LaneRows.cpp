#include "ir/nn/ops/LaneRows.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/PairRows.h"

#include <limits>

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t mostRows = 16; ///< of a window of brn_conv_lanes
/// Lanes of 32 bits that eight registers of 128 bits have: the fewest that the kernels are made for.
constexpr int64_t fewestLanes = 32;
constexpr int64_t exceptionEntries = 3; ///< channel, sum, the sum whose result it gets

/// [group][tap][channel of the group], the channels `together` times.
std::vector<int8_t> laneWeights(const IntegerWeights &w, int64_t perGroup, int64_t together) {
  const int64_t lanes = perGroup * together;
  std::vector<int8_t> table(static_cast<size_t>(w.channels / perGroup * w.depth * lanes));
  for (int64_t o = 0; o < w.channels; ++o)
    for (int64_t tap = 0; tap < w.depth; ++tap)
      for (int64_t again = 0; again < together; ++again) {
        const int64_t row = o / perGroup * w.depth + tap, lane = again * perGroup + o % perGroup;
        table[static_cast<size_t>(row * lanes + lane)] = static_cast<int8_t>(w.less(o, tap));
      }
  return table;
}

std::vector<int32_t> repeated(std::vector<int32_t> values, int64_t times) {
  const std::vector<int32_t> once = values;
  for (int64_t again = 1; again < times; ++again)
    llvm::append_range(values, once);
  return values;
}

/// A sum next to `sum` whose result is `result`, and that is no exception itself.
std::optional<int32_t> otherSum(const numerics::HighMultiplier &high, numerics::HighScale common, int32_t lo,
                                int32_t hi, int32_t sum, int32_t result) {
  constexpr int64_t farthest = 1 << 12;
  const auto isException = [&](int64_t other) {
    return llvm::any_of(high.exceptions, [&](const auto &e) { return e.first == other; });
  };
  for (int64_t distance = 1; distance <= farthest; ++distance)
    for (const int64_t other : {sum - distance, sum + distance})
      if (Interval{other, other}.fits(32) && !isException(other) &&
          numerics::requantizeHigh(static_cast<int32_t>(other), high.mult, common, lo, hi) == result)
        return static_cast<int32_t>(other);
  return std::nullopt;
}

/// The exceptions as brn_lane_scales has them; of each group as many, `length` numbers. Empty if there are none,
/// nullopt if some sum has no such other one.
std::optional<std::vector<int32_t>> laneExceptions(const ChannelScales &scales, int64_t perGroup, int64_t together,
                                                   int64_t &length) {
  const int64_t channels = static_cast<int64_t>(scales.high.size());
  std::vector<std::vector<int32_t>> lists(static_cast<size_t>(channels / perGroup));
  for (auto [group, list] : llvm::enumerate(lists))
    for (int64_t lane = 0; lane < perGroup * together; ++lane) {
      const auto &high = scales.high[group * static_cast<size_t>(perGroup) + static_cast<size_t>(lane % perGroup)];
      for (auto [sum, result] : high.exceptions) {
        const auto other = otherSum(high, scales.common, scales.lo, scales.hi, sum, result);
        if (!other)
          return std::nullopt;
        list.insert(list.end(), {static_cast<int32_t>(lane), sum, *other});
      }
    }
  size_t longest = 0;
  for (const std::vector<int32_t> &list : lists)
    longest = std::max(longest, list.size());
  length = static_cast<int64_t>(longest) + exceptionEntries;
  std::vector<int32_t> all;
  for (const std::vector<int32_t> &list : lists) {
    llvm::append_range(all, list);
    all.resize(all.size() + static_cast<size_t>(length) - list.size(), std::numeric_limits<int32_t>::max());
  }
  return longest == 0 ? std::vector<int32_t>() : all;
}

/// Whether a call makes several rows of the result, and some of their channels when the others have been written. The
/// planner lays a row over those that no later one reads: what pixels that are made together read has to be copied.
bool writesBetweenReads(Lowering &l, const ConvRows &rows, int64_t pixels) {
  return rows.pixelsOfMerged(l) > 0 && pixels > 1 &&
         rows.convolution().outChannels > (pixels > 3 ? fewestLanes / 2 : fewestLanes);
}

/// Whether neighbouring windows of three taps share two columns.
bool sharesColumns(const ConvShape &s) {
  const Window2d &w = s.window;
  return w.kernel[1] == 3 && w.strides[1] == 1 && w.dilations[1] == 1;
}

/// How many pixels of a depthwise row count as one, so that their channels fill the lanes.
int64_t pixelsTogether(const ConvRows &rows) {
  const ConvShape &s = rows.convolution();
  const int64_t most = std::min(fewestLanes / s.outChannels, s.outWidth);
  return rows.depthwise() && s.window.strides[1] == 1 ? std::max<int64_t>(most, 1) : 1;
}

/// Room for what the windows of a tile see.
plan::CallArg patch(Lowering &l, const ConvShape &s, int64_t pixels, bool isWhole) {
  if (!isWhole && isContiguous(s))
    return null();
  const Window2d &w = s.window;
  const int64_t columns = w.dilations[1] == 1 ? (pixels - 1) * w.strides[1] + w.kernel[1] : pixels * w.kernel[1];
  const bool isSigned = perTensorQuant(l.op()->getOperand(0)).isSigned();
  return ptr(l.scratch("patch", isSigned ? "int8_t" : "uint8_t", w.kernel[0] * columns * s.groupInputs(),
                       /*transient=*/true));
}

} // namespace

int64_t laneTilePixels(int64_t width, int64_t channels, int64_t most) {
  // Of 32 registers 24 hold sums: of three pixels with eight registers each, or, where four have lanes enough, of six.
  return balancedTilePixels(width, std::min<int64_t>(most, channels > fewestLanes / 2 ? 3 : 6));
}

bool takesLaneRows(const ConvRows &rows) { return rows.depthwise() || rows.convolution().window.kernel[0] <= mostRows; }

bool emitLaneRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                  const Requantisation &r, StringRef form) {
  const ConvShape &s = rows.convolution();
  const bool depthwise = rows.depthwise();
  const int64_t perGroup = depthwise ? s.outChannels : s.groupOutputs(), together = pixelsTogether(rows);
  const std::optional<ChannelScales> scales = channelScales(sums, r, form);
  if (!scales)
    return false;
  int64_t exceptionLength = 0;
  const auto exceptions = laneExceptions(*scales, perGroup, together, exceptionLength);
  if (!exceptions)
    return false;
  std::vector<int32_t> mult;
  for (const numerics::HighMultiplier &high : scales->high)
    mult.push_back(high.mult);
  const auto perLane = [&](StringRef role, std::vector<int32_t> values) {
    return rows.perChannel(l.constant<int32_t>(role, "int32_t", repeated(std::move(values), together)));
  };
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(num(perTensorQuant(l.op()->getOperand(0)).getZeroPoint()));
  if (depthwise)
    args.push_back(num(together));
  const std::vector<int8_t> table = laneWeights(weights, perGroup, together);
  const auto entries = static_cast<int64_t>(table.size());
  args.push_back(rows.perGroup(
      l.constant<int8_t>("weights", "int8_t", table, {entries / (perGroup * together), perGroup * together}),
      weights.depth * perGroup));
  args.push_back(perLane("bias", scales->bias));
  args.push_back(perLane("mult", mult));
  args.push_back(num(scales->common.offset));
  args.push_back(num(scales->common.shift));
  if (exceptions->empty())
    args.push_back(null());
  else
    args.push_back(rows.perGroup(
        l.constant<int32_t>("exceptions", "int32_t", *exceptions,
                            {static_cast<int64_t>(exceptions->size()) / exceptionEntries, exceptionEntries}),
        exceptionLength));
  args.push_back(num(scales->lo));
  args.push_back(num(scales->hi));
  std::string kernel = "depthwise_lanes";
  if (!depthwise) {
    const auto most = l.op()->getAttrOfType<IntegerAttr>(tilePixelsAttrName);
    const int64_t pixels = laneTilePixels(s.outWidth, perGroup, most ? most.getInt() : 6);
    const bool isWhole = writesBetweenReads(l, rows, pixels);
    args.push_back(num(isWhole ? 1 : 0));
    args.push_back(patch(l, s, pixels, isWhole));
    kernel = (sharesColumns(s) && pixels > 1 ? "conv_shared_lanes" : "conv_lanes") + std::to_string(pixels);
  }
  rows.appendOutput(args, l.result());
  callOfTypes(l, kernel, std::move(args), rows);
  return true;
}

} // namespace burin::nn
