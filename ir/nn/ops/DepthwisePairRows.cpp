#include "ir/nn/ops/DepthwisePairRows.h"
#include "ir/nn/Emit.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t channelsAtATime = 4, tapsAtATime = 2;
constexpr int64_t mostTaps = 49; ///< that brn_depthwise_pairs has room for

uint32_t byteOf(int32_t weight, int64_t byte) {
  return static_cast<uint32_t>(static_cast<uint8_t>(weight)) << 8 * byte;
}

bool slides(const ConvShape &s) {
  const Window2d &w = s.window;
  return w.kernel[0] == 3 && w.kernel[1] == 3 && w.dilations[0] == 1 && w.dilations[1] == 1 && w.strides[1] <= 2;
}

/// The scales for brn_slide3; nullopt if another kernel has to do.
std::optional<ChannelScales> slideScales(Lowering &l, const ConvShape &s, const ChannelSums &sums,
                                         const Requantisation &r, StringRef form) {
  if (!slides(s) || (l.op()->hasAttr(anyTapsAttrName) && s.outChannels >= channelsAtATime))
    return std::nullopt;
  return channelScales(sums, r, form, quarters(r.zero));
}

/// Its table: first sum, multiplier and weights of channel after channel.
std::vector<int32_t> slideTable(const IntegerWeights &w, const ChannelScales &scales) {
  constexpr int64_t unused = -1;
  constexpr int64_t order[] = {0, 1, 3, 4, 2, 6, 5, 7, 7, unused, 8, unused}; // taps, from the lowest byte on
  std::vector<int32_t> table;
  for (int64_t o = 0; o < w.channels; ++o) {
    uint32_t words[3] = {};
    for (auto [i, tap] : llvm::enumerate(order))
      if (tap != unused)
        words[i / 4] |= byteOf(w.less(o, tap), static_cast<int64_t>(i % 4));
    table.insert(table.end(), {scales.bias[static_cast<size_t>(o)], scales.multOf(static_cast<size_t>(o))});
    for (uint32_t word : words)
      table.push_back(static_cast<int32_t>(word));
  }
  return table;
}

/// The weights for brn_depthwise_pairs: four channels after four, the last four being those up to the last channel.
std::vector<uint32_t> tapWeights(const IntegerWeights &w) {
  const int64_t pairs = llvm::divideCeil(w.depth, tapsAtATime), groups = llvm::divideCeil(w.channels, channelsAtATime);
  std::vector<uint32_t> words(static_cast<size_t>(groups * pairs * 2), 0);
  for (int64_t group = 0; group < groups; ++group) {
    const int64_t first = std::min(group * channelsAtATime, w.channels - channelsAtATime);
    for (int64_t i = 0; i < channelsAtATime; ++i)
      for (int64_t tap = 0; tap < w.depth; ++tap)
        words[static_cast<size_t>((group * pairs + tap / 2) * 2 + i / 2)] |=
            byteOf(w.less(first + i, tap), tap % 2 * 2 + i % 2);
  }
  return words;
}

} // namespace

bool takesDepthwisePairRows(const ConvRows &rows) {
  const ConvShape &s = rows.convolution();
  return slides(s) || (s.outChannels >= channelsAtATime && s.depth() <= mostTaps);
}

bool emitDepthwisePairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                           const Requantisation &r, StringRef form) {
  const ConvShape &s = rows.convolution();
  std::optional<ChannelScales> scales = slideScales(l, s, sums, r, form);
  const bool isSlid = scales.has_value();
  if (!isSlid && s.outChannels >= channelsAtATime)
    scales = channelScales(sums, r, form, quarters(r.zero));
  if (!isSlid && !scales && s.outChannels >= channelsAtATime)
    scales = channelScales(sums, r, form);
  if (!scales)
    return false;
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  if (isSlid) {
    args.push_back(num(perTensorQuant(l.op()->getOperand(0)).getZeroPoint()));
    args.push_back(ptr(l.constant<int32_t>("table", "int32_t", slideTable(weights, *scales), {s.outChannels, 5})));
    args.push_back(num(scales->common.offset));
  } else {
    args.push_back(paddingPixel(l, s));
    args.push_back(ptr(l.constant<uint32_t>("weights", "uint32_t", tapWeights(weights))));
    args.push_back(
        ptr(l.constant<int32_t>("table", "int32_t", scales->table(s.outChannels, /*granule=*/1), {s.outChannels, 2})));
    args.push_back(num(scales->common.offset));
    args.push_back(num(scales->common.shift));
  }
  args.push_back(exceptionTable(l, rows, *scales, s.outChannels));
  args.push_back(num(scales->lo));
  args.push_back(num(scales->hi));
  rows.appendOutput(args, l.result());
  const StringRef kernel = !isSlid ? "depthwise_pairs" : s.window.strides[1] == 2 ? "depthwise3by2" : "depthwise3";
  callOfTypes(l, kernel, std::move(args), rows);
  return true;
}

} // namespace burin::nn
