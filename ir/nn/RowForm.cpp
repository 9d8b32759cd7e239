#include "ir/nn/RowForm.h"

#include "ir/nn/ops/Constant.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

TensorRows rowsOf(RankedTensorType type) {
  const int64_t bytes = byteSize(type);
  if (type.getRank() < 3 || type.getDimSize(0) != 1 || bytes == 0)
    return {1, bytes};
  return {type.getDimSize(1), bytes / type.getDimSize(1)};
}

namespace {

const plan::PointerArg *pointerOf(const plan::CallArg &arg) {
  if (const auto *w = std::get_if<plan::WindowArg>(&arg))
    return &w->image;
  return std::get_if<plan::PointerArg>(&arg);
}
plan::PointerArg *pointerOf(plan::CallArg &arg) {
  return const_cast<plan::PointerArg *>(pointerOf(static_cast<const plan::CallArg &>(arg)));
}

int64_t strideOf(ArrayRef<int64_t> strides, size_t loop) { return loop < strides.size() ? strides[loop] : 0; }

/// Makes loop `loop` of the call its first one.
void moveToFront(plan::Call &call, size_t loop) {
  auto rotate = [&](SmallVectorImpl<int64_t> &values, size_t size) {
    values.resize(size, 0);
    std::rotate(values.begin(), values.begin() + loop, values.begin() + loop + 1);
  };
  const size_t size = call.loops.size();
  for (plan::CallArg &arg : call.args) {
    if (plan::PointerArg *p = pointerOf(arg))
      rotate(p->strides, size);
    if (auto *n = std::get_if<plan::IntArg>(&arg); n && !n->strides.empty())
      rotate(n->strides, size);
    if (auto *w = std::get_if<plan::WindowArg>(&arg); w && w->rowLoop >= 0) {
      if (w->rowLoop == static_cast<int>(loop))
        w->rowLoop = 0;
      else if (w->rowLoop < static_cast<int>(loop))
        ++w->rowLoop;
    }
  }
  std::rotate(call.loops.begin(), call.loops.begin() + loop, call.loops.begin() + loop + 1);
}

/// Puts a new loop of `count` turns around the call, in which nothing advances.
void addLoop(plan::Call &call, int64_t count) {
  call.loops.insert(call.loops.begin(), count);
  for (plan::CallArg &arg : call.args) {
    if (plan::PointerArg *p = pointerOf(arg))
      p->strides.insert(p->strides.begin(), 0);
    if (auto *n = std::get_if<plan::IntArg>(&arg); n && !n->strides.empty())
      n->strides.insert(n->strides.begin(), 0);
    if (auto *w = std::get_if<plan::WindowArg>(&arg); w && w->rowLoop >= 0)
      ++w->rowLoop;
  }
}

/// Finds turns and rows in the calls of a lowering by rows.
class Derivation {
public:
  explicit Derivation(Operation *op) : op(op), result(rowsOf(tensorType(op->getResult(0)))) {
    for (Value v : op->getOperands())
      operands.push_back(rowsOf(tensorType(v)));
    reads.resize(operands.size());
  }

  /// Turns the call; false if it doesn't compute rows.
  bool turn(plan::Call &call) {
    if (call.turned ? !findRowsMade(call) : !findRowLoop(call))
      return false;
    turns = std::max(turns, call.first + call.loops[0]);
    for (auto [arg, param] : llvm::zip_equal(call.args, call.kernel->params)) {
      const plan::PointerArg *p = pointerOf(arg);
      if (!p || p->buffer >= operands.size())
        continue;
      const int64_t element = plan::elementSize(param.elem);
      const auto *w = std::get_if<plan::WindowArg>(&arg);
      add(reads[p->buffer], w ? windowRead(call, *w, element) : pointerRead(call, *p, element), operands[p->buffer]);
    }
    return true;
  }

  int64_t turns = 0, made = 1;
  SmallVector<std::optional<RowRead>> reads;

private:
  /// The call's pointer into the result, and the bytes of its elements.
  std::pair<const plan::PointerArg *, int64_t> outputOf(const plan::Call &call) const {
    std::pair<const plan::PointerArg *, int64_t> out{nullptr, 1};
    for (auto [arg, param] : llvm::zip_equal(call.args, call.kernel->params))
      if (const plan::PointerArg *p = pointerOf(arg); p && p->buffer == op->getNumOperands() && !param.isConst)
        out = {p, plan::elementSize(param.elem)};
    return out;
  }

