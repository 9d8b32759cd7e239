#include "ir/nn/ops/DynamicDequantize.h"
#include "ir/nn/Quantise.h"

namespace burin::nn {
using namespace mlir;

LogicalResult DynamicDequantizeOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (!isa<IntegerType>(elementTypeOf(getX())) || !isa<FloatType>(elementTypeOf(getScale())) ||
      !isa<FloatType>(elementTypeOf(getY())))
    return emitOpError() << "takes an integer tensor and float scales to a float tensor";
  if (getZero() && elementTypeOf(getZero()) != elementTypeOf(getX()))
    return emitOpError() << "zero has another element type than x";
  if (getBlock() > 0)
    return verifyBlockScales(*this, getX(), getScale(), getZero(), getAxis(), getBlock());
  return verifyDynamicScales(*this, getX(), getScale(), getZero(), getAxis());
}

LogicalResult DynamicDequantizeOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  for (Value v : {getScale(), getY()})
    if (!computeType(elementTypeOf(v)).isF32())
      return l.unsupportedType(elementTypeOf(v));
  const std::string kernel = "dequantize_" + kernelSuffix(byteType(elementTypeOf(getX()))) + "_f32";
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(getX()));
  BufferId scale = widenedOperand(l, 1), y = computedResult(l);
  auto emit = [&](const ScaleRuns &runs, int64_t at, int64_t scaleAt) {
    l.call(kernel,
           {runs.at(l.operand(0), 0, at), runs.at(scale, 1, scaleAt),
            getZero() ? runs.at(l.operand(2), 1, scaleAt) : null(), runs.at(y, 0, at), num(runs.n)},
           runs.loops);
  };
  if (getBlock() > 0)
    for (const BlockRuns &part : blockRuns(shapeOf(getX()), getAxis(), getBlock()))
      emit(part, part.first, part.firstScale);
  else
    emit(scaleRuns(shapeOf(getX()), numElements(shapeOf(getScale())) == 1 ? -1 : getAxis()), 0, 0);
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/DynamicDequantize.cpp.inc"
