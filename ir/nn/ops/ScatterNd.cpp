#include "ir/nn/ops/ScatterNd.h"
#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ScatterNdOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> indices = shapeOf(adaptor.getIndices());
  if (indices.empty() || indices.back() > x.getRank())
    return failure();
  SmallVector<int64_t> updates(indices.drop_back());
  llvm::append_range(updates, x.getShape().drop_front(indices.back()));
  if (ArrayRef<int64_t>(updates) != shapeOf(adaptor.getUpdates()))
    return failure();
  types.push_back(x);
  return success();
}

LogicalResult ScatterNdOp::verify() {
  if (failed(verifyIndices(*this, getIndices())))
    return failure();
  for (int64_t axis = 0, depth = shapeOf(getIndices()).back(); axis < depth; ++axis)
    if (failed(verifyNotEmpty(*this, getX(), axis, getUpdates())))
      return failure();
  return verifyScattered(*this, getKind(), getX(), getUpdates(), getY());
}

LogicalResult ScatterNdOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const Type type = elementTypeOf(getX());
  const std::string index = kernelSuffix(elementTypeOf(getIndices()));
  const bool combines = getKind() != ScatterKind::none;
  const std::string kernel =
      (combines ? ("scatter_nd_" + stringifyScatterKind(getKind()) + "_" + kernelSuffix(computeType(type))).str()
                : std::string("scatter_nd")) +
      "_" + index;
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(type);
  ScatterBuffers s = beginScatter(l, combines);
  if (numElements(shapeOf(getUpdates())) != 0) {
    ArrayRef<int64_t> shape = shapeOf(getX()), indices = shapeOf(getIndices());
    const int64_t depth = indices.back(), slice = numElements(shape.drop_front(depth));
    const plan::CallArg dims = indexedExtents(l, shape.take_front(depth));
    l.call(kernel, {ptr(l.operand(1)), ptr(s.updates), ptr(s.target), num(numElements(indices.drop_back())), num(depth),
                    dims, num(combines ? slice : slice * elementBytes(type))});
  }
  storeResult(l, s.target);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/ScatterNd.cpp.inc"
