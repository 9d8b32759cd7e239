// A clamp behind an operator that can clamp its own results becomes part of it.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Transpose.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <algorithm>

namespace burin {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

bool canClamp(Operation *op) { return isa_and_nonnull<Conv2dOp, ConvTranspose2dOp, MatmulOp, BinaryOp>(op); }

/// clamp(op(…) with bounds [a, b], lo, hi) = op(…) with bounds [clamp(a), clamp(b)]. Quantised types must agree: a
/// clamp that requantises rounds a second time.
struct FuseClamp : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp clamp, PatternRewriter &rewriter) const override {
    Operation *op = clamp.getX().getDefiningOp();
    if (!canClamp(op) || !clamp.getX().hasOneUse() || clamp.getX().getType() != clamp.getY().getType())
      return failure();
    const double lo = clamp.getLo().convertToDouble(), hi = clamp.getHi().convertToDouble();
    auto bound = [&](StringRef name, double otherwise) {
      auto attr = op->getAttrOfType<FloatAttr>(name);
      return rewriter.getF64FloatAttr(std::min(std::max(attr ? attr.getValueAsDouble() : otherwise, lo), hi));
    };
    constexpr double unbound = std::numeric_limits<double>::infinity();
    Operation *fused = rewriter.clone(*op);
    fused->setAttr("act_lo", bound("act_lo", -unbound));
    fused->setAttr("act_hi", bound("act_hi", unbound));
    fused->setLoc(fusedLocation({op, clamp}));
    replaceKeepingOrigin(rewriter, clamp, fused);
    return success();
  }
};

/// Operators that a clamp may be computed before: what they choose or move is clamped all the same.
bool letsClampsThrough(Operation *op) {
  auto pool = dyn_cast_or_null<Pool2dOp>(op);
  return isa_and_nonnull<ReshapeOp, TransposeOp>(op) || (pool && pool.getKind() == PoolKind::max_pool);
}

/// clamp(move(op(…))) = move(clamp(op(…))), where that brings the clamp to an operator that takes it in.
struct HoistClamp : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp clamp, PatternRewriter &rewriter) const override {
    Operation *move = clamp.getX().getDefiningOp();
    if (!letsClampsThrough(move) || !reachesOperator(clamp.getX()) || clamp.getX().getType() != clamp.getY().getType())
      return failure();
    Value x = move->getOperand(0);
    auto inner = ClampOp::create(rewriter, clamp.getLoc(), x.getType(), x, clamp.getLo(), clamp.getHi());
    Operation *copy = rewriter.clone(*move);
    copy->setOperand(0, inner);
    replaceKeepingOrigin(rewriter, clamp, copy);
    return success();
  }

  static bool reachesOperator(Value v) {
    while (v.hasOneUse() && letsClampsThrough(v.getDefiningOp()))
      v = v.getDefiningOp()->getOperand(0);
    return v.hasOneUse() && canClamp(v.getDefiningOp());
  }
};

struct FuseActivation : impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseClamp, HoistClamp>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
