// Quantisation that exporters have written as arithmetic: what a quantiser learnt is a grid of reals all the same.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Unary.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cfloat>
#include <cmath>
#include <limits>

namespace burin {
#define GEN_PASS_DEF_RECOGNISEQUANTISATION
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

constexpr double unbound = std::numeric_limits<double>::infinity();

/// Values between two bounds; what comes later binds all before it.
struct Bounds {
  double lo = -unbound, hi = unbound;
  /// An earlier clamp to [a, b].
  void before(double a, double b) {
    const double least = lo, most = hi;
    lo = std::min(std::max(a, least), most);
    hi = std::min(std::max(b, least), most);
  }
  void shift(double by) { lo += by, hi += by; }
};

/// A factor or summand of one value beside operand `x`, which has the shape of the result.
struct WithConstant {
  Value x;
  BinaryKind kind = BinaryKind::add;
  double value = 0;

  static std::optional<WithConstant> of(Value v) {
    auto binary = v.getDefiningOp<BinaryOp>();
    if (!binary || binary.getActLo() || binary.getActHi())
      return std::nullopt;
    for (bool constantFirst : {false, true}) {
      Value x = constantFirst ? binary.getB() : binary.getA();
      std::optional<double> value = splatReal(constantFirst ? binary.getA() : binary.getB());
      const bool commutes = binary.getKind() == BinaryKind::add || binary.getKind() == BinaryKind::mul;
      if (value && x.getType() == v.getType() && (commutes || !constantFirst))
        return WithConstant{x, binary.getKind(), *value};
    }
    return std::nullopt;
  }
  bool isSum() const { return kind == BinaryKind::add || kind == BinaryKind::sub; }
  double summand() const { return kind == BinaryKind::sub ? -value : value; }
  /// The scale of x / scale; 0 if this is something else.
  double divisor() const {
    if (kind == BinaryKind::div)
      return value;
    return kind == BinaryKind::mul && value != 0 ? static_cast<double>(static_cast<float>(1 / value)) : 0;
  }
  /// The scale of x * scale; 0 if this is something else.
  double factor() const {
    if (kind == BinaryKind::mul)
      return value;
    return kind == BinaryKind::div && value != 0 ? static_cast<double>(static_cast<float>(1 / value)) : 0;
  }
};

bool isInteger(double v) { return v == std::floor(v) && std::fabs(v) < 0x1p24; }

/// Integers in a float tensor: clamp(round(x / scale)) + shift.
struct RoundedReals {
  Value x;
  double scale = 0, shift = 0;
  Bounds bounds; ///< of the integers before the shift

