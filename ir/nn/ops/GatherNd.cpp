#include "ir/nn/ops/GatherNd.h"
#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult GatherNdOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  ArrayRef<int64_t> indices = shapeOf(adaptor.getIndices());
  const auto batch = static_cast<int64_t>(adaptor.getBatchDims()), rank = static_cast<int64_t>(indices.size());
  if (batch < 0 || batch >= rank || batch > x.getRank() || indices.back() > x.getRank() - batch ||
      indices.take_front(batch) != x.getShape().take_front(batch))
    return failure();
  SmallVector<int64_t> shape(indices.drop_back());
  llvm::append_range(shape, x.getShape().drop_front(batch + indices.back()));
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult GatherNdOp::verify() {
  const int64_t batch = static_cast<int64_t>(getBatchDims()), depth = shapeOf(getIndices()).back();
  if (failed(verifyIndices(*this, getIndices())))
    return failure();
  for (int64_t axis = batch; axis < batch + depth; ++axis)
    if (failed(verifyNotEmpty(*this, getX(), axis, getY())))
      return failure();
  if (quantType(getX()) && !perTensorQuant(getX()))
    return emitOpError() << "takes per-tensor quantised types only";
  return verifyMoved(*this, getX(), getY());
}

LogicalResult GatherNdOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ArrayRef<int64_t> shape = shapeOf(getX()), indices = shapeOf(getIndices());
  const int64_t batch = static_cast<int64_t>(getBatchDims()), depth = indices.back();
  const int64_t batches = numElements(shape.take_front(batch)),
                count = numElements(indices.drop_back().drop_front(batch));
  const int64_t bytes = numElements(shape.drop_front(batch + depth)) * elementBytes(elementTypeOf(getX()));
  const int64_t batchBytes = numElements(shape.drop_front(batch)) * elementBytes(elementTypeOf(getX()));
  LoopNest nest = loopsOver({batches}, {{batchBytes}, {count * depth}, {count * bytes}});
  const plan::CallArg dims = indexedExtents(l, shape.slice(batch, depth));
  l.call("gather_nd_" + kernelSuffix(elementTypeOf(getIndices())),
         {nest.at(l.operand(0), 0), nest.at(l.operand(1), 1), nest.at(l.result(), 2), num(count), num(depth), dims,
          num(bytes)},
         nest.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/GatherNd.cpp.inc"
