#include "passes/quantize/IntegerTwin.h"

#include "ir/nn/IntegerForms.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/Unary.h"
#include "passes/simplify/Rewriting.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

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

/// A bias in steps of the sums: of 32 bits if it fits them.
TwinOperand biasOperand(Value bias, ArrayRef<int64_t> steps) {
  const bool narrow = llvm::all_of(steps, [](int64_t v) { return v >= INT32_MIN && v <= INT32_MAX; });
  auto bytesOf = [](const auto &values) {
    const char *bytes = reinterpret_cast<const char *>(values.data());
    return std::vector<char>(bytes, bytes + values.size() * sizeof(values[0]));
  };
  auto type = RankedTensorType::get(shapeOf(bias), IntegerType::get(bias.getContext(), narrow ? 32 : 64));
  return {Value(), type, narrow ? bytesOf(SmallVector<int32_t>(steps)) : bytesOf(steps)};
}

/// x, weights and bias of a convolution or product to `result`, where `outAxis` is the axis of the weights that counts
/// outputs and `maxBits` what the weights may have.
IntegerTwin planProduct(Value x, Value weights, Value bias, int64_t outAxis, unsigned maxBits,
                        quant::UniformQuantizedType result) {
  Value qx = quantisedActivation(x);
  if (!qx)
    return no("its input isn't quantised to 8 or 16 bits with one scale");
  Value qw = quantisedSource(weights);
  if (!qw || quantType(qw).getStorageTypeIntegralWidth() > maxBits)
    return no("its weights aren't quantised to " + Twine(maxBits) + " bits or fewer");
  QuantParams wParams = quantParams(quantType(qw));
  if (wParams.axis >= 0 && wParams.axis != outAxis)
    return no("its weights have a scale per input, not per output");
  IntegerTwin twin;
  twin.operands = {{qx}, {qw}};
  if (!bias)
    return twin;
  const int bits = hasWordType({quantType(qx), quantType(qw), result}) ? 60 : 32;
  std::optional<SmallVector<int64_t>> steps = integerBias(bias, quantParams(quantType(qx)), wParams, bits, twin.whyNot);
  if (!steps)
    return no(twin.whyNot);
  twin.operands.push_back(biasOperand(bias, *steps));
  return twin;
}

IntegerTwin planMatmul(MatmulOp op, quant::UniformQuantizedType result) {
  const int64_t rank = tensorType(op.getB()).getRank();
  return planProduct(op.getA(), op.getB(), op.getBias(), op.getTransposeB() ? rank - 2 : rank - 1, /*maxBits=*/16,
                     result);
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

} // namespace

std::optional<SmallVector<int64_t>> integerBias(Value bias, const QuantParams &x, const QuantParams &weights, int bits,
                                                std::string &whyNot) {
  Value stored = quantisedSource(bias);
  std::optional<SmallVector<int64_t>> integers = stored ? constantInts(stored) : std::nullopt;
  std::optional<SmallVector<double>> reals = constantReals(bias);
  if (!integers && !reals) {
    whyNot = "its bias isn't constant";
    return std::nullopt;
  }
  const QuantParams own = stored ? quantParams(quantType(stored)) : QuantParams();
  auto at = [](const auto &values, size_t i) { return values[values.size() == 1 ? 0 : i]; };
  SmallVector<int64_t> out;
  for (size_t o = 0, n = integers ? integers->size() : reals->size(); o < n; ++o) {
    const float sx = x.scales[0], sw = at(weights.scales, o);
    if (integers && at(own.zeros, o) == 0 && at(own.scales, o) == sx * sw) {
      out.push_back((*integers)[o]);
      continue;
    }
    const double real =
        integers ? static_cast<double>((*integers)[o] - at(own.zeros, o)) * at(own.scales, o) : (*reals)[o];
    const double steps = std::nearbyint(real / (static_cast<double>(sx) * static_cast<double>(sw)));
    if (!(std::abs(steps) < std::ldexp(1.0, bits - 1))) {
      whyNot = "its bias " + std::to_string(real) + " of output " + std::to_string(o) + " is beyond 2^" +
               std::to_string(bits - 1) + " steps of the accumulator";
      return std::nullopt;
    }
    out.push_back(static_cast<int64_t>(steps));
  }
  return out;
}

namespace {

IntegerTwin planOperands(Operation *op, quant::UniformQuantizedType result) {
  return llvm::TypeSwitch<Operation *, IntegerTwin>(op)
      .Case([&](Conv2dOp conv) {
        return planProduct(conv.getX(), conv.getW(), conv.getBias(), 0, /*maxBits=*/8, result);
      })
      .Case([&](MatmulOp matmul) { return planMatmul(matmul, result); })
      .Case([](BinaryOp binary) { return planBinary(binary); })
      .Case([](ReduceOp reduce) { return planReduce(reduce); })
      .Case<Pool2dOp, UnaryOp, ClampOp, SoftmaxOp>([](auto unary) { return planUnary(unary.getX()); })
      .Default([](Operation *) { return no("the operator has no integer form"); });
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

Operation *buildIntegerTwin(OpBuilder &b, Operation *op, const IntegerTwin &plan, quant::UniformQuantizedType result) {
  SmallVector<Value> operands;
  for (const TwinOperand &o : plan.operands)
    operands.push_back(o.value ? o.value : makeConstant(b, op->getLoc(), o.type, o.bytes).getResult());
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return buildMean(b, reduce, operands[0], result);
  return cloneWith(b, op, operands, result);
}

} // namespace burin::nn