  /// What `v` holds, if it is that; the clamp may stand on either side of the others.
  static std::optional<RoundedReals> of(Value v) {
    RoundedReals r;
    Bounds bounds; // of the value reached
    while (true) {
      if (auto clamp = v.getDefiningOp<ClampOp>()) {
        bounds.before(clamp.getLo().convertToDouble(), clamp.getHi().convertToDouble());
        v = clamp.getX();
        continue;
      }
      std::optional<WithConstant> sum = WithConstant::of(v);
      if (!sum || !sum->isSum())
        break;
      if (!isInteger(sum->value))
        return std::nullopt;
      r.shift += sum->summand();
      bounds.shift(-sum->summand());
      v = sum->x;
    }
    auto round = v.getDefiningOp<UnaryOp>();
    if (!round || round.getKind() != UnaryKind::round)
      return std::nullopt;
    r.bounds = bounds;
    return r.parseQuotient(round.getX()) ? std::optional(r) : std::nullopt;
  }

private:
  /// clamp(clamp(x) / scale): the bounds round as what they bind does.
  bool parseQuotient(Value v) {
    if (auto clamp = v.getDefiningOp<ClampOp>()) {
      bounds.before(std::nearbyint(clamp.getLo().convertToDouble()), std::nearbyint(clamp.getHi().convertToDouble()));
      v = clamp.getX();
    }
    std::optional<WithConstant> quotient = WithConstant::of(v);
    if (quotient) {
      scale = quotient->divisor();
      x = quotient->x;
      if (auto clamp = x.getDefiningOp<ClampOp>())
        bounds.before(std::nearbyint(clamp.getLo().convertToDouble() / scale),
                      std::nearbyint(clamp.getHi().convertToDouble() / scale));
    }
    return scale >= static_cast<double>(FLT_MIN) && scale <= static_cast<double>(FLT_MAX) && isInteger(bounds.lo) &&
           isInteger(bounds.hi) && bounds.lo <= bounds.hi;
  }
};

quant::UniformQuantizedType quantised(MLIRContext *context, bool isSigned, unsigned width, double scale, int64_t zero,
                                      int64_t lo, int64_t hi) {
  return quant::UniformQuantizedType::get(isSigned ? quant::QuantizationFlags::Signed : 0,
                                          IntegerType::get(context, width), Float32Type::get(context), scale, zero, lo,
                                          hi);
}

/// The reals round(x / scale) * scale between the bounds, as a type of 8 or 16 bits that holds them and zero; null if
/// there is none.
quant::UniformQuantizedType gridType(MLIRContext *context, const Bounds &bounds, double scale) {
  const auto lo = static_cast<int64_t>(bounds.lo), hi = static_cast<int64_t>(bounds.hi);
  for (unsigned width : {8u, 16u}) {
    const auto [least, most] = integerRange(IntegerType::get(context, width));
    if (lo > 0 || hi < 0 || hi - lo > most - least)
      continue;
    const int64_t zero = lo < least ? least - lo : hi > most ? most - hi : 0;
    return quantised(context, true, width, scale, zero, lo + zero, hi + zero);
  }
  return {};
}

/// Quantises `x` at `root`, whose location the new operators take.
Value quantiseTo(PatternRewriter &rewriter, Operation *root, Value x, Type element) {
  return QuantizeOp::create(rewriter, root->getLoc(), withElementType(tensorType(x), element), x);
}

/// Equal up to the rounding of a reciprocal.
bool sameScale(double a, double b) { return std::fabs(a - b) <= 0x1p-22 * std::fabs(b); }

/// (clamp(round(x / s) + z) - z) * s = dequantize(quantize(x)).
struct GridToPair : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    std::optional<WithConstant> product = WithConstant::of(binary.getY());
    if (!product || product->factor() == 0 || !elementTypeOf(binary.getY()).isF32())
      return failure();
    std::optional<RoundedReals> r = RoundedReals::of(product->x);
    if (!r || r->shift != 0 || !sameScale(product->factor(), r->scale))
      return failure();
    // Of a reciprocal and a scale, the scale is what the exporter had.
    const double scale = product->kind == BinaryKind::mul ? product->value : r->scale;
    quant::UniformQuantizedType type = gridType(getContext(), r->bounds, scale);
    if (!type)
      return failure();
    Value q = quantiseTo(rewriter, binary, r->x, type);
    auto dequantize = DequantizeOp::create(rewriter, binary.getLoc(), binary.getY().getType(), q);
    replaceKeepingOrigin(rewriter, binary, dequantize);
    return success();
  }
};

/// cast(clamp(round(x / s) + z)) to bytes or 16 bits = the integers of quantize(x).
struct CastToQuantize : OpRewritePattern<CastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CastOp cast, PatternRewriter &rewriter) const override {
    auto storage = dyn_cast<IntegerType>(elementTypeOf(cast.getY()));
    if (!storage || storage.getWidth() < 8 || storage.getWidth() > 16 || !elementTypeOf(cast.getX()).isF32())
      return failure();
    std::optional<RoundedReals> r = RoundedReals::of(cast.getX());
    if (!r)
      return failure();
    const auto [least, most] = integerRange(storage);
    const auto zero = static_cast<int64_t>(r->shift), lo = static_cast<int64_t>(r->bounds.lo) + zero,
               hi = static_cast<int64_t>(r->bounds.hi) + zero;
    if (lo < least || hi > most || zero < lo || zero > hi)
      return failure();
    Type type = quantised(getContext(), !storage.isUnsigned(), storage.getWidth(), r->scale, zero, lo, hi);
    auto plain =
        StorageCastOp::create(rewriter, cast.getLoc(), cast.getY().getType(), quantiseTo(rewriter, cast, r->x, type));
    replaceKeepingOrigin(rewriter, cast, plain);
    return success();
  }
};

