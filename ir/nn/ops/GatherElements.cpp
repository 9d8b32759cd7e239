#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult GatherElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> shape = shapeOf(adaptor.getIndices());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank() || static_cast<int64_t>(shape.size()) != x.getRank())
    return failure();
  for (int64_t i = 0; i < x.getRank(); ++i)
    if (i != axis && shape[i] > x.getDimSize(i))
      return failure();
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult GatherElementsOp::verify() {
  if (failed(verifyIndices(*this, getIndices())) ||
      failed(verifyNotEmpty(*this, getX(), static_cast<int64_t>(getAxis()), getY())))
    return failure();
  return verifyMoved(*this, getX(), getY());
}

LogicalResult GatherElementsOp::lower(Lowering &l) {
  ArrayRef<int64_t> shape = shapeOf(getY());
  if (numElements(shape) == 0)
    return success();
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> xStrides = rowMajorStrides(shapeOf(getX())), yStrides = rowMajorStrides(shape);
  LoopNest nest = loopsAround(axis, shape, {xStrides, yStrides, yStrides});
  l.call("gather_elements_" + Twine(elementBytes(elementTypeOf(getY())) * 8) + "_" +
             kernelSuffix(elementTypeOf(getIndices())),
         {nest.at(l.operand(0), 0), num(xStrides[axis]), nest.at(l.operand(1), 1), num(yStrides[axis]),
          nest.at(l.result(), 2), num(yStrides[axis]), num(shape[axis]), num(shapeOf(getX())[axis])},
         nest.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/GatherElements.cpp.inc"
