#include "ir/nn/ops/Clamp.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Tables.h"

#include <cmath>

namespace burin::nn {
using namespace mlir;

namespace {

std::optional<ByteTable> quantisedTable(ClampOp op) {
  const double hi = op.getHi().convertToDouble(), lo = std::min(hi, op.getLo().convertToDouble());
  return buildTable(op.getX(), op.getY(), [&](float *values) {
    return runKernel("clamp_f32", {ptr(0), ptr(0), num(256), real(lo), real(hi)}, {values});
  });
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
  std::optional<ByteTable> table = quantisedTable(*this);
  return table && isIdentity(*table);
}

RowRule ClampOp::rowRule() { return RowRule::Alike; }

LogicalResult ClampOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  if (quantType(getX()) || quantType(getY())) {
    std::optional<ByteTable> table = quantisedTable(*this);
    if (!table)
      return failNotRepresentable(l, "only per-tensor 8-bit types are tables");
    emitTable(l, *table);
    return success();
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
