// Integer convolutions with rows of three taps by Winograd's F(4, 3), exactly (brn_conv_winograd*): four neighbouring
// pixels take six products instead of twelve.
//
// Ranges: a transformed value is at most 10·255 = 2550 in magnitude; weights, whose transform is taken 24 times so that
// it stays in the integers, at most 24·128 = 3072. Both fit 16 bits. What follows is sums modulo 2^32 whose last,
// before an exact division by 24, is 24 times the direct sum: that alone has to fit.
#ifndef BURIN_IR_NN_OPS_WINOGRADROWS_H
#define BURIN_IR_NN_OPS_WINOGRADROWS_H

#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// A unit attribute on an operator of the family "pairs": it is to be lowered so where it can be.
inline constexpr llvm::StringLiteral winogradAttrName = "nn.winograd";

/// Whether the form exists for convolutions of this shape: rows of three taps of stride and dilation 1. It takes up to
/// four times the flash.
bool isWinogradShape(const ConvShape &shape);

/// That an operator has the form, or why it can't: a sentence for the report; empty where it could.
std::string whyWinogradOrNot(Lowering &l, const ConvShape &shape, const ChannelSums &sums);

/// Whether the operator, which takes pairs and whose sums have these ranges, is to be lowered so, and can be.
bool takesWinograd(Lowering &l, const ConvShape &shape, const ChannelSums &sums);

/// Tiles of four pixels that are made at a time: 1 or, where a row has room and the panel needn't be small, 2.
int64_t winogradTiles(mlir::Operation *op, const ConvShape &shape);

/// The transformed weights, in the order of brn_conv_winograd<tiles>*; every group has as many words.
std::vector<uint32_t> winogradWeights(const IntegerWeights &weights, const ConvShape &shape, int64_t tiles);

/// Words of the panel for `tiles` tiles.
int64_t winogradPanelWords(const ConvShape &shape, int64_t tiles);

} // namespace burin::nn

#endif
