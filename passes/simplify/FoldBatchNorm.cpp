// Constant factors per channel before or behind a convolution or product move into its weights.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/Matmul.h"
#include "passes/Passes.h"
#include "passes/quantize/Patterns.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace burin {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

using Reals = SmallVector<double>;

/// A convolution or product with constant float weights, the axes of the weights that count its inputs and outputs, and
/// how many inputs and outputs there are.
struct Product {
  Operation *op = nullptr;
  Reals weights;
  int64_t outAxis = 0, inAxis = 0, outputs = 0, inputs = 0, groups = 1;

  static std::optional<Product> of(Operation *op) {
    if (!isa_and_nonnull<Conv2dOp, ConvTranspose2dOp, MatmulOp>(op))
      return std::nullopt;
    Value w = op->getOperand(1);
    std::optional<Reals> weights = constantReals(w);
    Type element = elementTypeOf(w);
    if (!weights || !(element.isF32() || element.isF64()))
      return std::nullopt;
    Product p;
    p.op = op;
    p.weights = std::move(*weights);
    const int64_t rank = tensorType(w).getRank();
    if (auto matmul = dyn_cast<MatmulOp>(op)) {
      p.outAxis = matmul.getTransposeB() ? rank - 2 : rank - 1;
      p.inAxis = matmul.getTransposeB() ? rank - 1 : rank - 2;
    } else {
      p.inAxis = rank - 1;
      p.groups = op->getAttrOfType<IntegerAttr>("groups").getInt();
    }
    p.outputs = shapeOf(w)[p.outAxis];
    p.inputs = shapeOf(w)[p.inAxis] * p.groups;
    return p;
  }

  /// Calls f(weight, output, input) on every weight.
  void forEachWeight(llvm::function_ref<void(double &, int64_t, int64_t)> f) {
    ArrayRef<int64_t> shape = shapeOf(op->getOperand(1));
    SmallVector<int64_t> strides = rowMajorStrides(shape);
    for (auto [i, weight] : llvm::enumerate(weights)) {
      const int64_t at = static_cast<int64_t>(i);
      const int64_t output = at / strides[outAxis] % shape[outAxis], input = at / strides[inAxis] % shape[inAxis];
      f(weight, output, output / (outputs / groups) * shape[inAxis] + input);
    }
  }

  std::optional<Reals> bias() const {
    return op->getNumOperands() > 2 ? constantReals(op->getOperand(2)) : Reals(static_cast<size_t>(outputs), 0.0);
  }
  bool hasBias() const { return op->getNumOperands() > 2; }
};

/// Whether every value is finite: a zero or overflowed divisor stays where it is.
bool allFinite(ArrayRef<double> values) {
  return llvm::all_of(values, [](double v) { return std::isfinite(v); });
}

/// The factor per channel (last axis) by which `binary` multiplies its other operand, which is left in `x`.
std::optional<Reals> channelFactors(BinaryOp binary, int64_t channels, bool constantFirst) {
  const bool isDiv = binary.getKind() == BinaryKind::div;
  if ((binary.getKind() != BinaryKind::mul && !isDiv) || (isDiv && constantFirst))
    return std::nullopt;
  const int64_t rank = tensorType(binary.getY()).getRank();
  std::optional<Reals> factors = perAxisReals(constantFirst ? binary.getA() : binary.getB(), rank, rank - 1, channels);
  if (!factors)
    return std::nullopt;
  if (isDiv)
    for (double &v : *factors)
      v = 1.0 / v;
  return allFinite(*factors) ? factors : std::nullopt;
}

Operation *cloneWithWeights(PatternRewriter &rewriter, const Product &p, Value x, const std::optional<Reals> &bias) {
  Value w = p.op->getOperand(1);
  SmallVector<Value> operands{x, makeReals(rewriter, w.getLoc(), tensorType(w), p.weights)};
  if (bias)
    operands.push_back(
        makeReals(rewriter, p.op->getLoc(), RankedTensorType::get({p.outputs}, elementTypeOf(w)), *bias));
  Operation *copy = rewriter.clone(*p.op); // behind the constants that it takes
  copy->setOperands(operands);
  return copy;
}

