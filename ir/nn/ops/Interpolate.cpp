#include "ir/nn/ops/Interpolate.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/RowTable.h"

namespace burin::nn {
using namespace mlir;

LogicalResult InterpolateOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  auto x = dyn_cast<RankedTensorType>(adaptor.getX().getType());
  auto index = dyn_cast<RankedTensorType>(adaptor.getIndex().getType());
  const int64_t axis = adaptor.getAxis();
  if (!x || !index || !x.hasStaticShape() || !index.hasStaticShape() || index.getRank() != 2)
    return emitOptionalError(loc, "interpolate needs x of static shape and an index of rank 2");
  if (axis < 0 || axis >= x.getRank())
    return emitOptionalError(loc, "interpolate: x has no axis ", axis);
  SmallVector<int64_t> shape(x.getShape());
  shape[axis] = index.getDimSize(0);
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult InterpolateOp::verify() {
  if (!isa<FloatType>(elementTypeOf(getX())) || elementTypeOf(getY()) != elementTypeOf(getX()))
    return emitOpError() << "operand and result have one float element type";
  if (shapeOf(getWeight()) != shapeOf(getIndex()) || !elementTypeOf(getWeight()).isF32() ||
      !elementTypeOf(getIndex()).isSignlessInteger(32))
    return emitOpError() << "index is i32 and weight f32 of one shape, not " << getIndex().getType() << " and "
                         << getWeight().getType();
  auto index = constantInts(getIndex());
  if (!index || !definingConstant(getWeight()))
    return emitOpError() << "index and weight must be constants";
  const int64_t extent = shapeOf(getX())[getAxis()];
  for (int64_t i : *index)
    if (i < 0 || i >= extent)
      return emitOpError() << "index " << i << " is outside an axis of " << extent;
  return success();
}

int64_t InterpolateOp::macs() { return numElements(shapeOf(getY())) * shapeOf(getIndex())[1]; }

RowRule InterpolateOp::rowRule() {
  return getAxis() > 1 ? RowRule::Alike : getAxis() == 1 ? RowRule::Turns : RowRule::None;
}

namespace {

/// The weights in the type that is computed with.
BufferId weightsOf(Lowering &l, InterpolateOp op, Type computed) {
  if (!computed.isF64())
    return l.operand(2);
  return l.constant<double>("weight", "double", *constantReals(op.getWeight()), shapeOf(op.getWeight()));
}

/// Along axis 1: some rows a turn, each of the rows that its entries of the table name.
LogicalResult lowerRows(Lowering &l, InterpolateOp op) {
  const Type computed = computeType(elementTypeOf(op.getX()));
  ArrayRef<int64_t> x = shapeOf(op.getX()), y = shapeOf(op.getY());
  const int64_t taps = shapeOf(op.getIndex())[1], row = numElements(x.drop_front(2));
  const std::optional<RowTable> table = rowTable(*constantInts(op.getIndex()), y[1], x[1]);
  if (!table)
    return failure();
  const BufferId in = widenedOperand(l, 0, "input"),
                 index = l.constant<uint32_t>("index", "uint32_t", table->inWindow, {y[1], taps}),
                 weights = weightsOf(l, op, computed), result = computedResult(l);
  const SmallVector<int64_t> entries{table->made * taps, taps};
  l.callInTurns("interpolate_row_" + kernelSuffix(computed),
                {table->window(in, x[1], row), ptr(index, 0, entries), ptr(weights, 0, entries), num(taps),
                 ptr(result, 0, {table->made * row, row}), num(row)},
                {table->turns, table->made}, /*first=*/0);
  storeResult(l, result);
  return success();
}

} // namespace

LogicalResult InterpolateOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const Type computed = computeType(elementTypeOf(getX()));
  const std::string kernel = "interpolate_" + kernelSuffix(computed);
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(getX()));
  if (l.byRows() && getAxis() == 1)
    return lowerRows(l, *this);
  ArrayRef<int64_t> x = shapeOf(getX()), y = shapeOf(getY());
  const size_t axis = getAxis();
  const int64_t outer = numElements(x.take_front(axis)), inner = numElements(x.drop_front(axis + 1));
  const int64_t taps = shapeOf(getIndex())[1];
  // The kernel reads unsigned positions; verification has shown that they are in range.
  const auto values = constantInts(getIndex());
  const std::vector<uint32_t> index(values->begin(), values->end());
  BufferId in = widenedOperand(l, 0, "input"),
           positions = l.constant<uint32_t>("index", "uint32_t", index, {y[axis], taps});
  const BufferId weights = weightsOf(l, *this, computed);
  const BufferId result = computedResult(l);
  // One call resamples one line; lines side by side are the inner loop.
  SmallVector<int64_t> loops, xStrides, yStrides;
  auto loop = [&](int64_t count, int64_t xStride, int64_t yStride) {
    if (count == 1)
      return;
    loops.push_back(count);
    xStrides.push_back(xStride);
    yStrides.push_back(yStride);
  };
  loop(outer, x[axis] * inner, y[axis] * inner);
  loop(inner, 1, 1);
  l.call(kernel,
         {ptr(in, 0, xStrides), num(inner), ptr(positions), ptr(weights), num(taps), ptr(result, 0, yStrides),
          num(inner), num(y[axis])},
         loops);
  storeResult(l, result);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Interpolate.cpp.inc"
