#include "ir/nn/ops/Constant.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Lowering.h"

namespace burin::nn {
using namespace mlir;

llvm::ArrayRef<char> ConstantOp::bytes() {
  std::vector<char> splat;
  llvm::ArrayRef<char> raw = elementsBytes(getValue(), cast<RankedTensorType>(getType()), splat);
  if (splat.empty())
    return raw;
  // Parsed splats and bools are stored in another form: replace them once by plain bytes, so that a reference can be
  // kept.
  setValueAttr(makeElements(cast<RankedTensorType>(getType()), raw));
  return elementsBytes(getValue(), cast<RankedTensorType>(getType()), splat);
}

LogicalResult ConstantOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  auto value = cast<RankedTensorType>(getValue().getType());
  if (value.getShape() != type.getShape() || value.getElementType() != storageType(type.getElementType()))
    return emitOpError() << "value of type " << value << " can't be the storage of " << type;
  return success();
}

LogicalResult ConstantOp::lower(Lowering &l) { return l.fail("BRN1901", "a constant is data, not code"); }

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Constant.cpp.inc"
