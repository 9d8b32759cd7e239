#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank() || x.getDimSize(axis) == 0)
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape[axis] = 1;
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult ArgReduceOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) && !perTensorQuant(getX()))
    return failNotRepresentable(l, "values of several scales don't compare as integers");
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> strides = rowMajorStrides(shapeOf(getX()));
  LoopNest nest = loopsAround(axis, shapeOf(getX()), {strides, rowMajorStrides(shapeOf(getY()))});
  BufferId x = widenedOperand(l, 0);
  return callTyped(
      l, stringifyArgKind(getKind()), computeType(elementTypeOf(getX())),
      {nest.at(x, 0), num(shapeOf(getX())[axis]), num(strides[axis]), nest.at(l.result(), 1), num(getSelectLast())},
      nest.loops);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/ArgReduce.cpp.inc"
