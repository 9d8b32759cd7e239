#include "ir/nn/ops/TruePositions.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult TruePositionsOp::verify() {
  if (!elementTypeOf(getX()).isInteger(1) || !elementTypeOf(getY()).isInteger(64) || shapeOf(getX()).size() != 1 ||
      shapeOf(getY()).size() != 1)
    return emitOpError() << "takes bools [N] to positions, i64 [K]";
  return success();
}

LogicalResult TruePositionsOp::lower(Lowering &l) {
  l.call("true_positions", {ptr(l.operand(0)), num(numElements(shapeOf(getX()))), ptr(l.result()), ptr(l.count())});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/TruePositions.cpp.inc"
