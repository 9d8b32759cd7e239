#include "passes/quantize/IntegerTwin.h"

#include "ir/nn/IntegerForms.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Unary.h"
#include "passes/quantize/ProductOperands.h"
#include "passes/simplify/Rewriting.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <limits>

namespace burin::nn {
using namespace mlir;

Value quantisedSource(Value v) {
  auto dequantize = v.getDefiningOp<DequantizeOp>();
  return dequantize ? dequantize.getX() : Value();
}

namespace {

IntegerTwin no(const Twine &why) { return {{}, why.str()}; }

/// Whether activations may have this type, whatever its parameters are: that is asked later.
bool hasActivationBits(quant::QuantizedType type) {
  return type && (type.getStorageTypeIntegralWidth() == 8 || type.getStorageTypeIntegralWidth() == 16);
}

/// The per-tensor value of 8 or 16 bits behind float operand `v`, or null.
Value quantisedActivation(Value v) {
  Value x = quantisedSource(v);
  return x && hasActivationBits(perTensorQuant(x)) ? x : Value();
}

/// The constant `real` of shape `shape`, exactly: one step of size |real| from the zero point, in bytes of the sign of
/// `like`'s storage.
TwinOperand exactConstant(double real, ArrayRef<int64_t> shape, quant::UniformQuantizedType like) {
  const bool fitsBelowZero = like.isSigned();
  const int64_t zero = real < 0 && !fitsBelowZero ? 1 : 0;
  const int64_t stored = zero + (real > 0) - (real < 0);
  const double scale = real == 0 ? 1.0 : std::abs(real);
  auto type =
      quant::UniformQuantizedType::get(like.getFlags(), IntegerType::get(like.getContext(), 8), like.getExpressedType(),
                                       scale, zero, like.isSigned() ? -128 : 0, like.isSigned() ? 127 : 255);
  return {Value(), RankedTensorType::get(shape, type),
          std::vector<char>(static_cast<size_t>(numElements(shape)), static_cast<char>(stored))};
}

/// A convolution or product as its parts.
struct Product {
  Value x, weights, bias;
  int64_t outAxis;        ///< the axis of the weights that counts outputs
  unsigned maxWeightBits; ///< of quantised weights; the second operand of a product may be an activation

