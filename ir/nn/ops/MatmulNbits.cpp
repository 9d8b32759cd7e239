#include "ir/nn/ops/MatmulNbits.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult MatmulNbitsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  RankedTensorType a = tensorType(adaptor.getA()), w = tensorType(adaptor.getW());
  if (a.getRank() != 2 || w.getRank() != 3)
    return failure();
  types.push_back(RankedTensorType::get({a.getDimSize(0), w.getDimSize(0)}, a.getElementType()));
  return success();
}

LogicalResult MatmulNbitsOp::verify() {
  for (Value v : {Value(getA()), Value(getScale()), Value(getZero()), Value(getY())})
    if (!elementTypeOf(v).isF32())
      return emitOpError() << "takes f32 operands to f32, but for the weights";
  auto byte = dyn_cast<IntegerType>(elementTypeOf(getW()));
  if (!byte || byte.getWidth() != 8 || !byte.isUnsigned())
    return emitOpError() << "takes weights packed in ui8";
  const auto bits = static_cast<int64_t>(getBits()), block = static_cast<int64_t>(getBlock());
  if ((bits != 2 && bits != 4 && bits != 8) || block < 1 || block > (int64_t(1) << 24) || block * bits % 8 != 0)
    return emitOpError() << "takes 2, 4 or 8 bits in blocks of whole bytes";
  ArrayRef<int64_t> w = shapeOf(getW());
  const int64_t blocks = (shapeOf(getA())[1] + block - 1) / block;
  if (w[1] != blocks || w[2] != block * bits / 8 || shapeOf(getScale()) != w.take_front(2) ||
      (shapeOf(getZero()) != w.take_front(2) && numElements(shapeOf(getZero())) != 1))
    return emitOpError() << "has weights, scales or zero points for another number of blocks";
  return success();
}

int64_t MatmulNbitsOp::macs() { return numElements(shapeOf(getY())) * shapeOf(getA())[1]; }

LogicalResult MatmulNbitsOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ArrayRef<int64_t> y = shapeOf(getY()), w = shapeOf(getW());
  l.call("matmul_nbits_f32", {ptr(l.operand(0)), ptr(l.operand(1)), ptr(l.operand(2)), ptr(l.operand(3)),
                              num(numElements(shapeOf(getZero())) == 1 ? 0 : 1), ptr(l.result()), num(y[0]), num(y[1]),
                              num(shapeOf(getA())[1]), num(static_cast<int64_t>(getBits())),
                              num(static_cast<int64_t>(getBlock())), num(w[1]), num(w[2])});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/MatmulNbits.cpp.inc"
