// Which kernels the heavy operators of a target are lowered to.
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/PairRows.h"
#include "ir/nn/ops/WinogradRows.h"
#include "passes/Passes.h"

namespace burin {
#define GEN_PASS_DEF_CHOOSEKERNELS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

struct ChooseKernels : impl::ChooseKernelsBase<ChooseKernels> {
  using ChooseKernelsBase::ChooseKernelsBase;

  void runOnOperation() override {
    auto family = StringAttr::get(&getContext(), kernels);
    getOperation()->walk([&](Operation *op) {
      if (!isa<Conv2dOp, MatmulOp>(op))
        return;
      op->setAttr(kernelFamilyAttrName, family);
      if (pixels < mostTilePixels)
        op->setAttr(tilePixelsAttrName, IntegerAttr::get(IntegerType::get(&getContext(), 64), pixels));
      if (wideWeights)
        op->setAttr(wideWeightsAttrName, UnitAttr::get(&getContext()));
      if (joinedPixels)
        op->setAttr(joinedPixelsAttrName, UnitAttr::get(&getContext()));
      if (skipZeros)
        op->setAttr(skipZerosAttrName, UnitAttr::get(&getContext()));
      if (auto conv = dyn_cast<Conv2dOp>(op); conv && winograd && isFasterByWinograd(convShape(conv)))
        op->setAttr(winogradAttrName, UnitAttr::get(&getContext()));
    });
  }
};

} // namespace
} // namespace burin
