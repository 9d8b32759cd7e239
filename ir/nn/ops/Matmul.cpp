#include "ir/nn/ops/Matmul.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/ops/IntegerRows.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/nn/ops/WeightRows.h"

namespace burin::nn {
using namespace mlir;

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto a = dyn_cast<RankedTensorType>(adaptor.getA().getType()),
       b = dyn_cast<RankedTensorType>(adaptor.getB().getType());
  if (!a || !b || !a.hasStaticShape() || !b.hasStaticShape() || a.getRank() < 2 || b.getRank() < 2)
    return emitOptionalError(loc, "matmul needs operands of rank 2 or more and static shape");
  const bool transposed = adaptor.getTransposeB();
  const int64_t depth = b.getShape().take_back(2)[transposed ? 1 : 0],
                columns = b.getShape().take_back(2)[transposed ? 0 : 1];
  if (a.getShape().back() != depth)
    return emitOptionalError(loc, "matmul: a has rows of ", a.getShape().back(), ", b columns of ", depth);
  auto shape = broadcastShapes(a.getShape().drop_back(2), b.getShape().drop_back(2));
  if (!shape)
    return emitOptionalError(loc, "matmul: the batch dims of ", a, " and ", b, " don't broadcast");
  shape->push_back(a.getShape().take_back(2)[0]);
  shape->push_back(columns);
  Type element = a.getElementType();
  if (isa<quant::QuantizedType>(element))
    element = IntegerType::get(context, 32);
  types.push_back(RankedTensorType::get(*shape, element));
  return success();
}

namespace {

/// Sizes of one product [m, k] · [k, n].
struct Sizes {
  int64_t m, k, n;
};

Sizes sizes(MatmulOp op) {
  ArrayRef<int64_t> a = shapeOf(op.getA()), y = shapeOf(op.getY());
  return {a[a.size() - 2], a.back(), y.back()};
}

int64_t weightAxis(MatmulOp op) { return tensorType(op.getB()).getRank() - (op.getTransposeB() ? 2 : 1); }

/// Whether b is one constant matrix, of up to 8 bits if quantised: then a product is a convolution of single pixels.
bool hasWeights(MatmulOp op) {
  return definingConstant(op.getB()) && numElements(shapeOf(op.getB()).drop_back(2)) == 1 &&
         !hasWordType(elementTypeOf(op.getB()));
}

/// Every row of a is a pixel.
ConvShape pixels(MatmulOp op) {
  const auto [m, k, n] = sizes(op);
  const int64_t rows = numElements(shapeOf(op.getY())) / n;
  return {.inWidth = rows, .inChannels = k, .outWidth = rows, .outChannels = n};
}

bool isWrappingInteger(Type type) {
  auto i = dyn_cast<IntegerType>(type);
  return i && (i.getWidth() == 32 || i.getWidth() == 64);
}

} // namespace

LogicalResult MatmulOp::verify() {
  const Type element = elementTypeOf(getA());
  if (failed(checkBias(*this, getBias(), shapeOf(getY()).back())) || failed(checkClamp(*this, getActLo(), getActHi())))
    return failure();
  if (!isWrappingInteger(element))
    return checkWeighted(*this, getA(), getB(), getBias(), weightAxis(*this), /*maxWeightBits=*/16);
  if (elementTypeOf(getB()) != element || elementTypeOf(getY()) != element ||
      (getBias() && elementTypeOf(getBias()) != element))
    return emitOpError() << "operands and result of an integer product have one element type";
  return success();
}

int64_t MatmulOp::macs() { return numElements(shapeOf(getY())) * sizes(*this).k; }

