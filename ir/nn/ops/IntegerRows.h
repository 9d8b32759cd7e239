// Quantised convolutions, and matrix products by a constant matrix, as calls of the integer row kernels.
#ifndef BURIN_IR_NN_OPS_INTEGERROWS_H
#define BURIN_IR_NN_OPS_INTEGERROWS_H

#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// Emits the quantised convolution of operand 0 with operand 1, laid out as `order` says (DepthMajor: a constant), and
/// operand 2, if there, a constant bias. Result 0 is quantised, or i32 for the accumulator itself of 8-bit operands.
/// Constant weights give exact ranges; those computed at run time are assumed to hold anything, and their zero point
/// must be one for all channels.
/// Fails with BRN1702 if the sums' integers can't be proven to hold every sum, with BRN1703 if a constant is missing,
/// and with BRN1401 for scales without a float quotient.
mlir::LogicalResult emitIntegerRows(Lowering &l, const ConvShape &shape, WeightOrder order, Clamp clamp);

/// The values of operand 2 of a quantised operator; empty if there is none. Fails with BRN1703 if it isn't constant.
mlir::FailureOr<llvm::SmallVector<int64_t>> quantizedBias(Lowering &l);

/// Whether an operand or the result of the operator has 16 bits.
bool hasWord(Lowering &l);

/// Bits of the sums' integers; fails on the first of `ranges` that they don't hold (BRN1702).
mlir::FailureOr<int> proveRanges(Lowering &l, llvm::ArrayRef<Interval> ranges);

/// Values that are added to sums of `bits` bits, modulo 2^bits.
BufferId sumConstant(Lowering &l, llvm::StringRef role, llvm::ArrayRef<int64_t> values, int bits);

} // namespace burin::nn

#endif
