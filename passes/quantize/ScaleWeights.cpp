// A constant factor per output channel behind a product with quantised weights moves into their scales: the integers
// stay.
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "passes/quantize/IntegerTwin.h"
#include "passes/quantize/Patterns.h"
#include "passes/simplify/Rewriting.h"

#include <cfloat>

namespace burin::nn {
using namespace mlir;

namespace {

using Reals = SmallVector<double>;

/// The factors by which `binary` multiplies its operand `x`, one per index of its last axis; nullopt if that isn't what
/// it does, or if one isn't finite.
std::optional<Reals> outputFactors(BinaryOp binary, bool constantFirst) {
  const bool isDiv = binary.getKind() == BinaryKind::div;
  Value x = constantFirst ? binary.getB() : binary.getA();
  if ((binary.getKind() != BinaryKind::mul && !isDiv) || (isDiv && constantFirst) ||
      x.getType() != binary.getY().getType() || shapeOf(x).empty())
    return std::nullopt;
  const int64_t rank = tensorType(x).getRank();
  std::optional<Reals> factors =
      perAxisReals(constantFirst ? binary.getA() : binary.getB(), rank, rank - 1, shapeOf(x).back());
  if (!factors)
    return std::nullopt;
  for (double &factor : *factors)
    factor = isDiv ? 1.0 / factor : factor;
  return llvm::all_of(*factors, [](double f) { return std::isfinite(f); }) ? factors : std::nullopt;
}

/// The integers and parameters of constant weights behind a dequantisation, by output channel.
struct StoredWeights {
  Value stored;
  quant::QuantizedType type;
  std::vector<char> bytes;
  Reals scales;
  SmallVector<int64_t> zeros;
  int64_t axis = 0;

  static std::optional<StoredWeights> of(Value weights, int64_t axis) {
    Value stored = quantisedSource(weights);
    ConstantOp constant = stored ? definingConstant(stored) : ConstantOp();
    if (!constant || elementBytes(elementTypeOf(stored)) != 1 || !quantType(stored).isSigned())
      return std::nullopt;
    const QuantParams params = quantParams(quantType(stored));
    if (params.axis >= 0 && params.axis != axis)
      return std::nullopt;
    StoredWeights w;
    w.stored = stored;
    w.type = quantType(stored);
    w.bytes.assign(constant.bytes().begin(), constant.bytes().end());
    w.axis = axis;
    for (int64_t o = 0; o < shapeOf(stored)[axis]; ++o) {
      w.scales.push_back(params.scales[params.axis < 0 ? 0 : o]);
      w.zeros.push_back(params.zeros[params.axis < 0 ? 0 : o]);
    }
    return w;
  }

  /// Calls f(integer, output) on every weight.
  void forEach(llvm::function_ref<void(char &, int64_t)> f) {
    ArrayRef<int64_t> shape = shapeOf(stored);
    const int64_t inner = numElements(shape.drop_front(axis + 1));
    for (auto [i, byte] : llvm::enumerate(bytes))
      f(byte, static_cast<int64_t>(i) / inner % shape[axis]);
  }

  /// Turns the sign of the outputs in `mirrored`. Mirroring the storage range keeps every integer in it; where
  /// mirroring at zero does, too, zero points of 0 stay.
  void mirror(ArrayRef<char> mirrored) {
    const int64_t least = type.getStorageTypeMin(), most = type.getStorageTypeMax();
    SmallVector<char> leaves(mirrored.size(), 0);
    forEach([&](char &q, int64_t o) {
      const int64_t turned = -int64_t{static_cast<int8_t>(q)};
      leaves[o] |= turned < least || turned > most;
    });
    auto sum = [&](int64_t o) { return zeros[o] == 0 && !leaves[o] ? 0 : least + most; };
    forEach([&](char &q, int64_t o) {
      if (mirrored[o])
        q = static_cast<char>(sum(o) - static_cast<int8_t>(q));
    });
    for (size_t o = 0; o < mirrored.size(); ++o)
      if (mirrored[o])
        zeros[o] = sum(static_cast<int64_t>(o)) - zeros[o];
  }

  /// Multiplies by a factor per output; false if a scale leaves the normal float32 numbers.
  bool scaleBy(ArrayRef<double> factors) {
    SmallVector<char> mirrored(factors.size(), 0);
    for (size_t o = 0; o < factors.size(); ++o) {
      mirrored[o] = factors[o] < 0;
      if (factors[o] != 0)
        scales[o] = static_cast<float>(scales[o] * std::fabs(factors[o]));
      if (!(scales[o] >= static_cast<double>(FLT_MIN) && scales[o] <= static_cast<double>(FLT_MAX)))
        return false;
    }
    mirror(mirrored);
    forEach([&](char &q, int64_t o) { q = factors[o] == 0 ? static_cast<char>(zeros[o]) : q; });
    return true;
  }

