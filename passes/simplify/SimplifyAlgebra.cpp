// Small identities: operators that do nothing, that a cheaper one replaces, or that another one absorbs.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Transpose.h"
#include "ir/nn/ops/Unary.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burin {
#define GEN_PASS_DEF_SIMPLIFYALGEBRA
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

constexpr double unbound = std::numeric_limits<double>::infinity();

/// A clamp whose bounds no element can reach.
struct DropClamp : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp clamp, PatternRewriter &rewriter) const override {
    if (clamp.getX().getType() != clamp.getY().getType())
      return failure();
    const double lo = clamp.getLo().convertToDouble(), hi = clamp.getHi().convertToDouble();
    quant::UniformQuantizedType type = perTensorQuant(clamp.getX());
    const bool binds = type ? clampRange(type, lo, hi) != storageRange(type) : lo != -unbound || hi != unbound;
    if (binds)
      return failure();
    rewriter.replaceOp(clamp, clamp.getX());
    return success();
  }
};

/// clamp(clamp(x, a, b), lo, hi) = clamp(x, clamp(a), clamp(b)), where the outer one doesn't requantise.
struct JoinClamps : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp outer, PatternRewriter &rewriter) const override {
    auto inner = outer.getX().getDefiningOp<ClampOp>();
    if (!inner || !inner->hasOneUse() || inner.getY().getType() != outer.getY().getType())
      return failure();
    const double lo = outer.getLo().convertToDouble(), hi = outer.getHi().convertToDouble();
    auto bound = [&](const APFloat &own) {
      return rewriter.getF64FloatAttr(std::min(std::max(own.convertToDouble(), lo), hi));
    };
    auto joined = ClampOp::create(rewriter, fusedLocation({inner, outer}), outer.getY().getType(), inner.getX(),
                                  bound(inner.getLo()), bound(inner.getHi()));
    replaceKeepingOrigin(rewriter, outer, joined);
    return success();
  }
};

/// The operand of `binary` beside a constant of one value that doesn't widen the result; `value` is that value.
Value besideSplat(BinaryOp binary, double &value, bool commutative) {
  for (bool constantFirst : {false, true}) {
    Value x = constantFirst ? binary.getB() : binary.getA();
    if ((constantFirst && !commutative) || x.getType() != binary.getY().getType())
      continue;
    if (std::optional<double> splat = splatReal(constantFirst ? binary.getA() : binary.getB())) {
      value = *splat;
      return x;
    }
  }
  return {};
}

/// max(x, c) and min(x, c) are clamps.
struct ExtremeToClamp : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    const bool isMax = binary.getKind() == BinaryKind::max;
    double value = 0;
    Value x = isMax || binary.getKind() == BinaryKind::min ? besideSplat(binary, value, true) : Value();
    // A clamp's NaN is its operand's; a bound that is NaN would be the result everywhere.
    if (!x || value != value || binary.getActLo() || binary.getActHi())
      return failure();
    auto clamp = ClampOp::create(rewriter, binary.getLoc(), binary.getY().getType(), x,
                                 rewriter.getF64FloatAttr(isMax ? value : -unbound),
                                 rewriter.getF64FloatAttr(isMax ? unbound : value));
    replaceKeepingOrigin(rewriter, binary, clamp);
    return success();
  }
};

/// x * 1, x / 1, x - 0 and x + (-0): the identity for every x, zeros' signs included. (x + 0 turns -0 into +0; nobody
/// divides by such a zero, and it counts as one here.)
struct DropIdentity : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    const BinaryKind kind = binary.getKind();
    const bool scales = kind == BinaryKind::mul || kind == BinaryKind::div;
    const bool shifts = kind == BinaryKind::add || kind == BinaryKind::sub;
    const bool commutative = kind == BinaryKind::mul || kind == BinaryKind::add;
    double value = 0;
    Value x = scales || shifts ? besideSplat(binary, value, commutative) : Value();
    if (!x || value != (scales ? 1.0 : 0.0) || binary.getActLo() || binary.getActHi())
      return failure();
    rewriter.replaceOp(binary, x);
    return success();
  }
};

/// Whether `v` is a convolution or product behind any number of factors and summands of one value, all for one reader.
bool isLineOfProduct(Value v) {
  while (v.hasOneUse()) {
    Operation *op = v.getDefiningOp();
    if (isa_and_nonnull<Conv2dOp, MatmulOp>(op))
      return true;
    auto binary = dyn_cast_or_null<BinaryOp>(op);
    double value = 0;
    v = binary ? besideSplat(binary, value, true) : Value();
    if (!v)
      return false;
  }
  return false;
}

