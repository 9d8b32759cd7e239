#include "ir/nn/Quantise.h"

namespace burin::nn {
using namespace mlir;

bool roundsAsTflite(Operation *op) {
  for (; op; op = op->getParentOp())
    if (op->hasAttr(tfliteRoundingAttrName))
      return true;
  return false;
}

ScaleRuns scaleRuns(ArrayRef<int64_t> shape, int64_t axis) {
  ScaleRuns runs;
  if (axis < 0) {
    runs.n = numElements(shape);
    runs.strides.resize(2);
    return runs;
  }
  const int64_t outer = numElements(shape.take_front(axis)), count = shape[axis];
  runs.n = numElements(shape.drop_front(axis + 1));
  static_cast<LoopNest &>(runs) = loopsOver({outer, count}, {{count * runs.n, runs.n}, {0, 1}});
  return runs;
}

namespace {

template <typename T>
plan::CallArg zeroPoints(Lowering &l, const ScaleRuns &runs, StringRef ctype, ArrayRef<int64_t> zeros) {
  SmallVector<T> stored;
  for (int64_t z : zeros)
    stored.push_back(static_cast<T>(z));
  return runs.at(l.constant<T>("zero", ctype, stored), 1);
}

LogicalResult verifyCount(Operation *op, StringRef what, int64_t count, Value x, int64_t axis) {
  if (axis < 0 || axis >= tensorType(x).getRank())
    return op->emitOpError() << "axis " << axis << " isn't one of " << tensorType(x);
  if (count != tensorType(x).getDimSize(axis))
    return op->emitOpError() << count << " " << what << " for axis " << axis << " of " << tensorType(x);
  return success();
}

} // namespace

std::pair<plan::CallArg, plan::CallArg> scaleArguments(Lowering &l, const ScaleRuns &runs, quant::QuantizedType type) {
  const QuantParams params = quantParams(type);
  plan::CallArg scale = runs.at(l.constant<float>("scale", "float", params.scales), 1);
  if (llvm::all_of(params.zeros, [](int64_t z) { return z == 0; }))
    return {scale, null()};
  const std::string ctype = cType(type);
  switch (elementBytes(type)) { // two's complement: the bits don't depend on the sign
  case 1:
    return {scale, zeroPoints<uint8_t>(l, runs, ctype, params.zeros)};
  case 2:
    return {scale, zeroPoints<uint16_t>(l, runs, ctype, params.zeros)};
  default:
    return {scale, zeroPoints<uint32_t>(l, runs, ctype, params.zeros)};
  }
}

LogicalResult verifyScales(Operation *op, Value quantised) {
  Type type = elementTypeOf(quantised);
  if (isa<quant::UniformQuantizedType>(type))
    return success();
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
  if (!perAxis)
    return op->emitOpError() << "takes scales per tensor or per axis, not " << type;
  return verifyCount(op, "scales", static_cast<int64_t>(perAxis.getScales().size()), quantised,
                     perAxis.getQuantizedDimension());
}

LogicalResult verifyDynamicScales(Operation *op, Value x, Value scale, Value zero, int64_t axis) {
  const int64_t count = numElements(shapeOf(scale));
  if (zero && numElements(shapeOf(zero)) != count)
    return op->emitOpError() << count << " scales, but " << numElements(shapeOf(zero)) << " zero points";
  return count == 1 ? success() : verifyCount(op, "scales", count, x, axis);
}

} // namespace burin::nn
