#include "ir/nn/ops/Slice.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto rank = static_cast<size_t>(x.getRank());
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (sizes.size() != rank || adaptor.getStarts().size() != rank || adaptor.getSteps().size() != rank ||
      llvm::any_of(sizes, [](int64_t s) { return s < 0; }))
    return failure();
  types.push_back(RankedTensorType::get(sizes, x.getElementType()));
  return success();
}

LogicalResult SliceOp::verify() {
  for (auto [axis, size] : llvm::enumerate(getSizes())) {
    if (size == 0)
      continue;
    const int64_t extent = shapeOf(getX())[axis], start = getStarts()[axis], step = getSteps()[axis];
    // |step| <= extent is all a slice of two or more elements can use; it also keeps the product below from
    // overflowing.
    if (size > 1 && (size > extent || step == 0 || step < -extent || step > extent))
      return emitOpError() << "axis " << axis << ": step " << step << " for " << size << " elements of " << extent;
    const int64_t last = start + (size - 1) * step;
    if (start < 0 || start >= extent || last < 0 || last >= extent)
      return emitOpError() << "axis " << axis << ": elements " << start << " to " << last << " of " << extent;
  }
  return verifyMoved(*this, getX(), getY());
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  const bool takesAll =
      getX().getType() == getY().getType() && llvm::all_of(getStarts(), [](int64_t s) { return s == 0; });
  const bool inOrder = llvm::all_of(llvm::zip(getSteps(), getSizes()),
                                    [](auto pair) { return std::get<0>(pair) == 1 || std::get<1>(pair) <= 1; });
  return takesAll && inOrder ? OpFoldResult(getX()) : OpFoldResult();
}

RowRule SliceOp::rowRule() {
  ArrayRef<int64_t> x = shapeOf(getX()), y = shapeOf(getY());
  if (y.size() < 3 || x[0] != 1 || y[0] != 1 || (y[1] > 1 && getSteps()[1] < 1))
    return RowRule::None;
  return x[1] == y[1] ? RowRule::Alike : RowRule::Calls;
}

LogicalResult SliceOp::lower(Lowering &l) {
  SmallVector<int64_t> strides = rowMajorStrides(shapeOf(getX()));
  int64_t offset = 0;
  for (auto [axis, stride] : llvm::enumerate(strides)) {
    offset += getStarts()[axis] * stride;
    stride *= getSizes()[axis] > 1 ? getSteps()[axis] : 1;
  }
  emitStridedCopy(l, elementBytes(elementTypeOf(getX())), shapeOf(getY()), l.operand(0), offset, strides, l.result(), 0,
                  rowMajorStrides(shapeOf(getY())));
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Slice.cpp.inc"
