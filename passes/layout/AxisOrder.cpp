#include "passes/layout/AxisOrder.h"

#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/Interpolate.h"
#include "ir/nn/ops/Lookup.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Scan.h"
#include "ir/nn/ops/ScatterElements.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Unary.h"
#include "passes/simplify/Rewriting.h"

namespace burin::nn {
using namespace mlir;

AxisOrder identityOrder(int64_t rank) { return llvm::to_vector<6>(llvm::seq<int64_t>(rank)); }

AxisOrder longAxes(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
  AxisOrder out;
  llvm::copy_if(order, std::back_inserter(out), [&](int64_t axis) { return shape[axis] != 1; });
  return out;
}

RankedTensorType transposedType(RankedTensorType type, ArrayRef<int64_t> order) {
  Type element = type.getElementType();
  if (auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    element = withQuantisedAxis(q, static_cast<int32_t>(inversePermutation(order)[q.getQuantizedDimension()]));
  return RankedTensorType::get(composePermutations(type.getShape(), order), element);
}

namespace {

/// Axes of the two shapes of a reshape that hold the same elements: the shortest runs of equal product.
struct Block {
  AxisOrder from, to;
};

std::optional<SmallVector<Block>> reshapeBlocks(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (llvm::is_contained(from, 0))
    return std::nullopt;
  AxisOrder a = longAxes(from, identityOrder(from.size())), b = longAxes(to, identityOrder(to.size()));
  SmallVector<Block> blocks;
  for (size_t i = 0, j = 0; i < a.size();) {
    Block block{{a[i]}, {b[j]}};
    int64_t left = from[a[i++]], right = to[b[j++]];
    while (left != right) {
      if (left < right) {
        block.from.push_back(a[i]);
        left *= from[a[i++]];
      } else {
        block.to.push_back(b[j]);
        right *= to[b[j++]];
      }
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

/// Inserts the unit axes of `shape` into `order` of its long ones: those in front stay in front, those behind stay
/// behind the axis they follow, each other one before the axis it precedes. So a unit H or W stays beside the other
/// one.
AxisOrder withUnitAxes(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
  const AxisOrder all = identityOrder(shape.size()), longs = longAxes(shape, all);
  if (longs.empty())
    return all;
  AxisOrder out(ArrayRef<int64_t>(all).take_front(longs.front()));
  for (int64_t axis : order) {
    const auto at = llvm::find(longs, axis);
    const int64_t first = at == longs.begin() ? axis : at[-1] + 1;
    const int64_t last = axis == longs.back() ? all.back() : axis;
    llvm::append_range(out, llvm::seq_inclusive(first, last));
  }
  return out;
}

bool isElementwise(Operation *op) {
  return isa<UnaryOp, ClampOp, LookupOp, CastOp, QuantizeOp, DequantizeOp, StorageCastOp, BinaryOp, CompareOp,
             SelectOp>(op);
}

/// Operators whose axes are attributes, and whose operands have the result's axes (tables and padding values aside).
bool worksAlongAxes(Operation *op) {
  return isa<ConcatOp, SliceOp, PadOp, ReduceOp, ArgReduceOp, ScanOp, SoftmaxOp, InterpolateOp, GatherOp,
             GatherElementsOp, ScatterElementsOp>(op);
}

/// Whether operand `index` is laid out like the result (unit axes of broadcasts aside).
bool followsResult(Operation *op, unsigned index) { return index == 0 || !isa<PadOp, InterpolateOp, GatherOp>(op); }

} // namespace

std::optional<AxisOrder> orderThroughReshape(ArrayRef<int64_t> from, ArrayRef<int64_t> to, ArrayRef<int64_t> order) {
  std::optional<SmallVector<Block>> blocks = reshapeBlocks(from, to);
  if (!blocks)
    return std::nullopt;
  AxisOrder out, kept = longAxes(from, order);
  for (ArrayRef<int64_t> rest = kept; !rest.empty();) {
    auto block = llvm::find_if(*blocks, [&](const Block &b) { return b.from.front() == rest.front(); });
    if (block == blocks->end() || rest.size() < block->from.size() ||
        !rest.take_front(block->from.size()).equals(block->from))
      return std::nullopt;
    llvm::append_range(out, block->to);
    rest = rest.drop_front(block->from.size());
  }
  return withUnitAxes(to, out);
}

bool isFlexible(Operation *op) {
  // Tensors without elements have no order worth changing, and no blocks of axes that a reshape could keep.
  if (!op || op->getNumResults() != 1 || tensorType(op->getResult(0)).getRank() < 2 ||
      numElements(shapeOf(op->getResult(0))) == 0)
    return false;
  if (auto gather = dyn_cast<GatherOp>(op))
    return tensorType(gather.getIndices()).getRank() == 1;
  if (isa<ReshapeOp>(op))
    return !isa<quant::UniformQuantizedPerAxisType>(elementTypeOf(op->getResult(0)));
  return isElementwise(op) || worksAlongAxes(op) || isa<ExpandOp>(op);
}

std::optional<AxisOrder> operandOrder(Operation *op, unsigned index, ArrayRef<int64_t> order) {
  Value x = op->getOperand(index), y = op->getResult(0);
  const int64_t rank = tensorType(x).getRank(), missing = static_cast<int64_t>(order.size()) - rank;
  if (isa<ReshapeOp>(op))
    return orderThroughReshape(shapeOf(y), shapeOf(x), order);
  if (!followsResult(op, index))
    return identityOrder(rank);
  AxisOrder own;
  for (int64_t axis : order)
    if (axis >= missing)
      own.push_back(axis - missing);
  return own;
}

std::optional<AxisOrder> resultOrder(Operation *op, unsigned index, ArrayRef<int64_t> order) {
  Value x = op->getOperand(index), y = op->getResult(0);
  if (isa<ReshapeOp>(op))
    return orderThroughReshape(shapeOf(x), shapeOf(y), order);
  if (!followsResult(op, index) || tensorType(x).getRank() != tensorType(y).getRank())
    return std::nullopt;
  return AxisOrder(order);
}

SmallVector<int64_t> operandShape(Operation *op, unsigned index, ArrayRef<int64_t> order) {
  Value x = op->getOperand(index);
  if (isa<ReshapeOp>(op) || !followsResult(op, index))
    return composePermutations(shapeOf(x), *operandOrder(op, index, order));
  SmallVector<int64_t> padded(order.size() - shapeOf(x).size(), 1);
  llvm::append_range(padded, shapeOf(x));
  return composePermutations(padded, order);
}

Operation *buildInOrder(OpBuilder &b, Operation *op, ValueRange operands, ArrayRef<int64_t> order) {
  Operation *copy = b.clone(*op);
  copy->setOperands(operands);
  copy->getResult(0).setType(transposedType(tensorType(op->getResult(0)), order));
  copy->removeAttr(originAttrName);
  copyOrigin(op, copy, order);
  const SmallVector<int64_t> place = inversePermutation(order);
  if (auto axis = op->getAttrOfType<IntegerAttr>("axis"); axis && worksAlongAxes(op))
    copy->setAttr("axis", b.getI64IntegerAttr(place[axis.getInt()]));
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    SmallVector<int64_t> moved = composePermutations(place, reduce.getAxes());
    llvm::sort(moved);
    copy->setAttr("axes", b.getDenseI64ArrayAttr(moved));
  }
  for (StringRef name : {"starts", "steps", "sizes", "lo", "hi"})
    if (auto perAxis = op->getAttrOfType<DenseI64ArrayAttr>(name))
      copy->setAttr(name, b.getDenseI64ArrayAttr(composePermutations(perAxis.asArrayRef(), order)));
  return copy;
}

} // namespace burin::nn
