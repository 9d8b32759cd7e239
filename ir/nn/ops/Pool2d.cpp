#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/nn/ops/Window2d.h"
#include "ir/numerics/TfLite.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace burin::nn {
using namespace mlir;

LogicalResult Pool2dOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto x = dyn_cast<RankedTensorType>(adaptor.getX().getType());
  if (!x || !x.hasStaticShape() || x.getRank() != 4)
    return emitOptionalError(loc, "pool2d needs x of rank 4 and static shape");
  Window2d window;
  if (std::string wrong =
          makeWindow(adaptor.getKernel(), adaptor.getStrides(), adaptor.getPads(), adaptor.getDilations(), window);
      !wrong.empty())
    return emitOptionalError(loc, "pool2d: ", wrong);
  ArrayRef<int64_t> size = adaptor.getOutSize();
  if (size.size() != 2 || size[0] < 0 || size[1] < 0)
    return emitOptionalError(loc, "pool2d: out_size has two numbers that aren't negative");
  types.push_back(RankedTensorType::get({x.getDimSize(0), size[0], size[1], x.getDimSize(3)}, x.getElementType()));
  return success();
}

namespace {

Window2d windowOf(Pool2dOp op) {
  Window2d w;
  makeWindow(op.getKernel(), op.getStrides(), op.getPads(), op.getDilations(), w);
  return w;
}

/// How many taps of position `i` lie in [first, end).
int64_t tapsWithin(const Window2d &w, int axis, int64_t i, int64_t first, int64_t end) {
  const int64_t start = i * w.strides[axis] - w.padBegin[axis];
  // Taps before a position: the k with start + k * dilation < position.
  auto tapsBefore = [&](int64_t position) {
    return std::clamp<int64_t>(llvm::divideCeilSigned(position - start, w.dilations[axis]), 0, w.kernel[axis]);
  };
  return tapsBefore(end) - tapsBefore(first);
}

/// Rows of the window of output row `i` that an average with padding counts.
int64_t paddedRows(const Window2d &w, int axis, int64_t i, int64_t in) {
  return tapsWithin(w, axis, i, -w.padBegin[axis], in + w.padEnd[axis]);
}

LogicalResult checkAxis(Pool2dOp op, const Window2d &w, int axis) {
  const int64_t in = shapeOf(op.getX())[axis + 1], out = op.getOutSize()[axis];
  for (int64_t pad : {w.padBegin[axis], w.padEnd[axis]})
    if (pad < 0 || pad >= w.extent(axis))
      return op.emitOpError() << "a pad of " << pad << " is negative or as large as the window";
  const int64_t padded = w.padBegin[axis] + in + w.padEnd[axis];
  if (out > 1 && out - 1 > (padded - 1) / w.strides[axis])
    return op.emitOpError() << "the last of " << out << " windows on axis " << axis + 1 << " begins behind the input";
  if (op.getKind() != PoolKind::avg_pool)
    return success();
  // An average over nothing has no value. Windows that begin inside the input cover at least their first element.
  const auto inside = static_cast<int64_t>(llvm::divideCeil(w.padBegin[axis], w.strides[axis]));
  const auto behind = static_cast<int64_t>(llvm::divideCeil(w.padBegin[axis] + in, w.strides[axis]));
  for (auto [first, end] : {std::pair(int64_t(0), std::min(inside, out)), std::pair(behind, out)})
    for (int64_t i = first; i < end; ++i)
      if (!(op.getCountIncludePad() ? paddedRows(w, axis, i, in) : tapsWithin(w, axis, i, 0, in)))
        return op.emitOpError() << "window " << i << " of axis " << axis + 1 << " covers nothing to average";
  return success();
}

} // namespace

LogicalResult Pool2dOp::verify() {
  if (getP() < 1 || getP() > std::numeric_limits<int32_t>::max())
    return emitOpError() << "p is a positive 32-bit number";
  const Window2d w = windowOf(*this);
  for (int axis = 0; axis < 2; ++axis)
    if (failed(checkAxis(*this, w, axis)))
      return failure();
  const Type x = elementTypeOf(getX()), y = elementTypeOf(getY());
  if (getKind() == PoolKind::avg_pool && isActivationType(x) && isActivationType(y))
    return success();
  if (x != y)
    return emitOpError() << "operand and result have one element type, not " << x << " and " << y;
  return success();
}

