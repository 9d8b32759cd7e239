#include "ir/nn/ops/Scan.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ScanOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank())
    return failure();
  types.push_back(x);
  return success();
}

bool ScanOp::mayOverwrite(unsigned) { return coversInOrder(getX(), getY()); }

LogicalResult ScanOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) || quantType(getY()))
    return failNotRepresentable(l, "sums and products leave the range of the type");
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> strides = rowMajorStrides(shapeOf(getX()));
  LoopNest nest = loopsAround(axis, shapeOf(getX()), {strides, strides});
  BufferId x = widenedOperand(l, 0), y = computedResult(l);
  if (failed(callTyped(l, stringifyScanKind(getKind()), computeType(elementTypeOf(getX())),
                       {nest.at(x, 0), num(strides[axis]), nest.at(y, 1), num(shapeOf(getX())[axis]),
                        num(getExclusive()), num(getReverse())},
                       nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Scan.cpp.inc"
