#include "ir/nn/ops/Lrn.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult LrnOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  if (tensorType(adaptor.getX()).getRank() == 0 || static_cast<int64_t>(adaptor.getSize()) < 1)
    return failure();
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult LrnOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) || quantType(getY()))
    return failNotRepresentable(l, "it divides by a power");
  const int64_t channels = shapeOf(getX()).back();
  LoopNest nest = loopsOver({numElements(shapeOf(getX())) / channels}, {{channels}, {channels}});
  BufferId x = widenedOperand(l, 0), y = computedResult(l);
  if (failed(callTyped(l, "lrn", computeType(elementTypeOf(getX())),
                       {nest.at(x, 0), nest.at(y, 1), num(channels), num(static_cast<int64_t>(getSize())),
                        real(getAlpha().convertToDouble()), real(getBeta().convertToDouble()),
                        real(getBias().convertToDouble())},
                       nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Lrn.cpp.inc"
