// Integer convolutions and products for machines that multiply two pairs of 16-bit integers at a time
// (brn_conv_pairs*).
//
// A tile of neighbouring output pixels is made at a time: their windows are widened once to 16 bits, side by side in a
// panel, which all output channels read. Weights stay bytes, two channels side by side, in the order that unpacking
// bytes to pairs gives: brn_widen_s8 and brn_pairs in runtime-min/isa/c99.h have it. Or they are such pairs already.
#ifndef BURIN_IR_NN_OPS_PAIRROWS_H
#define BURIN_IR_NN_OPS_PAIRROWS_H

#include "ir/nn/ops/ChannelScales.h"
#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// A string on an operator that names the family of kernels that it is lowered to where the family has a form of it:
/// "pairs". Absent: plain C.
inline constexpr llvm::StringLiteral kernelFamilyAttrName = "nn.kernels";

/// An integer on such an operator: so many pixels a tile has at most, to save scratch. Absent: as many as are fastest.
inline constexpr llvm::StringLiteral tilePixelsAttrName = "nn.tile_pixels";

/// A unit attribute on such an operator: its weights are stored as pairs of 16 bits, twice the flash, which saves
/// unpacking them for every tile.
inline constexpr llvm::StringLiteral wideWeightsAttrName = "nn.wide_weights";

/// Kernels exist for tiles of so many pixels.
inline constexpr int64_t mostTilePixels = 4;

/// Pixels of the larger tiles of rows of `width` pixels, at most `most`: 1 … 4. Rows are made of as few tiles as
/// possible, each of that many pixels or one fewer.
int64_t pairTilePixels(int64_t width, int64_t most = mostTilePixels);

/// Whether the operator is to be lowered to kernels of the family, and can be: bytes in and out, weights less their
/// zero points bytes.
bool takesPairs(Lowering &l, const IntegerWeights &weights);

/// Emits a convolution that isn't depthwise; `sums`, `r` and `form` ("", "tflite_" or "fine_") are those of its integer
/// form. False if its channels have no scales (ChannelScales.h); nothing is emitted then.
bool emitPairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                  const Requantisation &r, llvm::StringRef form);

/// The table of exceptions that the kernels take, or null; groups have `perGroup` channels.
plan::CallArg exceptionTable(Lowering &l, const ConvRows &rows, const ChannelScales &scales, int64_t perGroup);

} // namespace burin::nn

#endif
