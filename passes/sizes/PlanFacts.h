// What a plan says, as plain values that outlive it: programs compiled for different sizes are compared by these.
#ifndef BURIN_PASSES_SIZES_PLANFACTS_H
#define BURIN_PASSES_SIZES_PLANFACTS_H

#include "ir/plan/Plan.h"

#include <string>
#include <vector>

namespace burin {

/// One operator of the program, or of a region in it.
struct OpFacts {
  std::string structure;          ///< all but the numbers
  std::string node;               ///< the ONNX node, or else the layer or buffer: for messages
  std::vector<int64_t> numbers;   ///< in the order of plan::forEachNumber
  std::vector<std::string> paths; ///< of the numbers; the reference alone has them
  std::vector<char> bytes;        ///< constants; empty if they are those of the reference
  bool sameBytes = true;
  std::string suffix; ///< constants: their elements' type as kernels name it
};

struct PlanFacts {
  std::vector<OpFacts> ops; ///< in the order of a walk; the program itself is left out
};

/// The facts of `program`. Constants whose bytes are those of the same constant in `reference` don't keep them.
PlanFacts factsOf(plan::ProgramOp program, const PlanFacts *reference = nullptr);

/// The operators that `factsOf` lists, in its order.
std::vector<mlir::Operation *> listOps(plan::ProgramOp program);

/// The ONNX node of a location: its first name, or "".
std::string nodeOf(mlir::Location loc);

} // namespace burin

#endif
