// Operators whose results have as many elements along an axis as they find at run time (NonZero, Compress, Unique …).
#ifndef BURIN_IR_NN_RUNTIMECOUNT_H
#define BURIN_IR_NN_RUNTIMECOUNT_H

#include "ir/nn/Nn.h"

#include <optional>

namespace burin::nn {

/// An nn program has static shapes: it is the program for one count, and its result types say which. Programs for
/// several counts are unified to one plan for all. An operator without a count knows it: its operands are constant.
struct RunTimeCount {
  llvm::StringRef name; ///< of the size: a C identifier, unique in the program
  int64_t bound = 0;    ///< the largest that it can be
};

/// Name of the discardable attribute that holds it.
inline constexpr llvm::StringLiteral countAttrName = "nn.count";

std::optional<RunTimeCount> runTimeCount(mlir::Operation *op);
void setRunTimeCount(mlir::Operation *op, llvm::StringRef name, int64_t bound);

} // namespace burin::nn

#endif
