// The table of ONNX operators that can be imported.
#ifndef BURIN_FRONTEND_ONNX_OPTABLE_H
#define BURIN_FRONTEND_ONNX_OPTABLE_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// How an operator treats 16-bit floats.
enum class Half {
  Compute, ///< arithmetic: inputs are widened to float32, output and all, and rounded once at the end
  Move     ///< elements pass unchanged, or the operator sees to its types itself
};

/// One row: an operator, and the function that turns a node of it into nn operators. The function calls `output` for
/// every output that `hasOutput`, or fails.
struct OpImporter {
  const char *op;
  unsigned minInputs, maxInputs; ///< the first `minInputs` inputs are never absent
  void (*import)(NodeContext &); ///< null: GraphImporter imports the graphs that are the operator's attributes
  Half half = Half::Compute;
  /// Inputs that must be known at compile time, as a bit set.
  unsigned constantInputs = 0;
  const char *restrictions = "";      ///< what of the operator is not supported, for the user
  int sinceOpset = 1, untilOpset = 0; ///< 0: no end
  const char *domain = "";
  const char *source = ""; ///< file of the function; filled in by `allOps`
};

inline constexpr unsigned anyNumber = 1u << 30;
/// Bit set of inputs from `first` on.
inline constexpr unsigned inputsFrom(unsigned first) { return ~0u << first; }

// One list per file of ops/.
llvm::ArrayRef<OpImporter> elementwiseOps();
llvm::ArrayRef<OpImporter> activationOps();
llvm::ArrayRef<OpImporter> attentionOps();
llvm::ArrayRef<OpImporter> castOps();
llvm::ArrayRef<OpImporter> constantOps();
llvm::ArrayRef<OpImporter> contribAttentionOps();
llvm::ArrayRef<OpImporter> contribFusedOps();
llvm::ArrayRef<OpImporter> contribQuantOps();
llvm::ArrayRef<OpImporter> controlFlowOps();
llvm::ArrayRef<OpImporter> convOps();
llvm::ArrayRef<OpImporter> countOps();
llvm::ArrayRef<OpImporter> einsumOps();
llvm::ArrayRef<OpImporter> gatherOps();
llvm::ArrayRef<OpImporter> lossOps();
llvm::ArrayRef<OpImporter> matmulOps();
llvm::ArrayRef<OpImporter> mlFeatureOps();
llvm::ArrayRef<OpImporter> mlLinearOps();
llvm::ArrayRef<OpImporter> mlTreeOps();
llvm::ArrayRef<OpImporter> normalizationOps();
llvm::ArrayRef<OpImporter> padOps();
llvm::ArrayRef<OpImporter> poolOps();
llvm::ArrayRef<OpImporter> qlinearOps();
llvm::ArrayRef<OpImporter> quantizeOps();
llvm::ArrayRef<OpImporter> recurrentOps();
llvm::ArrayRef<OpImporter> linearAttentionOps();
llvm::ArrayRef<OpImporter> reduceOps();
llvm::ArrayRef<OpImporter> resizeOps();
llvm::ArrayRef<OpImporter> samplingOps();
llvm::ArrayRef<OpImporter> shapeOps();
llvm::ArrayRef<OpImporter> signalOps();
llvm::ArrayRef<OpImporter> sliceOps();
llvm::ArrayRef<OpImporter> softmaxOps();
llvm::ArrayRef<OpImporter> tfIdfOps();
llvm::ArrayRef<OpImporter> topKOps();
llvm::ArrayRef<OpImporter> unpoolOps();

/// All rows, in the order of their names.
llvm::ArrayRef<OpImporter> allOps();

/// The row for an operator of a domain ("" is ai.onnx) at an opset version; null if there is none. `otherVersion` is
/// set if a row exists for another version only.
const OpImporter *findOp(llvm::StringRef domain, llvm::StringRef op, int64_t opset, const OpImporter **otherVersion);

/// Why an operator can't be compiled at all, and what to do instead.
struct Refusal {
  const char *why, *fix;
};
/// The reason for an operator of a domain; null if there is none but that nobody has written it.
const Refusal *refusalOf(llvm::StringRef domain, llvm::StringRef op);

} // namespace burin::importer

#endif