/// op(x; w, b) * c = op(x; w * c, b * c), also through reshapes that keep the channels.
struct ScaleOutputs : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    for (bool constantFirst : {false, true}) {
      Value y = constantFirst ? binary.getB() : binary.getA();
      const ReshapedValue stripped = stripReshapes(y);
      Operation *op = stripped.source.getDefiningOp();
      if (!op || op->getAttr("act_lo") || !stripped.source.hasOneUse() || y.getType() != binary.getY().getType() ||
          shapeOf(y).empty())
        continue;
      std::optional<Reals> factors = channelFactors(binary, shapeOf(y).back(), constantFirst);
      std::optional<Product> p = factors ? Product::of(op) : std::nullopt;
      std::optional<Reals> bias = p ? p->bias() : std::nullopt;
      if (!bias)
        continue;
      p->forEachWeight([&](double &weight, int64_t output, int64_t) { weight *= (*factors)[output]; });
      for (auto [b, factor] : llvm::zip(*bias, *factors))
        b *= factor;
      Operation *scaled =
          cloneWithWeights(rewriter, *p, op->getOperand(0), p->hasBias() ? bias : std::optional<Reals>());
      for (StringRef bound : {"act_lo", "act_hi"})
        if (Attribute attr = binary->getAttr(bound))
          scaled->setAttr(bound, attr);
      scaled->setLoc(fusedLocation({op, binary}));
      scaled->removeAttr(originAttrName);
      replaceKeepingOrigin(rewriter, binary, repeatReshapes(rewriter, stripped, scaled->getResult(0)));
      return success();
    }
    return failure();
  }
};

/// The first operand of a product, as a binary operator without a clamp that only the product uses (behind reshapes).
struct ScalableInput {
  BinaryOp binary;
  ReshapedValue stripped;

  explicit ScalableInput(Operation *op) : stripped(stripReshapes(op->getOperand(0))) {
    auto found = stripped.source.getDefiningOp<BinaryOp>();
    if (found && found->hasOneUse() && !found.getActLo() && !found.getActHi())
      binary = found;
  }
  int64_t channels() { return shapeOf(binary.getY()).empty() ? 0 : shapeOf(binary.getY()).back(); }

  /// Replaces `op` by itself on the binary operator's operand `x` with other weights.
  void replace(PatternRewriter &rewriter, const Product &p, Value x, const std::optional<Reals> &bias) {
    Operation *last = repeatReshapes(rewriter, stripped, x);
    Operation *scaled = cloneWithWeights(rewriter, p, stripped.reshapes.empty() ? x : last->getResult(0), bias);
    scaled->setLoc(fusedLocation({binary, p.op}));
    replaceKeepingOrigin(rewriter, p.op, scaled);
  }
};

/// op(x * c; w) = op(x; w * c): a factor leaves the zeros of the padding zero.
template <typename OpT> struct ScaleInputs : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    ScalableInput input(op);
    if (!input.binary)
      return failure();
    for (bool constantFirst : {false, true}) {
      Value x = constantFirst ? input.binary.getB() : input.binary.getA();
      std::optional<Reals> factors = channelFactors(input.binary, input.channels(), constantFirst);
      std::optional<Product> p =
          factors && x.getType() == input.binary.getY().getType() ? Product::of(op) : std::nullopt;
      std::optional<Reals> bias = p ? p->bias() : std::nullopt;
      if (!bias)
        continue;
      p->forEachWeight([&](double &weight, int64_t, int64_t in) { weight *= (*factors)[in]; });
      input.replace(rewriter, *p, x, p->hasBias() ? bias : std::optional<Reals>());
      return success();
    }
    return failure();
  }
};

/// op(x + d; w, b) = op(x; w, b + sum w * d), where no padding lies among the inputs.
template <typename OpT> struct ShiftInputs : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    ScalableInput input(op);
    BinaryOp binary = input.binary;
    if (!binary || (binary.getKind() != BinaryKind::add && binary.getKind() != BinaryKind::sub) || hasPadding(op))
      return failure();
    // A product per batch has no one bias.
    if (binary.getA().getType() != binary.getY().getType() ||
        (isa<MatmulOp>(op) && tensorType(op->getOperand(1)).getRank() != 2))
      return failure();
    const int64_t rank = tensorType(binary.getY()).getRank();
    std::optional<Reals> shift = perAxisReals(binary.getB(), rank, rank - 1, input.channels());
    std::optional<Product> p = shift && allFinite(*shift) ? Product::of(op) : std::nullopt;
    std::optional<Reals> bias = p ? p->bias() : std::nullopt;
    if (!bias)
      return failure();
    const double sign = binary.getKind() == BinaryKind::sub ? -1.0 : 1.0;
    p->forEachWeight(
        [&](double &weight, int64_t output, int64_t in) { (*bias)[output] += sign * weight * (*shift)[in]; });
    input.replace(rewriter, *p, binary.getA(), bias);
    return success();
  }

  static bool hasPadding(Operation *op) {
    auto pads = op->getAttrOfType<DenseI64ArrayAttr>("pads");
    return pads && llvm::any_of(pads.asArrayRef(), [](int64_t pad) { return pad > 0; });
  }
};

struct FoldBatchNorm : impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    // Not ShiftInputs of a transposed convolution: how many inputs an output sees depends on its place.
    patterns.add<ScaleOutputs, ScaleInputs<Conv2dOp>, ScaleInputs<ConvTranspose2dOp>, ScaleInputs<MatmulOp>,
                 ShiftInputs<Conv2dOp>, ShiftInputs<MatmulOp>>(&getContext());
    populateScaleWeightsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
