#include "ir/nn/ops/Normalize.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto axis = static_cast<int64_t>(adaptor.getAxis());
  if (axis < 0 || axis >= x.getRank())
    return failure();
  types.push_back(x);
  return success();
}

LogicalResult NormalizeOp::verify() {
  const int64_t n = numElements(shapeOf(getX()).drop_front(getAxis()));
  for (Value v : {getScale(), getBias()}) {
    if (!v)
      continue;
    if (numElements(shapeOf(v)) != n)
      return emitOpError() << "scale and bias need " << n << " elements, not " << numElements(shapeOf(v));
    if (elementTypeOf(v) != elementTypeOf(getX()))
      return emitOpError() << "scale and bias need the element type of x";
  }
  if (getKind() == NormKind::rms_norm && getBias())
    return emitOpError() << "rms_norm has no bias";
  return success();
}

bool NormalizeOp::mayOverwrite(unsigned index) { return index == 0 && coversInOrder(getX(), getY()); }

RowRule NormalizeOp::rowRule() { return getAxis() > 1 ? RowRule::Alike : RowRule::None; }

LogicalResult NormalizeOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) || quantType(getY()))
    return failNotRepresentable(l, "it divides by a root");
  const int64_t n = numElements(shapeOf(getX()).drop_front(getAxis()));
  const int64_t rows = numElements(shapeOf(getX()).take_front(getAxis()));
  LoopNest nest = loopsOver({rows}, {{n}, {n}});
  BufferId x = widenedCopy(l, 0), y = x == l.operand(0) ? l.result() : x;
  unsigned next = 1; // operand number of the next optional operand
  auto parameter = [&](Value v) { return v ? ptr(widenedOperand(l, next++)) : null(); };
  std::vector<plan::CallArg> args = {nest.at(x, 0), parameter(getScale()), num(getScale() ? 1 : 0)};
  if (getKind() == NormKind::layer_norm)
    args.insert(args.end(), {parameter(getBias()), num(getBias() ? 1 : 0)});
  args.insert(args.end(), {nest.at(y, 1), num(n), real(getEpsilon().convertToDouble())});
  if (failed(
          callTyped(l, stringifyNormKind(getKind()), computeType(elementTypeOf(getX())), std::move(args), nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Normalize.cpp.inc"