/// clamp(op(…), lo, hi) + c = clamp(op(…) + c, lo + c, hi + c), and so for positive factors: the clamp lets through to
/// a convolution or product what becomes its bias and weights. The same bits: bounds round as what they bind does.
struct SinkClamp : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    const BinaryKind kind = binary.getKind();
    const bool scales = kind == BinaryKind::mul || kind == BinaryKind::div;
    const bool shifts = kind == BinaryKind::add || kind == BinaryKind::sub;
    double value = 0;
    Value x =
        scales || shifts ? besideSplat(binary, value, kind == BinaryKind::mul || kind == BinaryKind::add) : Value();
    auto clamp = x ? x.getDefiningOp<ClampOp>() : ClampOp();
    if (!clamp || !clamp->hasOneUse() || !elementTypeOf(x).isF32() || !isLineOfProduct(clamp.getX()) ||
        binary.getActLo() || binary.getActHi() || !std::isfinite(value) || (scales && value <= 0))
      return failure();
    auto moved = [&](const APFloat &bound) {
      const auto b = static_cast<float>(bound.convertToDouble()), c = static_cast<float>(value);
      return rewriter.getF64FloatAttr(static_cast<double>(kind == BinaryKind::mul   ? b * c
                                                          : kind == BinaryKind::div ? b / c
                                                          : kind == BinaryKind::add ? b + c
                                                                                    : b - c));
    };
    Operation *inner = rewriter.clone(*binary);
    inner->removeAttr(originAttrName);
    inner->replaceUsesOfWith(x, clamp.getX());
    auto outer = ClampOp::create(rewriter, fusedLocation({clamp, binary}), binary.getY().getType(), inner->getResult(0),
                                 moved(clamp.getLo()), moved(clamp.getHi()));
    replaceKeepingOrigin(rewriter, binary, outer);
    return success();
  }
};

/// pow(x, 2) = x * x, pow(x, 1/2) = sqrt(x) (they differ at -inf and -0 alone, where no norm or distance goes), pow(x,
/// 1) = x.
struct SimplifyPow : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp pow, PatternRewriter &rewriter) const override {
    double exponent = 0;
    Value x = pow.getKind() == BinaryKind::pow ? besideSplat(pow, exponent, false) : Value();
    if (!x || pow.getActLo() || pow.getActHi())
      return failure();
    Type type = pow.getY().getType();
    Operation *simple = nullptr;
    if (exponent == 2)
      simple = BinaryOp::create(rewriter, pow.getLoc(), type, BinaryKind::mul, x, x, FloatAttr(), FloatAttr());
    else if (exponent == 0.5)
      simple =
          UnaryOp::create(rewriter, pow.getLoc(), type, UnaryKind::sqrt, x, llvm::APFloat(0.0), llvm::APFloat(0.0));
    if (!simple)
      return failure();
    replaceKeepingOrigin(rewriter, pow, simple);
    return success();
  }
};

/// op(expand(x), y) = op(x, y), where the other operands alone give the result its shape: the operator broadcasts
/// itself.
struct DropExpand : RewritePattern {
  explicit DropExpand(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<BinaryOp, CompareOp, SelectOp>(op))
      return failure();
    for (OpOperand &operand : op->getOpOperands()) {
      auto expand = operand.get().getDefiningOp<ExpandOp>();
      if (!expand || !keepsShape(op, operand.getOperandNumber(), expand.getX()))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(expand.getX()); });
      return success();
    }
    return failure();
  }

  static bool keepsShape(Operation *op, unsigned index, Value replacement) {
    SmallVector<int64_t> shape;
    for (auto [i, v] : llvm::enumerate(op->getOperands())) {
      std::optional<SmallVector<int64_t>> wider = broadcastShapes(shape, shapeOf(i == index ? replacement : v));
      if (!wider)
        return false;
      shape = std::move(*wider);
    }
    return ArrayRef<int64_t>(shape) == shapeOf(op->getResult(0));
  }
};

/// matmul(a, transpose(b)) with the last two axes swapped reads b's rows instead.
struct TransposedProduct : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp matmul, PatternRewriter &rewriter) const override {
    auto transpose = matmul.getB().getDefiningOp<TransposeOp>();
    if (!transpose)
      return failure();
    SmallVector<int64_t> swap = llvm::to_vector(llvm::seq<int64_t>(transpose.getPerm().size()));
    std::swap(swap[swap.size() - 1], swap[swap.size() - 2]);
    if (transpose.getPerm() != ArrayRef<int64_t>(swap))
      return failure();
    rewriter.modifyOpInPlace(matmul, [&] {
      matmul->setOperand(1, transpose.getX());
      matmul.setTransposeB(!matmul.getTransposeB());
      matmul->setLoc(fusedLocation({transpose, matmul}));
    });
    return success();
  }
};

struct SimplifyAlgebra : impl::SimplifyAlgebraBase<SimplifyAlgebra> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropClamp, JoinClamps, ExtremeToClamp, DropIdentity, SinkClamp, SimplifyPow, DropExpand,
                 TransposedProduct>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
