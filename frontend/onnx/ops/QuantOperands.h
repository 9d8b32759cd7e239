// Quantised operands and products whose scales and zero points may be known at run time only.
#ifndef BURIN_FRONTEND_ONNX_OPS_QUANTOPERANDS_H
#define BURIN_FRONTEND_ONNX_OPS_QUANTOPERANDS_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// The reals (x - zero) * scale, float32, that integers `x` mean. `scale` and `zero` (null: 0) have one element, one
/// per index of `axis` of x, or a shape that broadcasts to x. Constants become a quantised type, which is what the
/// quantise pass looks for; others are operands.
mlir::Value dequantizeOperand(NodeContext &n, mlir::Value x, mlir::Value scale, mlir::Value zero, int64_t axis);

/// The integers saturate(round_half_even(y / scale) + zero) of the type of `zero`, or uint8 without one. Scale and zero
/// point have one element.
mlir::Value quantizeResult(NodeContext &n, mlir::Value y, mlir::Value scale, mlir::Value zero);

/// The int32 product of matrices a - aZero and b - bZero, exactly. Zero points (null: 0) may differ by row of a and
/// column of b, and be known at run time only: then the product is corrected by the sums of rows and columns. Vectors
/// and batches as in numpy.matmul.
mlir::Value integerProduct(NodeContext &n, mlir::Value a, mlir::Value aZero, mlir::Value b, mlir::Value bZero);

/// What DynamicQuantizeLinear makes of `x`.
struct DynamicQuantized {
  mlir::Value q, scale, zero;
};
DynamicQuantized dynamicQuantize(NodeContext &n, mlir::Value x);

} // namespace burin::importer

#endif
