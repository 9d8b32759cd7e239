#include "frontend/onnx/Body.h"

#include "ir/nn/ops/Dequantize.h"
#include "mlir/IR/IRMapping.h"

namespace burin::importer {
using namespace mlir;

Value Body::capture(Value v) {
  if (nn::ConstantOp constant = nn::definingConstant(v))
    return builder.clone(*constant)->getResult(0);
  // Dequantised weights are what the quantise pass looks for, there as here.
  if (auto weights = v.getDefiningOp<nn::DequantizeOp>())
    if (nn::ConstantOp stored = nn::definingConstant(weights.getX())) {
      IRMapping inside;
      inside.map(weights.getX(), builder.clone(*stored)->getResult(0));
      return builder.clone(*weights, inside)->getResult(0);
    }
  const unsigned first = block().getNumArguments() - static_cast<unsigned>(captured.size());
  if (auto *known = llvm::find(captured, v); known != captured.end())
    return block().getArgument(first + static_cast<unsigned>(known - captured.begin()));
  captured.push_back(v);
  return addArgument(v.getType(), v.getLoc());
}

void Body::setCaptures(ArrayRef<Value> wanted) {
  const unsigned first = block().getNumArguments() - static_cast<unsigned>(captured.size());
  const auto before = static_cast<unsigned>(captured.size());
  for (Value v : wanted) {
    Value fresh = addArgument(v.getType(), v.getLoc());
    if (auto *known = llvm::find(captured, v); known != captured.end())
      block().getArgument(first + static_cast<unsigned>(known - captured.begin())).replaceAllUsesWith(fresh);
  }
  block().eraseArguments(first, before);
  captured.assign(wanted.begin(), wanted.end());
}

void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>())
      op.erase();
}

} // namespace burin::importer