namespace {

/// A pool as the row kernels see it.
struct PoolRows {
  ArrayRef<int64_t> x, y;
  Window2d window;

  /// rows … dilation, for output rows from `first` on; loops: batch, row.
  std::vector<plan::CallArg> inputs(BufferId buffer, int64_t first) const {
    const int64_t row = x[2] * x[3];
    plan::WindowArg rows;
    rows.image = {buffer, 0, {x[1] * row, 0}};
    rows.rowLoop = 1;
    rows.stride = window.strides[0];
    rows.pad = window.padBegin[0] - first * window.strides[0];
    rows.dilation = window.dilations[0];
    rows.count = window.kernel[0];
    rows.height = x[1];
    rows.rowElements = row;
    return {rows,
            num(window.kernel[0]),
            num(x[2]),
            num(x[3]),
            num(x[3]),
            num(window.kernel[1]),
            num(window.strides[1]),
            num(window.padBegin[1]),
            num(window.dilations[1])};
  }
  void appendOutput(std::vector<plan::CallArg> &args, BufferId buffer, int64_t first) const {
    const int64_t row = y[2] * y[3];
    args.push_back(ptr(buffer, first * row, {y[1] * row, row}));
    args.push_back(num(y[2]));
    args.push_back(num(y[3]));
  }
};

/// Output rows whose windows count the same number of rows.
struct RowRun {
  int64_t first, count, rowsCounted;
};

/// Without padding in the count the kernel counts rows itself (0): one run.
SmallVector<RowRun> rowRuns(Pool2dOp op, const PoolRows &pool) {
  if (!op.getCountIncludePad())
    return {{0, pool.y[1], 0}};
  SmallVector<RowRun> runs;
  for (int64_t i = 0; i < pool.y[1]; ++i) {
    const int64_t counted = paddedRows(pool.window, 0, i, pool.x[1]);
    if (runs.empty() || runs.back().rowsCounted != counted)
      runs.push_back({i, 0, counted});
    ++runs.back().count;
  }
  return runs;
}

/// The orders of summation of brn_float_average_*.
enum class SumOrder { RowByRow = 0, Columns = 1, FourLanes = 2 };

/// How MLAS, ONNX Runtime's kernel library, adds up a window: found by comparing sums in all orders with its results.
SumOrder sumOrder(Pool2dOp op) {
  if (op.getGlobal())
    return SumOrder::FourLanes;
  return op.getStrides()[1] <= 2 ? SumOrder::Columns : SumOrder::RowByRow;
}

/// Whether the one window is the whole image, without borders.
bool coversImage(const PoolRows &pool) {
  bool covers = pool.y[1] == 1 && pool.y[2] == 1;
  for (int axis = 0; axis < 2; ++axis)
    covers &= pool.window.kernel[axis] == pool.x[axis + 1] && pool.window.padBegin[axis] == 0 &&
              pool.window.padEnd[axis] == 0 && pool.window.dilations[axis] == 1;
  return covers;
}

/// A window over a whole image is one row of all its pixels.
PoolRows poolRows(Pool2dOp op, SmallVectorImpl<int64_t> &flatInput) {
  PoolRows pool{shapeOf(op.getX()), shapeOf(op.getY()), windowOf(op)};
  const bool global = coversImage(pool);
  // Not where the float reference, which decides ties, would add the columns first.
  const bool columns = op.getKind() == PoolKind::avg_pool && sumOrder(op) == SumOrder::Columns;
  if (global && !(perTensorQuant(op.getX()) && columns)) {
    flatInput.assign({pool.x[0], 1, pool.x[1] * pool.x[2], pool.x[3]});
    pool.x = flatInput;
    pool.window = {};
    pool.window.kernel[1] = flatInput[2];
  }
  return pool;
}

/// Whether sum · ratio / count lies exactly between two integers for a sum of `count` 8-bit differences.
bool hasTies(const numerics::Ratio &ratio, int64_t count) {
  const int64_t den = ratio.den * (count / std::gcd(ratio.num, count));
  return den % 2 == 0 && den / 2 <= 255 * count;
}

/// Whether any of the windows may meet a tie.
bool mayTie(const PoolRows &pool, const numerics::Ratio &ratio) {
  const Window2d &w = pool.window;
  const int64_t taps = w.kernel[0] * w.kernel[1];
  bool allInside = true;
  for (int axis = 0; axis < 2; ++axis)
    allInside &= w.padBegin[axis] == 0 &&
                 (pool.y[axis + 1] - 1) * w.strides[axis] + (w.kernel[axis] - 1) * w.dilations[axis] < pool.x[axis + 1];
  if (allInside)
    return hasTies(ratio, taps);
  return llvm::any_of(llvm::seq<int64_t>(1, taps + 1), [&](int64_t count) { return hasTies(ratio, count); });
}

/// Arguments of the quantised kernels from x_zero to hi; appends "ties_" to `kernel` where a tie is possible.
std::optional<std::vector<plan::CallArg>> averageIntegers(Pool2dOp op, const PoolRows &pool, std::string &kernel) {
  const quant::UniformQuantizedType x = perTensorQuant(op.getX()), y = perTensorQuant(op.getY());
  auto ratio = averageRatio(x, y, pool.window.kernel[0] * pool.window.kernel[1]);
  if (!ratio)
    return std::nullopt;
  std::vector<plan::CallArg> integers = {num(x.getZeroPoint()), num(ratio->num), num(ratio->den)};
  // Of 16 bits, a step more or less on a tie decides nothing.
  if (!hasWordType({x, y}) && mayTie(pool, *ratio)) {
    kernel += "ties_";
    int xExponent = 0, yExponent = 0;
    for (auto [type, exponent] : {std::pair(x, &xExponent), std::pair(y, &yExponent)})
      integers.push_back(num(static_cast<int64_t>(std::ldexp(std::frexp(type.getScale(), exponent), 24))));
    integers.push_back(num(xExponent - yExponent));
    integers.push_back(num(static_cast<int64_t>(sumOrder(op))));
  }
  auto [lo, hi] = storageRange(y);
  for (int64_t n : {y.getZeroPoint(), int64_t{lo}, int64_t{hi}})
    integers.push_back(num(n));
  return integers;
}

/// The same for TFLite's average: AVERAGE_POOL_2D averages the stored integers, whose quantisation stays; MEAN, and
/// what requantises or counts padding, averages rescaled differences from the zero point.
std::vector<plan::CallArg> averageAsTflite(Pool2dOp op, std::string &kernel) {
  const quant::UniformQuantizedType x = perTensorQuant(op.getX()), y = perTensorQuant(op.getY());
  kernel += "tflite_";
  const bool asStored = x.getScale() == y.getScale() && x.getZeroPoint() == y.getZeroPoint() && !op.getGlobal() &&
                        !op.getCountIncludePad();
  const numerics::tflite::Scale scale = numerics::tflite::scaleOf(
      static_cast<double>(static_cast<float>(x.getScale())) / static_cast<double>(static_cast<float>(y.getScale())));
  auto [lo, hi] = storageRange(y);
  return {num(asStored ? 0 : x.getZeroPoint()), num(scale.mult), num(scale.shift),
          num(asStored ? 0 : y.getZeroPoint()), num(lo),         num(hi)};
}

LogicalResult lowerAverage(Lowering &l, Pool2dOp op, const PoolRows &pool) {
  std::vector<plan::CallArg> integers;
  const std::string element = kernelSuffix(computeType(elementTypeOf(op.getX())));
  std::string kernel = "avg_pool_row_";
  const bool words = hasWordType({elementTypeOf(op.getX()), elementTypeOf(op.getY())});
  if (perTensorQuant(op.getX()) && !words && roundsAsTflite(op)) {
    integers = averageAsTflite(op, kernel);
    kernel += element + "_" + kernelSuffix(perTensorQuant(op.getY()));
  } else if (perTensorQuant(op.getX())) {
    auto found = averageIntegers(op, pool, kernel);
    if (!found)
      return failNotRepresentable(l, "the ratio of the scales is too extreme for an exact average");
    integers = std::move(*found);
    kernel += element + "_" + kernelSuffix(perTensorQuant(op.getY()));
  } else {
    kernel += element;
  }
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(op.getX()));
  const BufferId in = widenedOperand(l, 0), out = computedResult(l);
  const bool padded = op.getCountIncludePad();
  for (const RowRun &run : rowRuns(op, pool)) {
    std::vector<plan::CallArg> args = pool.inputs(in, run.first);
    args.push_back(num(run.rowsCounted));
    args.push_back(num(padded ? 1 : 0));
    args.push_back(num(padded ? pool.window.padEnd[1] : 0));
    args.insert(args.end(), integers.begin(), integers.end());
    pool.appendOutput(args, out, run.first);
    l.call(kernel, std::move(args), {pool.y[0], run.count});
  }
  storeResult(l, out);
  return success();
}

