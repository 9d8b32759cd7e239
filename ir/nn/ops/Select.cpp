#include "ir/nn/ops/Select.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult SelectOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto shape = broadcastShapes(shapeOf(adaptor.getA()), shapeOf(adaptor.getB()));
  if (shape)
    shape = broadcastShapes(*shape, shapeOf(adaptor.getC()));
  if (!shape)
    return failure();
  types.push_back(RankedTensorType::get(*shape, elementTypeOf(adaptor.getA())));
  return success();
}

LogicalResult SelectOp::verify() {
  if (!elementTypeOf(getC()).isInteger(1))
    return emitOpError() << "condition of type " << elementTypeOf(getC()) << ", not bool";
  for (Value v : {getB(), getY()})
    if (elementTypeOf(v) != elementTypeOf(getA()))
      return emitOpError() << "a, b and y must have one element type";
  if (quantType(getY()) && !perTensorQuant(getY()))
    return emitOpError() << "takes per-tensor quantised types only";
  return success();
}

bool SelectOp::mayOverwrite(unsigned index) { return index > 0 && coversInOrder(getOperand(index), getY()); }

RowRule SelectOp::rowRule() { return RowRule::Alike; }

LogicalResult SelectOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  RunNest nest = broadcastRuns({getC(), getA(), getB()}, getY());
  l.call("select_" + Twine(elementBytes(elementTypeOf(getY())) * 8),
         {nest.at(l.operand(0), 0), num(nest.steps[0]), nest.at(l.operand(1), 1), num(nest.steps[1]),
          nest.at(l.operand(2), 2), num(nest.steps[2]), nest.at(l.result(), 3), num(nest.n)},
         nest.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Select.cpp.inc"
