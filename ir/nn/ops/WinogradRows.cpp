#include "ir/nn/ops/WinogradRows.h"
#include "ir/nn/ops/PairRows.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t taps = 3, elements = 6, tilePixels = 4, scale = 24;
constexpr int64_t productsAtATime = 8; ///< tiles times channels

/// Words of the values of a row of the window, 16 bits a channel.
int64_t pairsOf(const ConvShape &s) { return llvm::divideCeil(s.groupInputs(), 4) * 2; }

/// 24 G g.
std::array<int64_t, elements> transformed(std::array<int64_t, taps> g) {
  const auto [a, b, c] = g;
  return {6 * a, -4 * (a + b + c), -4 * (a - b + c), a + 2 * b + 4 * c, a - 2 * b + 4 * c, 24 * c};
}

} // namespace

bool isWinogradShape(const ConvShape &s) {
  const Window2d &w = s.window;
  return w.kernel[1] == taps && w.strides[1] == 1 && w.dilations[1] == 1;
}

namespace {

bool fitsScaled(const ChannelSums &sums) {
  return llvm::all_of(sums.ranges, [](Interval r) { return Interval{scale * r.min, scale * r.max}.fits(32); });
}

} // namespace

bool takesWinograd(Lowering &l, const ConvShape &shape, const ChannelSums &sums) {
  return l.op()->hasAttr(winogradAttrName) && isWinogradShape(shape) && fitsScaled(sums);
}

std::string whyWinogradOrNot(Lowering &l, const ConvShape &s, const ChannelSums &sums) {
  if (s.window.kernel[1] != taps)
    return ""; // nobody would expect it
  if (!isWinogradShape(s))
    return "the direct form: Winograd's is for rows of three taps of stride and dilation 1";
  if (!fitsScaled(sums))
    return "the direct form: 24 times its sums may pass 32 bits, so Winograd's can't be proven exact";
  return takesWinograd(l, s, sums) ? "Winograd's F(4, 3)" : "";
}

int64_t winogradTiles(Operation *op, const ConvShape &s) {
  return s.outWidth <= tilePixels || op->hasAttr(tilePixelsAttrName) ? 1 : 2;
}

std::vector<uint32_t> winogradWeights(const IntegerWeights &w, const ConvShape &s, int64_t tiles) {
  const int64_t pairs = pairsOf(s), in = s.groupInputs(), rows = s.window.kernel[0], wide = productsAtATime / tiles;
  const int64_t wordsOfGroup = llvm::alignTo(s.groupOutputs(), wide) * elements * rows * pairs;
  std::vector<uint32_t> table(static_cast<size_t>(s.groups * wordsOfGroup), 0);
  for (int64_t channel = 0; channel < w.channels; ++channel)
    for (int64_t k = 0; k < rows; ++k)
      for (int64_t c = 0; c < in; ++c) {
        const int64_t first = k * taps * in + c, o = channel % s.groupOutputs();
        const int64_t pair = c / 4 * 2 + c % 2, half = c / 2 % 2;
        const auto g =
            transformed({w.less(channel, first), w.less(channel, first + in), w.less(channel, first + 2 * in)});
        for (int64_t e = 0; e < elements; ++e) {
          const int64_t row = (o / wide * elements + e) * rows + k;
          const int64_t word = channel / s.groupOutputs() * wordsOfGroup + (row * pairs + pair) * wide + o % wide;
          table[static_cast<size_t>(word)] |= (static_cast<uint32_t>(g[e]) & 0xFFFF) << 16 * half;
        }
      }
  return table;
}

int64_t winogradPanelWords(const ConvShape &s, int64_t tiles) {
  return elements * s.window.kernel[0] * pairsOf(s) * tiles;
}

} // namespace burin::nn
