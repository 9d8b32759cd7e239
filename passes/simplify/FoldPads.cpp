// Padding in front of a convolution or pool becomes the operator's own.
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Pool2d.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace burin {
#define GEN_PASS_DEF_FOLDPADS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// The pad that alone feeds `op`, if it pads with constants in H and W of NHWC only, and never crops.
PadOp spatialPad(Operation *op) {
  auto pad = op->getOperand(0).getDefiningOp<PadOp>();
  if (!pad || pad.getMode() != PadMode::constant || tensorType(pad.getX()).getRank() != 4)
    return {};
  for (int64_t axis = 0; axis < 4; ++axis) {
    const bool spatial = axis == 1 || axis == 2;
    if (pad.getLo()[axis] < 0 || pad.getHi()[axis] < 0 || (!spatial && (pad.getLo()[axis] || pad.getHi()[axis])))
      return {};
  }
  return pad;
}

/// Whether the pad writes real zero: absent, 0.0, or the zero point.
bool padsWithZero(PadOp pad) {
  if (!pad.getValue())
    return true;
  if (std::optional<double> real = splatReal(pad.getValue()))
    return *real == 0;
  auto type = perTensorQuant(pad.getX());
  std::optional<SmallVector<int64_t>> stored = constantInts(pad.getValue());
  return stored && stored->front() == (type ? type.getZeroPoint() : 0);
}

/// Whether no element of x is below what the pad writes.
bool padsWithLowest(PadOp pad) {
  if (std::optional<double> real = splatReal(pad.getValue()))
    return *real <= (elementTypeOf(pad.getX()).isF32() ? double(std::numeric_limits<float>::lowest())
                                                       : std::numeric_limits<double>::lowest());
  std::optional<SmallVector<int64_t>> stored = constantInts(pad.getValue());
  quant::QuantizedType type = quantType(pad.getX());
  return stored && type && stored->front() <= storageRange(type).first;
}

void addPads(Operation *op, PadOp pad, PatternRewriter &rewriter) {
  auto pads = llvm::to_vector(op->getAttrOfType<DenseI64ArrayAttr>("pads").asArrayRef());
  ArrayRef<int64_t> lo = pad.getLo(), hi = pad.getHi();
  const int64_t more[] = {lo[1], lo[2], hi[1], hi[2]};
  for (auto [own, extra] : llvm::zip(pads, more))
    own += extra;
  rewriter.modifyOpInPlace(op, [&] {
    op->setLoc(fusedLocation({pad, op}));
    op->setAttr("pads", rewriter.getDenseI64ArrayAttr(pads));
    op->setOperand(0, pad.getX());
  });
}

struct FoldPadIntoConv : OpRewritePattern<Conv2dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2dOp conv, PatternRewriter &rewriter) const override {
    PadOp pad = spatialPad(conv);
    if (!pad || !padsWithZero(pad))
      return failure();
    addPads(conv, pad, rewriter);
    return success();
  }
};

/// A maximum ignores padding that is lower than everything; a mean counts zeros if it counts all its padding.
struct FoldPadIntoPool : OpRewritePattern<Pool2dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Pool2dOp pool, PatternRewriter &rewriter) const override {
    PadOp pad = spatialPad(pool);
    if (!pad)
      return failure();
    if (pool.getKind() == PoolKind::max_pool && pad.getValue() && padsWithLowest(pad) &&
        everyWindowTouches(pool, pad)) {
      addPads(pool, pad, rewriter);
      return success();
    }
    const bool countsAll =
        pool.getCountIncludePad() || llvm::all_of(pool.getPads(), [](int64_t own) { return own == 0; });
    if (pool.getKind() != PoolKind::avg_pool || !padsWithZero(pad) || !countsAll || overhangs(pool))
      return failure();
    rewriter.modifyOpInPlace(pool, [&] { pool.setCountIncludePad(true); });
    addPads(pool, pad, rewriter);
    return success();
  }

  /// With ceil_mode the last window may reach beyond the padding; what it counts there differs between the two forms.
  static bool overhangs(Pool2dOp pool) {
    ArrayRef<int64_t> x = shapeOf(pool.getX()), pads = pool.getPads();
    for (int64_t i = 0; i < 2; ++i) {
      const int64_t span = (pool.getKernel()[i] - 1) * pool.getDilations()[i] + 1;
      if ((pool.getOutSize()[i] - 1) * pool.getStrides()[i] + span > x[1 + i] + pads[i] + pads[2 + i])
        return true;
    }
    return false;
  }

  /// A window that lay in the padding alone would have no maximum.
  static bool everyWindowTouches(Pool2dOp pool, PadOp pad) {
    for (int64_t i = 0; i < 2; ++i) {
      const int64_t before = pool.getPads()[i] + pad.getLo()[1 + i], extent = shapeOf(pad.getX())[1 + i];
      for (int64_t out = 0; out < pool.getOutSize()[i]; ++out) {
        bool touches = false;
        for (int64_t k = 0; k < pool.getKernel()[i]; ++k) {
          const int64_t at = out * pool.getStrides()[i] - before + k * pool.getDilations()[i];
          touches |= at >= 0 && at < extent;
        }
        if (!touches)
          return false;
      }
    }
    return true;
  }
};

struct FoldPads : impl::FoldPadsBase<FoldPads> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldPadIntoConv, FoldPadIntoPool>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
