#include "ir/nn/ops/Recurrent.h"
#include "ir/nn/Emit.h"

#include <limits>

namespace burin::nn {
using namespace mlir;

namespace {

struct Sizes {
  int64_t steps, batch, directions, gates, units;
};

int64_t gatesOf(RecurrentKind kind) { return kind == RecurrentKind::rnn ? 1 : kind == RecurrentKind::gru ? 3 : 4; }
unsigned activationsOf(RecurrentKind kind) {
  return kind == RecurrentKind::rnn ? 1 : kind == RecurrentKind::gru ? 2 : 3;
}

Sizes sizesOf(RecurrentOp op) {
  ArrayRef<int64_t> x = shapeOf(op.getX()), r = shapeOf(op.getR());
  return {x[0], x[1], r[0], gatesOf(op.getKind()), r[2]};
}

/// Whether a direction has the activations that the plain kernels are written with: sigmoid and tanh.
bool isStandard(RecurrentKind kind, ArrayRef<int64_t> kinds) {
  constexpr int64_t sigmoid = 0, tanh = 1;
  for (auto [i, k] : llvm::enumerate(kinds))
    if (k != (i == 0 && kind != RecurrentKind::rnn ? sigmoid : tanh))
      return false;
  return true;
}

} // namespace

LogicalResult RecurrentOp::verify() {
  const auto kind = getKind();
  if (shapeOf(getX()).size() != 3 || shapeOf(getR()).size() != 3)
    return emitOpError() << "needs x and r of rank 3";
  const auto [steps, batch, directions, gates, units] = sizesOf(*this);
  if (directions != 1 && directions != 2)
    return emitOpError() << "has 1 or 2 directions, not " << directions;
  const SmallVector<int64_t> state = {directions, batch, units};
  const std::tuple<StringRef, Value, SmallVector<int64_t>> shapes[] = {
      {"x", getX(), {steps, batch, directions * gates * units}},
      {"r", getR(), {directions, gates * units, units}},
      {"peepholes", getPeepholes(), {directions, 3 * units}},
      {"bias", getBias(), {directions, units}},
      {"lengths", getLengths(), {batch}},
      {"initial_h", getInitialH(), state},
      {"initial_c", getInitialC(), state},
      {"h", getH(), state},
      {"c", getC(), state},
      {"y", getY(), {steps, directions, batch, units}}};
  for (const auto &[name, value, shape] : shapes) {
    if (!value)
      continue;
    if (shapeOf(value) != ArrayRef<int64_t>(shape))
      return emitOpError() << name << " has another shape than [" << shape << "]";
    const bool isLengths = value == getLengths();
    if (isLengths ? !elementTypeOf(value).isSignlessInteger(32) : elementTypeOf(value) != elementTypeOf(getX()))
      return emitOpError() << name << " has another element type than " << (isLengths ? "i32" : "x");
  }
  const bool isLstm = kind == RecurrentKind::lstm;
  if (isLstm != static_cast<bool>(getC()) || (!isLstm && (getPeepholes() || getInitialC())))
    return emitOpError() << "only an lstm has a cell state and peepholes";
  if (getBias() && !getResetAfter())
    return emitOpError() << "has a bias without reset_after";
  const size_t count = static_cast<size_t>(directions) * activationsOf(kind);
  if (getActivations().size() != count || getAlphas().size() != count || getBetas().size() != count)
    return emitOpError() << "needs " << count << " activations with alphas and betas";
  return success();
}

int64_t RecurrentOp::macs() {
  const auto [steps, batch, directions, gates, units] = sizesOf(*this);
  return steps * batch * directions * gates * units * units;
}

/// Each sequence reads its own initial state before it writes its last one.
bool RecurrentOp::mayOverwrite(unsigned index) { return getInitialH() && getOperand(index) == getInitialH(); }

namespace {

/// The calls of one operator: one a direction, inside a loop over the sequences.
class Emission {
public:
  Emission(Lowering &l, RecurrentOp op) : l(l), op(op), s(sizesOf(op)), z(0) {
    unsigned next = 2;
    for (Value v : {op.getPeepholes(), op.getBias(), op.getLengths(), op.getInitialH(), op.getInitialC()})
      optional.push_back(v ? std::optional(l.operand(next++)) : std::nullopt);
    z = l.scratch("gates", cType(elementTypeOf(op.getX())), s.gates * s.units);
  }

