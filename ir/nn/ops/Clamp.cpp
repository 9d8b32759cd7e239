#include "ir/nn/ops/Clamp.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Tables.h"
#include "ir/numerics/FixedPoint.h"

#include <cmath>

namespace burin::nn {
using namespace mlir;

namespace {

bool compute(ClampOp op, float *values, int64_t n) {
  const double hi = op.getHi().convertToDouble(), lo = std::min(hi, op.getLo().convertToDouble());
  return runKernel("clamp_f32", {ptr(0), ptr(0), num(n), real(lo), real(hi)}, {values});
}

/// A 16-bit operand: its stored integers are clamped, and rescaled where the types differ.
LogicalResult lowerWords(ClampOp op, Lowering &l, quant::UniformQuantizedType x, quant::UniformQuantizedType y) {
  const int64_t n = numElements(shapeOf(op.getY()));
  const double real = op.getHi().convertToDouble();
  auto [lo, hi] = clampRange(y, std::min(real, op.getLo().convertToDouble()), real);
  if (x == y)
    return emitStoredClamp(l, y, l.operand(0), l.result(), n, lo, hi);
  const auto m = numerics::nearestFixedPoint(static_cast<float>(x.getScale()), 1, static_cast<float>(y.getScale()));
  l.call("qclamp_" + kernelSuffix(x) + "_" + kernelSuffix(y),
         {ptr(l.operand(0)), ptr(l.result()), num(n), num(x.getZeroPoint()), num(m.mult), num(m.shift),
          num(y.getZeroPoint()), num(lo), num(hi)});
  return success();
}

} // namespace

LogicalResult ClampOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult ClampOp::verify() {
  const double lo = getLo().convertToDouble(), hi = getHi().convertToDouble();
  if (std::isnan(lo) || std::isnan(hi))
    return emitOpError() << "a bound is NaN";
  if (!isa<FloatType, quant::QuantizedType>(elementTypeOf(getX())))
    return emitOpError() << "takes floats or quantised values, not " << elementTypeOf(getX());
  return success();
}

OpFoldResult ClampOp::fold(FoldAdaptor) {
  if (getX().getType() != getY().getType())
    return {};
  const double lo = getLo().convertToDouble(), hi = getHi().convertToDouble();
  if (auto type = perTensorQuant(getX()))
    return clampRange(type, lo, hi) == storageRange(type) ? OpFoldResult(getX()) : OpFoldResult();
  const bool unbound = std::isinf(lo) && lo < 0 && std::isinf(hi) && hi > 0;
  return unbound ? OpFoldResult(getX()) : OpFoldResult();
}

bool ClampOp::mayOverwrite(unsigned) { return coversInOrder(getX(), getY()); }

bool ClampOp::isView() {
  return isIdentity(getX(), getY(), [&](float *values, int64_t n) { return compute(*this, values, n); });
}

RowRule ClampOp::rowRule() { return RowRule::Alike; }

LogicalResult ClampOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  if (quantType(getX()) || quantType(getY())) {
    quant::UniformQuantizedType x = perTensorQuant(getX()), y = perTensorQuant(getY());
    if (isActivationType(x) && isActivationType(y) && elementBytes(x) == 2)
      return lowerWords(*this, l, x, y);
    if (emitFunction(l, getX(), getY(), [&](float *values, int64_t n) { return compute(*this, values, n); }))
      return success();
    return failNotRepresentable(l, "only per-tensor types of 8 or 16 bits");
  }
  BufferId x = widenedCopy(l, 0);
  BufferId y = x == l.operand(0) ? l.result() : x;
  if (failed(emitFloatClamp(l, computeType(elementTypeOf(getX())), x, y, n, getLo().convertToDouble(),
                            getHi().convertToDouble())))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Clamp.cpp.inc"
