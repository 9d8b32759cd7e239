#include "ir/nn/ops/PairwiseCoupling.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult PairwiseCouplingOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                   SmallVectorImpl<Type> &types) {
  RankedTensorType r = tensorType(adaptor.getR());
  if (r.getRank() != 3 || r.getDimSize(1) != r.getDimSize(2) || r.getDimSize(1) < 1)
    return failure();
  types.push_back(RankedTensorType::get(r.getShape().drop_back(), r.getElementType()));
  return success();
}

LogicalResult PairwiseCouplingOp::verify() {
  return elementTypeOf(getR()).isF32() && elementTypeOf(getY()).isF32() ? success()
                                                                        : emitOpError() << "takes f32 to f32";
}

LogicalResult PairwiseCouplingOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const int64_t classes = shapeOf(getY())[1];
  LoopNest rows = loopsOver({shapeOf(getY())[0]}, {{classes * classes}, {classes}});
  BufferId scratch = l.scratch("coupling", "float", classes * classes + classes);
  l.call("pairwise_coupling_f32", {rows.at(l.operand(0), 0), rows.at(l.result(), 1), ptr(scratch), num(classes)},
         rows.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/PairwiseCoupling.cpp.inc"