/// An average over the whole image from one row after the other: sums, and their mean at the last row. Nothing if it
/// can't be had so: a tie takes all elements once more, and narrow floats are widened as a whole.
bool lowerAccumulated(Lowering &l, Pool2dOp op) {
  const PoolRows pool{shapeOf(op.getX()), shapeOf(op.getY()), windowOf(op)};
  const Type type = storageType(elementTypeOf(op.getX()));
  const std::string suffix = kernelSuffix(type);
  if (op.getKind() != PoolKind::avg_pool || !coversImage(pool) || pool.x[0] != 1 || pool.x[1] == 1 ||
      !Lowering::hasKernel("pool_add_row_" + suffix))
    return false;
  const int64_t rows = pool.x[1], width = pool.x[2], channels = pool.x[3];
  std::string kernel = "pool_mean_" + suffix;
  std::vector<plan::CallArg> integers;
  const bool isInteger = static_cast<bool>(perTensorQuant(op.getX()));
  if (isInteger && roundsAsTflite(op))
    return false;
  if (isInteger) {
    std::string ties;
    auto found = averageIntegers(op, pool, ties);
    if (!found || !ties.empty())
      return false;
    integers = std::move(*found);
    kernel += "_" + kernelSuffix(perTensorQuant(op.getY()));
  }
  if (!Lowering::hasKernel(kernel)) // of 8 bits from 16, say
    return false;
  const BufferId sums = l.scratch("sums", isInteger ? "int32_t" : cType(type), channels);
  l.callInTurns("pool_add_row_" + suffix,
                {ptr(l.operand(0), 0, {width * channels}), num(width), num(channels), num(0, {1}), ptr(sums)}, {rows},
                /*first=*/0);
  std::vector<plan::CallArg> args = {ptr(sums), num(channels), num(rows * width)};
  args.insert(args.end(), integers.begin(), integers.end());
  args.push_back(ptr(l.result()));
  l.callInTurns(kernel, std::move(args), {1}, /*first=*/rows - 1);
  return true;
}

