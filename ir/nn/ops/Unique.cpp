#include "ir/nn/ops/Unique.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult UniqueOp::verify() {
  ArrayRef<int64_t> x = shapeOf(getX());
  for (Value v : getResults())
    if (!elementTypeOf(v).isInteger(64) || shapeOf(v).size() != 1)
      return emitOpError() << "gives vectors of i64";
  if (x.size() != 2 || shapeOf(getInverse())[0] != x[0] || shapeOf(getFirst()) != shapeOf(getCounts()))
    return emitOpError() << "takes a matrix to one number per row and two per distinct row";
  return success();
}

LogicalResult UniqueOp::lower(Lowering &l) {
  ArrayRef<int64_t> x = shapeOf(getX());
  const BufferId order = l.scratch("order", "int64_t", x[0]);
  return callTyped(l, "unique", elementTypeOf(getX()),
                   {ptr(l.operand(0)), num(x[0]), num(x[1]), num(getSorted() ? 1 : 0), ptr(order), ptr(l.result(0)),
                    ptr(l.result(1)), ptr(l.result(2)), ptr(l.count())});
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Unique.cpp.inc"
