// The operators of QONNX.
#ifndef BURIN_FRONTEND_ONNX_OPS_QONNX_H
#define BURIN_FRONTEND_ONNX_OPS_QONNX_H

#include "frontend/onnx/OpTable.h"

namespace burin::importer {

/// Quant, IntQuant, BipolarQuant and Trunc, in the three domains that exporters write.
llvm::ArrayRef<OpImporter> qonnxOps();

} // namespace burin::importer

#endif
