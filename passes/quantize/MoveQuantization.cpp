// Dequantisations sink and quantisations rise through operators that only move elements, so that bytes are moved
// instead of floats and the pairs meet the operators that compute.
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Quantize.h"
#include "passes/quantize/Patterns.h"

#include "passes/quantize/IntegerTwin.h"
#include "passes/simplify/Rewriting.h"

namespace burin::nn {
using namespace mlir;

namespace {

/// The storage of constant `v` in quantised type `type`, if every element is exactly one of its steps; null otherwise.
Value exactlyQuantised(OpBuilder &b, Value v, quant::UniformQuantizedType type) {
  std::optional<SmallVector<double>> values = constantReals(v);
  const unsigned bits = type.getStorageTypeIntegralWidth();
  if (!values || (bits != 8 && bits != 16))
    return {};
  const float scale = static_cast<float>(type.getScale());
  std::vector<char> stored;
  for (double value : *values) {
    const int32_t q = clampRange(type, value, value).first;
    if (!std::isfinite(value) || static_cast<float>(q - type.getZeroPoint()) * scale != static_cast<float>(value))
      return {};
    stored.push_back(static_cast<char>(q));
    if (bits == 16)
      stored.push_back(static_cast<char>(q >> 8));
  }
  return makeConstant(b, v.getLoc(), withElementType(tensorType(v), type), std::move(stored));
}

/// The quantised type that the dequantised ones among the moved operands of `op` share, the others being constants, if
/// `op` can carry it; null otherwise.
Type carriedType(Operation *op) {
  Type element;
  for (unsigned i : movedOperands(op)) {
    Value x = quantisedSource(op->getOperand(i));
    if (!x && definingConstant(op->getOperand(i)))
      continue;
    if (!x || (element && element != elementTypeOf(x)))
      return {};
    element = elementTypeOf(x);
  }
  // Expanding first would dequantise every copy.
  const bool grows = isa<ExpandOp>(op);
  return element && !grows && movedElementType(op, element) ? element : Type();
}

/// move(dequantize(x)…) = dequantize(move(x)…), for operands of one quantised type; a constant beside them must be
/// exact.
struct SinkDequantize : RewritePattern {
  explicit SinkDequantize(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Type element = carriedType(op);
    if (!element)
      return failure();
    SmallVector<Value> operands(op->getOperands());
    for (unsigned i : movedOperands(op)) {
      if (Value x = quantisedSource(operands[i])) {
        operands[i] = x;
        continue;
      }
      auto perTensor = dyn_cast<quant::UniformQuantizedType>(element);
      operands[i] = perTensor ? exactlyQuantised(rewriter, operands[i], perTensor) : Value();
      if (!operands[i])
        return failure();
    }
    Operation *copy = cloneWith(rewriter, op, operands, movedElementType(op, element));
    copy->removeAttr(originAttrName);
    auto dequantize = DequantizeOp::create(rewriter, op->getLoc(), op->getResult(0).getType(), copy->getResult(0));
    replaceKeepingOrigin(rewriter, op, dequantize);
    return success();
  }
};

/// Whether quantising `v` itself leaves no float of it behind: all its users are quantisations to `element`, or
/// movements whose users are.
bool isOnlyQuantised(Value v, Type element) {
  return llvm::all_of(v.getUsers(), [&](Operation *user) {
    if (auto quantize = dyn_cast<QuantizeOp>(user))
      return elementTypeOf(quantize.getY()) == element;
    return isMovement(user) && isOnlyQuantised(user->getResult(0), element);
  });
}

/// quantize(move(x…)) = move(quantize(x)…).
struct HoistQuantize : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp quantize, PatternRewriter &rewriter) const override {
    Operation *op = quantize.getX().getDefiningOp();
    Type element = elementTypeOf(quantize.getY());
    // Where a dequantisation can sink through, it is that which moves: the requantisation then works on what is left.
    if (!isMovement(op) || carriedType(op) || !isa<quant::UniformQuantizedType>(element) ||
        !isOnlyQuantised(op->getResult(0), element))
      return failure();
    for (unsigned i : movedOperands(op))
      if (!isWorthQuantising(op->getOperand(i), op->getResult(0), element))
        return failure();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands(op->getOperands());
    for (unsigned i : movedOperands(op))
      operands[i] = QuantizeOp::create(rewriter, quantize.getLoc(), withElementType(tensorType(operands[i]), element),
                                       operands[i]);
    Operation *copy = cloneWith(rewriter, op, operands, element);
    copy->setLoc(fusedLocation({op, quantize}));
    replaceKeepingOrigin(rewriter, quantize, copy);
    return success();
  }

  /// A constant folds and a dequantised value cancels; anything else must not have float users left, and not grow.
  static bool isWorthQuantising(Value x, Value moved, Type element) {
    if (definingConstant(x) || quantisedSource(x))
      return true;
    const bool mayBecomeInteger = x.getDefiningOp() != nullptr;
    return isOnlyQuantised(x, element) && (mayBecomeInteger || numElements(shapeOf(x)) <= numElements(shapeOf(moved)));
  }
};

/// quantize(clamp(x)) = clamp(quantize(x)): rounding is monotonic, and the quantised clamp rounds its bounds alike.
struct HoistQuantizeOverClamp : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp quantize, PatternRewriter &rewriter) const override {
    auto clamp = quantize.getX().getDefiningOp<ClampOp>();
    Type element = elementTypeOf(quantize.getY());
    auto type = dyn_cast<quant::UniformQuantizedType>(element);
    if (!clamp || !type || !isOnlyQuantised(clamp.getY(), element) || !clamp.getX().hasOneUse())
      return failure();
    Operation *producer = clamp.getX().getDefiningOp(); // null: an input, which may come in as integers
    if (producer && !isMovement(producer) && !planIntegerTwin(producer, type).whyNot.empty())
      return failure();
    rewriter.setInsertionPoint(clamp);
    auto inner = QuantizeOp::create(rewriter, quantize.getLoc(), quantize.getY().getType(), clamp.getX());
    auto outer = ClampOp::create(rewriter, fusedLocation({clamp, quantize}), quantize.getY().getType(), inner,
                                 clamp.getLo(), clamp.getHi());
    replaceKeepingOrigin(rewriter, quantize, outer);
    return success();
  }
};

} // namespace

void populateMoveQuantizationPatterns(RewritePatternSet &patterns) {
  patterns.add<SinkDequantize, HoistQuantize, HoistQuantizeOverClamp>(patterns.getContext());
}

} // namespace burin::nn
