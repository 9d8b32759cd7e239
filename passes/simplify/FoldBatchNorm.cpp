// Constant factors per channel before or behind a convolution or product move into its weights.
#include "passes/Passes.h"
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

/// op(x; w, b) * c = op(x; w * c, b * c).
struct ScaleOutputs : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    for (bool constantFirst : {false, true}) {
      Value y = constantFirst ? binary.getB() : binary.getA();
      Operation *op = y.getDefiningOp();
      if (!op || op->getAttr("act_lo") || !y.hasOneUse() || y.getType() != binary.getY().getType() ||
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
          cloneWithWeights(rewriter, *p, p->op->getOperand(0), p->hasBias() ? bias : std::optional<Reals>());
      for (StringRef bound : {"act_lo", "act_hi"})
        if (Attribute attr = binary->getAttr(bound))
          scaled->setAttr(bound, attr);
      scaled->setLoc(fusedLocation({p->op, binary}));
      replaceKeepingOrigin(rewriter, binary, scaled);
      return success();
    }
    return failure();
  }
};

/// The operand of `op` as a binary operator without a clamp that only `op` uses.
BinaryOp scalableInput(Operation *op) {
  auto binary = op->getOperand(0).getDefiningOp<BinaryOp>();
  const bool fits = binary && binary->hasOneUse() && !binary.getActLo() && !binary.getActHi();
  return fits ? binary : BinaryOp();
}

/// op(x * c; w) = op(x; w * c): a factor leaves the zeros of the padding zero.
template <typename OpT> struct ScaleInputs : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    BinaryOp binary = scalableInput(op);
    std::optional<Product> p = binary ? Product::of(op) : std::nullopt;
    if (!p)
      return failure();
    for (bool constantFirst : {false, true}) {
      Value x = constantFirst ? binary.getB() : binary.getA();
      std::optional<Reals> factors = channelFactors(binary, p->inputs, constantFirst), bias = p->bias();
      if (!factors || !bias || x.getType() != binary.getY().getType())
        continue;
      p->forEachWeight([&](double &weight, int64_t, int64_t input) { weight *= (*factors)[input]; });
      replace(op, binary, cloneWithWeights(rewriter, *p, x, p->hasBias() ? bias : std::optional<Reals>()), rewriter);
      return success();
    }
    return failure();
  }

  static void replace(OpT op, BinaryOp binary, Operation *scaled, PatternRewriter &rewriter) {
    scaled->setLoc(fusedLocation({binary, op}));
    replaceKeepingOrigin(rewriter, op, scaled);
  }
};

/// op(x + d; w, b) = op(x; w, b + sum w * d), where no padding lies among the inputs.
template <typename OpT> struct ShiftInputs : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    BinaryOp binary = scalableInput(op);
    if (!binary || (binary.getKind() != BinaryKind::add && binary.getKind() != BinaryKind::sub) || hasPadding(op))
      return failure();
    std::optional<Product> p = Product::of(op);
    // A product per batch has no one bias.
    if (!p || (isa<MatmulOp>(op) && tensorType(op->getOperand(1)).getRank() != 2))
      return failure();
    const int64_t rank = tensorType(binary.getY()).getRank();
    std::optional<Reals> shift = perAxisReals(binary.getB(), rank, rank - 1, p->inputs), bias = p->bias();
    if (!shift || !bias || binary.getA().getType() != binary.getY().getType() || !allFinite(*shift))
      return failure();
    const double sign = binary.getKind() == BinaryKind::sub ? -1.0 : 1.0;
    p->forEachWeight(
        [&](double &weight, int64_t output, int64_t input) { (*bias)[output] += sign * weight * (*shift)[input]; });
    ScaleInputs<OpT>::replace(op, binary, cloneWithWeights(rewriter, *p, binary.getA(), bias), rewriter);
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
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
