// What a trunk (passes/share/) leaves for the functions behind it.
#ifndef BURIN_IR_NN_KEPT_H
#define BURIN_IR_NN_KEPT_H

#include "llvm/ADT/StringRef.h"

namespace burin::nn {

/// Name of the attribute of an argument or result with its number among what the trunk leaves: it still has to be there
/// when the function is done.
inline constexpr llvm::StringLiteral keptAttrName = "nn.kept";

} // namespace burin::nn

#endif
