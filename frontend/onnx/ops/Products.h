// Matrix products as other importers need them.
#ifndef BURIN_FRONTEND_ONNX_OPS_PRODUCTS_H
#define BURIN_FRONTEND_ONNX_OPS_PRODUCTS_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// numpy.matmul: vectors are rows or columns, leading axes broadcast. Result element type `element`, null: the
/// operands'.
mlir::Value numpyMatmul(NodeContext &n, mlir::Value a, mlir::Value b, mlir::Type element = {});

} // namespace burin::importer

#endif
