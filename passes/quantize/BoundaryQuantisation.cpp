// `--io NAME=quantized`: an input or output crosses the boundary as integers.
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/StorageCast.h"
#include "passes/Passes.h"
#include "passes/quantize/IntegerTwin.h"
#include "passes/simplify/Boundary.h"

namespace burin {
#define GEN_PASS_DEF_BOUNDARYQUANTISATION
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

Type integerTensor(Value quantised) {
  return withElementType(tensorType(quantised), storageType(elementTypeOf(quantised)));
}

/// The one type to which all users of `v`, operators OpT, turn it; null if they differ or there is another user.
template <typename OpT> Type commonUserType(Value v) {
  Type common;
  for (Operation *user : v.getUsers()) {
    if (!isa<OpT>(user) || (common && common != user->getResult(0).getType()))
      return {};
    common = user->getResult(0).getType();
  }
  return common;
}

struct BoundaryQuantisation : impl::BoundaryQuantisationBase<BoundaryQuantisation> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
    for (BlockArgument arg : function.getArguments()) {
      const bool marked = function.removeArgAttr(arg.getArgNumber(), "nn.io_quantized") != nullptr;
      if (marked && isa<FloatType>(elementTypeOf(arg)) && failed(takeIntegers(function, arg, b)))
        return signalPassFailure();
      noteArgument(function, arg);
    }
    auto result = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    b.setInsertionPoint(result);
    for (OpOperand &operand : result->getOpOperands()) {
      const bool marked =
          function.removeResultAttr(operand.getOperandNumber(), b.getStringAttr("nn.io_quantized")) != nullptr;
      if (marked && isa<FloatType>(elementTypeOf(operand.get())) && failed(giveIntegers(function, operand, b)))
        return signalPassFailure();
      noteResult(function, operand);
    }
    updateFunctionType(function);
  }

  /// The quantisation at the input is the caller's work from now on.
  static LogicalResult takeIntegers(func::FuncOp function, BlockArgument arg, OpBuilder &b) {
    auto type = dyn_cast_or_null<RankedTensorType>(commonUserType<QuantizeOp>(arg));
    if (!type)
      return refuseBoundary(function, arg.getArgNumber(), /*isInput=*/true, "isn't quantised by everyone who reads it",
                            "drop quantized from its --io flag");
    SmallVector<Operation *> users(arg.getUsers());
    arg.setType(withElementType(type, storageType(type.getElementType())));
    auto cast = StorageCastOp::create(b, users.front()->getLoc(), type, arg);
    for (Operation *user : users) {
      user->getResult(0).replaceAllUsesWith(cast);
      user->erase();
    }
    return success();
  }

  /// The dequantisation at the output is left to the caller.
  static LogicalResult giveIntegers(func::FuncOp function, OpOperand &operand, OpBuilder &b) {
    Value x = quantisedSource(operand.get());
    if (!x)
      return refuseBoundary(function, operand.getOperandNumber(), /*isInput=*/false,
                            "isn't the dequantisation of integers", "drop quantized from its --io flag");
    if (!perTensorQuant(x))
      return refuseBoundary(function, operand.getOperandNumber(), /*isInput=*/false,
                            "has a scale per channel, which the interface can't say",
                            "quantise the result in the model, or drop quantized from its --io flag");
    Operation *dequantize = operand.get().getDefiningOp();
    auto cast = StorageCastOp::create(b, dequantize->getLoc(), integerTensor(x), x);
    operand.set(cast);
    if (dequantize->use_empty())
      dequantize->erase();
    return success();
  }

  /// Integers that are read as quantised values say how: their scale belongs to the interface.
  static void noteArgument(func::FuncOp function, BlockArgument arg) {
    if (auto type = dyn_cast_or_null<RankedTensorType>(commonUserType<StorageCastOp>(arg)))
      if (isa<quant::QuantizedType>(type.getElementType()))
        function.setArgAttr(arg.getArgNumber(), "nn.quant", TypeAttr::get(type.getElementType()));
  }
  static void noteResult(func::FuncOp function, OpOperand &operand) {
    auto cast = operand.get().getDefiningOp<StorageCastOp>();
    if (cast && quantType(cast.getX()))
      function.setResultAttr(operand.getOperandNumber(), "nn.quant", TypeAttr::get(elementTypeOf(cast.getX())));
  }
};

} // namespace
} // namespace burin
