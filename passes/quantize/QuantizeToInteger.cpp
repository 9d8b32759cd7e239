// DQ -> operator -> Q becomes the operator on quantised types, by integer arithmetic alone.
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Quantize.h"
#include "passes/Passes.h"
#include "passes/quantize/IntegerTwin.h"
#include "passes/quantize/Patterns.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace burin {
#define GEN_PASS_DEF_QUANTIZETOINTEGER
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// quantize(dequantize(x)): x itself, or with other parameters a clamp without bounds, which requantises.
struct Requantise : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp quantize, PatternRewriter &rewriter) const override {
    Value x = quantisedSource(quantize.getX());
    if (!x)
      return failure();
    if (x.getType() == quantize.getY().getType()) {
      // A movement that the dequantisation has sunk through holds the quantised tensor now.
      if (Operation *moved = x.getDefiningOp(); moved && !getOrigin(moved))
        rewriter.modifyOpInPlace(moved, [&] {
          copyOrigin(quantize, moved);
          moved->setLoc(fusedLocation({moved, quantize}));
        });
      rewriter.replaceOp(quantize, x);
      return success();
    }
    if (!isActivationType(elementTypeOf(x)) || !isActivationType(elementTypeOf(quantize.getY())))
      return failure();
    constexpr double unbound = std::numeric_limits<double>::infinity();
    auto clamp =
        ClampOp::create(rewriter, fusedLocation({quantize, quantize.getX().getDefiningOp()}), quantize.getY().getType(),
                        x, rewriter.getF64FloatAttr(-unbound), rewriter.getF64FloatAttr(unbound));
    replaceKeepingOrigin(rewriter, quantize, clamp);
    return success();
  }
};

/// All users of `v` quantise it: then the float operator behind it goes away.
bool isOnlyQuantised(Value v) {
  return llvm::all_of(v.getUsers(), [](Operation *user) { return isa<QuantizeOp>(user); });
}

/// The nodes that a fused operator stands for: the operator first, then the (de)quantisations of its activations.
Location twinLocation(Operation *op, QuantizeOp quantize) {
  SmallVector<Operation *> nodes{op, quantize};
  for (Value v : op->getOperands())
    if (Value x = quantisedSource(v); x && !definingConstant(x))
      nodes.push_back(v.getDefiningOp());
  return fusedLocation(nodes);
}

/// quantize(op(dequantize(x)…)) = op(x…) on quantised types. Where `op` has several quantisations, each gets its own.
struct MakeInteger : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp quantize, PatternRewriter &rewriter) const override {
    Operation *op = quantize.getX().getDefiningOp();
    auto type = perTensorQuant(quantize.getY());
    if (!op || !type || isa<DequantizeOp>(op) || !isOnlyQuantised(quantize.getX()))
      return failure();
    IntegerTwin plan = planIntegerTwin(op, type);
    if (!plan.whyNot.empty())
      return failure();
    Operation *twin = buildIntegerTwin(rewriter, op, plan, type);
    twin->setLoc(twinLocation(op, quantize));
    replaceKeepingOrigin(rewriter, quantize, twin);
    return success();
  }
};

/// A product of quantised values whose result stays real: the sums are those of integers, dequantised behind it.
struct AccumulateInteger : RewritePattern {
  explicit AccumulateInteger(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<Conv2dOp, MatmulOp>(op) || !elementTypeOf(op->getResult(0)).isF32())
      return failure();
    AccumulatorTwin plan = planAccumulator(op);
    if (!plan.whyNot.empty())
      return failure();
    Operation *last = buildAccumulator(rewriter, op, plan);
    replaceKeepingOrigin(rewriter, op, last);
    return success();
  }
};

/// Why float operator `op` stayed one; empty where nothing around it is quantised.
std::string whyFloat(Operation *op) {
  Operation *quantize = nullptr;
  for (Operation *user : op->getUsers())
    if (isa<QuantizeOp>(user))
      quantize = user;
  bool activation = false, weights = false;
  for (Value v : op->getOperands())
    if (Value x = quantisedSource(v))
      (definingConstant(x) ? weights : activation) = true;
  if (!quantize)
    return activation ? "its result isn't quantised" : weights ? "only its weights are quantised" : "";
  auto type = perTensorQuant(quantize->getResult(0));
  if (!type)
    return "its result has a scale per axis";
  std::string why = planIntegerTwin(op, type).whyNot;
  return why.empty() ? "its float result is used, too" : why;
}

/// Says on every float operator beside quantised values why it stayed one.
void explainFloats(Operation *root) {
  root->walk([](NnOp op) {
    if (isa<QuantizeOp, DequantizeOp, ConstantOp>(op.getOperation()) || op->getNumResults() != 1 ||
        !isa<FloatType>(elementTypeOf(op->getResult(0))))
      return;
    if (std::string why = whyFloat(op); !why.empty())
      op->setAttr("nn.float_because", StringAttr::get(op->getContext(), why));
  });
}

struct QuantizeToInteger : impl::QuantizeToIntegerBase<QuantizeToInteger> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Requantise, MakeInteger>(&getContext());
    populateMoveQuantizationPatterns(patterns);
    populateTableOfChainPatterns(patterns);
    RewritePatternSet whereRealsAreWanted(&getContext());
    whereRealsAreWanted.add<AccumulateInteger>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))) ||
        failed(applyPatternsGreedily(getOperation(), std::move(whereRealsAreWanted))))
      return signalPassFailure();
    explainFloats(getOperation());
  }
};

} // namespace
} // namespace burin