  static std::optional<Product> of(Operation *op) {
    if (auto conv = dyn_cast<Conv2dOp>(op))
      return Product{conv.getX(), conv.getW(), conv.getBias(), 0, 8};
    auto matmul = dyn_cast<MatmulOp>(op);
    if (!matmul)
      return std::nullopt;
    const int64_t rank = tensorType(matmul.getB()).getRank();
    return Product{matmul.getA(), matmul.getB(), matmul.getBias(), matmul.getTransposeB() ? rank - 2 : rank - 1, 16};
  }
};

/// How many bits the accumulator of products of bytes, and this bias, leaves of 32.
int64_t spareBits(const ProductWeights &weights, const ProductBias &bias) {
  double largest = 0;
  for (int64_t b : bias.steps)
    largest = std::max(largest, std::fabs(static_cast<double>(b)));
  largest += static_cast<double>(numElements(weights.operand.type.getShape()) / weights.outputs()) * 255 * 128;
  return static_cast<int64_t>(std::floor(std::log2(0x1p30 / largest)));
}

/// The largest part of a bias that its integer leaves out, in steps of the result.
double resultError(const ProductBias &bias, float sx, const ProductWeights &weights, double sy) {
  double largest = 0;
  for (auto [o, rest] : llvm::enumerate(bias.rest)) {
    const float sw = weights.params.scales[weights.params.scales.size() == 1 ? 0 : o];
    largest = std::max(largest, std::fabs(rest) * static_cast<double>(sx) * static_cast<double>(sw) / sy);
  }
  return largest;
}

/// A bias in steps of the sums: of 32 bits if it fits them.
TwinOperand biasOperand(MLIRContext *context, ArrayRef<int64_t> steps) {
  const bool narrow = llvm::all_of(steps, [](int64_t v) { return v >= INT32_MIN && v <= INT32_MAX; });
  auto bytesOf = [](const auto &values) {
    const char *bytes = reinterpret_cast<const char *>(values.data());
    return std::vector<char>(bytes, bytes + values.size() * sizeof(values[0]));
  };
  auto type = RankedTensorType::get({static_cast<int64_t>(steps.size())}, IntegerType::get(context, narrow ? 32 : 64));
  return {Value(), type, narrow ? bytesOf(SmallVector<int32_t>(steps)) : bytesOf(steps)};
}

std::string inSteps(double error) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.2g", error);
  return text;
}

/// Whether the kernels add parts of a step: those of constant weights that are one matrix.
bool takesBiasRest(const ProductWeights &weights) {
  ArrayRef<int64_t> shape = weights.operand.type.getShape();
  const bool isMatrix = weights.outAxis == 0 || numElements(shape.drop_back(2)) == 1;
  return isMatrix && (!weights.operand.value || definingConstant(weights.operand.value));
}

IntegerTwin planProduct(const Product &p, quant::UniformQuantizedType result) {
  Value qx = quantisedActivation(p.x);
  if (!qx)
    return no("its input isn't quantised to 8 or 16 bits with one scale");
  IntegerTwin twin;
  std::optional<ProductWeights> weights = productWeights(p.weights, p.outAxis, p.maxWeightBits, twin.whyNot);
  if (!weights)
    return no(twin.whyNot);
  twin.operands = {{qx}, weights->operand};
  if (!p.bias)
    return twin;
  const QuantParams x = quantParams(quantType(qx));
  const bool words = hasWordType({quantType(qx), weights->operand.type.getElementType(), result});
  std::optional<ProductBias> bias = productBias(p.bias, x, *weights, words ? 60 : 32, twin.whyNot);
  if (!bias)
    return no(twin.whyNot);
  if (!words && takesBiasRest(*weights)) {
    if (!bias->isExact())
      twin.biasRest = bias->rest;
  } else if (const double error = resultError(*bias, x.scales[0], *weights, result.getScale()); error > 0) {
    const std::string distance = "its bias lies up to " + inSteps(error) + " of a step of the result beside ";
    if (error > maxBiasError)
      return no(distance + "the steps of its accumulator");
    twin.note = error > statedBiasError ? distance + "its integers" : "";
  }
  twin.operands = {{qx}, weights->operand, biasOperand(p.x.getContext(), bias->steps)};
  return twin;
}

IntegerTwin planBinary(BinaryOp op) {
  if (op.getKind() != BinaryKind::add && op.getKind() != BinaryKind::sub && op.getKind() != BinaryKind::mul)
    return no(stringifyBinaryKind(op.getKind()) + " has no integer form");
  Value a = quantisedActivation(op.getA()), b = quantisedActivation(op.getB());
  if (!a && !b)
    return no("its operands aren't quantised to 8 or 16 bits with one scale");
  auto operand = [](Value quantised, Value real, Value other) -> std::optional<TwinOperand> {
    if (quantised)
      return TwinOperand{quantised};
    std::optional<double> value = splatReal(real);
    if (!value || !std::isfinite(*value))
      return std::nullopt;
    return exactConstant(*value, shapeOf(real), perTensorQuant(other));
  };
  std::optional<TwinOperand> left = operand(a, op.getA(), b), right = operand(b, op.getB(), a);
  if (!left || !right)
    return no("one operand is neither quantised to 8 or 16 bits nor a constant of one value");
  return {{*left, *right}, ""};
}

/// One activation in, and no other operand.
IntegerTwin planUnary(Value x) {
  Value q = quantisedActivation(x);
  return q ? IntegerTwin{{{q}}, ""} : no("its input isn't quantised to 8 or 16 bits with one scale");
}

/// The axes [first, last] that a reduction covers, if they are neighbours once unit axes are set aside.
std::optional<std::pair<int64_t, int64_t>> reducedBlock(ReduceOp op) {
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  if (op.getAxes().empty())
    return std::nullopt;
  const int64_t first = *llvm::min_element(op.getAxes()), last = *llvm::max_element(op.getAxes());
  for (int64_t axis = first; axis <= last; ++axis)
    if (shape[axis] != 1 && !llvm::is_contained(op.getAxes(), axis))
      return std::nullopt;
  return std::make_pair(first, last);
}

IntegerTwin planReduce(ReduceOp op) {
  if (op.getKind() != ReduceKind::mean)
    return no("reduction " + stringifyReduceKind(op.getKind()) + " has no integer form");
  return reducedBlock(op) ? planUnary(op.getX()) : no("the axes of its mean aren't neighbours");
}

/// A mean over neighbouring axes is an average pool of [outer, R, 1, inner].
Operation *buildMean(OpBuilder &b, ReduceOp op, Value x, quant::UniformQuantizedType result) {
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  auto [first, last] = *reducedBlock(op);
  const int64_t outer = numElements(shape.take_front(first)), inner = numElements(shape.drop_front(last + 1));
  const int64_t reduced = numElements(shape.slice(first, last - first + 1));
  auto reshape = [&](Value v, ArrayRef<int64_t> to) -> Operation * {
    return ReshapeOp::create(b, op.getLoc(), RankedTensorType::get(to, elementTypeOf(v)), v);
  };
  Value image = reshape(x, {outer, reduced, 1, inner})->getResult(0);
  auto pool =
      Pool2dOp::create(b, op.getLoc(), RankedTensorType::get({outer, 1, 1, inner}, result), PoolKind::avg_pool, image,
                       /*kernel=*/{reduced, 1}, /*strides=*/{1, 1}, /*pads=*/{0, 0, 0, 0}, /*dilations=*/{1, 1},
                       /*out_size=*/{1, 1}, /*count_include_pad=*/false, /*p=*/2, /*global=*/true);
  return reshape(pool, shapeOf(op.getY()));
}

IntegerTwin planOperands(Operation *op, quant::UniformQuantizedType result) {
  if (std::optional<Product> product = Product::of(op))
    return planProduct(*product, result);
  return llvm::TypeSwitch<Operation *, IntegerTwin>(op)
      .Case([](BinaryOp binary) { return planBinary(binary); })
      .Case([](ReduceOp reduce) { return planReduce(reduce); })
      .Case<Pool2dOp, UnaryOp, ClampOp, SoftmaxOp>([](auto unary) { return planUnary(unary.getX()); })
      .Default([](Operation *) { return no("the operator has no integer form"); });
}

SmallVector<Value> makeOperands(OpBuilder &b, Location loc, ArrayRef<TwinOperand> plans) {
  SmallVector<Value> operands;
  for (const TwinOperand &o : plans)
    operands.push_back(o.value ? o.value : makeConstant(b, loc, o.type, o.bytes).getResult());
  return operands;
}

/// The product alone: 32-bit sums.
Operation *buildProduct(OpBuilder &b, Operation *op, const AccumulatorTwin &plan) {
  Operation *product = cloneWith(b, op, makeOperands(b, op->getLoc(), plan.operands), b.getI32Type());
  product->removeAttr("act_lo");
  product->removeAttr("act_hi");
  return product;
}

/// The bias of an accumulator: with the products where it is a whole number of their steps, else finer behind a shift.
void planAccumulatorBias(const Product &p, const QuantParams &x, ProductWeights weights, AccumulatorTwin &twin) {
  std::optional<ProductBias> bias = productBias(p.bias, x, weights, 32, twin.whyNot);
  if (!bias)
    return;
  if (bias->isExact()) {
    twin.operands.push_back(biasOperand(p.x.getContext(), bias->steps));
    return;
  }
  twin.shift = static_cast<int32_t>(std::clamp<int64_t>(spareBits(weights, *bias), 0, 16));
  for (double &scale : twin.scales)
    scale = std::ldexp(scale, -twin.shift);
  for (float &scale : weights.params.scales)
    scale = std::ldexp(scale, -twin.shift);
  bias = productBias(p.bias, x, weights, 32, twin.whyNot);
  if (bias)
    twin.shiftedBias.assign(bias->steps.begin(), bias->steps.end());
}

/// Whether the kernels have the planned operator: asked of the operator itself, made aside for that.
std::string whyNoKernel(Operation *op, const IntegerTwin &plan, quant::UniformQuantizedType result) {
  Block aside;
  OpBuilder b(op->getContext());
  b.setInsertionPointToStart(&aside);
  Operation *twin = buildIntegerTwin(b, op, plan, result);
  while (isa<ReshapeOp>(twin))
    twin = twin->getOperand(0).getDefiningOp();
  return whyNotInteger(twin, twin->getOperandTypes(), twin->getResult(0).getType());
}

} // namespace

