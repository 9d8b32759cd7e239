#include "ir/nn/ops/DepthwiseDotRows.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/DotRows.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t channelsAtATime = 16;
constexpr int64_t mostTaps = 49; ///< that brn_depthwise_dots has room for

/// The order of channels that widening a vector of bytes twice, lower and upper halves of each lane apart, gives.
constexpr int64_t laneOrder[] = {0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15};

/// The sums of a block that are exceptions, as brn_depthwise_taps has them; number i of `lanes` is a channel, or
/// negative.
std::vector<uint32_t> exceptionWords(const ChannelScales &scales, ArrayRef<int64_t> lanes) {
  constexpr uint32_t another = uint32_t{1} << 15;
  std::vector<uint32_t> words;
  for (auto [i, o] : llvm::enumerate(lanes)) {
    if (o < 0)
      continue;
    const auto place = static_cast<uint32_t>(4 * i | static_cast<size_t>(laneOrder[i]) << 8);
    for (auto [acc, result] : scales.high[static_cast<size_t>(o)].exceptions)
      words.insert(words.end(), {place | another | static_cast<uint32_t>(result) << 16, static_cast<uint32_t>(acc)});
  }
  if (!words.empty())
    words[words.size() - 2] &= ~another;
  return words;
}

/// Which channel each lane of a block is of; negative: none.
SmallVector<int64_t> lanesOf(ArrayRef<int64_t> block) {
  const auto count = static_cast<int64_t>(block.size());
  const bool repeats = channelsAtATime % count == 0; // neighbouring pixels are then made at a time
  SmallVector<int64_t> lanes;
  for (int64_t i = 0; i < channelsAtATime; ++i)
    lanes.push_back(i < count || repeats ? block[static_cast<size_t>(i % count)] : -1);
  return lanes;
}

/// The table of brn_depthwise_dots.
std::vector<uint32_t> depthwiseBlocks(const IntegerWeights &weights, const ChannelScales &scales) {
  constexpr uint32_t lastOverlaps = uint32_t{1} << 30;
  std::vector<uint32_t> words;
  const auto blocks = channelBlocks(weights.channels, channelsAtATime);
  for (auto [number, block] : llvm::enumerate(blocks)) {
    const SmallVector<int64_t> lanes = lanesOf(block);
    std::vector<int8_t> bytes;
    for (int64_t tap = 0; tap < weights.depth; ++tap)
      for (int64_t o : lanes)
        bytes.push_back(o < 0 ? int8_t{0} : static_cast<int8_t>(weights.less(o, tap)));
    appendBytes(words, bytes);
    SmallVector<int64_t> entries;
    for (int64_t i : laneOrder)
      entries.push_back(lanes[static_cast<size_t>(i)]);
    for (int64_t o : entries)
      words.push_back(o < 0 ? 0 : static_cast<uint32_t>(scales.bias[static_cast<size_t>(o)]));
    for (int64_t o : entries)
      words.push_back(o < 0 ? 0 : static_cast<uint32_t>(scales.high[static_cast<size_t>(o)].mult));
    const std::vector<uint32_t> exceptions = exceptionWords(scales, entries);
    const bool isLast = number + 1 == blocks.size();
    const bool overlaps = number + 2 == blocks.size() && weights.channels % channelsAtATime != 0;
    words.push_back(static_cast<uint32_t>(exceptions.size() / 2) | (isLast ? lastBlock : 0) |
                    (overlaps ? lastOverlaps : 0));
    llvm::append_range(words, exceptions);
  }
  return words;
}

} // namespace

bool takesDepthwiseDotRows(const ConvRows &rows) { return rows.convolution().depth() <= mostTaps; }

bool emitDepthwiseDotRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                          const Requantisation &r, StringRef form) {
  const ConvShape &s = rows.convolution();
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0));
  const std::optional<ChannelScales> scales = dotScales(x.isSigned() ? sums : recentred(sums, weights, 128), r, form);
  if (!scales || !pairsFit(weights))
    return false;
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(paddingPixel(l, s, channelsAtATime));
  args.push_back(ptr(l.constant<uint32_t>("weights", "uint32_t", depthwiseBlocks(weights, *scales))));
  for (int64_t n : {scales->common.offset, int32_t{scales->common.shift}, scales->lo, scales->hi})
    args.push_back(num(n));
  rows.appendOutput(args, l.result());
  callOfTypes(l, "depthwise_dots", std::move(args), rows);
  return true;
}

} // namespace burin::nn
