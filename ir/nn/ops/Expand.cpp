#include "ir/nn/ops/Expand.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ExpandOp::verify() {
  auto shape = broadcastShapes(shapeOf(getX()), shapeOf(getY()));
  if (!shape || ArrayRef<int64_t>(*shape) != shapeOf(getY()))
    return emitOpError() << getX().getType() << " doesn't broadcast to " << getY().getType();
  return verifyMoved(*this, getX(), getY());
}

OpFoldResult ExpandOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  return {};
}

LogicalResult ExpandOp::lower(Lowering &l) {
  ArrayRef<int64_t> shape = shapeOf(getY());
  emitStridedCopy(l, elementBytes(elementTypeOf(getY())), shape, l.operand(0), 0,
                  broadcastStrides(shapeOf(getX()), shape), l.result(), 0, rowMajorStrides(shape));
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Expand.cpp.inc"
