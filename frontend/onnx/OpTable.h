// The table of ONNX operators that can be imported.
#ifndef BURIN_FRONTEND_ONNX_OPTABLE_H
#define BURIN_FRONTEND_ONNX_OPTABLE_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// A set of element types: bit `n` stands for the type whose ONNX number (DType) is n.
enum class Types : uint32_t {};
inline constexpr Types operator|(Types a, Types b) {
  return Types(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}
inline constexpr Types operator-(Types a, Types b) {
  return Types(static_cast<uint32_t>(a) & ~static_cast<uint32_t>(b));
}
inline constexpr Types only(DType type) { return Types(1u << static_cast<unsigned>(type)); }

/// The sets that rows are made of.
namespace types {
inline constexpr Types float16 = only(DType::Float16), bfloat16 = only(DType::BFloat16), float32 = only(DType::Float32),
                       float64 = only(DType::Float64), boolean = only(DType::Bool), int16 = only(DType::Int16),
                       int32 = only(DType::Int32), int64 = only(DType::Int64), uint16 = only(DType::UInt16),
                       int2 = only(DType::Int2), uint2 = only(DType::UInt2), float4e2m1 = only(DType::Float4E2M1);
inline constexpr Types floatsTo32 = float16 | bfloat16 | float32, floats = floatsTo32 | float64;
inline constexpr Types signedIntegers = only(DType::Int8) | int16 | int32 | int64;
inline constexpr Types integers =
    signedIntegers | only(DType::UInt8) | uint16 | only(DType::UInt32) | only(DType::UInt64);
inline constexpr Types bytes = only(DType::Int8) | only(DType::UInt8);
inline constexpr Types numbers = floats | integers, wideNumbers = numbers - bytes - int16 - uint16;
inline constexpr Types scalars = numbers | boolean;                 ///< all types that C has, and 16-bit floats
inline constexpr Types tabular = float32 | float64 | int32 | int64; ///< what ai.onnx.ml works on
inline constexpr Types smallIntegers = int2 | uint2 | only(DType::Int4) | only(DType::UInt4);
inline constexpr Types floats8 =
    only(DType::Float8E4M3FN) | only(DType::Float8E4M3FNUZ) | only(DType::Float8E5M2) | only(DType::Float8E5M2FNUZ);
inline constexpr Types all = scalars | smallIntegers | floats8 | only(DType::Float8E8M0) | float4e2m1;
} // namespace types

/// "floats, bool": the names of groups where a set has all of them, and of the other types. The groups are explained by
/// `typesLegend`.
std::string describeTypes(Types set);
inline constexpr bool contains(Types set, Types part) { return (set | part) == set; }

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
  /// Of the types that ONNX permits for the elements it works on (those of `mainInput`), the ones that are compiled.
  Types types = types::floats;
  Half half = Half::Compute;
  /// Inputs that must be known at compile time, as a bit set.
  unsigned constantInputs = 0;
  const char *restrictions = "";      ///< what of the operator is not supported, for the user
  int sinceOpset = 1, untilOpset = 0; ///< 0: no end
  const char *domain = "";
  unsigned mainInput = 0;  ///< whose elements have to be of `types`
  const char *source = ""; ///< file of the function; filled in by `allOps`
};

/// `row` with the input whose elements the operator works on, where that isn't the first.
constexpr OpImporter worksOn(unsigned input, OpImporter row) {
  row.mainInput = input;
  return row;
}

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
llvm::ArrayRef<OpImporter> qonnxOps();
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
