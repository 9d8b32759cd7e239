#include "ir/nn/Indexing.h"

namespace burin::nn {
using namespace mlir;

LogicalResult verifyIndices(Operation *op, Value indices) {
  Type type = elementTypeOf(indices);
  if (!type.isSignlessInteger(32) && !type.isSignlessInteger(64))
    return op->emitOpError() << "takes i32 or i64 indices, not " << type;
  return success();
}

LogicalResult verifyNotEmpty(Operation *op, Value x, int64_t axis, Value taken) {
  if (shapeOf(x)[axis] == 0 && numElements(shapeOf(taken)) != 0)
    return op->emitOpError() << "axis " << axis << " of " << x.getType() << " has nothing to index";
  return success();
}

LogicalResult verifyScattered(Operation *op, ScatterKind kind, Value x, Value updates, Value y) {
  if (elementTypeOf(updates) != elementTypeOf(x))
    return op->emitOpError() << "updates of another element type than x";
  if (quantType(x) && (!perTensorQuant(x) || kind != ScatterKind::none))
    return op->emitOpError() << "combines no quantised values, and moves per-tensor ones only";
  return verifyMoved(op, x, y);
}

plan::CallArg indexedExtents(Lowering &l, ArrayRef<int64_t> extents) {
  if (extents.empty())
    return null();
  SmallVector<uint32_t> values;
  for (int64_t extent : extents)
    values.push_back(static_cast<uint32_t>(extent));
  return ptr(l.constant<uint32_t>("extents", "uint32_t", values));
}

ScatterBuffers beginScatter(Lowering &l, bool combined) {
  if (BufferId wide = combined ? widenedCopy(l, 0) : l.operand(0); wide != l.operand(0))
    return {wide, widenedOperand(l, 2)};
  l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(l.buffers()[l.result()].bytes)});
  return {l.result(), l.operand(2)};
}

} // namespace burin::nn
