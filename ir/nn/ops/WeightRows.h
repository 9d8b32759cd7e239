// Float convolutions, and matrix products, by a constant matrix of quantised weights: the weights stay integers in the
// library, and the row kernels make floats of them as they go.
#ifndef BURIN_IR_NN_OPS_WEIGHTROWS_H
#define BURIN_IR_NN_OPS_WEIGHTROWS_H

#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// Whether the weights, operand 1, are quantised where the input isn't.
bool hasIntegerWeightsOnly(mlir::Operation *op);

/// Emits y = clamp(bias + scale[o] * sum x * (w - zero[o])) of f32 operand 0, operand 1 laid out as `order` says, and
/// operand 2, if there. The weights take a byte each, or what their nn.packed_bits say. Fails with BRN1703 if they aren't
/// constant.
mlir::LogicalResult emitWeightRows(Lowering &l, const ConvShape &shape, WeightOrder order, Clamp clamp);

/// Bytes in the library of `constant` as such weights: the packed table, scales and zero points.
int64_t weightRowsBytes(ConstantOp constant, int64_t channels);

} // namespace burin::nn

#endif
