// A temporal network over a moving window becomes one that takes only what is new: a step. What operators still need of
// earlier steps is kept in windows, one a value, which are states of the library.
#include "ir/nn/Constants.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Shift.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/StorageCast.h"
#include "passes/Passes.h"
#include "passes/stream/TimeAnalysis.h"

namespace burin {
#define GEN_PASS_DEF_STREAMTIME
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// Rewrites a function in place, operator by operator, as an analysis of it says.
class StepRewriter {
public:
  StepRewriter(func::FuncOp function, const TimeAnalysis &analysis)
      : function(function), analysis(analysis), b(function.getContext()) {}

  void run() {
    Block &block = function.getBody().front();
    SmallVector<Operation *> ops;
    for (Operation &op : block.without_terminator())
      ops.push_back(&op);
    Value input = block.getArgument(0);
    narrow(input);
    b.setInsertionPointToStart(&block);
    keepWindow(input);
    for (Operation *op : ops)
      if (const TimeStep *step = analysis.step(op))
        rewrite(op, *step);
    finish();
  }

private:
  /// `v` has only its fresh rows from now on.
  void narrow(Value v) {
    const TimeTrack t = *analysis.track(v);
    v.setType(resized(tensorType(v), t.axis, t.fresh));
  }

  /// Behind the definition of `v`: its window, if more than its fresh rows are read.
  void keepWindow(Value v) {
    const TimeTrack t = *analysis.track(v);
    const int64_t rows = analysis.history(v);
    latest[v] = v;
    if (rows <= t.fresh)
      return;
    const RankedTensorType type = resized(tensorType(v), t.axis, rows);
    const RankedTensorType stored = withElementType(type, storageType(type.getElementType()));
    Value window = function.getBody().front().addArgument(stored, v.getLoc());
    auto cast = [&](Value x, RankedTensorType to) -> Value {
      return x.getType() == to ? x : StorageCastOp::create(b, v.getLoc(), to, x).getY();
    };
    auto shift = ShiftOp::create(b, v.getLoc(), type, cast(window, type), v, b.getI64IntegerAttr(t.axis));
    latest[v] = shift.getY();
    states.push_back(cast(shift.getY(), stored));
  }

  /// Rows [end - count, end) of `v`.
  Value rowsOf(Value v, TimeNeed need) {
    const TimeTrack t = *analysis.track(v);
    Value from = latest.lookup(v);
    const int64_t rows = tensorType(from).getDimSize(t.axis), first = rows - (t.end - (need.end - need.count));
    if (first == 0 && need.count == rows)
      return from;
    const auto rank = static_cast<size_t>(tensorType(from).getRank());
    SmallVector<int64_t> starts(rank, 0), steps(rank, 1);
    const RankedTensorType type = resized(tensorType(from), t.axis, need.count);
    starts[t.axis] = first;
    return SliceOp::create(b, v.getLoc(), type, from, starts, steps, type.getShape()).getY();
  }

  void rewrite(Operation *op, const TimeStep &step) {
    b.setInsertionPoint(op);
    if (auto slice = dyn_cast<SliceOp>(op); slice && !step.result)
      moveStart(slice, *step.operands[0]);
    for (auto [i, need] : llvm::enumerate(step.operands))
      if (need)
        op->setOperand(static_cast<unsigned>(i), rowsOf(op->getOperand(static_cast<unsigned>(i)), *need));
    op->removeAttr("nn.origin"); // what it computes isn't that tensor any more
    if (!step.result)
      return;
    setRows(op, *step.result);
    narrow(op->getResult(0));
    b.setInsertionPointAfter(op);
    keepWindow(op->getResult(0));
  }

  /// A slice counts from the first of the rows that it gets.
  void moveStart(SliceOp slice, TimeNeed need) {
    SmallVector<int64_t> starts(slice.getStarts());
    starts[analysis.track(slice.getX())->axis] -= need.end - need.count;
    slice.setStarts(starts);
  }

  /// The attributes that say how many rows there are, and how they are padded.
  void setRows(Operation *op, const TimeTrack &t) {
    const auto axis = static_cast<size_t>(t.axis);
    auto unpadded = [&](ArrayRef<int64_t> pads) { // [before, before, after, after] of axes 1 and 2
      SmallVector<int64_t> out(pads);
      out[axis - 1] = out[axis + 1] = 0;
      return out;
    };
    auto with = [&](ArrayRef<int64_t> values, size_t at, int64_t value) {
      SmallVector<int64_t> out(values);
      out[at] = value;
      return out;
    };
    if (auto conv = dyn_cast<Conv2dOp>(op)) {
      conv.setPads(unpadded(conv.getPads()));
    } else if (auto pool = dyn_cast<Pool2dOp>(op)) {
      pool.setPads(unpadded(pool.getPads()));
      pool.setOutSize(with(pool.getOutSize(), axis - 1, t.fresh));
    } else if (auto pad = dyn_cast<PadOp>(op)) {
      pad.setLo(with(pad.getLo(), axis, 0));
      pad.setHi(with(pad.getHi(), axis, 0));
    } else if (auto slice = dyn_cast<SliceOp>(op)) {
      slice.setStarts(with(slice.getStarts(), axis, 0));
      slice.setSizes(with(slice.getSizes(), axis, t.fresh));
    }
  }

