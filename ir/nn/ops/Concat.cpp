#include "ir/nn/ops/Concat.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getXs().empty())
    return failure();
  RankedTensorType first = tensorType(adaptor.getXs().front());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= first.getRank())
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  for (Value v : adaptor.getXs().drop_front()) {
    SmallVector<int64_t> other(shapeOf(v));
    if (other.size() != shape.size())
      return failure();
    shape[axis] += other[axis];
    other[axis] = shape[axis];
    if (other != shape)
      return failure();
  }
  types.push_back(RankedTensorType::get(shape, first.getElementType()));
  return success();
}

LogicalResult ConcatOp::verify() {
  for (Value x : getXs())
    if (failed(verifyMoved(*this, x, getY())))
      return failure();
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getXs().size() == 1 && getXs().front().getType() == getY().getType())
    return getXs().front();
  return {};
}

RowRule ConcatOp::rowRule() { return getAxis() > 1 ? RowRule::Alike : RowRule::None; }

LogicalResult ConcatOp::lower(Lowering &l) {
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> yStrides = rowMajorStrides(shapeOf(getY()));
  int64_t offset = 0;
  for (auto [i, x] : llvm::enumerate(getXs())) {
    emitStridedCopy(l, elementBytes(elementTypeOf(x)), shapeOf(x), l.operand(static_cast<unsigned>(i)), 0,
                    rowMajorStrides(shapeOf(x)), l.result(), offset, yStrides);
    offset += shapeOf(x)[axis] * yStrides[axis];
  }
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Concat.cpp.inc"
