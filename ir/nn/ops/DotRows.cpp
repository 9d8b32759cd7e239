#include "ir/nn/ops/DotRows.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/DepthwiseDotRows.h"
#include "ir/nn/ops/PairRows.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t channelsAtATime = 4, valuesAtATime = 16;
/// A few more columns are laid out once more for each panel: it holds as many pixels as fit in some bytes, but at least
/// a few.
constexpr int64_t leastPanelPixels = 8, mostPanelPixels = 32, enoughPanelBytes = 512;

/// Whether a call makes several rows of the result, and two pixels that are made together may be of two rows. The
/// planner lays a row over those that no later one reads: what such pixels read has to be copied.
bool writesBetweenReads(const Lowering &l, const ConvRows &rows) { return rows.pixelsOfMerged(l) % 2 != 0; }

int64_t panelBytes(const ConvShape &s, int64_t pixels) {
  const Window2d &w = s.window;
  const int64_t column = w.kernel[0] * s.groupInputs();
  return (w.dilations[1] == 1 ? (pixels - 1) * w.strides[1] + w.kernel[1] : pixels * w.kernel[1]) * column;
}

/// Pixels whose windows a panel holds: panels of about one size, of pairs of pixels.
int64_t panelPixels(Operation *op, const ConvShape &s) {
  int64_t most = std::min(mostPanelPixels, s.outWidth);
  while (most > leastPanelPixels && panelBytes(s, most) > enoughPanelBytes)
    --most;
  if (auto wanted = op->getAttrOfType<IntegerAttr>(tilePixelsAttrName))
    most = std::min(most, wanted.getInt());
  const int64_t panels = llvm::divideCeil(s.outWidth, most);
  return std::min<int64_t>(most, llvm::alignTo(llvm::divideCeil(s.outWidth, panels), 2));
}

/// The weights of channel `o` in the order of the panel: [kernel 1][kernel 0][in].
std::vector<int8_t> byColumns(const IntegerWeights &weights, const ConvShape &s, int64_t o) {
  const int64_t *kernel = s.window.kernel, in = s.groupInputs();
  std::vector<int8_t> values;
  for (int64_t t = 0; t < kernel[1]; ++t)
    for (int64_t k = 0; k < kernel[0]; ++k)
      for (int64_t c = 0; c < in; ++c)
        values.push_back(static_cast<int8_t>(weights.less(o, (k * kernel[1] + t) * in + c)));
  return values;
}

/// The entry of brn_dot_result that `channels`, lane after lane, have in a block; negative: a lane without a channel.
/// `flags` are or'ed to the number of exceptions.
void appendEntry(std::vector<uint32_t> &words, const ChannelScales &scales, ArrayRef<int64_t> channels,
                 uint32_t flags) {
  size_t levels = 0;
  for (int64_t o : channels)
    levels = std::max(levels, o < 0 ? 0 : scales.high[static_cast<size_t>(o)].exceptions.size());
  const auto append = [&](auto valueOf) {
    for (int64_t o : channels)
      words.push_back(o < 0 ? 0 : static_cast<uint32_t>(valueOf(static_cast<size_t>(o))));
  };
  append([&](size_t o) { return scales.bias[o]; });
  append([&](size_t o) { return scales.high[o].mult; });
  words.push_back(static_cast<uint32_t>(levels) | flags);
  for (size_t level = 0; level < levels; ++level) {
    // A channel with fewer of them repeats its last; for one without any, the product of 0 is 0.
    const auto exception = [&](size_t o) {
      const auto &all = scales.high[o].exceptions;
      return all.empty() ? std::nullopt : std::optional(all[std::min(level, all.size() - 1)]);
    };
    append([&](size_t o) { return exception(o) ? exception(o)->first : 0; });
    append([&](size_t o) {
      return exception(o) ? exception(o)->second * (1 << scales.common.shift) - scales.common.offset : 0;
    });
  }
}

