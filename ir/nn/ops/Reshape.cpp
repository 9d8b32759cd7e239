#include "ir/nn/ops/Reshape.h"
#include "ir/nn/Lowering.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ReshapeOp::verify() {
  if (numElements(shapeOf(getX())) != numElements(shapeOf(getY())))
    return emitOpError() << "changes the number of elements: " << getX().getType() << " to " << getY().getType();
  if (elementTypeOf(getX()) != elementTypeOf(getY()))
    return emitOpError() << "changes the element type";
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  // A reshape of a reshape reads the first one's operand.
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getY();
  }
  return {};
}

bool ReshapeOp::isView() { return true; }

LogicalResult ReshapeOp::lower(Lowering &l) {
  const int64_t bytes = l.buffers()[l.operand(0)].bytes;
  l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(bytes)});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Reshape.cpp.inc"
