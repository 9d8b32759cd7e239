#include "ir/nn/ops/TopK.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis()), k = static_cast<int64_t>(adaptor.getK());
  if (axis < 0 || axis >= x.getRank() || k < 0 || k > x.getDimSize(axis))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  shape[axis] = k;
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult TopKOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) && !perTensorQuant(getX()))
    return failNotRepresentable(l, "values of several scales don't compare as integers");
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> xStrides = rowMajorStrides(shapeOf(getX())), yStrides = rowMajorStrides(shapeOf(getY()));
  LoopNest nest = loopsAround(axis, shapeOf(getX()), {xStrides, yStrides});
  BufferId x = widenedOperand(l, 0);
  return callTyped(l, "top_k", computeType(elementTypeOf(getX())),
                   {nest.at(x, 0), num(shapeOf(getX())[axis]), num(xStrides[axis]), nest.at(l.result(), 1),
                    num(static_cast<int64_t>(getK())), num(yStrides[axis]), num(getSmallest())},
                   nest.loops);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/TopK.cpp.inc"