/// The table of channels `first` to first + groupOutputs - 1.
std::vector<uint32_t> blocksOfGroup(const IntegerWeights &weights, const ChannelScales &scales, const ConvShape &s,
                                    int64_t first) {
  std::vector<uint32_t> words;
  const auto blocks = channelBlocks(s.groupOutputs(), channelsAtATime);
  for (const SmallVector<int64_t> &block : blocks) {
    std::vector<std::vector<int8_t>> values(channelsAtATime, std::vector<int8_t>(static_cast<size_t>(s.depth()), 0));
    SmallVector<int64_t> lanes(channelsAtATime, -1);
    for (auto [i, channel] : llvm::enumerate(block)) {
      lanes[i] = first + channel;
      values[i] = byColumns(weights, s, first + channel);
    }
    std::vector<int8_t> bytes;
    int64_t run = (s.depth() - 1) % valuesAtATime + 1;
    for (int64_t at = 0; at < s.depth(); at += run, run = valuesAtATime)
      for (const std::vector<int8_t> &channel : values)
        bytes.insert(bytes.end(), channel.begin() + at, channel.begin() + at + run);
    appendBytes(words, bytes);
    appendEntry(words, scales, lanes, &block == &blocks.back() ? lastBlock : 0);
  }
  return words;
}

/// The tables of all groups, equally long.
std::vector<uint32_t> blocksOfGroups(const IntegerWeights &weights, const ChannelScales &scales, const ConvShape &s) {
  std::vector<std::vector<uint32_t>> groups;
  size_t length = 0;
  for (int64_t group = 0; group < s.groups; ++group) {
    groups.push_back(blocksOfGroup(weights, scales, s, group * s.groupOutputs()));
    length = std::max(length, groups.back().size());
  }
  std::vector<uint32_t> words;
  for (std::vector<uint32_t> &group : groups) {
    group.resize(length, 0);
    llvm::append_range(words, group);
  }
  return words;
}

} // namespace

SmallVector<SmallVector<int64_t>> channelBlocks(int64_t channels, int64_t size) {
  SmallVector<SmallVector<int64_t>> blocks;
  for (int64_t o = 0; o < channels; o += size) {
    const int64_t first = std::max<int64_t>(0, std::min(o, channels - size));
    blocks.push_back(llvm::to_vector(llvm::seq(first, std::min(first + size, channels))));
  }
  return blocks;
}

void appendBytes(std::vector<uint32_t> &words, ArrayRef<int8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); i += 4) {
    uint32_t word = 0;
    for (size_t j = 0; j < 4; ++j)
      word |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + j])) << 8 * j;
    words.push_back(word);
  }
}

std::optional<ChannelScales> dotScales(const ChannelSums &sums, const Requantisation &r, StringRef form) {
  std::optional<ChannelScales> scales = channelScales(sums, r, form, quarters(r.zero));
  if (!scales)
    scales = channelScales(sums, r, form);
  constexpr size_t mostLevels = 255; // of a channel, in 8 bits
  if (scales && llvm::any_of(scales->high, [](const auto &h) { return h.exceptions.size() > mostLevels; }))
    return std::nullopt;
  return scales;
}

bool takesDotRows(const ConvRows &rows) { return !rows.depthwise() || takesDepthwiseDotRows(rows); }

bool emitDotRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                 const Requantisation &r, StringRef form) {
  if (rows.depthwise())
    return emitDepthwiseDotRows(l, rows, weights, sums, r, form);
  const ConvShape &s = rows.convolution();
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0));
  const std::optional<ChannelScales> scales = dotScales(x.isSigned() ? sums : recentred(sums, weights, 128), r, form);
  if (!scales)
    return false;
  const bool direct = x.isSigned() && s.window.kernel[0] == 1 && isContiguous(s) && !writesBetweenReads(l, rows);
  const std::vector<uint32_t> words = blocksOfGroups(weights, *scales, s);
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  if (!direct)
    args.push_back(num(x.getZeroPoint()));
  args.push_back(
      rows.perGroup(l.constant<uint32_t>("weights", "uint32_t", words), static_cast<int64_t>(words.size()) / s.groups));
  for (int64_t n : {scales->common.offset, int32_t{scales->common.shift}, scales->lo, scales->hi})
    args.push_back(num(n));
  if (!direct) {
    const int64_t pixels = panelPixels(l.op(), s);
    args.push_back(num(pixels));
    args.push_back(ptr(l.scratch("panel", "int8_t", panelBytes(s, pixels), /*transient=*/true)));
  }
  rows.appendOutput(args, l.result());
  callOfTypes(l, direct ? "conv_dots_direct" : "conv_dots", std::move(args), rows);
  return true;
}

} // namespace burin::nn
