#include "ir/nn/ops/Compare.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto shape = broadcastShapes(shapeOf(adaptor.getA()), shapeOf(adaptor.getB()));
  if (!shape)
    return failure();
  types.push_back(RankedTensorType::get(*shape, IntegerType::get(context, 1)));
  return success();
}

LogicalResult CompareOp::verify() {
  if (elementTypeOf(getA()) != elementTypeOf(getB()))
    return emitOpError() << "operands of different element types: " << elementTypeOf(getA()) << " and "
                         << elementTypeOf(getB());
  // On one per-tensor type the stored integers are ordered as the values; on one per axis they aren't under
  // broadcasting.
  if (quantType(getA()) && !perTensorQuant(getA()))
    return emitOpError() << "takes per-tensor quantised types only";
  return success();
}

RowRule CompareOp::rowRule() { return RowRule::Alike; }

LogicalResult CompareOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  RunNest nest = broadcastRuns({getA(), getB()}, getY());
  BufferId a = widenedOperand(l, 0), b = widenedOperand(l, 1);
  return callTyped(
      l, stringifyCompareKind(getKind()), computeType(elementTypeOf(getA())),
      {nest.at(a, 0), num(nest.steps[0]), nest.at(b, 1), num(nest.steps[1]), nest.at(l.result(), 2), num(nest.n)},
      nest.loops);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Compare.cpp.inc"