  LogicalResult direction(int64_t d) {
    const RecurrentKind kind = op.getKind();
    const unsigned count = activationsOf(kind);
    ArrayRef<int64_t> kinds = op.getActivations().slice(static_cast<size_t>(d) * count, count);
    const bool standard = isStandard(kind, kinds), isLstm = kind == RecurrentKind::lstm;
    std::vector<plan::CallArg> args = {ptr(l.operand(0), d * s.gates * s.units, {s.directions * s.gates * s.units}),
                                       num(s.batch * s.directions * s.gates * s.units),
                                       ptr(l.operand(1), d * s.gates * s.units * s.units)};
    if (isLstm)
      args.push_back(given(Peepholes, d * 3 * s.units));
    if (kind == RecurrentKind::gru)
      args.push_back(given(Bias, d * s.units));
    args.push_back(given(InitialH, d * s.batch * s.units, s.units));
    if (isLstm)
      args.push_back(given(InitialC, d * s.batch * s.units, s.units));
    args.push_back(given(Lengths, 0, 1));
    args.push_back(state(l.result(0), d));
    if (isLstm)
      args.push_back(state(l.result(1), d));
    args.push_back(op.getY().use_empty() ? null() : state(l.result(isLstm ? 2 : 1), d));
    args.insert(args.end(), {num(s.directions * s.batch * s.units), ptr(z), num(s.steps), num(s.units),
                             num(d == 1 || op.getReverse() ? 1 : 0)});
    if (isLstm)
      args.push_back(num(op.getInputForget() ? 1 : 0));
    if (kind == RecurrentKind::gru)
      args.push_back(num(op.getResetAfter() ? 1 : 0));
    const double clip = op.getClip().convertToDouble();
    args.push_back(real(clip > 0 ? clip : std::numeric_limits<double>::infinity()));
    for (size_t i = 0; i < kinds.size() && !standard; ++i) {
      const size_t at = static_cast<size_t>(d) * count + i;
      args.insert(args.end(), {num(kinds[i]), real(op.getAlphas()[at]), real(op.getBetas()[at])});
    }
    return callTyped(l, stringifyRecurrentKind(kind) + (standard ? "" : "_act"), elementTypeOf(op.getX()),
                     std::move(args), loops());
  }

private:
  enum Optional { Peepholes, Bias, Lengths, InitialH, InitialC };

  SmallVector<int64_t> loops() const { return s.batch == 1 ? SmallVector<int64_t>() : SmallVector<int64_t>{s.batch}; }
  plan::CallArg given(Optional which, int64_t offset, int64_t perSequence = 0) const {
    if (!optional[which])
      return null();
    return perSequence ? ptr(*optional[which], offset, {perSequence}) : ptr(*optional[which], offset);
  }
  plan::CallArg state(BufferId buffer, int64_t d) const { return ptr(buffer, d * s.batch * s.units, {s.units}); }

  Lowering &l;
  RecurrentOp op;
  Sizes s;
  SmallVector<std::optional<BufferId>> optional;
  BufferId z;
};

} // namespace

LogicalResult RecurrentOp::lower(Lowering &l) {
  if (numElements(shapeOf(getH())) == 0)
    return success();
  Emission emission(l, *this);
  for (int64_t d = 0; d < shapeOf(getR())[0]; ++d)
    if (failed(emission.direction(d)))
      return failure();
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Recurrent.cpp.inc"
