#include "ir/nn/ops/Lookup.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Tables.h"

namespace burin::nn {
using namespace mlir;

LogicalResult LookupOp::verify() {
  if (shapeOf(getX()) != shapeOf(getY()))
    return emitOpError() << "changes the shape";
  for (Value v : {getX(), getY()})
    if (!perTensorQuant(v) || elementBytes(elementTypeOf(v)) != 1)
      return emitOpError() << "takes and gives 8-bit tensors of one scale, not " << v.getType();
  if (getTable().size() != 256)
    return emitOpError() << "has a table of " << getTable().size() << " entries, not of 256";
  return success();
}

bool LookupOp::mayOverwrite(unsigned) { return true; }

LogicalResult LookupOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ByteTable table;
  for (auto [entry, stored] : llvm::zip_equal(table, getTable()))
    entry = static_cast<uint8_t>(stored);
  emitTable(l, table);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Lookup.cpp.inc"
