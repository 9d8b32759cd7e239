#include "ir/nn/ops/Shift.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ShiftOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType window = tensorType(adaptor.getWindow());
  SmallVector<int64_t> rows(shapeOf(adaptor.getRows()));
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= window.getRank() || rows.size() != window.getShape().size() ||
      rows[axis] > window.getDimSize(axis))
    return failure();
  rows[axis] = window.getDimSize(axis);
  if (ArrayRef<int64_t>(rows) != window.getShape())
    return failure();
  types.push_back(window);
  return success();
}

LogicalResult ShiftOp::verify() {
  if (failed(verifyMoved(*this, getWindow(), getY())))
    return failure();
  return verifyMoved(*this, getRows(), getY());
}

/// The kernel moves what stays before it writes what is new.
bool ShiftOp::mayOverwrite(unsigned index) { return index == 0; }

LogicalResult ShiftOp::lower(Lowering &l) {
  ArrayRef<int64_t> shape = shapeOf(getY());
  const auto axis = static_cast<size_t>(getAxis());
  const int64_t outer = numElements(shape.take_front(axis));
  const int64_t row = numElements(shape.drop_front(axis + 1)) * elementBytes(elementTypeOf(getY()));
  const int64_t added = shapeOf(getRows())[axis] * row, all = shape[axis] * row;
  l.call("shift",
         {ptr(l.operand(0), 0, {all}), ptr(l.operand(1), 0, {added}), ptr(l.result(), 0, {all}), num(all - added),
          num(added)},
         {outer});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Shift.cpp.inc"
