#include "passes/stream/TimeAnalysis.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Lookup.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Normalize.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Transpose.h"
#include "ir/nn/ops/Unary.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

namespace burin::nn {
using namespace mlir;

/// A window over neighbouring rows: row j of the result reads rows j·stride − before … + span − 1.
struct Sliding {
  int64_t span = 1, stride = 1, before = 0, rows = 0; ///< rows: of the result
};

namespace {

/// More input rows a step than that are no stream.
constexpr int64_t largestHop = 4096;

bool hasScalesAlong(Value v, int64_t axis) {
  auto perAxis = dyn_cast_or_null<quant::UniformQuantizedPerAxisType>(quantType(v));
  return perAxis && perAxis.getQuantizedDimension() == axis;
}

/// The axis of a reshape's result that has the elements of `axis` of its operand.
std::optional<int64_t> axisThroughReshape(ArrayRef<int64_t> from, ArrayRef<int64_t> to, int64_t axis) {
  const int64_t before = numElements(from.take_front(axis));
  for (size_t i = 0; i < to.size(); ++i)
    if (to[i] == from[axis] && from[axis] > 1 && numElements(to.take_front(i)) == before)
      return static_cast<int64_t>(i);
  return std::nullopt;
}

/// Whether a constant operand is the same for all rows of axis `axis` of a result of rank `rank`.
bool isSameForAllRows(Value constant, int64_t axis, int64_t rank) {
  ArrayRef<int64_t> shape = shapeOf(constant);
  const int64_t own = axis - (rank - static_cast<int64_t>(shape.size()));
  return definingConstant(constant) && (own < 0 || shape[own] == 1);
}

} // namespace

TimeAnalysis::TimeAnalysis(func::FuncOp function, int64_t axis) {
  while (!run(function, axis) && !problem) {
    fresh = needed;
    if (fresh > largestHop || fresh > tensorType(function.getArgument(0)).getDimSize(axis))
      problem = {nullptr, "its strides take more rows a step than the window has"};
  }
}

std::optional<TimeTrack> TimeAnalysis::track(Value v) const {
  auto it = tracks.find(v);
  return it == tracks.end() ? std::nullopt : std::optional(it->second);
}

const TimeStep *TimeAnalysis::step(Operation *op) const {
  auto it = steps.find(op);
  return it == steps.end() ? nullptr : &it->second;
}

int64_t TimeAnalysis::history(Value v) const { return histories.lookup(v); }

/// Whether `fresh` input rows a step are a whole number of rows of every value; if not, `needed` has more.
bool TimeAnalysis::run(func::FuncOp function, int64_t axis) {
  tracks.clear();
  histories.clear();
  steps.clear();
  stepMacs = 0;
  needed = fresh;
  Value input = function.getArgument(0);
  const int64_t rows = tensorType(input).getDimSize(axis);
  tracks[input] = {axis, rows, fresh, 0, rows};
  for (Operation &op : function.getBody().front().without_terminator())
    if (!visit(&op))
      return false;
  return true;
}

bool TimeAnalysis::visit(Operation *op) {
  auto nn = dyn_cast<NnOp>(op);
  const int64_t all = nn ? nn.macs() : 0;
  if (llvm::none_of(op->getOperands(), [&](Value v) { return tracks.contains(v); })) {
    stepMacs += all;
    return true;
  }
  std::optional<TimeStep> step = local(op);
  if (needed != fresh)
    return false;
  if (!step) { // on the whole window
    step.emplace();
    for (Value v : op->getOperands()) {
      auto t = track(v);
      step->operands.push_back(t ? std::optional(TimeNeed{t->rows, t->rows}) : std::nullopt);
    }
  }
  for (auto [v, need] : llvm::zip(op->getOperands(), step->operands)) {
    if (!need)
      continue;
    const TimeTrack t = tracks.lookup(v);
    if (need->end > t.end || need->end - need->count < t.begin) {
      problem = {op,
                 "it reads rows at the edges of the window, where the time axis has been padded: a later window has "
                 "other values there"};
      return false;
    }
    int64_t &history = histories[v];
    history = std::max(history, t.end - (need->end - need->count));
  }
  if (step->result) {
    tracks[op->getResult(0)] = *step->result;
    stepMacs += all / std::max<int64_t>(step->result->rows, 1) * step->result->fresh;
  } else {
    stepMacs += all;
  }
  steps[op] = std::move(*step);
  return true;
}

/// How `op` is computed row by row, or nothing.
std::optional<TimeStep> TimeAnalysis::local(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumRegions() != 0)
    return std::nullopt;
  const std::optional<TimeTrack> t = track(op->getOperand(0));
  if (isa<BinaryOp, CompareOp, SelectOp>(op))
    return align(op, /*broadcasts=*/true);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return t && static_cast<int64_t>(concat.getAxis()) != t->axis ? align(op, /*broadcasts=*/false) : std::nullopt;
  if (!t || llvm::any_of(op->getOperands().drop_front(), [](Value v) { return !definingConstant(v); }))
    return std::nullopt;
  const int64_t axis = t->axis, rank = tensorType(op->getOperand(0)).getRank();
  auto overImage = [&](auto o, ArrayRef<int64_t> kernel) -> std::optional<TimeStep> {
    if (axis != 1 && axis != 2)
      return std::nullopt;
    const int64_t i = axis - 1;
    return slide(op, axis,
                 {.span = (kernel[i] - 1) * o.getDilations()[i] + 1,
                  .stride = o.getStrides()[i],
                  .before = o.getPads()[i],
                  .rows = shapeOf(o.getY())[axis]});
  };
  return TypeSwitch<Operation *, std::optional<TimeStep>>(op)
      .Case<UnaryOp, ClampOp, LookupOp, CastOp, QuantizeOp, DequantizeOp, StorageCastOp>(
          [&](auto) { return along(op, axis); })
      .Case<SoftmaxOp>([&](auto o) {
        return along(op, static_cast<int64_t>(o.getAxis()) == axis ? std::nullopt : std::optional(axis));
      })
      .Case<NormalizeOp>([&](auto o) {
        return along(op, static_cast<int64_t>(o.getAxis()) <= axis ? std::nullopt : std::optional(axis));
      })
      .Case<ReduceOp>(
          [&](auto o) { return along(op, llvm::is_contained(o.getAxes(), axis) ? std::nullopt : std::optional(axis)); })
      .Case<TransposeOp>([&](auto o) { return along(op, llvm::find(o.getPerm(), axis) - o.getPerm().begin()); })
      .Case<ReshapeOp>(
          [&](auto o) { return along(op, axisThroughReshape(shapeOf(o.getX()), shapeOf(o.getY()), axis)); })
      .Case<MatmulOp>([&](auto o) {
        const bool fits = axis < rank - 1 && tensorType(o.getB()).getRank() == 2;
        return along(op, fits ? std::optional(axis) : std::nullopt);
      })
      .Case<Conv2dOp>([&](auto o) { return overImage(o, shapeOf(o.getW()).slice(1, 2)); })
      .Case<Pool2dOp>([&](auto o) { return overImage(o, o.getKernel()); })
      .Case<PadOp>([&](auto o) {
        return slide(op, axis, {.span = 1, .stride = 1, .before = o.getLo()[axis], .rows = shapeOf(o.getY())[axis]});
      })
      .Case<SliceOp>([&](auto) { return slice(op); })
      .Default([](auto) { return std::nullopt; });
}

