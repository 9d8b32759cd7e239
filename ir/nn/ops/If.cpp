#include "ir/nn/ops/If.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Lowering.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Yield.h"

#include "mlir/IR/PatternMatch.h"

#include <algorithm>

namespace burin::nn {
using namespace mlir;

int64_t IfOp::macs() { return std::max(macsOf(getThen().front()), macsOf(getOtherwise().front())); }

LogicalResult IfOp::verify() {
  if (!elementTypeOf(getCondition()).isInteger(1) || numElements(shapeOf(getCondition())) != 1)
    return emitOpError() << "the condition must be one bool";
  for (Region *branch : {&getThen(), &getOtherwise()}) {
    auto yield = dyn_cast_or_null<YieldOp>(branch->front().empty() ? nullptr : &branch->front().back());
    if (!yield || yield.getOperandTypes() != getResultTypes())
      return emitOpError() << "each branch must yield the types of the results";
    if (TypeRange(branch->getArgumentTypes()) != getCaptures().getTypes())
      return emitOpError() << "each branch takes the captures";
  }
  return success();
}

/// The branch that a constant condition takes stands for the whole.
LogicalResult IfOp::canonicalize(IfOp op, PatternRewriter &rewriter) {
  ConstantOp condition = definingConstant(op.getCondition());
  if (!condition)
    return failure();
  Block &taken = (condition.bytes()[0] != 0 ? op.getThen() : op.getOtherwise()).front();
  Operation *yield = taken.getTerminator();
  rewriter.inlineBlockBefore(&taken, op, op.getCaptures());
  rewriter.replaceOp(op, yield->getOperands());
  rewriter.eraseOp(yield);
  return success();
}

LogicalResult IfOp::lower(Lowering &l) { return l.fail("BRN1901", "a choice is made by its branches, not by calls"); }

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/If.cpp.inc"