  Value make(OpBuilder &b, Type real) const {
    Type element = quant::UniformQuantizedPerAxisType::get(
        type.getFlags(), type.getStorageType(), type.getExpressedType(), scales, zeros, static_cast<int32_t>(axis),
        type.getStorageTypeMin(), type.getStorageTypeMax());
    const Location where = stored.getLoc();
    auto scaled = makeConstant(b, where, withElementType(tensorType(stored), element), bytes);
    return DequantizeOp::create(b, where, real, scaled);
  }
};

/// The bias as reals: of floats, or dequantised integers; zeros without one, nullopt if it isn't constant.
std::optional<Reals> biasReals(Operation *op, int64_t outputs) {
  if (op->getNumOperands() < 3)
    return Reals(static_cast<size_t>(outputs), 0.0);
  Value bias = op->getOperand(2), stored = quantisedSource(bias);
  std::optional<SmallVector<int64_t>> integers = stored ? constantInts(stored) : std::nullopt;
  if (!integers)
    return constantReals(bias);
  const QuantParams params = quantParams(quantType(stored));
  Reals reals;
  for (auto [o, q] : llvm::enumerate(*integers)) {
    const size_t at = params.axis < 0 ? 0 : o;
    reals.push_back(static_cast<double>(q - params.zeros[at]) * static_cast<double>(params.scales[at]));
  }
  return reals;
}

/// The axis of the weights that counts outputs; -1 for operators that aren't products with one weight per output.
int64_t outputAxis(Operation *op) {
  if (auto matmul = dyn_cast_or_null<MatmulOp>(op)) {
    const int64_t rank = tensorType(matmul.getB()).getRank();
    return rank == 2 ? (matmul.getTransposeB() ? 0 : 1) : -1;
  }
  return isa_and_nonnull<Conv2dOp>(op) ? 0 : -1;
}

/// op(x; dequantize(w), b) * c = op(x; dequantize(w with scales * c), b * c), also through reshapes that keep channels.
struct ScaleQuantisedOutputs : OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BinaryOp binary, PatternRewriter &rewriter) const override {
    for (bool constantFirst : {false, true}) {
      Value y = constantFirst ? binary.getB() : binary.getA();
      const ReshapedValue stripped = stripReshapes(y);
      Operation *op = stripped.source.getDefiningOp();
      const int64_t axis = outputAxis(op);
      if (axis < 0 || op->getAttr("act_lo") || !stripped.source.hasOneUse())
        continue;
      std::optional<Reals> factors = outputFactors(binary, constantFirst);
      std::optional<StoredWeights> weights =
          factors ? StoredWeights::of(op->getOperand(1), axis) : std::optional<StoredWeights>();
      std::optional<Reals> bias = weights ? biasReals(op, static_cast<int64_t>(factors->size())) : std::nullopt;
      if (!bias || bias->size() != factors->size() || weights->scales.size() != factors->size() ||
          !weights->scaleBy(*factors))
        continue;
      for (auto [b, factor] : llvm::zip(*bias, *factors))
        b *= factor;
      rewrite(binary, op, stripped, *weights, *bias, rewriter);
      return success();
    }
    return failure();
  }

  static void rewrite(BinaryOp binary, Operation *op, const ReshapedValue &stripped, const StoredWeights &weights,
                      const Reals &bias, PatternRewriter &rewriter) {
    SmallVector<Value> operands{op->getOperand(0), weights.make(rewriter, op->getOperand(1).getType())};
    if (op->getNumOperands() > 2) {
      auto type = RankedTensorType::get({static_cast<int64_t>(bias.size())}, Float32Type::get(op->getContext()));
      operands.push_back(makeReals(rewriter, op->getLoc(), type, bias));
    }
    Operation *scaled = rewriter.clone(*op);
    scaled->setOperands(operands);
    for (StringRef bound : {"act_lo", "act_hi"})
      if (Attribute attr = binary->getAttr(bound))
        scaled->setAttr(bound, attr);
    scaled->setLoc(fusedLocation({op, binary}));
    scaled->removeAttr(originAttrName);
    replaceKeepingOrigin(rewriter, binary, repeatReshapes(rewriter, stripped, scaled->getResult(0)));
  }
};

} // namespace

void populateScaleWeightsPatterns(RewritePatternSet &patterns) {
  patterns.add<ScaleQuantisedOutputs>(patterns.getContext());
}

} // namespace burin::nn
