#include "ir/nn/ops/NonMaxSuppression.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult NonMaxSuppressionOp::verify() {
  ArrayRef<int64_t> boxes = shapeOf(getBoxes()), scores = shapeOf(getScores());
  if (boxes.size() != 3 || scores.size() != 3 || boxes[0] != scores[0] || boxes[1] != scores[2] || boxes[2] != 4)
    return emitOpError() << "takes boxes [B, N, 4] and scores [B, C, N]";
  for (Value v : {getBoxes(), getScores(), getOverlap(), getScore()})
    if (!elementTypeOf(v).isF32())
      return emitOpError() << "takes f32 boxes, scores and limits";
  for (Value v : {getMost(), getOverlap(), getScore()})
    if (numElements(shapeOf(v)) != 1)
      return emitOpError() << "takes limits of one element";
  if (!elementTypeOf(getMost()).isInteger(64) || !elementTypeOf(getY()).isInteger(64) || shapeOf(getY()).size() != 2)
    return emitOpError() << "counts and selects with i64";
  return success();
}

LogicalResult NonMaxSuppressionOp::lower(Lowering &l) {
  ArrayRef<int64_t> boxes = shapeOf(getBoxes()), scores = shapeOf(getScores());
  const BufferId gone = l.scratch("gone", "uint8_t", boxes[1]);
  l.call("non_max_suppression",
         {ptr(l.operand(0)), ptr(l.operand(1)), num(boxes[0]), num(scores[1]), num(boxes[1]), ptr(l.operand(2)),
          ptr(l.operand(3)), ptr(l.operand(4)), num(getCenter() ? 1 : 0), ptr(gone), ptr(l.result()), ptr(l.count())});
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/NonMaxSuppression.cpp.inc"
