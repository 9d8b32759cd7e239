#include "ir/nn/Regions.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/If.h"
#include "ir/nn/ops/Loop.h"

namespace burin::nn {
using namespace mlir;

int64_t macsOf(Block &block) {
  int64_t sum = 0;
  for (Operation &op : block)
    if (auto node = dyn_cast<NnOp>(&op))
      sum += node.macs();
  return sum;
}

bool hasBodies(Operation *op) { return isa<IfOp, LoopOp>(op); }

bool tidyCaptures(Operation *op) {
  auto loop = dyn_cast<LoopOp>(op);
  auto choice = dyn_cast<IfOp>(op);
  if (!loop && !choice)
    return false;
  const unsigned operands = op->getNumOperands();
  const unsigned first = loop ? operands - static_cast<unsigned>(loop.getCaptures().size()) : 1;
  // The captures are the last operands and the last block arguments.
  bool changed = false;
  for (unsigned i = operands; i-- > first;) {
    ConstantOp constant = definingConstant(op->getOperand(i));
    bool used = false;
    for (Region &region : op->getRegions()) {
      Block &body = region.front();
      BlockArgument arg = body.getArgument(body.getNumArguments() - (op->getNumOperands() - i));
      if (constant && !arg.use_empty()) {
        OpBuilder b = OpBuilder::atBlockBegin(&body);
        arg.replaceAllUsesWith(b.clone(*constant)->getResult(0));
      }
      used |= !arg.use_empty();
    }
    if (used)
      continue;
    for (Region &region : op->getRegions()) {
      Block &body = region.front();
      body.eraseArgument(body.getNumArguments() - (op->getNumOperands() - i));
    }
    if (loop)
      loop.getCapturesMutable().erase(i - first);
    else
      choice.getCapturesMutable().erase(i - first);
    changed = true;
  }
  return changed;
}

} // namespace burin::nn
