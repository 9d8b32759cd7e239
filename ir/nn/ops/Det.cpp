#include "ir/nn/ops/Det.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult DetOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (x.getRank() < 2 || x.getShape().back() != x.getShape().drop_back().back() || !isa<FloatType>(x.getElementType()))
    return failure();
  types.push_back(RankedTensorType::get(x.getShape().drop_back(2), x.getElementType()));
  return success();
}

LogicalResult DetOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const Type computed = computeType(elementTypeOf(getX()));
  const int64_t n = shapeOf(getX()).back();
  LoopNest nest = loopsOver({numElements(shapeOf(getY()))}, {{n * n}, {0}, {1}});
  BufferId x = widenedOperand(l, 0), y = computedResult(l);
  BufferId work = l.scratch("work", computed.isF64() ? "double" : "float", std::max<int64_t>(n * n, 1));
  if (failed(callTyped(l, "det", computed, {nest.at(x, 0), nest.at(work, 1), nest.at(y, 2), num(n)}, nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Det.cpp.inc"
