// Integer convolutions and products for machines that multiply two pairs of 16-bit integers at a time
// (brn_conv_pairs*).
//
// A tile of neighbouring output pixels is made at a time: their windows are widened once to 16 bits, side by side in a
// panel, which all output channels read. Weights stay bytes, two channels side by side, in the order that unpacking
// bytes to pairs gives: brn_widen_s8 and brn_pairs in runtime-min/isa/c99.h have it. Or they are such pairs already.
#ifndef BURIN_IR_NN_OPS_PAIRROWS_H
#define BURIN_IR_NN_OPS_PAIRROWS_H

#include "ir/nn/ops/KernelFamily.h"

namespace burin::nn {

/// An integer on an operator that is lowered to this family: so many pixels a tile has at most, to save scratch.
/// Absent: as many as are fastest.
inline constexpr llvm::StringLiteral tilePixelsAttrName = "nn.tile_pixels";

/// A unit attribute on it: its weights are stored as pairs of 16 bits, twice the flash, which saves
/// unpacking them for every tile.
inline constexpr llvm::StringLiteral wideWeightsAttrName = "nn.wide_weights";

/// A unit attribute on it: two pixels share a word of the panel, and a multiplication, where the weights permit it. For
/// machines that multiply one pair of integers at a time.
inline constexpr llvm::StringLiteral joinedPixelsAttrName = "nn.joined_pixels";

/// A unit attribute on it: all tiles have nn.tile_pixels pixels, where rows permit it: one copy of the innermost loop
/// instead of two, for pixels that are made twice.
inline constexpr llvm::StringLiteral wholeTilesAttrName = "nn.whole_tiles";

/// A unit attribute on it: of a single pixel, inputs that are zero are skipped with their weights. For machines that
/// hold the sums of 16 channels in registers.
inline constexpr llvm::StringLiteral skipZerosAttrName = "nn.skip_zeros";

/// Kernels exist for tiles of so many pixels, and of so many that are joined.
inline constexpr int64_t mostTilePixels = 4, mostJoinedPixels = 5;

/// Instructions of Armv6-M for four taps of a channel of a tile of joined pixels, among them a part of what a tile
/// costs besides; their proportions are those of RV32IM, too.
int64_t joinedTileCost(int64_t pixels);

/// balancedTilePixels for joined pixels: an odd one is alone in its word, and costs nearly as much as two.
int64_t joinedTilePixels(int64_t width, int64_t most = mostJoinedPixels);

/// The family "pairs" (KernelFamily).
bool takesPairRows(const ConvRows &rows);
bool emitPairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                  const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
