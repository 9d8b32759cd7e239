// An image that its caller brings once for each strip of its columns (passes/strips/).
#ifndef BURIN_IR_NN_STRIPS_H
#define BURIN_IR_NN_STRIPS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace burin::nn {

/// Name of the attribute of a function's argument, and of the plan.input made of it, with the number of strips. Its
/// type [1, rows, …] is of as many images, one below the other, as there are strips.
inline constexpr llvm::StringLiteral stripsAttrName = "nn.strips";

/// How often the caller brings the image of a plan.input: once for each strip, or once.
inline int64_t timesBrought(mlir::Operation *input) {
  auto strips = input->getAttrOfType<mlir::IntegerAttr>(stripsAttrName);
  return strips ? strips.getInt() : 1;
}

} // namespace burin::nn

#endif