IntegerTwin planIntegerTwin(Operation *op, quant::UniformQuantizedType result) {
  if (!hasActivationBits(result))
    return no("its result isn't quantised to 8 or 16 bits");
  IntegerTwin plan = planOperands(op, result);
  if (plan.whyNot.empty())
    plan.whyNot = whyNoKernel(op, plan, result);
  return plan;
}

AccumulatorTwin planAccumulator(Operation *op) {
  AccumulatorTwin twin;
  std::optional<Product> p = Product::of(op);
  Value qx = p ? quantisedActivation(p->x) : Value();
  if (!qx || hasWordType(elementTypeOf(qx))) {
    twin.whyNot = p ? "its input isn't quantised to 8 bits with one scale" : "it is no product";
    return twin;
  }
  std::optional<ProductWeights> weights = productWeights(p->weights, p->outAxis, 8, twin.whyNot);
  if (!weights)
    return twin;
  const QuantParams x = quantParams(quantType(qx));
  twin.operands = {{qx}, weights->operand};
  for (int64_t o = 0; o < weights->outputs(); ++o)
    twin.scales.push_back(static_cast<double>(x.scales[0]) *
                          static_cast<double>(weights->params.scales[weights->params.scales.size() == 1 ? 0 : o]));
  if (p->bias)
    planAccumulatorBias(*p, x, *weights, twin);
  if (!twin.whyNot.empty())
    return twin;
  Block aside;
  OpBuilder b(op->getContext());
  b.setInsertionPointToStart(&aside);
  Operation *product = buildProduct(b, op, twin);
  twin.whyNot = whyNotInteger(product, product->getOperandTypes(), product->getResult(0).getType());
  return twin;
}

