// Short, stable C names for layers: what a layer does and its number, "conv2d_3". The ONNX names stand beside it in
// comments.
#ifndef BURIN_PASSES_LOWER_LAYERNAMES_H
#define BURIN_PASSES_LOWER_LAYERNAMES_H

#include "ir/nn/Nn.h"

#include <string>

namespace burin {

class LayerNames {
public:
  /// What the operator does in one word: "conv2d", "depthwise", "max_pool", "add", "dense" …
  static std::string kindOf(mlir::Operation *op);
  /// The name of layer number `index`.
  std::string unique(llvm::StringRef kind, int64_t index) const { return kind.str() + "_" + std::to_string(index); }
};

} // namespace burin

#endif
