#include "ir/nn/ops/Cast.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult CastOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  if (quantType(getX()) || quantType(getY()))
    return emitOpError() << "on a quantised type: that is quantize, dequantize or storage_cast";
  if (getRound() != "up" && getRound() != "down" && getRound() != "nearest")
    return emitOpError() << "doesn't know how to round \"" << getRound() << "\"";
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

/// Whether `type` converts from and to f32 only.
bool isNarrowFloat(Type type) { return isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32; }

/// One kernel call: `from` to `to`, no two of them narrow floats.
LogicalResult emitCast(Lowering &l, CastOp op, Type from, Type to, BufferId x, BufferId y, int64_t n) {
  auto a = dyn_cast<IntegerType>(from), b = dyn_cast<IntegerType>(to);
  if (a && b && byteType(a) == byteType(b) && a.getWidth() <= b.getWidth()) { // a wider view of the same bytes
    l.call("copy", {ptr(x), ptr(y), num(n)});
    return success();
  }
  std::vector<plan::CallArg> args = {ptr(x), ptr(y), num(n)};
  if (isa<Float8E8M0FNUType>(to)) {
    const bool overflow = op.getOverflow();
    args.push_back(num(op.getRound() == "up" ? 0x7fffff : op.getRound() == "nearest" ? 0x400000 : 0));
    args.push_back(num(overflow ? 255 : 0));
    args.push_back(num(overflow ? 255 : 254));
  }
  const bool overflows =
      op.getOverflow() && isa<Float8E4M3FNType, Float8E4M3FNUZType, Float8E5M2Type, Float8E5M2FNUZType>(to);
  // Bools need no narrowing: 0 and 1 are values of every integer.
  const Type target = from.isInteger(1) ? byteType(to) : to;
  return callTyped(l, "cast_" + Twine(overflows ? "overflow_" : "") + kernelSuffix(byteType(from)), target,
                   std::move(args));
}

} // namespace

/// A cast that keeps all values is nothing to another one behind it: what that makes of a value depends on the value.
OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  auto inner = getX().getDefiningOp<CastOp>();
  if (!inner || !holdsAll(elementTypeOf(inner.getY()), elementTypeOf(inner.getX())))
    return {};
  if (inner.getX().getType() == getY().getType() && !isa<Float8E5M2Type>(elementTypeOf(getY()))) // whose Inf saturates
    return inner.getX();
  getXMutable().assign(inner.getX());
  return getResult();
}

RowRule CastOp::rowRule() { return RowRule::Alike; }

LogicalResult CastOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  const Type from = elementTypeOf(getX()), to = elementTypeOf(getY());
  if (from == to) {
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(n * elementBytes(from))});
    return success();
  }
  // Narrow floats convert from and to f32 only; every other pair of them goes through it.
  SmallVector<Type> path = {from};
  if ((isNarrowFloat(from) || isNarrowFloat(to)) && !from.isF32() && !to.isF32())
    path.push_back(Float32Type::get(getContext()));
  path.push_back(to);
  BufferId source = l.operand(0);
  for (size_t i = 1; i < path.size(); ++i) {
    const bool isLast = i + 1 == path.size();
    BufferId target = isLast ? l.result() : l.scratch("wide", cType(path[i]), n);
    if (failed(emitCast(l, *this, path[i - 1], path[i], source, target, n)))
      return failure();
    source = target;
  }
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Cast.cpp.inc"
