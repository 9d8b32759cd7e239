#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/Lowering.h"

namespace burin::nn {
using namespace mlir;

LogicalResult StorageCastOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (byteType(elementTypeOf(getX())) != byteType(elementTypeOf(getY())))
    return emitOpError() << "changes the storage: " << elementTypeOf(getX()) << " to " << elementTypeOf(getY());
  return success();
}

OpFoldResult StorageCastOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  if (auto inner = getX().getDefiningOp<StorageCastOp>()) {
    getXMutable().assign(inner.getX());
    return getY();
  }
  return {};
}

bool StorageCastOp::isView() { return true; }

RowRule StorageCastOp::rowRule() { return RowRule::Alike; }

LogicalResult StorageCastOp::lower(Lowering &l) {
  if (const int64_t bytes = l.buffers()[l.result()].bytes)
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(bytes)});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/StorageCast.cpp.inc"
