#include "ir/nn/Quantise.h"

#include "llvm/Support/MathExtras.h"

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

SmallVector<BlockRuns> blockRuns(ArrayRef<int64_t> shape, int64_t axis, int64_t block) {
  const int64_t outer = numElements(shape.take_front(axis)), count = shape[axis], whole = count / block,
                inner = numElements(shape.drop_front(axis + 1)), blocks = llvm::divideCeil(count, block);
  SmallVector<BlockRuns> parts;
  auto add = [&](int64_t number, int64_t size, int64_t firstBlock) {
    if (number == 0 || size == 0)
      return;
    BlockRuns runs;
    runs.n = inner == 1 ? size : 1; // neighbours share a scale
    const int64_t steps = inner == 1 ? 1 : size;
    static_cast<LoopNest &>(runs) = loopsOver(
        {outer, number, steps, inner}, {{count * inner, block * inner, inner, 1}, {blocks * inner, inner, 0, 1}});
    runs.first = firstBlock * block * inner;
    runs.firstScale = firstBlock * inner;
    parts.push_back(std::move(runs));
  };
  add(whole, block, 0);
  add(1, count % block, whole);
  return parts;
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

LogicalResult verifyBlockScales(Operation *op, Value x, Value scale, Value zero, int64_t axis, int64_t block) {
  SmallVector<int64_t> blocks(shapeOf(x));
  if (axis < 0 || axis >= static_cast<int64_t>(blocks.size()))
    return op->emitOpError() << "axis " << axis << " isn't one of " << tensorType(x);
  blocks[axis] = llvm::divideCeil(blocks[axis], block);
  if (shapeOf(scale) != ArrayRef(blocks) || (zero && shapeOf(zero) != ArrayRef(blocks)))
    return op->emitOpError() << "scales and zero points don't have one entry per block of " << tensorType(x);
  return success();
}

} // namespace burin::nn
