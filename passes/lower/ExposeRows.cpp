// nn, before it is lowered to rows: transposes that work row by row are written so that it shows.
#include "ir/nn/Constants.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Transpose.h"
#include "passes/lower/ProgramBuilder.h"

namespace burin {
using namespace mlir;

namespace {

/// Axes [1, those longer than 1 …] of `x`, and the transpose's order of these.
struct LongAxes {
  SmallVector<int64_t> shape{1}, perm{0};
};
LongAxes longAxes(nn::TransposeOp op) {
  LongAxes axes;
  ArrayRef<int64_t> x = nn::shapeOf(op.getX());
  SmallVector<int64_t> number(x.size(), 0);
  for (auto [axis, d] : llvm::enumerate(x))
    if (d != 1) {
      number[axis] = static_cast<int64_t>(axes.shape.size());
      axes.shape.push_back(d);
    }
  for (int64_t axis : op.getPerm())
    if (x[axis] != 1)
      axes.perm.push_back(number[axis]);
  return axes;
}

} // namespace

void exposeRows(func::FuncOp function) {
  function.walk([](nn::TransposeOp op) {
    ArrayRef<int64_t> x = nn::shapeOf(op.getX());
    const Type element = nn::elementTypeOf(op.getX());
    const bool isKnown = op.rowRule() == nn::RowRule::Alike && x[1] != 1;
    const LongAxes axes = longAxes(op);
    if (isKnown || x.empty() || x[0] != 1 || axes.perm.size() < 3 || axes.perm[1] != 1 ||
        isa<quant::UniformQuantizedPerAxisType>(element))
      return;
    OpBuilder b(op);
    Value rows = nn::ReshapeOp::create(b, op.getLoc(), RankedTensorType::get(axes.shape, element), op.getX());
    Value moved = nn::TransposeOp::create(b, op.getLoc(), rows, axes.perm);
    op.replaceAllUsesWith(
        nn::ReshapeOp::create(b, op.getLoc(), cast<RankedTensorType>(op.getY().getType()), moved).getResult());
    op.erase();
  });
}

} // namespace burin