  /// By how many rows of the result a call in turns advances: all that do, by as many.
  bool findRowsMade(const plan::Call &call) {
    const auto [out, element] = outputOf(call);
    const int64_t step = out ? strideOf(out->strides, 0) * element : 0;
    if (step == 0)
      return true;
    const int64_t rows = step / result.bytes;
    if (step % result.bytes != 0 || rows < 1 || (made > 1 && rows != made))
      return false;
    made = rows;
    return true;
  }

  /// The loop in which the result's pointer advances by rows becomes the first; a call that makes one row gets one.
  bool findRowLoop(plan::Call &call) {
    const auto [out, element] = outputOf(call);
    if (!out)
      return false;
    const int64_t first = out->offset * element / result.bytes;
    for (size_t i = 0; i < call.loops.size(); ++i)
      if (strideOf(out->strides, i) * element == result.bytes && call.loops[i] > 1) {
        moveToFront(call, i);
        call.turned = true;
        call.first = first;
        return true;
      }
    // One row: nothing of it may lie in another one.
    int64_t end = out->offset * element;
    for (auto [i, count] : llvm::enumerate(call.loops))
      end += (count - 1) * strideOf(out->strides, i) * element;
    if (end / result.bytes != first)
      return false;
    addLoop(call, 1);
    call.turned = true;
    call.first = first;
    return true;
  }

  static RowRead whole(const TensorRows &rows) { return {0, 0, rows.rows}; }

  RowRead windowRead(const plan::Call &call, const plan::WindowArg &w, int64_t element) const {
    const TensorRows &rows = operands[w.image.buffer];
    const bool movesInside = w.rowLoop > 0 && call.loops[w.rowLoop] > 1; // within a turn
    if (w.rowElements * element != rows.bytes || strideOf(w.image.strides, 0) != 0 || movesInside ||
        w.image.offset * element >= rows.bytes)
      return whole(rows);
    const int64_t stride = w.rowLoop == 0 ? w.stride : 0;
    return {stride, -w.pad - call.first * stride, (w.count - 1) * w.dilation + 1};
  }

  RowRead pointerRead(const plan::Call &call, const plan::PointerArg &p, int64_t element) const {
    const TensorRows &rows = operands[p.buffer];
    const int64_t step = strideOf(p.strides, 0) * element;
    if (rows.rows == 1 || step == 0 || step % rows.bytes != 0)
      return whole(rows);
    const int64_t stride = step / rows.bytes;
    return {stride, p.offset * element / rows.bytes - call.first * stride, 1};
  }

  /// `sum` and what `read` adds to it.
  static void add(std::optional<RowRead> &sum, const RowRead &read, const TensorRows &rows) {
    if (!sum) {
      sum = read;
    } else if (sum->stride != read.stride) {
      sum = whole(rows);
    } else {
      const int64_t end = std::max(sum->first + sum->span, read.first + read.span);
      sum->first = std::min(sum->first, read.first);
      sum->span = end - sum->first;
    }
  }

  Operation *op;
  TensorRows result;
  SmallVector<TensorRows> operands;
};

/// Whether the one call that there is computes row after row: no loop over rows lies inside one within a row, and no
/// kernel that is called in such a one makes several rows.
bool isInOrder(const Lowering &lowering, TensorRows rows) {
  if (lowering.calls().size() != 1 || lowering.isReadAgain())
    return false;
  const plan::Call &call = lowering.calls().front();
  if (call.loops.empty() && call.kernel->name == "brn_copy")
    return false; // of bytes that may not overlap
  for (auto [arg, param] : llvm::zip_equal(call.args, call.kernel->params)) {
    const plan::PointerArg *p = pointerOf(arg);
    if (!p || p->buffer != lowering.result() || param.isConst)
      continue;
    bool insideRow = false;
    int64_t steps = 1; // of the loops over rows
    for (auto [i, count] : llvm::enumerate(call.loops)) {
      const bool overRows = strideOf(p->strides, i) * plan::elementSize(param.elem) >= rows.bytes;
      if (count > 1 && overRows && insideRow)
        return false;
      insideRow |= count > 1 && !overRows;
      steps *= overRows ? count : 1;
    }
    return !insideRow || steps >= rows.rows;
  }
  return false;
}

/// The type of one row of `type`.
RankedTensorType rowType(RankedTensorType type) { return resized(type, /*axis=*/1, 1); }

/// Whether a per-axis type has its scales along the rows.
bool scalesAlongRows(RankedTensorType type) {
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(type.getElementType());
  return q && q.getQuantizedDimension() <= 1;
}

/// How an operand of an operator of rule `Alike` takes part in row r: with its row r, or as a whole.
std::optional<bool> isSliced(Value operand, RankedTensorType result) {
  RankedTensorType type = tensorType(operand);
  if (scalesAlongRows(type))
    return std::nullopt;
  const int64_t rank = result.getRank(), rows = result.getDimSize(1);
  if (type.getRank() == rank && type.getDimSize(0) == 1 && type.getDimSize(1) == rows)
    return operand.getDefiningOp<ConstantOp>() ? std::nullopt : std::optional(true);
  const bool reachesRows = type.getRank() >= rank - 1 && type.getDimSize(type.getRank() - (rank - 1)) != 1;
  return reachesRows ? std::nullopt : std::optional(false);
}

} // namespace

