#include "ir/nn/ops/ScatterElements.h"
#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ScatterElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> shape = shapeOf(adaptor.getIndices());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank() || static_cast<int64_t>(shape.size()) != x.getRank() ||
      shape != shapeOf(adaptor.getUpdates()))
    return failure();
  for (int64_t i = 0; i < x.getRank(); ++i)
    if (i != axis && shape[i] > x.getDimSize(i))
      return failure();
  types.push_back(x);
  return success();
}

LogicalResult ScatterElementsOp::verify() {
  if (failed(verifyIndices(*this, getIndices())) ||
      failed(verifyNotEmpty(*this, getX(), static_cast<int64_t>(getAxis()), getUpdates())))
    return failure();
  return verifyScattered(*this, getKind(), getX(), getUpdates(), getY());
}

LogicalResult ScatterElementsOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const Type type = elementTypeOf(getX());
  const std::string index = kernelSuffix(elementTypeOf(getIndices()));
  const bool combines = getKind() != ScatterKind::none;
  const std::string stem =
      combines ? ("scatter_elements_" + stringifyScatterKind(getKind()) + "_" + kernelSuffix(computeType(type))).str()
               : "scatter_elements_" + std::to_string(elementBytes(type) * 8);
  if (!Lowering::hasKernel(stem + "_" + index))
    return l.unsupportedType(type);
  ScatterBuffers s = beginScatter(l, combines);
  ArrayRef<int64_t> shape = shapeOf(getIndices());
  if (numElements(shape) != 0) {
    const auto axis = static_cast<int64_t>(getAxis());
    SmallVector<int64_t> yStrides = rowMajorStrides(shapeOf(getY())), strides = rowMajorStrides(shape);
    LoopNest nest = loopsAround(axis, shape, {strides, strides, yStrides});
    l.call(stem + "_" + index,
           {nest.at(l.operand(1), 0), num(strides[axis]), nest.at(s.updates, 1), num(strides[axis]),
            nest.at(s.target, 2), num(yStrides[axis]), num(shape[axis]), num(shapeOf(getY())[axis])},
           nest.loops);
  }
  storeResult(l, s.target);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/ScatterElements.cpp.inc"