namespace {

/// Emits y = a · b for every pair of matrices that the batch dims broadcast to; `a`, `b`, `y` and the zero points (of
/// quantised operands only) are the buffers' and kernel's.
void emitProducts(Lowering &l, MatmulOp op, const Twine &kernel, BufferId a, std::optional<int64_t> aZero, BufferId b,
                  std::optional<int64_t> bZero, BufferId y) {
  auto [m, k, n] = sizes(op);
  ArrayRef<int64_t> batch = shapeOf(op.getY()).drop_back(2);
  auto batchStrides = [&](Value v, int64_t matrix) {
    SmallVector<int64_t> s = broadcastStrides(shapeOf(v).drop_back(2), batch);
    for (int64_t &stride : s)
      stride *= matrix;
    return s;
  };
  StridedNest nest;
  if (numElements(shapeOf(op.getB()).drop_back(2)) == 1)
    m *= numElements(batch); // one b: the matrices of a are one tall matrix
  else
    nest = mergeAxes(batch,
                     {batchStrides(op.getA(), m * k), batchStrides(op.getB(), k * n), batchStrides(op.getY(), m * n)});
  if (nest.shape.empty() || nest.shape == SmallVector<int64_t>{1})
    nest = {{}, {{}, {}, {}}};

  std::vector<plan::CallArg> args = {ptr(a, 0, nest.strides[0]), num(k), num(1)};
  if (aZero)
    args.push_back(num(*aZero));
  args.push_back(ptr(b, 0, nest.strides[1]));
  args.push_back(num(op.getTransposeB() ? 1 : n));
  args.push_back(num(op.getTransposeB() ? k : 1));
  if (bZero)
    args.push_back(num(*bZero));
  args.push_back(ptr(y, 0, nest.strides[2]));
  for (int64_t size : {m, k, n})
    args.push_back(num(size));
  l.call(kernel, std::move(args), nest.shape);
}

/// y[.., n] += bias[n], in place.
void emitBias(Lowering &l, StringRef suffix, BufferId bias, BufferId y, int64_t rows, int64_t n) {
  if (n == 1)
    l.call("add_" + suffix, {ptr(y), num(1), ptr(bias), num(0), ptr(y), num(rows)});
  else if (rows == 1)
    l.call("add_" + suffix, {ptr(y), num(1), ptr(bias), num(1), ptr(y), num(n)});
  else
    l.call("add_" + suffix, {ptr(y, 0, {n}), num(1), ptr(bias), num(1), ptr(y, 0, {n}), num(n)}, {rows});
}

LogicalResult lowerFloat(Lowering &l, MatmulOp op) {
  const Type computed = computeType(elementTypeOf(op.getA()));
  const std::string suffix = kernelSuffix(computed);
  const auto [m, k, n] = sizes(op);
  const Clamp clamp = clampOf(op.getActLo(), op.getActHi());
  BufferId a = widenedOperand(l, 0, "input");
  std::optional<BufferId> bias;
  if (op.getBias())
    bias = widenedOperand(l, 2, "bias");
  if (hasWeights(op)) {
    BufferId w =
        op.getTransposeB() ? widenedOperand(l, 1, "weights") : transposedConstant(l, 1, k, n, "weights", {n, k});
    const BufferId y = computedResult(l);
    emitFloatRows(l, ConvRows(pixels(op), /*repackable=*/false), computed, a, w, bias, y, clamp);
    storeResult(l, y);
    return success();
  }
  BufferId b = widenedOperand(l, 1, "weights");
  const BufferId y = computedResult(l);
  const int64_t count = numElements(shapeOf(op.getY()));
  emitProducts(l, op, "matmul_" + suffix, a, std::nullopt, b, std::nullopt, y);
  if (bias)
    emitBias(l, suffix, *bias, y, count / n, n);
  if (failed(emitFloatClamp(l, computed, y, y, count, clamp.lo, clamp.hi)))
    return failure();
  storeResult(l, y);
  return success();
}

LogicalResult lowerWrapping(Lowering &l, MatmulOp op) {
  const std::string suffix = kernelSuffix(elementTypeOf(op.getA()));
  emitProducts(l, op, "matmul_" + suffix, l.operand(0), std::nullopt, l.operand(1), std::nullopt, l.result());
  const int64_t n = sizes(op).n;
  if (op.getBias())
    emitBias(l, suffix, l.operand(2), l.result(), numElements(shapeOf(op.getY())) / n, n);
  return success();
}

/// Rows of `n` sums to rows of results, one multiplier per entry of `r`: for everything, or per column.
void emitRequant(Lowering &l, const std::string &kernel, const Requantisation &r, BufferId sums, int64_t rows,
                 int64_t n) {
  const bool perColumn = r.mult.size() > 1;
  SmallVector<int64_t> loops, stride;
  if (perColumn && rows > 1) {
    loops = {rows};
    stride = {n};
  }
  l.call(kernel,
         {ptr(sums, 0, stride), ptr(l.constant<int32_t>("mult", "int32_t", r.mult)),
          ptr(l.constant<uint8_t>("shift", "uint8_t", r.shift)), num(perColumn ? 1 : 0), num(r.zero), num(r.lo),
          num(r.hi), ptr(l.result(), 0, stride), num(perColumn ? n : rows * n)},
         loops);
}

/// The second operand isn't one constant matrix of bytes: exact sums first, then requantised.
LogicalResult lowerQuantizedProducts(Lowering &l, MatmulOp op) {
  quant::UniformQuantizedType a = perTensorQuant(op.getA()), y = perTensorQuant(op.getY());
  quant::QuantizedType b = quantType(op.getB());
  const auto [m, k, n] = sizes(op);
  std::optional<int64_t> bZero = commonZero(b);
  if (!bZero || b.getStorageTypeIntegralWidth() < 8)
    return l.fail("BRN1703",
                  "a zero point per channel, or fewer than 8 bits, need weights that are one constant matrix",
                  "quantise the second operand with one zero point, or keep this node in float");
  FailureOr<SmallVector<int64_t>> bias = quantizedBias(l);
  if (failed(bias))
    return failure();
  SmallVector<Interval> ranges = anyWeightsRanges(a, b, k, n, *bias);
  FailureOr<int> bits = proveRanges(l, ranges);
  if (failed(bits))
    return failure();
  const int64_t rows = numElements(shapeOf(op.getY())) / n;
  const std::string sum = "s" + std::to_string(*bits);
  BufferId sums = y ? l.scratch("sums", *bits == 64 ? "int64_t" : "int32_t", rows * n) : l.result();
  emitProducts(l, op, "matmul_" + kernelSuffix(a) + "_" + kernelSuffix(b) + "_" + sum, l.operand(0), a.getZeroPoint(),
               l.operand(1), *bZero, sums);
  if (op.getBias())
    emitBias(l, sum, *bits == 32 ? l.operand(2) : sumConstant(l, "bias", *bias, *bits), sums, rows, n);
  if (!y)
    return success();
  SmallVector<float> scales = quantParams(b).scales;
  if (scales.size() == 1) { // one multiplier serves all
    for (Interval range : ranges)
      ranges[0] = {std::min(ranges[0].min, range.min), std::max(ranges[0].max, range.max)};
    ranges.resize(1);
  }
  const Clamp clamp = clampOf(op.getActLo(), op.getActHi());
  const bool asTflite = roundsAsTflite(op) && !hasWord(l);
  const auto r = asTflite ? tfliteRequantisation(a, scales, y, clamp, /*asFloat=*/true)
                          : requantisation(a, scales, ranges, y, clamp, hasWord(l));
  if (!r)
    return failNotRepresentable(l, "the quotient of the scales is too large for float32");
  const std::string kernel = hasWord(l) ? "rescale_" + sum + "_" : asTflite ? "requant_tflite_" : "requant_";
  emitRequant(l, kernel + kernelSuffix(y), *r, sums, rows, n);
  return success();
}

} // namespace

LogicalResult MatmulOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const WeightOrder order = getTransposeB() ? WeightOrder::ChannelMajor : WeightOrder::DepthMajor;
  const Clamp clamp = clampOf(getActLo(), getActHi());
  if (hasIntegerWeightsOnly(*this) && numElements(shapeOf(getB()).drop_back(2)) != 1)
    return l.fail("BRN1703", "quantised weights of a float product are more than one matrix",
                  "dequantize them before this node");
  if (hasIntegerWeightsOnly(*this))
    return emitWeightRows(l, pixels(*this), order, clamp);
  if (isa<FloatType>(elementTypeOf(getA())))
    return lowerFloat(l, *this);
  if (isWrappingInteger(elementTypeOf(getA())))
    return lowerWrapping(l, *this);
  if (!hasWeights(*this))
    return lowerQuantizedProducts(l, *this);
  return emitIntegerRows(l, pixels(*this), order, clamp);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Matmul.cpp.inc"
