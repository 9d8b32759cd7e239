#include "ir/nn/ops/Softmax.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Quantise.h"
#include "ir/numerics/FixedPoint.h"
#include "ir/numerics/Requantize.h"
#include "ir/numerics/TfLite.h"

namespace burin::nn {
using namespace mlir;

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank())
    return failure();
  types.push_back(x);
  return success();
}

bool SoftmaxOp::mayOverwrite(unsigned) { return coversInOrder(getX(), getY()); }

namespace {

/// 16-bit inputs or outputs: the exponentials are products of two entries of small tables.
void lowerWide(SoftmaxOp op, Lowering &l, const LoopNest &nest, int64_t n, int64_t step) {
  quant::UniformQuantizedType x = perTensorQuant(op.getX()), y = perTensorQuant(op.getY());
  const numerics::WideSoftmax table =
      numerics::buildWideSoftmax(static_cast<float>(x.getScale()), static_cast<float>(y.getScale()));
  auto [lo, hi] = storageRange(y);
  BufferId coarse = l.constant<uint32_t>("exp_coarse", "uint32_t", table.coarse, {32, 8});
  BufferId fine = l.constant<uint32_t>("exp_fine", "uint32_t", table.fine, {32, 8});
  l.call("qsoftmax_wide_" + kernelSuffix(x) + "_" + kernelSuffix(y),
         {nest.at(l.operand(0), 0), num(step), nest.at(l.result(), 1), num(n), ptr(coarse), ptr(fine),
          num(table.inverse), num(table.shift), num(y.getZeroPoint()), num(lo), num(hi)},
         nest.loops);
}

LogicalResult lowerQuantised(SoftmaxOp op, Lowering &l, const LoopNest &nest, int64_t n, int64_t step) {
  quant::UniformQuantizedType x = perTensorQuant(op.getX()), y = perTensorQuant(op.getY());
  const bool words = hasWordType({x, y});
  if (op.getKind() != SoftmaxKind::softmax || !isActivationType(x) || !isActivationType(y) ||
      (!words && storageType(x) != storageType(y)))
    return failNotRepresentable(l, "only softmax from and to per-tensor types of 16 bits, or of 8 and one storage");
  if (words) {
    lowerWide(op, l, nest, n, step);
    return success();
  }
  auto [lo, hi] = storageRange(y);
  // TFLite has one quantisation of the result, and sums of up to 511 exponentials.
  if (roundsAsTflite(op) && y.getScale() == 0x1p-8 && y.getZeroPoint() == lo && n < 512) {
    BufferId powers =
        l.constant<int32_t>("exp_table", "int32_t", numerics::tflite::exponentials(x.getScale()), {32, 8});
    l.call("qsoftmax_tflite_" + kernelSuffix(x),
           {nest.at(l.operand(0), 0), num(step), nest.at(l.result(), 1), num(n), ptr(powers), num(lo), num(hi)},
           nest.loops);
    return success();
  }
  const numerics::SoftmaxTable table = numerics::buildSoftmaxTable(
      static_cast<float>(x.getScale()), static_cast<float>(y.getScale()), static_cast<uint32_t>(n));
  BufferId exponentials = l.constant<uint32_t>("exp_table", "uint32_t", table.exp, {32, 8});
  l.call("qsoftmax_" + kernelSuffix(x),
         {nest.at(l.operand(0), 0), num(step), nest.at(l.result(), 1), num(n), ptr(exponentials), num(table.num),
          num(table.den), num(y.getZeroPoint()), num(lo), num(hi)},
         nest.loops);
  return success();
}

} // namespace

RowRule SoftmaxOp::rowRule() { return getAxis() > 1 ? RowRule::Alike : RowRule::None; }

LogicalResult SoftmaxOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const auto axis = static_cast<int64_t>(getAxis());
  SmallVector<int64_t> strides = rowMajorStrides(shapeOf(getX()));
  LoopNest nest = loopsAround(axis, shapeOf(getX()), {strides, strides});
  const int64_t n = shapeOf(getX())[axis], step = strides[axis];
  if (quantType(getX()) || quantType(getY()))
    return lowerQuantised(*this, l, nest, n, step);
  BufferId x = widenedCopy(l, 0);
  BufferId y = x == l.operand(0) ? l.result() : x;
  if (failed(callTyped(l, stringifySoftmaxKind(getKind()), computeType(elementTypeOf(getX())),
                       {nest.at(x, 0), nest.at(y, 1), num(n), num(step)}, nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Softmax.cpp.inc"
