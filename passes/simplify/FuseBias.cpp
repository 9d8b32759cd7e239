// A constant added per output channel becomes the bias of the convolution or product.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace burin {
#define GEN_PASS_DEF_FUSEBIAS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// The vector [channels] that `v` adds to a tensor of channels in the last axis: a float constant, or the
/// dequantisation of a constant (kept as such, so that an integer bias stays exact). Null if `v` is neither. Created at
/// `b`.
Value biasVector(OpBuilder &b, Value v, int64_t channels, bool negate) {
  ArrayRef<int64_t> shape = shapeOf(v);
  auto vector = [&](Type element) { return RankedTensorType::get({channels}, element); };
  if (std::optional<SmallVector<double>> reals =
          perAxisReals(v, shape.size(), static_cast<int64_t>(shape.size()) - 1, channels)) {
    if (!elementTypeOf(v).isF32() && !elementTypeOf(v).isF64())
      return {};
    for (double &real : *reals)
      real = negate ? -real : real;
    return makeReals(b, v.getLoc(), vector(elementTypeOf(v)), *reals);
  }
  auto dequantize = v.getDefiningOp<DequantizeOp>();
  ConstantOp stored = dequantize ? definingConstant(dequantize.getX()) : ConstantOp();
  if (!stored || negate || shape.empty() || shape.back() != channels || numElements(shape) != channels)
    return {};
  if (shape.size() == 1)
    return v;
  Type element = elementTypeOf(stored);
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    element = withQuantisedAxis(element, 0);
  ArrayRef<char> bytes = stored.bytes();
  auto flat = makeConstant(b, stored.getLoc(), vector(element), std::vector<char>(bytes.begin(), bytes.end()));
  return DequantizeOp::create(b, v.getLoc(), vector(elementTypeOf(v)), flat);
}

/// The operator that takes a bias and whose result `v` is, looking through reshapes; null if there is none.
Operation *biasableProducer(Value v) {
  Value source = stripReshapes(v).source;
  Operation *op = source.getDefiningOp();
  const bool takesBias = isa_and_nonnull<Conv2dOp, ConvTranspose2dOp, MatmulOp>(op) && !op->getAttr("act_lo");
  return takesBias && source.hasOneUse() ? op : nullptr;
}

/// op(…) + c, c + op(…), op(…) - c = op(… with bias + c).
struct FuseAdd : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp add, PatternRewriter &rewriter) const override {
    const bool isSub = add.getKind() == BinaryKind::sub;
    if ((add.getKind() != BinaryKind::add && !isSub) || !isa<FloatType>(elementTypeOf(add.getY())))
      return failure();
    for (bool swapped : {false, true}) {
      Value x = swapped ? add.getB() : add.getA(), shift = swapped ? add.getA() : add.getB();
      Operation *op = biasableProducer(x);
      if (!op || (swapped && isSub) || x.getType() != add.getY().getType())
        continue;
      if (Value bias = joinedBias(rewriter, op, shift, isSub)) {
        rewrite(add, x, op, bias, rewriter);
        return success();
      }
    }
    return failure();
  }

  /// The bias of `op` plus (minus) `shift`; null if they can't be added now.
  static Value joinedBias(PatternRewriter &rewriter, Operation *op, Value shift, bool negate) {
    const int64_t channels = shapeOf(op->getResult(0)).back();
    Value bias = op->getNumOperands() > 2 ? op->getOperand(2) : Value();
    std::optional<SmallVector<double>> old;
    if (bias) {
      old = constantReals(bias);
      if (!old || !constantReals(shift))
        return {};
    }
    Value added = biasVector(rewriter, shift, channels, negate);
    if (!added || !old)
      return added;
    SmallVector<double> sum = *constantReals(added);
    for (size_t i = 0; i < sum.size(); ++i)
      sum[i] += (*old)[i];
    return makeReals(rewriter, bias.getLoc(), tensorType(added), sum);
  }

  /// Replaces `add` by `op` with that bias, followed by the reshapes between them.
  static void rewrite(BinaryOp add, Value x, Operation *op, Value bias, PatternRewriter &rewriter) {
    Operation *biased = rewriter.clone(*op);
    biased->setOperands({op->getOperand(0), op->getOperand(1), bias});
    for (StringRef bound : {"act_lo", "act_hi"})
      if (Attribute attr = add->getAttr(bound))
        biased->setAttr(bound, attr);
    biased->setLoc(fusedLocation({op, add}));
    biased->removeAttr(originAttrName);
    replaceKeepingOrigin(rewriter, add, repeatReshapes(rewriter, stripReshapes(x), biased->getResult(0)));
  }
};

struct FuseBias : impl::FuseBiasBase<FuseBias> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseAdd>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