RowOperator::~RowOperator() {
  if (op)
    op->destroy();
}

/// `op` on one row of the operands that have as many rows as its result; says which these are. Null if there is no
/// such.
static std::unique_ptr<RowOperator> operatorOfOneRow(NnOp op, SmallVectorImpl<bool> &sliced) {
  RankedTensorType type = tensorType(op->getResult(0));
  auto one = std::make_unique<RowOperator>();
  SmallVector<Value> operands;
  for (Value v : op->getOperands()) {
    std::optional<bool> slice = isSliced(v, type);
    if (!slice)
      return nullptr;
    sliced.push_back(*slice);
    RankedTensorType operand = tensorType(v);
    const bool isConstant = v.getDefiningOp<ConstantOp>() != nullptr;
    operands.push_back(
        isConstant ? v : Value(one->arguments.addArgument(*slice ? rowType(operand) : operand, op->getLoc())));
  }
  one->op = op->clone();
  one->op->setOperands(operands);
  one->op->getResult(0).setType(rowType(type));
  return one;
}

/// Makes the call for one row one for all rows, in turns.
static void repeatForRows(plan::Call &call, NnOp op, ArrayRef<bool> sliced) {
  const TensorRows rows = rowsOf(tensorType(op->getResult(0)));
  addLoop(call, rows.rows);
  call.turned = true;
  for (auto [arg, param] : llvm::zip_equal(call.args, call.kernel->params)) {
    plan::PointerArg *p = pointerOf(arg);
    if (!p)
      continue;
    const int64_t element = plan::elementSize(param.elem);
    if (p->buffer < op->getNumOperands() && sliced[p->buffer])
      p->strides[0] = rowsOf(tensorType(op->getOperand(p->buffer))).bytes / element;
    else if (p->buffer == op->getNumOperands())
      p->strides[0] = rows.bytes / element;
  }
}

std::optional<RowForm> rowFormOf(NnOp op, const Lowering &whole) {
  const RowRule rule = op.rowRule();
  RankedTensorType type = tensorType(op->getResult(0));
  const TensorRows rows = rowsOf(type);
  if (rule == RowRule::None || op->getNumResults() != 1 || rows.bytes == 0 || scalesAlongRows(type) ||
      (rule == RowRule::Turns && rows.rows == 1))
    return std::nullopt;
  RowForm form;
  form.wholeIsInOrder = rule != RowRule::Turns && isInOrder(whole, rows);
  SmallVector<bool> sliced;
  if (rule == RowRule::Alike) {
    form.ofOneRow = rows.rows > 1 ? operatorOfOneRow(op, sliced) : nullptr;
    if (!form.ofOneRow)
      return std::nullopt;
  }
  Operation *lowered = form.ofOneRow ? form.ofOneRow->op : op.getOperation();
  form.lowering = std::make_unique<Lowering>(lowered, /*byRows=*/true);
  // An operator without a row form isn't an error.
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); });
  if (failed(cast<NnOp>(lowered).lower(*form.lowering)) || form.lowering->calls().empty())
    return std::nullopt;

  Derivation derivation(op);
  for (plan::Call &call : form.lowering->mutableCalls()) {
    if (form.ofOneRow)
      repeatForRows(call, op, sliced);
    if ((rule == RowRule::Turns && !call.turned) || !derivation.turn(call))
      return std::nullopt;
  }
  form.turns = derivation.turns;
  form.made = derivation.made;
  const int64_t enough = llvm::divideCeil(rows.rows, form.made);
  if (form.turns < enough)
    return std::nullopt;
  form.accumulates = form.turns > enough;
  for (const std::optional<RowRead> &read : derivation.reads)
    form.reads.push_back(read.value_or(RowRead{}));
  return form;
}

} // namespace burin::nn
