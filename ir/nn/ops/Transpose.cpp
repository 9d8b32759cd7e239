#include "ir/nn/ops/Transpose.h"
#include "ir/nn/Lowering.h"

namespace burin::nn {
using namespace mlir;

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (static_cast<int64_t>(adaptor.getPerm().size()) != x.getRank())
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t axis : adaptor.getPerm()) {
    if (axis < 0 || axis >= x.getRank())
      return failure();
    shape.push_back(x.getDimSize(axis));
  }
  Type element = x.getElementType();
  if (auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element)) {
    const auto axis = inversePermutation(adaptor.getPerm())[q.getQuantizedDimension()];
    element = quant::UniformQuantizedPerAxisType::get(q.getFlags(), q.getStorageType(), q.getExpressedType(),
                                                      q.getScales(), q.getZeroPoints(), static_cast<int32_t>(axis),
                                                      q.getStorageTypeMin(), q.getStorageTypeMax());
  }
  types.push_back(RankedTensorType::get(shape, element));
  return success();
}

LogicalResult TransposeOp::verify() {
  SmallVector<bool> seen(getPerm().size(), false);
  for (int64_t axis : getPerm()) {
    if (axis < 0 || axis >= static_cast<int64_t>(seen.size()) || seen[axis])
      return emitOpError() << "perm is no permutation";
    seen[axis] = true;
  }
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (isIdentityPermutation(getPerm()) && getX().getType() == getY().getType())
    return getX();
  if (auto inner = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> perm = composePermutations(inner.getPerm(), getPerm());
    getXMutable().assign(inner.getX());
    setPerm(perm);
    return getY();
  }
  return {};
}

RowRule TransposeOp::rowRule() {
  ArrayRef<int64_t> perm = getPerm();
  return perm.size() > 2 && perm[0] == 0 && perm[1] == 1 ? RowRule::Alike : RowRule::None;
}

LogicalResult TransposeOp::lower(Lowering &l) {
  SmallVector<int64_t> xStrides = rowMajorStrides(shapeOf(getX()));
  emitStridedCopy(l, elementBytes(elementTypeOf(getX())), shapeOf(getY()), l.operand(0), 0,
                  composePermutations(xStrides, getPerm()), l.result(), 0, rowMajorStrides(shapeOf(getY())));
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Transpose.cpp.inc"
