// Convolutions as other importers need them.
#ifndef BURIN_FRONTEND_ONNX_OPS_CONVOLUTION_H
#define BURIN_FRONTEND_ONNX_OPS_CONVOLUTION_H

#include "frontend/onnx/ops/Spatial.h"

namespace burin::importer {

/// nn.conv2d on `x` [N,H,W,C] with weights [O,H,W,I], of result element type `element` (null: that of the input).
mlir::Value conv2d(NodeContext &n, mlir::Value x, mlir::Value w, mlir::Value bias, llvm::ArrayRef<AxisWindow> windows,
                   int64_t groups, mlir::Type element = {});

/// The node's convolution (its attributes) of ONNX tensors: x [N,C,spatial...], w [O,I,spatial...], bias [O] or null.
mlir::Value convolution(NodeContext &n, mlir::Value x, mlir::Value w, mlir::Value bias, mlir::Type element = {});

} // namespace burin::importer

#endif
