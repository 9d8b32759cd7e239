#include "ir/nn/ops/Gather.h"
#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank())
    return failure();
  SmallVector<int64_t> shape(x.getShape().take_front(axis));
  llvm::append_range(shape, shapeOf(adaptor.getIndices()));
  llvm::append_range(shape, x.getShape().drop_front(axis + 1));
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult GatherOp::verify() {
  if (failed(verifyIndices(*this, getIndices())) ||
      failed(verifyNotEmpty(*this, getX(), static_cast<int64_t>(getAxis()), getY())))
    return failure();
  if (quantType(getX()) && !perTensorQuant(getX()))
    return emitOpError() << "takes per-tensor quantised types only";
  return verifyMoved(*this, getX(), getY());
}

LogicalResult GatherOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const auto axis = static_cast<int64_t>(getAxis());
  ArrayRef<int64_t> shape = shapeOf(getX());
  const int64_t outer = numElements(shape.take_front(axis)), count = numElements(shapeOf(getIndices()));
  const int64_t bytes = numElements(shape.drop_front(axis + 1)) * elementBytes(elementTypeOf(getX()));
  LoopNest nest = loopsOver({outer}, {{shape[axis] * bytes}, {count * bytes}});
  l.call(
      "gather_" + kernelSuffix(elementTypeOf(getIndices())),
      {nest.at(l.operand(0), 0), ptr(l.operand(1)), nest.at(l.result(), 1), num(count), num(shape[axis]), num(bytes)},
      nest.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Gather.cpp.inc"
