#include "ir/nn/ops/Find.h"
#include "ir/nn/Emit.h"

#include <cmath>

namespace burin::nn {
using namespace mlir;

LogicalResult FindOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  if (tensorType(adaptor.getKeys()).getRank() != 1)
    return failure();
  types.push_back(RankedTensorType::get(shapeOf(adaptor.getX()), IntegerType::get(context, 32)));
  return success();
}

LogicalResult FindOp::verify() {
  if (elementTypeOf(getX()) != elementTypeOf(getKeys()))
    return emitOpError() << "takes x and keys of one type";
  if (!definingConstant(getKeys()))
    return emitOpError() << "takes constant keys";
  bool ascend = true;
  if (auto reals = constantReals(getKeys())) {
    for (size_t i = 1; i < reals->size(); ++i)
      ascend = ascend && !std::isnan((*reals)[i - 1]) && (std::isnan((*reals)[i]) || (*reals)[i - 1] < (*reals)[i]);
  } else if (auto integers = constantInts(getKeys())) {
    for (size_t i = 1; i < integers->size(); ++i)
      ascend = ascend && (*integers)[i - 1] < (*integers)[i];
  }
  return ascend ? success() : emitOpError() << "takes keys that ascend";
}

LogicalResult FindOp::lower(Lowering &l) {
  const int64_t count = numElements(shapeOf(getX()));
  if (count == 0)
    return success();
  return callTyped(
      l, "find", elementTypeOf(getX()),
      {ptr(l.operand(0)), ptr(l.operand(1)), ptr(l.result()), num(numElements(shapeOf(getKeys()))), num(count)});
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Find.cpp.inc"
