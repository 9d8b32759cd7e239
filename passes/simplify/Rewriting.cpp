#include "passes/simplify/Rewriting.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/GatherNd.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/Transpose.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

namespace burin::nn {
using namespace mlir;

Location fusedLocation(ArrayRef<Operation *> ops) {
  llvm::SetVector<Location> parts;
  for (Operation *op : ops) {
    if (auto fused = dyn_cast<FusedLoc>(op->getLoc()))
      parts.insert(fused.getLocations().begin(), fused.getLocations().end());
    else if (!isa<UnknownLoc>(op->getLoc()))
      parts.insert(op->getLoc());
  }
  MLIRContext *context = ops.front()->getContext();
  if (parts.empty())
    return UnknownLoc::get(context);
  return FusedLoc::get(context, parts.getArrayRef());
}

void replaceKeepingOrigin(PatternRewriter &rewriter, Operation *old, Operation *replacement, ArrayRef<int64_t> perm) {
  replacement->removeAttr(originAttrName);
  copyOrigin(old, replacement, perm);
  rewriter.replaceOp(old, replacement->getResults());
}

Operation *cloneWith(OpBuilder &b, Operation *op, ValueRange operands, Type resultElement) {
  Operation *copy = b.clone(*op);
  copy->setOperands(operands);
  Value y = copy->getResult(0);
  y.setType(withElementType(tensorType(y), resultElement));
  return copy;
}

SmallVector<unsigned> movedOperands(Operation *op) {
  return llvm::TypeSwitch<Operation *, SmallVector<unsigned>>(op)
      .Case<ReshapeOp, TransposeOp, SliceOp, ExpandOp, GatherOp, GatherElementsOp, GatherNdOp>(
          [](auto) { return SmallVector<unsigned>{0}; })
      .Case([](PadOp pad) { return pad.getValue() ? SmallVector<unsigned>{0, 1} : SmallVector<unsigned>{0}; })
      .Case([](Pool2dOp pool) {
        return pool.getKind() == PoolKind::max_pool ? SmallVector<unsigned>{0} : SmallVector<unsigned>{};
      })
      .Case([](ReduceOp reduce) {
        const bool picks = reduce.getKind() == ReduceKind::max || reduce.getKind() == ReduceKind::min;
        return picks ? SmallVector<unsigned>{0} : SmallVector<unsigned>{};
      })
      .Case([](BinaryOp binary) {
        const bool picks = binary.getKind() == BinaryKind::max || binary.getKind() == BinaryKind::min;
        return picks && !binary.getActLo() && !binary.getActHi() ? SmallVector<unsigned>{0, 1}
                                                                 : SmallVector<unsigned>{};
      })
      .Case([](ConcatOp concat) { return llvm::to_vector(llvm::seq(0u, concat->getNumOperands())); })
      .Case([](SelectOp) { return SmallVector<unsigned>{1, 2}; })
      .Default([](Operation *) { return SmallVector<unsigned>{}; });
}

namespace {

/// The axis of shape `to` that holds what axis `axis` of `from` holds, in the same element order; -1 if there is none.
int64_t reshapedAxis(ArrayRef<int64_t> from, ArrayRef<int64_t> to, int64_t axis) {
  const int64_t before = numElements(from.take_front(axis));
  for (int64_t i = 0, product = 1, n = static_cast<int64_t>(to.size()); i < n; product *= to[i++])
    if (product == before && to[i] == from[axis])
      return i;
  return -1;
}

Type carryAxis(Operation *movement, Type element, bool forward) {
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!q)
    return element;
  const int64_t axis = q.getQuantizedDimension();
  int64_t moved = -1;
  if (auto transpose = dyn_cast<TransposeOp>(movement)) {
    moved = forward ? inversePermutation(transpose.getPerm())[axis] : transpose.getPerm()[axis];
  } else if (auto reshape = dyn_cast<ReshapeOp>(movement)) {
    ArrayRef<int64_t> x = shapeOf(reshape.getX()), y = shapeOf(reshape.getY());
    moved = forward ? reshapedAxis(x, y, axis) : reshapedAxis(y, x, axis);
  }
  return moved < 0 ? Type() : withQuantisedAxis(element, static_cast<int32_t>(moved));
}

} // namespace

Type movedElementType(Operation *movement, Type operandElement) { return carryAxis(movement, operandElement, true); }
Type movedFromElementType(Operation *movement, Type resultElement) { return carryAxis(movement, resultElement, false); }

std::optional<double> splatReal(Value v) {
  std::optional<SmallVector<double>> values = constantReals(v);
  if (!values || values->empty() || !llvm::all_equal(*values))
    return std::nullopt;
  return values->front();
}

std::optional<SmallVector<double>> perAxisReals(Value v, int64_t rank, int64_t axis, int64_t size) {
  ArrayRef<int64_t> shape = shapeOf(v);
  const int64_t missing = rank - static_cast<int64_t>(shape.size());
  for (auto [i, extent] : llvm::enumerate(shape))
    if (extent != 1 && (static_cast<int64_t>(i) + missing != axis || extent != size))
      return std::nullopt;
  std::optional<SmallVector<double>> values = constantReals(v);
  if (values && values->size() == 1)
    values->resize(static_cast<size_t>(size), values->front());
  return values;
}

ReshapedValue stripReshapes(Value v) {
  ReshapedValue stripped{v, {}};
  while (auto reshape = stripped.source.getDefiningOp<ReshapeOp>()) {
    ArrayRef<int64_t> x = shapeOf(reshape.getX()), y = shapeOf(reshape.getY());
    if (!reshape->hasOneUse() || x.empty() || y.empty() || x.back() != y.back())
      break;
    stripped.reshapes.push_back(reshape);
    stripped.source = reshape.getX();
  }
  return stripped;
}

Operation *repeatReshapes(OpBuilder &b, const ReshapedValue &like, Value source) {
  for (Operation *reshape : llvm::reverse(like.reshapes)) {
    Operation *copy = b.clone(*reshape);
    copy->setOperand(0, source);
    copy->removeAttr(originAttrName);
    source = copy->getResult(0);
  }
  return source.getDefiningOp();
}

ConstantOp makeReals(OpBuilder &b, Location loc, RankedTensorType type, ArrayRef<double> values) {
  if (type.getElementType().isF64())
    return makeConstant<double>(b, loc, type, values);
  assert(type.getElementType().isF32() && "float constants are made in single or double precision");
  SmallVector<float> narrow;
  for (double v : values)
    narrow.push_back(static_cast<float>(v));
  return makeConstant<float>(b, loc, type, narrow);
}

Type withQuantisedAxis(Type elementType, int32_t axis) {
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(elementType);
  if (!q)
    return elementType;
  return quant::UniformQuantizedPerAxisType::get(q.getFlags(), q.getStorageType(), q.getExpressedType(), q.getScales(),
                                                 q.getZeroPoints(), axis, q.getStorageTypeMin(), q.getStorageTypeMax());
}

} // namespace burin::nn
