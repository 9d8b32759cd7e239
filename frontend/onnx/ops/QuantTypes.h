// Quantised types from ONNX scales and zero points.
#ifndef BURIN_FRONTEND_ONNX_OPS_QUANTTYPES_H
#define BURIN_FRONTEND_ONNX_OPS_QUANTTYPES_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// The type of integers of type `storage` that mean (q - zero) * scale; per tensor with one scale, else per index of
/// `axis`. Integers of 2 and 4 bits become a part of 8, i8<-8:7>: all that is done with 8 bits is done with them. Null
/// if MLIR can't express it: a scale that isn't a positive normal float32, a zero point outside the storage.
mlir::Type quantizedType(mlir::Type storage, llvm::ArrayRef<double> scales, llvm::ArrayRef<int64_t> zeros,
                         int64_t axis);

/// The same of integers that stay in `range`, a part of the storage.
mlir::Type quantizedType(mlir::Type storage, std::pair<int64_t, int64_t> range, llvm::ArrayRef<double> scales,
                         llvm::ArrayRef<int64_t> zeros, int64_t axis);

/// The same from constant ONNX tensors; `zero` may be null (0). Null too if one of them isn't constant, or they don't
/// fit the shape of the tensor they describe.
mlir::Type quantizedType(mlir::Type storage, mlir::Value scale, mlir::Value zero, llvm::ArrayRef<int64_t> shape,
                         int64_t axis);

/// The real numbers that integers `x` mean under quantised type `type`.
mlir::Value dequantizeAs(NodeContext &n, mlir::Value x, mlir::Type type);
/// The integers that reals `x` are under quantised type `type`, as elements of type `stored` (of 2 or 4 bits; none: the
/// storage of `type`).
mlir::Value quantizeAs(NodeContext &n, mlir::Value x, mlir::Type type, mlir::Type stored = {});

} // namespace burin::importer

#endif
