#include "ir/interpreter/Interpreter.h"

#include "ir/interpreter/Bodies.h"
#include "ir/interpreter/Calls.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Yield.h"

#include <cstring>

namespace burin {
using namespace mlir;
using nn::LoweredBuffer;

std::vector<TensorBytes> runCalls(Operation *op, ArrayRef<LoweredBuffer> buffers, ArrayRef<plan::Call> calls,
                                  ArrayRef<ArrayRef<char>> operands) {
  std::vector<TensorBytes> results;
  for (Value v : op->getResults())
    results.emplace_back(static_cast<size_t>(nn::byteSize(nn::tensorType(v))));
  std::vector<TensorBytes> scratch;
  scratch.reserve(buffers.size());
  std::vector<std::byte *> memory;
  for (const LoweredBuffer &b : buffers) {
    const char *p = nullptr;
    switch (b.kind) {
    case LoweredBuffer::Kind::Operand:
      p = operands[b.index].data(); // kernels only read it
      break;
    case LoweredBuffer::Kind::Result:
      p = results[b.index].data();
      break;
    case LoweredBuffer::Kind::Constant:
      p = b.data.data();
      break;
    case LoweredBuffer::Kind::Scratch:
    case LoweredBuffer::Kind::Count:
      p = scratch.emplace_back(static_cast<size_t>(b.bytes)).data();
      break;
    }
    memory.push_back(reinterpret_cast<std::byte *>(const_cast<char *>(p)));
  }
  for (const plan::Call &call : calls)
    plan::execute(call, memory);
  return results;
}

FailureOr<std::vector<TensorBytes>> evaluate(Operation *op, ArrayRef<ArrayRef<char>> operands) {
  auto node = dyn_cast<nn::NnOp>(op);
  if (!node)
    return op->emitError("BRN1901: no meaning is defined for ") << op->getName();
  if (nn::hasBodies(op))
    return evaluateBodies(op, operands);
  if (node.isView())
    return std::vector<TensorBytes>{TensorBytes(operands[0].begin(), operands[0].end())};
  nn::Lowering lowering(op);
  if (failed(node.lower(lowering)))
    return failure();
  return runCalls(op, lowering.buffers(), lowering.calls(), operands);
}

FailureOr<std::vector<TensorBytes>> evaluateOnConstants(Operation *op) {
  SmallVector<ArrayRef<char>> operands;
  for (Value v : op->getOperands()) {
    nn::ConstantOp constant = nn::definingConstant(v);
    if (!constant)
      return failure();
    operands.push_back(constant.bytes());
  }
  return evaluate(op, operands);
}

namespace {

/// The storage of the values that are alive, freed after the last use.
class Environment {
public:
  explicit Environment(Block &block) {
    for (Operation &op : block)
      for (Value v : op.getOperands())
        ++uses[v];
  }
  void bind(Value v, TensorBytes bytes) { owned[v] = std::move(bytes); }
  ArrayRef<char> get(Value v) {
    if (nn::ConstantOp constant = nn::definingConstant(v))
      return constant.bytes();
    return owned.at(v);
  }
  void release(Value v) {
    if (--uses[v] == 0)
      owned.erase(v);
  }

private:
  llvm::DenseMap<Value, int> uses;
  llvm::DenseMap<Value, TensorBytes> owned;
};

} // namespace

FailureOr<std::vector<TensorBytes>> interpret(Block &block, ArrayRef<ArrayRef<char>> inputs, const Observer &observer) {
  Environment env(block);
  for (auto [arg, bytes] : llvm::zip(block.getArguments(), inputs))
    env.bind(arg, TensorBytes(bytes.begin(), bytes.end()));
  std::vector<TensorBytes> outputs;
  for (Operation &op : block) {
    if (isa<nn::ConstantOp>(op))
      continue;
    SmallVector<ArrayRef<char>> operands;
    for (Value v : op.getOperands())
      operands.push_back(env.get(v));
    if (isa<func::ReturnOp, nn::YieldOp>(op)) {
      for (ArrayRef<char> bytes : operands)
        outputs.emplace_back(bytes.begin(), bytes.end());
      break;
    }
    FailureOr<std::vector<TensorBytes>> results = evaluate(&op, operands);
    if (failed(results))
      return failure();
    if (observer)
      observer(&op, (*results)[0]);
    for (auto [v, bytes] : llvm::zip(op.getResults(), *results))
      if (!v.use_empty())
        env.bind(v, std::move(bytes));
    for (Value v : op.getOperands())
      env.release(v);
  }
  return outputs;
}

FailureOr<std::vector<TensorBytes>> interpret(func::FuncOp program, ArrayRef<ArrayRef<char>> inputs,
                                              const Observer &observer) {
  return interpret(program.getBody().front(), inputs, observer);
}

} // namespace burin
