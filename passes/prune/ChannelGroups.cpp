#include "passes/prune/ChannelGroups.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Unary.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

namespace burin::nn {
using namespace mlir;

Value weightsOf(Operation *op) { return op->getOperand(1); }

int64_t lastAxis(Value v) { return shapeOf(v).empty() ? 1 : shapeOf(v).back(); }

/// Convolution or product by constants, on quantised operands and results; its bias is all integers.
static bool isConstantProduct(Operation *op) {
  return isa<Conv2dOp, MatmulOp>(op) && !op->hasAttr(biasRestAttrName) && quantType(op->getOperand(0)) &&
         quantType(op->getResult(0)) && definingConstant(weightsOf(op)) &&
         (op->getNumOperands() < 3 || definingConstant(op->getOperand(2)));
}

bool isDense(Operation *op) {
  if (!isConstantProduct(op))
    return false;
  if (auto conv = dyn_cast<Conv2dOp>(op))
    return conv.getGroups() == 1;
  auto product = cast<MatmulOp>(op);
  return product.getTransposeB() && numElements(shapeOf(product.getB()).drop_back(2)) == 1;
}

namespace {

bool isDepthwise(Operation *op) {
  auto conv = dyn_cast<Conv2dOp>(op);
  return conv && isConstantProduct(op) && conv.getGroups() > 1 &&
         static_cast<int64_t>(conv.getGroups()) == lastAxis(conv.getX()) &&
         static_cast<int64_t>(conv.getGroups()) == lastAxis(conv.getY());
}

/// The operands whose channels are those of the result, if `op` computes each channel by itself. What else it reads
/// are constants with one value, or one per channel, or values that all channels share.
SmallVector<Value> channelwiseOperands(Operation *op) {
  if (op->getNumResults() != 1 || !quantType(op->getResult(0)))
    return {};
  Value y = op->getResult(0);
  return llvm::TypeSwitch<Operation *, SmallVector<Value>>(op)
      .Case<Conv2dOp>(
          [&](auto conv) { return isDepthwise(op) ? SmallVector<Value>{conv.getX()} : SmallVector<Value>(); })
      .Case<Pool2dOp, UnaryOp, ClampOp>([](auto alike) { return SmallVector<Value>{alike.getX()}; })
      .Case<ReshapeOp>([&](auto reshape) {
        const int64_t channels = lastAxis(reshape.getX());
        return channels > 1 && lastAxis(y) % channels == 0 ? SmallVector<Value>{reshape.getX()} : SmallVector<Value>();
      })
      .Case<BinaryOp>([&](auto binary) {
        SmallVector<Value> tied;
        for (Value v : {binary.getA(), binary.getB()})
          if (!definingConstant(v) && lastAxis(v) == lastAxis(y))
            tied.push_back(v);
        return tied;
      })
      .Default([](Operation *) { return SmallVector<Value>(); });
}

/// Builds the groups: ties values, then takes those away that something else makes or reads.
class Grouping {
public:
  explicit Grouping(func::FuncOp function) : block(function.getBody().front()) {
    for (Operation &op : block)
      for (Value x : channelwiseOperands(&op)) {
        if (!definingConstant(x))
          tied.unionSets(x.getAsOpaquePointer(), op.getResult(0).getAsOpaquePointer());
      }
  }

  std::vector<ChannelGroup> groups() {
    for (BlockArgument argument : block.getArguments())
      refuse(argument);
    for (Operation &op : block) {
      const SmallVector<Value> operands = channelwiseOperands(&op);
      for (OpOperand &operand : op.getOpOperands())
        addUse(op, operand, operands);
      for (Value result : op.getResults())
        addResult(op, result, !operands.empty());
    }
    std::vector<ChannelGroup> out;
    for (auto &[key, group] : found) {
      if (refused.contains(key) || group.producers.empty() || group.consumers.empty())
        continue;
      group.channels = lastAxis(group.values.front());
      // Only flattening makes a value longer than what it is made of.
      if (llvm::all_of(group.values, [&, &g = group](Value v) { return lastAxis(v) % g.channels == 0; }))
        out.push_back(std::move(group));
    }
    return out;
  }

private:
  const void *keyOf(Value v) { return tied.getOrInsertLeaderValue(v.getAsOpaquePointer()); }
  void refuse(Value v) { refused.insert(keyOf(v)); }

  void addUse(Operation &op, OpOperand &operand, ArrayRef<Value> channelwise) {
    Value v = operand.get();
    if (definingConstant(v))
      return;
    if (operand.getOperandNumber() == 0 && isDense(&op))
      found[keyOf(v)].consumers.push_back(&operand);
    else if (!llvm::is_contained(channelwise, v))
      refuse(v);
  }

  void addResult(Operation &op, Value result, bool isChannelwise) {
    if (isa<ConstantOp>(op))
      return;
    if (!quantType(result) || shapeOf(result).empty())
      return refuse(result);
    ChannelGroup &group = found[keyOf(result)];
    group.values.push_back(result);
    if (isChannelwise)
      group.channelwise.push_back(&op);
    else if (isDense(&op))
      group.producers.push_back(&op);
    else
      refuse(result);
  }

  Block &block;
  llvm::EquivalenceClasses<const void *> tied;
  llvm::MapVector<const void *, ChannelGroup> found;
  llvm::DenseSet<const void *> refused;
};

} // namespace

std::vector<ChannelGroup> channelGroups(func::FuncOp function) { return Grouping(function).groups(); }

} // namespace burin::nn
