#include "ir/nn/ops/Cast.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult CastOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (quantType(getX()) || quantType(getY()))
    return emitOpError() << "on a quantised type: that is quantize, dequantize or storage_cast";
  return success();
}

namespace {

/// Whether every value of `from` is one of `to`, both integers or both floats.
bool holdsAll(Type to, Type from) {
  auto a = dyn_cast<IntegerType>(from), b = dyn_cast<IntegerType>(to);
  if (!a || !b)
    return isa<FloatType>(from) && isa<FloatType>(to) && (to.isF64() || (to.isF32() && !from.isF64()));
  const bool aSigned = !a.isUnsigned() && a.getWidth() > 1, bSigned = !b.isUnsigned() && b.getWidth() > 1;
  if (aSigned == bSigned)
    return a.getWidth() <= b.getWidth();
  return bSigned && a.getWidth() < b.getWidth();
}

} // namespace

/// A cast that keeps all values is nothing to another one behind it: what that makes of a value depends on the value.
OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  auto inner = getX().getDefiningOp<CastOp>();
  if (!inner || !holdsAll(elementTypeOf(inner.getY()), elementTypeOf(inner.getX())))
    return {};
  if (inner.getX().getType() == getY().getType())
    return inner.getX();
  getXMutable().assign(inner.getX());
  return getResult();
}

LogicalResult CastOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  const Type from = elementTypeOf(getX()), to = elementTypeOf(getY());
  if (from == to) {
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(n * elementBytes(from))});
    return success();
  }
  // The 16-bit floats convert from and to f32 only; every other pair of them goes through it.
  SmallVector<Type> path = {from};
  const bool isNarrow = computeType(from) != from || computeType(to) != to;
  if (isNarrow && !from.isF32() && !to.isF32())
    path.push_back(Float32Type::get(getContext()));
  path.push_back(to);
  BufferId source = l.operand(0);
  for (size_t i = 1; i < path.size(); ++i) {
    const bool isLast = i + 1 == path.size();
    BufferId target = isLast ? l.result() : l.scratch("wide", cType(path[i]), n);
    if (failed(callTyped(l, "cast_" + kernelSuffix(path[i - 1]), path[i], {ptr(source), ptr(target), num(n)})))
      return failure();
    source = target;
  }
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Cast.cpp.inc"