/// Max and lp: `kernel` "max_pool_row_"; `parameters` go between the window and the result.
LogicalResult lowerPlain(Lowering &l, Pool2dOp op, const PoolRows &pool, StringRef stem,
                         ArrayRef<plan::CallArg> parameters) {
  const std::string kernel = (stem + kernelSuffix(computeType(elementTypeOf(op.getX())))).str();
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(op.getX()));
  const BufferId in = widenedOperand(l, 0), out = computedResult(l);
  std::vector<plan::CallArg> args = pool.inputs(in, 0);
  args.insert(args.end(), parameters.begin(), parameters.end());
  pool.appendOutput(args, out, 0);
  l.call(kernel, std::move(args), {pool.y[0], pool.y[1]});
  storeResult(l, out);
  return success();
}

} // namespace

RowRule Pool2dOp::rowRule() { return RowRule::Calls; }

LogicalResult Pool2dOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  if (l.byRows() && lowerAccumulated(l, *this))
    return success();
  SmallVector<int64_t> flatInput;
  const PoolRows pool = poolRows(*this, flatInput);
  switch (getKind()) {
  case PoolKind::avg_pool:
    return lowerAverage(l, *this, pool);
  case PoolKind::max_pool:
    return lowerPlain(l, *this, pool, "max_pool_row_", {});
  case PoolKind::lp_pool:
    return lowerPlain(l, *this, pool, "lp_pool_row_", num(static_cast<int64_t>(getP())));
  }
  llvm_unreachable("all kinds are covered");
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Pool2d.cpp.inc"