/// (cast(x : bytes or 16 bits) - z) * s = dequantize(x).
struct CastToDequantize : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    std::optional<WithConstant> product = WithConstant::of(binary.getY());
    if (!product || product->kind != BinaryKind::mul)
      return failure();
    double zero = 0;
    Value v = product->x;
    if (std::optional<WithConstant> sum = WithConstant::of(v); sum && sum->isSum() && isInteger(sum->value)) {
      zero = -sum->summand();
      v = sum->x;
    }
    auto cast = v.getDefiningOp<CastOp>();
    auto storage = cast ? dyn_cast<IntegerType>(elementTypeOf(cast.getX())) : IntegerType();
    if (!storage || storage.getWidth() < 8 || storage.getWidth() > 16 || !elementTypeOf(cast.getY()).isF32())
      return failure();
    const auto [least, most] = integerRange(storage);
    const double scale = product->value;
    if (!(scale >= static_cast<double>(FLT_MIN)) || zero < static_cast<double>(least) ||
        zero > static_cast<double>(most))
      return failure();
    Type type = quantised(getContext(), !storage.isUnsigned(), storage.getWidth(), scale, static_cast<int64_t>(zero),
                          least, most);
    Value q =
        StorageCastOp::create(rewriter, binary.getLoc(), withElementType(tensorType(cast.getX()), type), cast.getX());
    auto dequantize = DequantizeOp::create(rewriter, binary.getLoc(), binary.getY().getType(), q);
    replaceKeepingOrigin(rewriter, binary, dequantize);
    return success();
  }
};

/// max(q, c) and min(q, c) of quantised values, or of their plain integers: a clamp of the quantised ones.
struct ExtremeOfIntegers : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    const bool isMax = binary.getKind() == BinaryKind::max;
    if (!isMax && binary.getKind() != BinaryKind::min)
      return failure();
    for (bool constantFirst : {false, true}) {
      Value x = constantFirst ? binary.getB() : binary.getA();
      auto plain = x.getDefiningOp<StorageCastOp>();
      Value q = perTensorQuant(x) || !plain ? x : plain.getX();
      quant::UniformQuantizedType type = perTensorQuant(q);
      auto bounds = constantInts(constantFirst ? binary.getA() : binary.getB());
      if (!type || elementBytes(type) != 1 || !bounds || bounds->empty() || !llvm::all_equal(*bounds) ||
          x.getType() != binary.getY().getType())
        continue;
      // As real numbers, which the clamp turns back to the same integers.
      const double bound = static_cast<double>(bounds->front() - type.getZeroPoint()) * type.getScale();
      Operation *clamp =
          ClampOp::create(rewriter, binary.getLoc(), q.getType(), q, rewriter.getF64FloatAttr(isMax ? bound : -unbound),
                          rewriter.getF64FloatAttr(isMax ? unbound : bound));
      if (q != x)
        clamp = StorageCastOp::create(rewriter, binary.getLoc(), x.getType(), clamp->getResult(0));
      replaceKeepingOrigin(rewriter, binary, clamp);
      return success();
    }
    return failure();
  }
};

struct RecogniseQuantisation : impl::RecogniseQuantisationBase<RecogniseQuantisation> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<GridToPair, CastToQuantize, CastToDequantize, ExtremeOfIntegers>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