/// One operand, row by row; time becomes `resultAxis`.
std::optional<TimeStep> TimeAnalysis::along(Operation *op, std::optional<int64_t> resultAxis) {
  TimeTrack t = tracks.lookup(op->getOperand(0));
  if (!resultAxis || hasScalesAlong(op->getOperand(0), t.axis) || hasScalesAlong(op->getResult(0), *resultAxis) ||
      t.end - t.begin < t.fresh)
    return std::nullopt;
  TimeStep step;
  step.operands.resize(op->getNumOperands());
  step.operands[0] = {t.fresh, t.end};
  t.axis = *resultAxis;
  step.result = t;
  return step;
}

/// Operands of the same rows, or the same for all rows; the one that is ahead waits.
std::optional<TimeStep> TimeAnalysis::align(Operation *op, bool broadcasts) {
  const int64_t rank = tensorType(op->getResult(0)).getRank();
  std::optional<TimeTrack> all;
  for (Value v : op->getOperands()) {
    std::optional<TimeTrack> t = track(v);
    if (!t)
      continue;
    t->axis += rank - tensorType(v).getRank();
    if (all && (t->axis != all->axis || t->rows != all->rows || t->fresh != all->fresh))
      return std::nullopt;
    if (!all)
      all = t;
    all->begin = std::max(all->begin, t->begin);
    all->end = std::min(all->end, t->end);
  }
  if (all->end - all->begin < all->fresh || hasScalesAlong(op->getResult(0), all->axis) ||
      tensorType(op->getResult(0)).getDimSize(all->axis) != all->rows)
    return std::nullopt;
  TimeStep step;
  step.result = all;
  for (Value v : op->getOperands()) {
    const bool isTracked = tracks.contains(v);
    if (!isTracked && (!broadcasts || !isSameForAllRows(v, all->axis, rank)))
      return std::nullopt;
    step.operands.push_back(isTracked ? std::optional(TimeNeed{all->fresh, all->end}) : std::nullopt);
  }
  return step;
}

/// A window of rows that moves with the result's row.
std::optional<TimeStep> TimeAnalysis::slide(Operation *op, int64_t axis, Sliding s) {
  const TimeTrack t = tracks.lookup(op->getOperand(0));
  if (hasScalesAlong(op->getOperand(0), axis) || hasScalesAlong(op->getResult(0), axis))
    return std::nullopt;
  if (t.fresh % s.stride != 0) {
    needed = fresh * (s.stride / std::gcd(t.fresh, s.stride));
    return std::nullopt;
  }
  TimeTrack r{axis, s.rows, t.fresh / s.stride, 0, 0};
  r.begin = std::max<int64_t>(0, llvm::divideCeilSigned(t.begin + s.before, s.stride));
  r.end = std::min(s.rows, llvm::divideFloorSigned(t.end - s.span + s.before, s.stride) + 1);
  if (r.end - r.begin < r.fresh)
    return std::nullopt;
  TimeStep step;
  step.operands.resize(op->getNumOperands());
  step.operands[0] = {(r.fresh - 1) * s.stride + s.span, (r.end - 1) * s.stride - s.before + s.span};
  step.result = r;
  return step;
}

/// Along other axes row by row; some rows of time are rows like all others, or, if they are fewer than a step has, a
/// value of the whole window.
std::optional<TimeStep> TimeAnalysis::slice(Operation *op) {
  auto s = cast<SliceOp>(op);
  const TimeTrack t = tracks.lookup(s.getX());
  const int64_t start = s.getStarts()[t.axis], rows = s.getSizes()[t.axis];
  if (rows > 1 && s.getSteps()[t.axis] != 1)
    return std::nullopt;
  if (rows >= t.fresh)
    if (auto step = slide(op, t.axis, {.span = 1, .stride = 1, .before = -start, .rows = rows}))
      return step;
  TimeStep step;
  step.operands.push_back(TimeNeed{rows, start + rows});
  return step;
}

} // namespace burin::nn
