#include "ir/nn/ops/Reduce.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  SmallVector<int64_t> shape(x.getShape());
  for (int64_t axis : adaptor.getAxes()) {
    if (axis < 0 || axis >= x.getRank())
      return failure();
    shape[axis] = 1;
  }
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult ReduceOp::verify() {
  SmallVector<int64_t> axes(getAxes());
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end())
    return emitOpError() << "an axis is given twice";
  return success();
}

namespace {

/// `shape` and the row-major strides of x, parted into the reduced axes and the others.
struct Split {
  SmallVector<int64_t> keptShape, keptStrides, reducedShape, reducedStrides;
};

Split split(ReduceOp op) {
  Split s;
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  for (auto [i, extent] : llvm::enumerate(shape)) {
    const bool isReduced = llvm::is_contained(op.getAxes(), static_cast<int64_t>(i));
    (isReduced ? s.reducedShape : s.keptShape).push_back(extent);
    (isReduced ? s.reducedStrides : s.keptStrides).push_back(strides[i]);
  }
  return s;
}

/// Copies x with the reduced axes last, so that each output reads one contiguous run.
BufferId gatherRuns(Lowering &l, BufferId x, Type type, Split &s) {
  SmallVector<int64_t> shape(s.keptShape), strides(s.keptStrides);
  shape.append(s.reducedShape);
  strides.append(s.reducedStrides);
  SmallVector<int64_t> packed = rowMajorStrides(shape);
  BufferId runs = l.scratch("runs", cType(type), numElements(shape));
  emitStridedCopy(l, elementBytes(type), shape, x, 0, strides, runs, 0, packed);
  s.keptStrides.assign(packed.begin(), packed.begin() + s.keptShape.size());
  s.reducedStrides.assign(packed.begin() + s.keptShape.size(), packed.end());
  return runs;
}

} // namespace

LogicalResult ReduceOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const bool keepsOrder = getKind() == ReduceKind::max || getKind() == ReduceKind::min;
  if ((quantType(getX()) || quantType(getY())) &&
      !(keepsOrder && perTensorQuant(getX()) && elementTypeOf(getX()) == elementTypeOf(getY())))
    return failNotRepresentable(l, "only max and min within one per-tensor type");
  const Type type = computeType(elementTypeOf(getX()));
  const std::string kernel = ("reduce_" + stringifyReduceKind(getKind()) + "_" + kernelSuffix(type)).str();
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(getX()));

  Split s = split(*this);
  BufferId x = widenedOperand(l, 0), y = computedResult(l);
  StridedNest run = mergeAxes(s.reducedShape, {s.reducedStrides});
  if (run.shape.size() > 1 && !llvm::is_contained(s.reducedShape, 0)) {
    x = gatherRuns(l, x, type, s);
    run = mergeAxes(s.reducedShape, {s.reducedStrides});
  }
  const int64_t n = numElements(s.reducedShape), step = run.strides[0].back();
  LoopNest nest = loopsOver(s.keptShape, {s.keptStrides, rowMajorStrides(s.keptShape)});
  l.call(kernel, {nest.at(x, 0), num(n), num(step), nest.at(y, 1)}, nest.loops);
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Reduce.cpp.inc"
