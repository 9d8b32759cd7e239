#include "ir/nn/ops/SquaredDistance.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult SquaredDistanceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  RankedTensorType a = tensorType(adaptor.getA()), b = tensorType(adaptor.getB());
  if (a.getRank() != 2 || b.getRank() != 2 || a.getDimSize(1) != b.getDimSize(1))
    return failure();
  types.push_back(RankedTensorType::get({a.getDimSize(0), b.getDimSize(0)}, a.getElementType()));
  return success();
}

LogicalResult SquaredDistanceOp::verify() {
  const Type element = elementTypeOf(getA());
  if ((!element.isF32() && !element.isF64()) || elementTypeOf(getB()) != element || elementTypeOf(getY()) != element)
    return emitOpError() << "takes matrices of one type, f32 or f64";
  return success();
}

int64_t SquaredDistanceOp::macs() { return numElements(shapeOf(getY())) * shapeOf(getA())[1]; }

LogicalResult SquaredDistanceOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  return callTyped(l, "squared_distance", elementTypeOf(getA()),
                   {ptr(l.operand(0)), ptr(l.operand(1)), ptr(l.result()), num(shapeOf(getY())[0]),
                    num(shapeOf(getY())[1]), num(shapeOf(getA())[1])});
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/SquaredDistance.cpp.inc"
