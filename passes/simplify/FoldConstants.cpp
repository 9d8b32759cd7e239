// What depends on constants alone is computed now, by the kernels that would compute it later.
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Regions.h"
#include "ir/nn/RunTimeCount.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/DynamicDequantize.h"
#include "ir/nn/ops/Loop.h"
#include "ir/nn/ops/StorageCast.h"
#include "llvm/ADT/SetVector.h"

namespace burin {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// Folding may not blow up the program: a result may be 8 times its operands (a dequantised byte is 4), or small.
bool growsTooMuch(Operation *op) {
  constexpr int64_t small = 1024, factor = 8;
  int64_t before = 0, after = 0;
  for (Value v : op->getOperands())
    before += byteSize(tensorType(v));
  for (Value v : op->getResults())
    after += byteSize(tensorType(v));
  return after > std::max(small, factor * before);
}

/// A loop of many turns would make the compiler slow.
bool takesTooLong(Operation *op) {
  constexpr int64_t maxTrips = int64_t{1} << 16, maxMacs = int64_t{1} << 26;
  auto loop = dyn_cast<LoopOp>(op);
  return loop && (static_cast<int64_t>(loop.getTrips()) > maxTrips || loop.macs() > maxMacs);
}

/// Erases `op` and the constants that only it read.
void eraseWithOperands(Operation *op) {
  llvm::SmallSetVector<Operation *, 4> constants;
  for (Value v : op->getOperands())
    constants.insert(v.getDefiningOp());
  op->erase();
  for (Operation *constant : constants)
    if (constant->use_empty())
      constant->erase();
}

/// A view of a constant is the same bytes: nothing is copied where only the element type changes.
bool foldView(Operation *op) {
  auto cast = dyn_cast<StorageCastOp>(op);
  ConstantOp x = cast ? definingConstant(cast.getX()) : ConstantOp();
  if (!x)
    return false;
  OpBuilder b(op);
  auto constant = ConstantOp::create(b, op->getLoc(), cast.getY().getType(), x.getValue());
  copyOrigin(op, constant);
  op->replaceAllUsesWith(constant);
  eraseWithOperands(op);
  return true;
}

/// A dequantisation whose scales are constant types, or constants per block.
bool isDequantisation(Operation *op) {
  auto dynamic = dyn_cast<DynamicDequantizeOp>(op);
  return isa<DequantizeOp>(op) || (dynamic && dynamic.getBlock() > 0);
}

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](NnOp op) {
      if (!isa<ConstantOp>(op.getOperation()) && op->getNumOperands() > 0)
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      tidyCaptures(op);
      const bool onConstants = llvm::all_of(op->getOperands(), [](Value v) { return definingConstant(v); });
      if (!onConstants || runTimeCount(op) || foldView(op) || (isDequantisation(op) && !dequantize) ||
          growsTooMuch(op) || takesTooLong(op))
        continue;
      if (failed(fold(op)))
        return signalPassFailure();
    }
  }

  static LogicalResult fold(Operation *op) {
    FailureOr<std::vector<TensorBytes>> results = evaluateOnConstants(op);
    if (failed(results))
      return failure();
    OpBuilder b(op);
    for (auto [result, bytes] : llvm::zip(op->getResults(), *results)) {
      ConstantOp constant = makeConstant(b, op->getLoc(), tensorType(result), std::move(bytes));
      if (result == op->getResult(0))
        copyOrigin(op, constant);
      result.replaceAllUsesWith(constant);
    }
    eraseWithOperands(op);
    return success();
  }
};

} // namespace
} // namespace burin
