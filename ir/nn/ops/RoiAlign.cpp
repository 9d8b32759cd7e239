#include "ir/nn/ops/RoiAlign.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult RoiAlignOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), rois = tensorType(adaptor.getRois());
  ArrayRef<int64_t> size = adaptor.getSize();
  if (x.getRank() != 4 || rois.getRank() != 2 || rois.getDimSize(1) != 4 || size.size() != 2 || size[0] < 1 ||
      size[1] < 1 || shapeOf(adaptor.getImage()) != rois.getShape().drop_back())
    return failure();
  types.push_back(RankedTensorType::get({rois.getDimSize(0), size[0], size[1], x.getDimSize(3)}, x.getElementType()));
  return success();
}

LogicalResult RoiAlignOp::verify() {
  if (!isa<FloatType>(elementTypeOf(getX())) || elementTypeOf(getRois()) != elementTypeOf(getX()) ||
      !elementTypeOf(getImage()).isSignlessInteger(64))
    return emitOpError() << "takes images and regions of one float type, and i64 image numbers";
  if (numElements(shapeOf(getY())) > 0 && numElements(shapeOf(getX())) == 0)
    return emitOpError() << "takes regions of an empty image";
  if (static_cast<int64_t>(getGrid()) < 0)
    return emitOpError() << "has a negative grid";
  return success();
}

LogicalResult RoiAlignOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ArrayRef<int64_t> in = shapeOf(getX()), out = shapeOf(getY());
  BufferId x = widenedOperand(l, 0), rois = widenedOperand(l, 1, "rois"), y = computedResult(l);
  if (failed(callTyped(l, "roi_align_" + stringifyRoiKind(getKind()), computeType(elementTypeOf(getX())),
                       {ptr(x), num(in[0]), num(in[1]), num(in[2]), num(in[3]), ptr(rois), ptr(l.operand(2)),
                        num(out[0]), real(getScale().convertToDouble()), real(getHalfPixel() ? 0.5 : 0.0),
                        real(getHalfPixel() ? -std::numeric_limits<float>::max() : 1.0),
                        num(static_cast<int64_t>(getGrid())), ptr(y), num(out[1]), num(out[2])})))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/RoiAlign.cpp.inc"
