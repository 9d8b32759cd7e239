// What the importers of ONNX Runtime's own operators (com.microsoft) share.
#ifndef BURIN_FRONTEND_ONNX_OPS_CONTRIB_H
#define BURIN_FRONTEND_ONNX_OPS_CONTRIB_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

inline constexpr const char *contribDomain = "com.microsoft";

/// [N,spatial...,C] as [N,C,spatial...], and back.
mlir::Value toChannelsFirst(NodeContext &n, mlir::Value x);
mlir::Value toChannelsLast(NodeContext &n, mlir::Value x);

/// Scaled dot-product attention: softmax(q k^T * scale + bias) v for q [B,H,S,D], k [B,H,T,D], v [B,H,T,E]; bias, null
/// or broadcast to [B,H,S,T], is added to the scores. Result [B,S,H*E]. `scores` (if not null) receives what the
/// softmax takes.
mlir::Value attentionCore(NodeContext &n, mlir::Value q, mlir::Value k, mlir::Value v, double scale, mlir::Value bias,
                          mlir::Value *scores = nullptr);

} // namespace burin::importer

#endif
