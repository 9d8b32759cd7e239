#include "passes/strips/ColumnRanges.h"

#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Lookup.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Unary.h"

#include "llvm/ADT/SmallPtrSet.h"

#include <algorithm>

namespace burin {
using namespace mlir;
using namespace burin::nn;

namespace {

constexpr int64_t rowAxis = 1, columnAxis = 2, channelAxis = 3;

/// Whether it is an image [1, rows, columns, channels].
bool isImage(Value v) {
  RankedTensorType type = tensorType(v);
  return type.getRank() == 4 && type.getDimSize(0) == 1 && numElements(type.getShape()) > 0;
}

bool isConstant(Value v) { return v.getDefiningOp<ConstantOp>() != nullptr; }

/// Whether a constant means the same to each column of an image.
bool isAlikeInColumns(Value constant) {
  ArrayRef<int64_t> shape = shapeOf(constant);
  return shape.size() < 2 || shape[shape.size() - 2] == 1;
}

/// Whether each pixel of the result is computed from the same pixels of the operands.
bool isPixelwise(Operation *op) {
  if (auto concat = dyn_cast<ConcatOp>(op)) {
    if (static_cast<int64_t>(concat.getAxis()) != channelAxis || llvm::any_of(op->getOperands(), isConstant))
      return false;
  } else if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    if (static_cast<int64_t>(softmax.getAxis()) != channelAxis)
      return false;
  } else if (!isa<UnaryOp, BinaryOp, ClampOp, CompareOp, SelectOp, CastOp, QuantizeOp, DequantizeOp, LookupOp,
                  StorageCastOp>(op)) {
    return false;
  }
  ArrayRef<int64_t> result = shapeOf(op->getResult(0));
  return llvm::all_of(op->getOperands(), [&](Value v) {
    if (isConstant(v))
      return isAlikeInColumns(v);
    return isImage(v) && shapeOf(v)[rowAxis] == result[rowAxis] && shapeOf(v)[columnAxis] == result[columnAxis];
  });
}

/// Whether columns of the result can be computed by themselves.
bool isSplittable(Operation *op) {
  if (op->getNumResults() != 1 || !isImage(op->getResult(0)))
    return false;
  if (auto conv = dyn_cast<Conv2dOp>(op))
    return isImage(conv.getX()) && isConstant(conv.getW()) && (!conv.getBias() || isConstant(conv.getBias()));
  if (auto pool = dyn_cast<Pool2dOp>(op))
    return isImage(pool.getX()) && !pool.getGlobal();
  return isPixelwise(op);
}

/// Whether only the region's own operators read what it computes, and read all of it, but for its result.
bool isClosed(const StripRegion &region) {
  llvm::SmallPtrSet<Operation *, 32> inside(region.ops.begin(), region.ops.end());
  const auto staysInside = [&](Value v) {
    return !v.use_empty() && llvm::all_of(v.getUsers(), [&](Operation *user) { return inside.contains(user); });
  };
  return staysInside(region.image()) &&
         llvm::all_of(ArrayRef(region.ops).drop_back(), [&](Operation *op) { return staysInside(op->getResult(0)); });
}

} // namespace

SmallVector<StripRegion> stripRegions(func::FuncOp function) {
  SmallVector<StripRegion> regions;
  Block &body = function.getBody().front();
  if (body.getNumArguments() != 1 || !isImage(body.getArgument(0)))
    return regions;
  StripRegion region;
  for (Operation &op : body.without_terminator()) {
    if (isa<ConstantOp>(op))
      continue;
    if (!isSplittable(&op))
      break;
    region.ops.push_back(&op);
    if (isClosed(region))
      regions.push_back(region);
  }
  return regions;
}

std::optional<Window2d> columnWindow(Operation *op) {
  Window2d window;
  if (auto conv = dyn_cast<Conv2dOp>(op))
    makeWindow(shapeOf(conv.getW()).slice(1, 2), conv.getStrides(), conv.getPads(), conv.getDilations(), window);
  else if (auto pool = dyn_cast<Pool2dOp>(op))
    makeWindow(pool.getKernel(), pool.getStrides(), pool.getPads(), pool.getDilations(), window);
  else
    return std::nullopt;
  return window;
}

Columns columnsRead(Operation *op, Value operand, Columns result) {
  const std::optional<Window2d> w = columnWindow(op);
  if (!w)
    return result;
  const int64_t first = result.begin * w->strides[1] - w->padBegin[1];
  const int64_t last = (result.end - 1) * w->strides[1] - w->padBegin[1] + w->extent(1);
  const int64_t columns = shapeOf(operand)[columnAxis];
  const int64_t begin = std::clamp<int64_t>(first, 0, columns - 1); // a window may see nothing but padding
  return {begin, std::clamp(last, begin + 1, columns)};
}

llvm::MapVector<Value, Columns> stripColumns(const StripRegion &region, int64_t strips, int64_t strip) {
  llvm::MapVector<Value, Columns> needed;
  const int64_t columns = shapeOf(region.result())[columnAxis];
  needed[region.result()] = {strip * columns / strips, (strip + 1) * columns / strips};
  for (Operation *op : llvm::reverse(region.ops)) {
    const Columns result = needed.lookup(op->getResult(0));
    for (Value v : op->getOperands()) {
      if (isConstant(v))
        continue;
      const Columns read = columnsRead(op, v, result);
      auto [known, isNew] = needed.insert({v, read});
      if (!isNew)
        known->second = {std::min(known->second.begin, read.begin), std::max(known->second.end, read.end)};
    }
  }
  return needed;
}

std::optional<int64_t> repeatedMacs(const StripRegion &region, int64_t strips) {
  if (shapeOf(region.result())[columnAxis] < strips)
    return std::nullopt;
  int64_t macs = 0;
  for (Operation *op : region.ops)
    macs -= cast<NnOp>(op).macs();
  for (int64_t strip = 0; strip < strips; ++strip) {
    const llvm::MapVector<Value, Columns> columns = stripColumns(region, strips, strip);
    if (columns.lookup(region.image()).size() == shapeOf(region.image())[columnAxis])
      return std::nullopt;
    for (Operation *op : region.ops)
      macs += cast<NnOp>(op).macs() / shapeOf(op->getResult(0))[columnAxis] * columns.lookup(op->getResult(0)).size();
  }
  return macs;
}

int64_t stripBytes(const StripRegion &region, int64_t strips) {
  const llvm::MapVector<Value, Columns> columns = stripColumns(region, strips, strips / 2);
  int64_t bytes = byteSize(tensorType(region.result()));
  for (const auto &[v, range] : columns) {
    if (v == region.result())
      continue;
    int64_t rows = 1;
    for (Operation *user : v.getUsers())
      if (const std::optional<Window2d> w = columnWindow(user))
        rows = std::max(rows, w->extent(0));
    ArrayRef<int64_t> shape = shapeOf(v);
    bytes += rows * range.size() * (byteSize(tensorType(v)) / (shape[rowAxis] * shape[columnAxis]));
  }
  return bytes;
}

} // namespace burin
