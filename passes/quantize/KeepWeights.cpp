// DQ(weights) -> float convolution or product: the weights stay integers in the library, with scales per tensor, per
// output or per block.
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/WeightRows.h"
#include "passes/Passes.h"
#include "passes/quantize/BlockWeights.h"

namespace burin {
#define GEN_PASS_DEF_KEEPWEIGHTS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// The axis of the weights that counts the outputs of a convolution, or of a product with one matrix.
std::optional<int64_t> outputAxis(Operation *op) {
  if (isa<Conv2dOp>(op))
    return 0;
  auto matmul = dyn_cast<MatmulOp>(op);
  if (!matmul || numElements(shapeOf(matmul.getB()).drop_back(2)) != 1)
    return std::nullopt;
  return tensorType(matmul.getB()).getRank() - (matmul.getTransposeB() ? 2 : 1);
}

/// The quantised constant that `op` can take as its weights; null if there is none or floats are as small.
ConstantOp keptWeights(Operation *op) {
  const std::optional<int64_t> axis = outputAxis(op);
  auto dequantize = axis ? op->getOperand(1).getDefiningOp<DequantizeOp>() : DequantizeOp();
  ConstantOp constant = dequantize ? definingConstant(dequantize.getX()) : ConstantOp();
  if (!constant || !elementTypeOf(op->getOperand(0)).isF32() || !elementTypeOf(op->getResult(0)).isF32() ||
      !isWeightType(tensorType(constant.getResult()), *axis))
    return {};
  const int64_t channels = shapeOf(constant.getResult())[*axis];
  return weightRowsBytes(constant, channels) < byteSize(tensorType(dequantize.getY())) ? constant : ConstantOp();
}

struct KeepWeights : impl::KeepWeightsBase<KeepWeights> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (ConstantOp constant = isa<Conv2dOp, MatmulOp>(op) ? keptWeights(op) : ConstantOp())
        op->setOperand(1, constant);
      else if (auto matmul = dyn_cast<MatmulOp>(op))
        keepBlockWeights(matmul);
    });
  }
};

} // namespace
} // namespace burin
