#include "ir/nn/ops/PairRows.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/DepthwisePairRows.h"
#include "ir/nn/ops/WinogradRows.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t channelsOfColumn = 16, channelsAtATime = 2, groupOfValues = 4, wordsOfQuad = 2;

/// The order in which a window's values stand in a panel: runs, each of which begins with a group of four.
struct PanelRuns {
  int64_t run = 1, runs = 1;
  int64_t quads() const { return runs * llvm::divideCeil(run, groupOfValues); }
};

PanelRuns panelRuns(const ConvShape &s) {
  const Window2d &w = s.window;
  const bool touching = w.dilations[1] == 1 && s.groups == 1;
  const int64_t in = s.groupInputs();
  return touching ? PanelRuns{w.kernel[1] * in, w.kernel[0]} : PanelRuns{in, w.kernel[0] * w.kernel[1]};
}

/// The weights of all groups, each padded to an even number of channels.
std::vector<uint32_t> pairedWeights(const IntegerWeights &w, const ConvShape &s) {
  const PanelRuns panel = panelRuns(s);
  const int64_t quadsOfRun = llvm::divideCeil(panel.run, groupOfValues), perGroup = s.groupOutputs();
  const int64_t pairsOfGroup = llvm::divideCeil(perGroup, channelsAtATime);
  std::vector<uint32_t> table(static_cast<size_t>(s.groups * pairsOfGroup * panel.quads() * wordsOfQuad), 0);
  for (int64_t o = 0; o < w.channels; ++o) {
    const int64_t inGroup = o % perGroup, pair = o / perGroup * pairsOfGroup + inGroup / channelsAtATime;
    for (int64_t tap = 0; tap < w.depth; ++tap) {
      const int64_t inRun = tap % panel.run, quad = tap / panel.run * quadsOfRun + inRun / groupOfValues;
      const int64_t k = inRun % groupOfValues; // 2j + h is byte 2j + channel of word h
      const int64_t word = (pair * panel.quads() + quad) * wordsOfQuad + k % 2;
      const int64_t byte = k / 2 * 2 + inGroup % channelsAtATime;
      table[static_cast<size_t>(word)] |= static_cast<uint32_t>(static_cast<uint8_t>(w.less(o, tap))) << 8 * byte;
    }
  }
  return table;
}

/// What brn_pairs unpacks words to: two channels' pairs of 16 bits.
std::vector<uint32_t> unpacked(const std::vector<uint32_t> &words) {
  const auto half = [](uint32_t word, int byte) {
    return static_cast<uint32_t>(static_cast<int8_t>(word >> 8 * byte)) & 0xFFFF;
  };
  std::vector<uint32_t> pairs;
  for (uint32_t word : words)
    for (int channel : {0, 1})
      pairs.push_back(half(word, channel) | half(word, channel + 2) << 16);
  return pairs;
}

/// Whether a window is one run of values that lies in the image.
bool readsOneRun(const ConvShape &s) {
  const Window2d &w = s.window;
  return s.groups == 1 && w.kernel[0] == 1 && w.dilations[1] == 1 && w.padBegin[0] == 0 && w.padBegin[1] == 0 &&
         !isPadded(s);
}

/// Pixels of a tile. One that needs no panel is made of single pixels that are read as they are.
int64_t tilePixels(Operation *op, const ConvShape &s, bool joined) {
  int64_t most = joined ? mostJoinedPixels : mostTilePixels;
  if (auto wanted = op->getAttrOfType<IntegerAttr>(tilePixelsAttrName))
    most = std::min(most, wanted.getInt());
  const int64_t pixels = joined ? joinedTilePixels(s.outWidth, most) : balancedTilePixels(s.outWidth, most);
  return pixels > 1 || readsOneRun(s) ? pixels : 2;
}

/// Pixels of tiles that are all alike; 0: they aren't wanted, or can't be.
int64_t wholeTilePixels(Operation *op, const ConvShape &s) {
  auto wanted = op->getAttrOfType<IntegerAttr>(tilePixelsAttrName);
  const int64_t most = wanted ? wanted.getInt() : mostTilePixels;
  if (!op->hasAttr(wholeTilesAttrName) || most < 2)
    return 0;
  return s.outWidth == 1 ? most : std::min(most, s.outWidth);
}

