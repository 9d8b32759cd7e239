// Constant weights take the order in which the activations come: the order of a flattened image, and one row per
// output.
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Transpose.h"
#include "passes/Passes.h"
#include "passes/layout/AxisOrder.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace burin {
#define GEN_PASS_DEF_TRANSPOSEWEIGHTS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// The constant behind `v`, through a dequantisation.
bool isConstantWeight(Value v) {
  auto dequantize = v.getDefiningOp<DequantizeOp>();
  return definingConstant(dequantize ? dequantize.getX() : v) != nullptr;
}

Value transpose(PatternRewriter &rewriter, Location loc, Value x, ArrayRef<int64_t> perm) {
  return TransposeOp::create(rewriter, loc, transposedType(tensorType(x), perm), x, perm);
}

/// matmul(a, w) = matmul(a, transpose(w)) with transpose_b.
struct RowPerOutput : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp matmul, PatternRewriter &rewriter) const override {
    if (matmul.getTransposeB() || !isConstantWeight(matmul.getB()))
      return failure();
    const int64_t rank = tensorType(matmul.getB()).getRank();
    AxisOrder swap = identityOrder(rank);
    std::swap(swap[rank - 1], swap[rank - 2]);
    Value rows = transpose(rewriter, matmul.getLoc(), matmul.getB(), swap);
    rewriter.modifyOpInPlace(matmul, [&] {
      matmul->setOperand(1, rows);
      matmul.setTransposeB(true);
    });
    return success();
  }
};

/// matmul(reshape(transpose(x)), w) = matmul(reshape(x), w with its K axis in x's order), where the reshape flattens
/// just the axes that the transpose permutes.
struct FlattenedProduct : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp matmul, PatternRewriter &rewriter) const override {
    auto reshape = matmul.getA().getDefiningOp<ReshapeOp>();
    auto transposed = reshape ? reshape.getX().getDefiningOp<TransposeOp>() : TransposeOp();
    if (!transposed || !matmul.getTransposeB() || !isConstantWeight(matmul.getB()))
      return failure();
    Value x = transposed.getX();
    ArrayRef<int64_t> perm = transposed.getPerm();
    const int64_t flat = firstFlattened(shapeOf(transposed.getY()), shapeOf(reshape.getY()).back());
    if (flat < 0)
      return failure();
    // The axes before it must stay in place, so that x's last axes are the same ones.
    const AxisOrder kept = longAxes(shapeOf(x), perm.take_front(flat));
    if (kept != longAxes(shapeOf(x), identityOrder(flat)))
      return failure();
    Value weights = permuteColumns(rewriter, matmul.getLoc(), matmul.getB(), shapeOf(x), perm, flat);
    Value a = ReshapeOp::create(rewriter, fusedLocation({transposed, reshape}), reshape.getY().getType(), x);
    rewriter.modifyOpInPlace(matmul, [&] { matmul->setOperands(0, 2, {a, weights}); });
    return success();
  }

  /// The first of the last axes of `shape` whose product is `size`; -1 if there is none.
  static int64_t firstFlattened(ArrayRef<int64_t> shape, int64_t size) {
    int64_t product = 1, axis = static_cast<int64_t>(shape.size());
    while (axis > 0 && product < size)
      product *= shape[--axis];
    return product == size ? axis : -1;
  }

  /// w [..., N, K] whose K counts transpose(x, perm)'s axes from `flat` on; the result's K counts x's own.
  static Value permuteColumns(PatternRewriter &rewriter, Location loc, Value w, ArrayRef<int64_t> x,
                              ArrayRef<int64_t> perm, int64_t flat) {
    const SmallVector<int64_t> rows(shapeOf(w).drop_back());
    const int64_t lead = static_cast<int64_t>(rows.size());
    SmallVector<int64_t> split(rows), back = identityOrder(lead);
    AxisOrder columns; // the axes of x behind K
    for (int64_t axis : perm.drop_front(flat))
      columns.push_back(axis);
    for (int64_t axis : columns)
      split.push_back(x[axis]);
    AxisOrder own = columns;
    llvm::sort(own);
    for (int64_t axis : own)
      back.push_back(lead + (llvm::find(columns, axis) - columns.begin()));
    auto typed = [&](ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, elementTypeOf(w)); };
    Value apart = ReshapeOp::create(rewriter, loc, typed(split), w);
    Value ordered = transpose(rewriter, loc, apart, back);
    return ReshapeOp::create(rewriter, loc, typed(shapeOf(w)), ordered);
  }
};

/// A transpose that moves no axis longer than 1 is a reshape.
struct UnitTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    if (!llvm::is_sorted(longAxes(shapeOf(op.getX()), op.getPerm())) ||
        isa<quant::UniformQuantizedPerAxisType>(elementTypeOf(op.getX())))
      return failure();
    auto reshape = ReshapeOp::create(rewriter, op.getLoc(), op.getY().getType(), op.getX());
    replaceKeepingOrigin(rewriter, op, reshape);
    return success();
  }
};

struct TransposeWeights : impl::TransposeWeightsBase<TransposeWeights> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RowPerOutput, FlattenedProduct, UnitTranspose>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
