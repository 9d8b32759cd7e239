// `--io NAME=nhwc`: an input or output crosses the boundary with its channels last.
#include "ir/nn/ops/Transpose.h"
#include "passes/Passes.h"
#include "passes/layout/AxisOrder.h"
#include "passes/simplify/Boundary.h"

namespace burin {
#define GEN_PASS_DEF_BOUNDARYLAYOUT
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// N, the spatial axes, C.
AxisOrder channelsLast(int64_t rank) {
  AxisOrder order = identityOrder(rank);
  std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

/// The transposes that this adds inside the boundary meet those of the model; nhwc-layout cancels them.
struct BoundaryLayout : impl::BoundaryLayoutBase<BoundaryLayout> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
    for (BlockArgument arg : function.getArguments())
      if (function.removeArgAttr(arg.getArgNumber(), "nn.io_nhwc") && failed(turnArgument(function, arg, b)))
        return signalPassFailure();
    auto result = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    b.setInsertionPoint(result);
    for (OpOperand &operand : result->getOpOperands())
      if (function.removeResultAttr(operand.getOperandNumber(), b.getStringAttr("nn.io_nhwc")) &&
          failed(turnResult(function, operand, b)))
        return signalPassFailure();
    updateFunctionType(function);
  }

  static LogicalResult turnArgument(func::FuncOp function, BlockArgument arg, OpBuilder &b) {
    const RankedTensorType type = tensorType(arg);
    if (type.getRank() < 3)
      return refuseBoundary(function, arg.getArgNumber(), /*isInput=*/true,
                            "has no channels to put last: its rank is below 3", "drop nhwc from its --io flag");
    const AxisOrder order = channelsLast(type.getRank());
    arg.setType(transposedType(type, order));
    auto back = TransposeOp::create(b, function.getLoc(), type, arg, inversePermutation(order));
    arg.replaceAllUsesExcept(back, back);
    function.setArgAttr(arg.getArgNumber(), "nn.perm", b.getDenseI64ArrayAttr(order));
    return success();
  }

  static LogicalResult turnResult(func::FuncOp function, OpOperand &operand, OpBuilder &b) {
    const RankedTensorType type = tensorType(operand.get());
    if (type.getRank() < 3)
      return refuseBoundary(function, operand.getOperandNumber(), /*isInput=*/false,
                            "has no channels to put last: its rank is below 3", "drop nhwc from its --io flag");
    const AxisOrder order = channelsLast(type.getRank());
    operand.set(TransposeOp::create(b, function.getLoc(), transposedType(type, order), operand.get(), order));
    function.setResultAttr(operand.getOperandNumber(), "nn.perm", b.getDenseI64ArrayAttr(order));
    return success();
  }
};

} // namespace
} // namespace burin
