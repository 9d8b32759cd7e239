#include "ir/nn/ops/Quantize.h"
#include "ir/nn/Quantise.h"

namespace burin::nn {
using namespace mlir;

LogicalResult QuantizeOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (!isa<FloatType>(elementTypeOf(getX())) || !quantType(getY()))
    return emitOpError() << "takes a float tensor to a quantised one";
  return verifyScales(*this, getY());
}

RowRule QuantizeOp::rowRule() { return RowRule::Alike; }

LogicalResult QuantizeOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  if (!computeType(elementTypeOf(getX())).isF32())
    return l.unsupportedType(elementTypeOf(getX()));
  quant::QuantizedType type = quantType(getY());
  ScaleRuns runs = scaleRuns(shapeOf(getX()), quantParams(type).axis);
  auto [scale, zero] = scaleArguments(l, runs, type);
  BufferId x = widenedOperand(l, 0);
  if (failed(callTyped(l, "quantize_f32", type, {runs.at(x, 0), scale, zero, runs.at(l.result(), 0), num(runs.n)},
                       runs.loops)))
    return failure();
  // A type may leave the ends of its storage unused (i8<-127:127>).
  auto [lo, hi] = storageRange(type);
  return emitStoredClamp(l, type, l.result(), l.result(), n, lo, hi);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Quantize.cpp.inc"
