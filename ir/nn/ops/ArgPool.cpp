#include "ir/nn/ops/ArgPool.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ArgPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  for (ArrayRef<int64_t> perAxis :
       {adaptor.getKernel(), adaptor.getStrides(), adaptor.getPads(), adaptor.getDilations(), adaptor.getSize()})
    if (perAxis.size() != 3)
      return failure();
  if (x.getRank() != 4)
    return failure();
  SmallVector<int64_t> shape{x.getDimSize(0)};
  llvm::append_range(shape, adaptor.getSize());
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult ArgPoolOp::verify() {
  // The kernel works out places in 32 bits.
  const auto fits = [](int64_t v) { return v >= 0 && v <= std::numeric_limits<int32_t>::max(); };
  bool good = fits(numElements(getKernel())) && fits(numElements(getSize()));
  for (unsigned axis = 0; axis < 3; ++axis) {
    const int64_t last = (getSize()[axis] - 1) * getStrides()[axis] + (getKernel()[axis] - 1) * getDilations()[axis];
    good = good && getKernel()[axis] > 0 && getSize()[axis] >= 0 && fits(getStrides()[axis]) &&
           fits(getDilations()[axis]) && std::abs(getPads()[axis]) < (1 << 24) && last < (1 << 30);
  }
  return good ? success() : emitOpError() << "has windows out of range";
}

LogicalResult ArgPoolOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (quantType(getX()) && !perTensorQuant(getX()))
    return failNotRepresentable(l, "values of several scales don't compare as integers");
  ArrayRef<int64_t> in = shapeOf(getX());
  std::vector<int32_t> rows;
  for (ArrayRef<int64_t> row : {in.drop_front(), getSize(), getKernel(), getStrides(), getDilations(), getPads()})
    llvm::append_range(rows, row);
  const int64_t plane = numElements(in.drop_front()), outs = numElements(getSize());
  BufferId x = widenedOperand(l, 0), window = l.constant<int32_t>("window", "int32_t", rows, {6, 3});
  LoopNest nest = loopsOver({in[0]}, {{plane}, {outs}, {1}});
  const SmallVector<int64_t> step = nest.loops.empty() ? SmallVector<int64_t>() : nest.strides[2];
  return callTyped(l, "arg_pool", computeType(elementTypeOf(getX())),
                   {nest.at(x, 0), ptr(window), num(getColumnMajor()), num(0, step), nest.at(l.result(), 1)},
                   nest.loops);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/ArgPool.cpp.inc"
