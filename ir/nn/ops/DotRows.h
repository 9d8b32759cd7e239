// Integer convolutions and products for machines that multiply sixteen bytes with sixteen and add up the products in
// one instruction (brn_conv_dots*, brn_depthwise_dots*).
//
// A window's values are contiguous: as they are, or laid out in a panel column by column, so that neighbouring windows
// share columns. Four channels after four have a block in one table: weights, first sums, multipliers, exceptions, in
// the order in which they are needed (runtime-min/kernels/conv/dots_pixels.tmpl.h).
#ifndef BURIN_IR_NN_OPS_DOTROWS_H
#define BURIN_IR_NN_OPS_DOTROWS_H

#include "ir/nn/ops/KernelFamily.h"

namespace burin::nn {

/// The family "dots" (KernelFamily).
bool takesDotRows(const ConvRows &rows);
bool emitDotRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                 const Requantisation &r, llvm::StringRef form);

/// Channels of a table's blocks of `size`, one after the other: the last block has those up to the last channel of
/// `channels`; if there are fewer than `size`, all that there are.
llvm::SmallVector<llvm::SmallVector<int64_t>> channelBlocks(int64_t channels, int64_t size);

/// Words of bytes, each of which begins with its lowest bits; their number is a multiple of 4.
void appendBytes(std::vector<uint32_t> &words, llvm::ArrayRef<int8_t> bytes);

/// The flag of the last block.
inline constexpr uint32_t lastBlock = uint32_t{1} << 31;

/// The scales that the family's assembly is made for, or, where there are none, the finest ones.
std::optional<ChannelScales> dotScales(const ChannelSums &sums, const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
