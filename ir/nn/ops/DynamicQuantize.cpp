#include "ir/nn/ops/DynamicQuantize.h"
#include "ir/nn/Quantise.h"

namespace burin::nn {
using namespace mlir;

LogicalResult DynamicQuantizeOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (!isa<FloatType>(elementTypeOf(getX())) || !isa<FloatType>(elementTypeOf(getScale())) ||
      !isa<IntegerType>(elementTypeOf(getY())))
    return emitOpError() << "takes a float tensor and float scales to an integer tensor";
  if (getZero() && elementTypeOf(getZero()) != elementTypeOf(getY()))
    return emitOpError() << "zero has another element type than the result";
  return verifyDynamicScales(*this, getX(), getScale(), getZero(), getAxis());
}

LogicalResult DynamicQuantizeOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  for (Value v : {getX(), getScale()})
    if (!computeType(elementTypeOf(v)).isF32())
      return l.unsupportedType(elementTypeOf(v));
  ScaleRuns runs = scaleRuns(shapeOf(getX()), numElements(shapeOf(getScale())) == 1 ? -1 : getAxis());
  BufferId x = widenedOperand(l, 0), scale = widenedOperand(l, 1);
  Type stored = byteType(elementTypeOf(getY()));
  if (failed(callTyped(l, "quantize_f32", stored,
                       {runs.at(x, 0), runs.at(scale, 1), getZero() ? runs.at(l.operand(2), 1) : null(),
                        runs.at(l.result(), 0), num(runs.n)},
                       runs.loops)))
    return failure();
  if (stored == elementTypeOf(getY()))
    return success();
  auto [lo, hi] = integerRange(cast<IntegerType>(elementTypeOf(getY())));
  return emitStoredClamp(l, stored, l.result(), l.result(), numElements(shapeOf(getY())), static_cast<int32_t>(lo),
                         static_cast<int32_t>(hi));
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/DynamicQuantize.cpp.inc"
