#include "ir/interpreter/LoweredProgram.h"

#include "ir/interpreter/Calls.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Constant.h"

namespace burin {
using namespace mlir;

std::unique_ptr<LoweredProgram> LoweredProgram::lower(func::FuncOp program) {
  std::unique_ptr<LoweredProgram> lowered(new LoweredProgram(program.getBody().front()));
  return succeeded(lowered->build()) ? std::move(lowered) : nullptr;
}

LogicalResult LoweredProgram::build() {
  auto addSlot = [&](Value v) { slots.try_emplace(v, slots.size()); };
  for (Value argument : block.getArguments())
    addSlot(argument);
  for (Operation &op : block) {
    const bool isDynamic = llvm::any_of(op.getOperands(), [&](Value v) { return slots.contains(v); });
    if (isa<func::ReturnOp>(op) || !isDynamic)
      continue;
    Step step{&op, {}, {}, {}};
    auto node = cast<nn::NnOp>(&op);
    if (nn::hasBodies(&op)) {
      bodies = true;
    } else if (!node.isView()) {
      nn::Lowering lowering(&op);
      if (failed(node.lower(lowering)))
        return failure();
      step.buffers = lowering.takeBuffers();
      step.calls = lowering.takeCalls();
    }
    for (Value v : op.getResults())
      addSlot(v);
    steps.push_back(std::move(step));
  }
  findLastUses();
  return success();
}

void LoweredProgram::findLastUses() {
  std::vector<bool> isRead(slots.size(), false);
  for (Value v : block.getTerminator()->getOperands())
    if (auto slot = slots.find(v); slot != slots.end())
      isRead[slot->second] = true;
  for (Step &step : llvm::reverse(steps)) {
    auto visit = [&](Value v) {
      auto slot = slots.find(v);
      if (slot == slots.end() || isRead[slot->second])
        return;
      isRead[slot->second] = true;
      step.dying.push_back(slot->second);
    };
    llvm::for_each(step.op->getOperands(), visit);
    llvm::for_each(step.op->getResults(), visit); // what nobody reads dies at once
  }
}

void LoweredProgram::setConstant(Value v, TensorBytes bytes) { staticBytes[v] = std::move(bytes); }

LogicalResult LoweredProgram::makeStatic(Value v) {
  if (slots.contains(v) || staticBytes.contains(v))
    return success();
  Operation *op = v.getDefiningOp();
  if (nn::ConstantOp constant = nn::definingConstant(v)) {
    ArrayRef<char> bytes = constant.bytes();
    staticBytes[v].assign(bytes.begin(), bytes.end());
    return success();
  }
  SmallVector<ArrayRef<char>> operands;
  for (Value operand : op->getOperands())
    if (failed(makeStatic(operand)))
      return failure();
  for (Value operand : op->getOperands())
    operands.push_back(staticBytes.find(operand)->second);
  FailureOr<std::vector<TensorBytes>> results = evaluate(op, operands);
  if (failed(results))
    return failure();
  for (auto [result, bytes] : llvm::zip(op->getResults(), *results))
    staticBytes[result] = std::move(bytes);
  return success();
}

LogicalResult LoweredProgram::prepare(size_t end) {
  for (; prepared < end; ++prepared)
    for (Value v : steps[prepared].op->getOperands())
      if (failed(makeStatic(v)))
        return failure();
  if (end == steps.size())
    for (Value v : block.getTerminator()->getOperands())
      if (failed(makeStatic(v)))
        return failure();
  return success();
}

LoweredProgram::Run LoweredProgram::begin(ArrayRef<ArrayRef<char>> inputs) const {
  Run run;
  run.values.resize(slots.size());
  for (auto [argument, bytes] : llvm::zip(block.getArguments(), inputs))
    run.values[slots.lookup(argument)].assign(bytes.begin(), bytes.end());
  return run;
}

ArrayRef<char> LoweredProgram::value(Value v, const Run &run) const {
  if (auto slot = slots.find(v); slot != slots.end())
    return run.values[slot->second];
  return staticBytes.find(v)->second;
}

FailureOr<std::vector<TensorBytes>> LoweredProgram::evaluateStep(size_t i, ArrayRef<ArrayRef<char>> operands) const {
  const Step &step = steps[i];
  if (nn::hasBodies(step.op))
    return evaluate(step.op, operands);
  if (cast<nn::NnOp>(step.op).isView())
    return std::vector<TensorBytes>{TensorBytes(operands[0].begin(), operands[0].end())};
  return runCalls(step.op, step.buffers, step.calls, operands);
}

LogicalResult LoweredProgram::runStep(size_t i, Run &run) const {
  const Step &step = steps[i];
  SmallVector<ArrayRef<char>> operands;
  for (Value v : step.op->getOperands())
    operands.push_back(value(v, run));
  FailureOr<std::vector<TensorBytes>> results = evaluateStep(i, operands);
  if (failed(results))
    return failure();
  for (auto [v, bytes] : llvm::zip(step.op->getResults(), *results))
    run.values[slots.lookup(v)] = std::move(bytes);
  return success();
}

void LoweredProgram::release(size_t i, Run &run) const {
  for (unsigned slot : steps[i].dying)
    TensorBytes().swap(run.values[slot]);
}

std::vector<TensorBytes> LoweredProgram::outputs(const Run &run) const {
  std::vector<TensorBytes> out;
  for (Value v : block.getTerminator()->getOperands()) {
    ArrayRef<char> bytes = value(v, run);
    out.emplace_back(bytes.begin(), bytes.end());
  }
  return out;
}

} // namespace burin
