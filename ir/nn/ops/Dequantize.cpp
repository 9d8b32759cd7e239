#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/Quantise.h"

namespace burin::nn {
using namespace mlir;

LogicalResult DequantizeOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (!quantType(getX()) || !isa<FloatType>(elementTypeOf(getY())))
    return emitOpError() << "takes a quantised tensor to a float one";
  return verifyScales(*this, getX());
}

RowRule DequantizeOp::rowRule() { return RowRule::Alike; }

LogicalResult DequantizeOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (!computeType(elementTypeOf(getY())).isF32())
    return l.unsupportedType(elementTypeOf(getY()));
  quant::QuantizedType type = quantType(getX());
  const std::string kernel = "dequantize_" + kernelSuffix(type) + "_f32";
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(type);
  ScaleRuns runs = scaleRuns(shapeOf(getX()), quantParams(type).axis);
  auto [scale, zero] = scaleArguments(l, runs, type);
  BufferId y = computedResult(l);
  l.call(kernel, {runs.at(l.operand(0), 0), scale, zero, runs.at(y, 0), num(runs.n)}, runs.loops);
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Dequantize.cpp.inc"
