#include "ir/nn/ops/Gather.h"
#include "ir/nn/Indexing.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/ops/RowTable.h"

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

RowRule GatherOp::rowRule() {
  if (shapeOf(getIndices()).size() != 1 || definingConstant(getX()))
    return RowRule::None;
  return getAxis() > 1 ? RowRule::Alike : getAxis() == 1 ? RowRule::Turns : RowRule::None;
}

namespace {

/// Along axis 1, where the indices are known: some rows a turn, as an image is enlarged.
LogicalResult lowerRows(Lowering &l, GatherOp op) {
  ArrayRef<int64_t> x = shapeOf(op.getX()), y = shapeOf(op.getY());
  auto indices = constantInts(op.getIndices());
  if (!indices)
    return failure();
  for (int64_t &i : *indices) // as the kernel of the whole takes them
    i = std::clamp<int64_t>(i < 0 ? i + x[1] : i, 0, x[1] - 1);
  const std::optional<RowTable> table = rowTable(*indices, y[1], x[1]);
  if (!table)
    return failure();
  const int64_t bytes = numElements(x.drop_front(2)) * elementBytes(elementTypeOf(op.getX()));
  const BufferId index = l.constant<uint32_t>("index", "uint32_t", table->inWindow);
  l.callInTurns("copy_row",
                {table->window(l.operand(0), x[1], bytes), ptr(index, 0, {table->made, 1}),
                 ptr(l.result(), 0, {table->made * bytes, bytes}), num(bytes)},
                {table->turns, table->made}, /*first=*/0);
  return success();
}

/// Rows of packed integers become bytes as they are gathered.
void emitPackedGather(Lowering &l, GatherOp op, ConstantOp table, unsigned bits) {
  const auto axis = static_cast<int64_t>(op.getAxis());
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  const int64_t outer = numElements(shape.take_front(axis)), count = numElements(shapeOf(op.getIndices()));
  const int64_t row = numElements(shape.drop_front(axis + 1));
  const int32_t shift = signedOffset(elementTypeOf(op.getX())) - (1 << (bits - 1));
  const BufferId data = l.constant<uint8_t>("table", "uint8_t", packRows(table, row, bits));
  LoopNest nest = loopsOver({outer}, {{shape[axis] * packedRowBytes(row, bits)}, {count * row}});
  l.call("gather_packed_" + kernelSuffix(elementTypeOf(op.getIndices())),
         {nest.at(data, 0), ptr(l.operand(1)), nest.at(l.result(), 1), num(count), num(shape[axis]), num(row),
          num(bits), num(shift)},
         nest.loops);
}

} // namespace

LogicalResult GatherOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (ConstantOp table = definingConstant(getX()); table && packedBits(table)) {
    emitPackedGather(l, *this, table, *packedBits(table));
    return success();
  }
  const auto axis = static_cast<int64_t>(getAxis());
  if (l.byRows() && axis == 1)
    return lowerRows(l, *this);
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
