#include "ir/nn/ops/BitCast.h"
#include "ir/nn/Lowering.h"

namespace burin::nn {
using namespace mlir;

LogicalResult BitCastOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  const Type from = elementTypeOf(getX()), to = elementTypeOf(getY());
  if (isa<quant::QuantizedType>(from) || isa<quant::QuantizedType>(to) || to.isInteger(1) ||
      elementBytes(from) != elementBytes(to))
    return emitOpError() << "needs types of one width, not " << from << " and " << to;
  return success();
}

bool BitCastOp::isView() { return true; }

LogicalResult BitCastOp::lower(Lowering &l) {
  if (const int64_t bytes = l.buffers()[l.result()].bytes)
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(bytes)});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/BitCast.cpp.inc"