namespace {

/// The quantised type that 32-bit sums have: per tensor if their scales are one.
Type sumType(const AccumulatorTwin &plan, MLIRContext *context, int64_t rank) {
  const auto [lo, hi] = integerRange(IntegerType::get(context, 32));
  const unsigned flags = quant::QuantizationFlags::Signed;
  Type storage = IntegerType::get(context, 32), real = Float32Type::get(context);
  if (llvm::all_equal(plan.scales))
    return quant::UniformQuantizedType::get(flags, storage, real, plan.scales.front(), 0, lo, hi);
  return quant::UniformQuantizedPerAxisType::get(flags, storage, real, plan.scales,
                                                 SmallVector<int64_t>(plan.scales.size(), 0),
                                                 static_cast<int32_t>(rank - 1), lo, hi);
}

} // namespace

Operation *buildAccumulator(OpBuilder &b, Operation *op, const AccumulatorTwin &plan) {
  Operation *product = buildProduct(b, op, plan);
  product->removeAttr(originAttrName);
  Value sums = product->getResult(0);
  RankedTensorType integers = tensorType(sums);
  auto combine = [&](BinaryKind kind, ArrayRef<int64_t> shape, ArrayRef<int32_t> values) {
    Value constant =
        makeConstant<int32_t>(b, op->getLoc(), RankedTensorType::get(shape, integers.getElementType()), values);
    sums = BinaryOp::create(b, op->getLoc(), integers, kind, sums, constant, FloatAttr(), FloatAttr());
  };
  if (plan.shift > 0)
    combine(BinaryKind::mul, {}, {int32_t{1} << plan.shift});
  if (!plan.shiftedBias.empty())
    combine(BinaryKind::add, {static_cast<int64_t>(plan.shiftedBias.size())}, plan.shiftedBias);
  Type element = sumType(plan, op->getContext(), integers.getRank());
  Value quantised = StorageCastOp::create(b, op->getLoc(), withElementType(integers, element), sums);
  Operation *last = DequantizeOp::create(b, op->getLoc(), op->getResult(0).getType(), quantised);
  last->setAttr("nn.float_because", b.getStringAttr("the product's result isn't quantised to 8 bits"));
  auto lo = op->getAttrOfType<FloatAttr>("act_lo"), hi = op->getAttrOfType<FloatAttr>("act_hi");
  if (!lo && !hi)
    return last;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return ClampOp::create(b, op->getLoc(), op->getResult(0).getType(), last->getResult(0),
                         lo ? lo : b.getF64FloatAttr(-infinity), hi ? hi : b.getF64FloatAttr(infinity));
}

Operation *buildIntegerTwin(OpBuilder &b, Operation *op, const IntegerTwin &plan, quant::UniformQuantizedType result) {
  SmallVector<Value> operands = makeOperands(b, op->getLoc(), plan.operands);
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return buildMean(b, reduce, operands[0], result);
  Operation *twin = cloneWith(b, op, operands, result);
  if (!plan.biasRest.empty())
    twin->setAttr(biasRestAttrName, b.getDenseF64ArrayAttr(plan.biasRest));
  if (!plan.note.empty())
    twin->setAttr("nn.inexact", b.getStringAttr(plan.note));
  return twin;
}

} // namespace burin::nn