/// Words of two channels, as brn_joined_pairs1 takes them.
int64_t joinedWords(int64_t depth) {
  const int64_t quads = llvm::divideCeil(depth, groupOfValues);
  return static_cast<int64_t>(llvm::divideCeil(quads, 32)) + channelsAtATime * quads;
}

/// Whether the sum of four products, from weight 4 * quad of channel o on, may not fit 16 bits.
bool isLarge(const IntegerWeights &w, int64_t o, int64_t quad) {
  int64_t sum = 0;
  for (int64_t tap = groupOfValues * quad; tap < std::min(groupOfValues * (quad + 1), w.depth); ++tap)
    sum += std::abs(w.less(o, tap));
  return sum > 255;
}

/// The weights of all groups for joined pixels, each padded to an even number of channels.
std::vector<uint32_t> joinedWeights(const IntegerWeights &w, const ConvShape &s) {
  const int64_t quads = llvm::divideCeil(w.depth, groupOfValues), perGroup = s.groupOutputs();
  const int64_t words = joinedWords(w.depth), couples = llvm::divideCeil(perGroup, channelsAtATime);
  std::vector<uint32_t> table(static_cast<size_t>(s.groups * couples * words), 0);
  for (int64_t o = 0; o < w.channels; ++o) {
    const int64_t inGroup = o % perGroup, couple = o / perGroup * couples + inGroup / channelsAtATime;
    uint32_t *const splits = table.data() + couple * words;
    uint32_t *const weights = splits + llvm::divideCeil(quads, 32) + inGroup % channelsAtATime;
    for (int64_t tap = 0; tap < w.depth; ++tap)
      weights[tap / groupOfValues * channelsAtATime] |= static_cast<uint32_t>(static_cast<uint8_t>(w.less(o, tap)))
                                                        << 8 * (tap % groupOfValues);
    for (int64_t quad = 0; quad < quads; ++quad)
      if (isLarge(w, o, quad))
        splits[quad / 32] |= 0x80000000u >> quad % 32;
  }
  return table;
}

/// The weights of channels in blocks of 16, column by column: what brn_columns16_s8 takes.
std::vector<uint32_t> columnWeights(const IntegerWeights &w) {
  std::vector<uint32_t> table(static_cast<size_t>(llvm::divideCeil(w.channels, channelsOfColumn) * w.depth * 4), 0);
  for (int64_t o = 0; o < w.channels; ++o)
    for (int64_t tap = 0; tap < w.depth; ++tap) {
      const int64_t inBlock = o % channelsOfColumn, column = o / channelsOfColumn * w.depth + tap;
      table[static_cast<size_t>(4 * column + inBlock / 4)] |=
          static_cast<uint32_t>(static_cast<uint8_t>(w.less(o, tap))) << 8 * (inBlock % 4);
    }
  return table;
}

/// Which kernel, and what it wants.
struct PairKernel {
  std::string stem;
  int64_t tiles = 0;      ///< of Winograd's; 0: it is none of these
  bool joined = false;    ///< two pixels share a word
  bool columns = false;   ///< its weights are in columns, of which those of zeros are skipped
  bool wide = false;      ///< its weights are unpacked
  int64_t wordsOfRow = 1; ///< how the weights are printed
  int64_t panelWords = 0; ///< 0: it takes no panel
};

PairKernel pairsKernel(Operation *op, const ConvShape &s, const IntegerWeights &weights) {
  if (op->hasAttr(joinedPixelsAttrName) && pairsFit(weights))
    if (const int64_t pixels = tilePixels(op, s, /*joined=*/true); pixels > 1) {
      const int64_t values = llvm::alignTo(s.depth(), groupOfValues);
      return {.stem = "conv_joined_pairs" + std::to_string(pixels),
              .joined = true,
              .wordsOfRow = joinedWords(s.depth()),
              .panelWords = values * static_cast<int64_t>(llvm::divideCeil(pixels, 2))};
    }
  const int64_t whole = wholeTilePixels(op, s), pixels = whole > 0 ? whole : tilePixels(op, s, /*joined=*/false);
  const int64_t inColumns = llvm::alignTo(s.outChannels, channelsOfColumn);
  if (op->hasAttr(skipZerosAttrName) && pixels == 1 && inColumns <= s.outChannels * 9 / 8)
    return {.stem = "conv_columns1", .columns = true, .wordsOfRow = channelsOfColumn / 4};
  const int64_t quads = panelRuns(s).quads();
  const bool wide = pixels > 1 && op->hasAttr(wideWeightsAttrName);
  return {.stem = (wide ? "conv_wide_" : "conv_") + std::string(whole > 0 ? "whole_pairs" : "pairs") +
                  std::to_string(pixels),
          .wide = wide,
          .wordsOfRow = quads * wordsOfQuad * (wide ? 2 : 1),
          .panelWords = pixels > 1 ? quads * 2 * pixels : 0};
}

