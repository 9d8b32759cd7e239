#include "ir/nn/ops/Sample.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult SampleOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), at = tensorType(adaptor.getAt());
  const int64_t axes = x.getRank() - 2;
  if (axes < 1 || axes > 3 || at.getRank() < 2 || at.getShape().back() != axes || at.getDimSize(0) != x.getDimSize(0))
    return failure();
  SmallVector<int64_t> shape(at.getShape().drop_back());
  shape.push_back(x.getShape().back());
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult SampleOp::verify() {
  if (!isa<FloatType>(elementTypeOf(getX())) || elementTypeOf(getAt()) != elementTypeOf(getX()))
    return emitOpError() << "takes an image and positions of one float type";
  if (numElements(shapeOf(getY())) > 0 && numElements(shapeOf(getX())) == 0)
    return emitOpError() << "samples an empty image";
  // Places are worked out in the float type, where integers up to 2^24 are exact.
  for (int64_t extent : shapeOf(getX()).drop_front().drop_back())
    if (extent > 1 << 24)
      return emitOpError() << "has an axis of " << extent << " elements, which is more than 16777216";
  return success();
}

int64_t SampleOp::macs() {
  const int64_t taps = static_cast<int64_t>(1) << static_cast<unsigned>(getMode()); // 1, 2 or 4 an axis
  int64_t all = numElements(shapeOf(getY()));
  for (int64_t axis = 0; axis < shapeOf(getAt()).back(); ++axis)
    all *= taps;
  return all;
}

LogicalResult SampleOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ArrayRef<int64_t> in = shapeOf(getX()), out = shapeOf(getY());
  const int64_t depth = shapeOf(getAt()).back(), channels = in.back();
  const int64_t points = numElements(out.drop_front().drop_back());
  const std::vector<uint32_t> extents(in.begin() + 1, in.end() - 1);
  BufferId x = widenedOperand(l, 0), at = widenedOperand(l, 1, "positions"), y = computedResult(l);
  BufferId dims = l.constant<uint32_t>("dims", "uint32_t", extents);
  LoopNest nest = loopsOver({in[0]}, {{numElements(in.drop_front())}, {points * depth}, {points * channels}});
  if (failed(callTyped(l, "sample_" + stringifySampleMode(getMode()) + "_" + stringifySampleBorder(getOutside()),
                       computeType(elementTypeOf(getX())),
                       {nest.at(x, 0), ptr(dims), num(depth), num(channels), num(getCorners()), nest.at(at, 1),
                        nest.at(y, 2), num(points)},
                       nest.loops)))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Sample.cpp.inc"