  /// The function's results and type, and what its new arguments are.
  void finish() {
    auto ret = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    const unsigned results = ret.getNumOperands();
    SmallVector<Value> values(ret.getOperands());
    llvm::append_range(values, states);
    ret->setOperands(values);
    SmallVector<DictionaryAttr> argAttrs, resultAttrs;
    function.getAllArgAttrs(argAttrs);
    function.getAllResultAttrs(resultAttrs);
    for (unsigned i = 0; i < states.size(); ++i) {
      argAttrs.push_back(b.getDictionaryAttr({b.getNamedAttr("nn.hidden", b.getUnitAttr()),
                                              b.getNamedAttr("nn.name", b.getStringAttr("window_" + Twine(i))),
                                              b.getNamedAttr("nn.state", b.getI64IntegerAttr(results + i))}));
      resultAttrs.push_back(b.getDictionaryAttr({b.getNamedAttr("nn.hidden", b.getUnitAttr())}));
    }
    function.setType(b.getFunctionType(function.getBody().front().getArgumentTypes(), TypeRange(ValueRange(values))));
    function.setAllArgAttrs(argAttrs);
    function.setAllResultAttrs(resultAttrs);
  }

  func::FuncOp function;
  const TimeAnalysis &analysis;
  OpBuilder b;
  llvm::DenseMap<Value, Value> latest; ///< the newest rows of a value: its window, or what a step computes
  SmallVector<Value> states;           ///< the windows after the step, in the order of their arguments
};

struct StreamTime : impl::StreamTimeBase<StreamTime> {
  using StreamTimeBase::StreamTimeBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    const std::optional<TimeAnalysis> analysis = chooseAxis(function);
    if (!analysis)
      return signalPassFailure();
    noteStream(function, *analysis);
    StepRewriter(function, *analysis).run();
  }

private:
  int64_t wholeMacs(func::FuncOp function) {
    int64_t macs = 0;
    function.walk([&](NnOp op) { macs += op.macs(); });
    return macs;
  }

  /// Along the axis given, or the one along which an input row costs least; an error if there is none.
  std::optional<TimeAnalysis> chooseAxis(func::FuncOp function) {
    auto refuse = [&](Operation *op, const Twine &message) {
      // Not op->emitError, which would add the operator with all its constants.
      emitError(op->getLoc(), "BRN1513: the network can't be computed step by step along time: ") << message;
      return std::nullopt;
    };
    if (function.getNumArguments() != 1)
      return refuse(function,
                    "it has " + Twine(function.getNumArguments()) + " inputs or states; there has to be one input");
    auto type = tensorType(function.getArgument(0));
    if (axis >= type.getRank())
      return refuse(function, "its input has " + Twine(type.getRank()) + " axes, numbered from 0");
    const int64_t whole = wholeMacs(function);
    std::optional<TimeAnalysis> best;
    std::optional<TimeObstacle> obstacle;
    auto costOfRow = [](const TimeAnalysis &a) { return static_cast<double>(a.macs()) / static_cast<double>(a.hop()); };
    for (int64_t a = 0; a < type.getRank(); ++a) {
      if (type.getDimSize(a) < 2 || (axis >= 0 && axis != a))
        continue;
      TimeAnalysis analysis(function, a);
      if (analysis.obstacle() && (!obstacle || analysis.obstacle()->op))
        obstacle = analysis.obstacle();
      if (analysis.obstacle() || (analysis.macs() >= whole && whole > 0))
        continue;
      if (!best || costOfRow(analysis) < costOfRow(*best))
        best = std::move(analysis);
    }
    if (!best && obstacle)
      return refuse(obstacle->op ? obstacle->op : function, obstacle->message);
    if (!best)
      return refuse(function, "no axis of its input is one that its layers work along");
    return best;
  }

  /// For the compiler: what the steps are, and which rows of the windowed network's results they give.
  void noteStream(func::FuncOp function, const TimeAnalysis &analysis) {
    Builder b(function.getContext());
    const TimeTrack in = *analysis.track(function.getArgument(0));
    function->setAttr("nn.stream", b.getDenseI64ArrayAttr({in.axis, in.fresh, in.rows}));
    auto ret = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    for (auto [i, v] : llvm::enumerate(ret.getOperands()))
      if (auto t = analysis.track(v))
        function.setResultAttr(static_cast<unsigned>(i), "nn.stream",
                               b.getDenseI64ArrayAttr({t->axis, t->end - t->fresh, t->fresh}));
  }
};

} // namespace
} // namespace burin