PairKernel winogradKernel(Operation *op, const ConvShape &s) {
  const int64_t tiles = winogradTiles(op, s);
  return {.stem = "conv_winograd" + std::to_string(tiles),
          .tiles = tiles,
          .wordsOfRow = 8 / tiles,
          .panelWords = winogradPanelWords(s, tiles)};
}

} // namespace

int64_t joinedTileCost(int64_t pixels) { return 16 + 8 * pixels + (pixels % 2 != 0 ? 6 : 0); }

int64_t joinedTilePixels(int64_t width, int64_t most) {
  int64_t best = 1, least = width * joinedTileCost(1);
  for (int64_t pixels = 2; pixels <= most; ++pixels) {
    const int64_t tiles = llvm::divideCeil(width, pixels), large = width - tiles * (pixels - 1);
    if (const int64_t sum = large * joinedTileCost(pixels) + (tiles - large) * joinedTileCost(pixels - 1);
        large >= 0 && sum < least) {
      best = pixels;
      least = sum;
    }
  }
  return best;
}

bool takesPairRows(const ConvRows &rows) { return !rows.depthwise() || takesDepthwisePairRows(rows); }

bool emitPairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                  const Requantisation &r, StringRef form) {
  if (rows.depthwise())
    return emitDepthwisePairRows(l, rows, weights, sums, r, form);
  const ConvShape &s = rows.convolution();
  const PairKernel kernel = takesWinograd(l, s, sums) ? winogradKernel(l.op(), s) : pairsKernel(l.op(), s, weights);
  std::vector<uint32_t> words = kernel.tiles > 0 ? winogradWeights(weights, s, kernel.tiles)
                                : kernel.joined  ? joinedWeights(weights, s)
                                : kernel.columns ? columnWeights(weights)
                                                 : pairedWeights(weights, s);
  if (kernel.wide)
    words = unpacked(words);
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0));
  const int64_t less = kernel.columns ? x.getZeroPoint() : kernel.joined && !x.isSigned() ? 128 : 0;
  const ChannelSums first = less != 0 ? recentred(sums, weights, less) : sums;
  std::optional<ChannelScales> scales = channelScales(first, r, form, quarters(r.zero));
  if (!scales) // another shift takes kernels an instruction more
    scales = channelScales(first, r, form);
  if (!scales)
    return false;
  std::string why = whyWinogradOrNot(l, s, sums);
  if (kernel.joined)
    why += (why.empty() ? "" : "; ") + std::string("two pixels share a multiplication");
  if (kernel.columns)
    why += (why.empty() ? "" : "; ") + std::string("weights of inputs that are zero are skipped");
  if (kernel.wide)
    why += (why.empty() ? "" : "; ") + std::string("weights of 16 bits, which need no unpacking");
  l.because(why);
  const std::vector<int32_t> table = scales->table(s.groupOutputs(), channelsAtATime);
  const auto wordCount = static_cast<int64_t>(words.size()), entries = static_cast<int64_t>(table.size());
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(num(x.getZeroPoint() - (kernel.joined ? less : 0)));
  args.push_back(rows.perGroup(
      l.constant<uint32_t>("weights", "uint32_t", words, {wordCount / kernel.wordsOfRow, kernel.wordsOfRow}),
      wordCount / s.groups));
  args.push_back(rows.perGroup(l.constant<int32_t>("table", "int32_t", table, {entries / 4, 4}), entries / s.groups));
  args.push_back(num(scales->common.offset));
  args.push_back(num(scales->common.shift));
  args.push_back(exceptionTable(l, rows, *scales, s.groupOutputs()));
  args.push_back(num(scales->lo));
  args.push_back(num(scales->hi));
  if (kernel.panelWords > 0)
    args.push_back(ptr(l.scratch("panel", "uint32_t", kernel.panelWords, /*transient=*/true)));
  rows.appendOutput(args, l.result());
  callOfTypes(l, kernel.stem, std::move(args), rows);
  return true;
}

} // namespace burin::nn
