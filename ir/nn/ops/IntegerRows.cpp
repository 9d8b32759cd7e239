#include "ir/nn/ops/IntegerRows.h"

#include "ir/nn/Emit.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/KernelFamily.h"
#include "ir/nn/ops/Matmul.h"

namespace burin::nn {
using namespace mlir;

FailureOr<SmallVector<int64_t>> quantizedBias(Lowering &l) {
  if (l.op()->getNumOperands() < 3)
    return SmallVector<int64_t>();
  if (auto values = constantInts(l.op()->getOperand(2)))
    return *values;
  return l.fail("BRN1703", "the bias of a quantised operator is computed at run time",
                "make it an initializer, or keep this node in float");
}

bool hasWord(Lowering &l) {
  return hasWordType({elementTypeOf(l.op()->getOperand(0)), elementTypeOf(l.op()->getOperand(1)),
                      elementTypeOf(l.op()->getResult(0))});
}

FailureOr<int> proveRanges(Lowering &l, ArrayRef<Interval> ranges) {
  std::string problem = rangeProblem(ranges, hasWord(l));
  if (!problem.empty())
    return l.fail("BRN1702", problem, "keep this node in float");
  return sumBits(ranges, hasWord(l));
}

BufferId sumConstant(Lowering &l, StringRef role, ArrayRef<int64_t> values, int bits) {
  if (bits == 64)
    return l.constant<int64_t>(role, "int64_t", values);
  SmallVector<int32_t> low;
  for (int64_t v : values)
    low.push_back(static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(v))));
  return l.constant<int32_t>(role, "int32_t", low);
}

namespace {

/// What the kernel reads besides the input, and what is known of the sums.
struct PreparedWeights {
  BufferId weights;
  unsigned packedBits = 0; ///< 0: a byte each
  std::optional<BufferId> zeros = {}, bias = {};
  SmallVector<float> scales = {};    ///< one per output channel
  SmallVector<Interval> ranges = {}; ///< likewise
  int sumBits = 32;
};

FailureOr<PreparedWeights> prepareConstant(Lowering &l, const ConvRows &rows, const ConvShape &shape,
                                           const IntegerWeights &w, unsigned packedBits, ArrayRef<int64_t> bias) {
  ChannelSums sums = channelSums(w, perTensorQuant(l.op()->getOperand(0)), bias);
  FailureOr<int> bits = proveRanges(l, sums.ranges);
  if (failed(bits))
    return failure();
  PreparedWeights p{.weights = l.operand(1),
                    .packedBits = packedBits,
                    .scales = w.scales,
                    .ranges = std::move(sums.ranges),
                    .sumBits = *bits};
  const int64_t *kernel = shape.window.kernel;
  if (packedBits > 0)
    p.weights = packedConstant(l, "weights", w.values, w.channels, w.depth, rows.groups(), packedBits);
  else if (rows.depthwise())
    p.weights = l.constant<int8_t>("weights", "int8_t", transposed<int8_t>(w.values, w.channels, w.depth),
                                   {kernel[0], kernel[1], w.channels});
  else if (!w.asStored)
    p.weights = l.constant<int8_t>("weights", "int8_t", w.values, {w.channels, w.depth});
  if (!w.symmetric())
    p.zeros = l.constant<int32_t>("weights_zero", "int32_t", w.zeros);
  if (llvm::any_of(sums.bias, [](int64_t b) { return b != 0; }))
    p.bias = sumConstant(l, "bias", sums.bias, *bits);
  return p;
}

/// bias − zx·Σ (w − zw) per channel, computed at run time: a product of the weights and a column of −zx.
BufferId foldInputZero(Lowering &l, const ConvShape &shape, quant::QuantizedType w, int64_t wZero, int64_t xZero,
                       std::optional<BufferId> bias, int bits) {
  const std::string sums = "s" + std::to_string(bits);
  BufferId folded = l.scratch("bias", bits == 64 ? "int64_t" : "int32_t", shape.outChannels);
  // The column is one stored 0, read with steps of 0; its zero point makes it −zx.
  BufferId column = l.constant<int8_t>("zero", "int8_t", int8_t{0});
  l.call("matmul_" + kernelSuffix(w) + "_s8_" + sums,
         {ptr(l.operand(1)), num(shape.depth()), num(1), num(wZero), ptr(column), num(0), num(0), num(xZero),
          ptr(folded), num(shape.outChannels), num(shape.depth()), num(1)});
  if (bias)
    l.call("add_" + sums, {ptr(folded), num(1), ptr(*bias), num(1), ptr(folded), num(shape.outChannels)});
  return folded;
}

FailureOr<PreparedWeights> prepareRuntime(Lowering &l, const ConvShape &shape, ArrayRef<int64_t> bias) {
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0));
  quant::QuantizedType w = quantType(l.op()->getOperand(1));
  std::optional<int64_t> zero = commonZero(w);
  if (!zero || w.getStorageTypeIntegralWidth() != 8)
    return l.fail("BRN1703", "weights with a zero point per channel or below 8 bits are computed at run time",
                  "make them an initializer, or keep this node in float");
  SmallVector<Interval> ranges = anyWeightsRanges(x, w, shape.depth(), shape.outChannels, bias);
  FailureOr<int> bits = proveRanges(l, ranges);
  if (failed(bits))
    return failure();
  PreparedWeights p{.weights = l.operand(1), .ranges = std::move(ranges), .sumBits = *bits};
  const QuantParams params = quantParams(w);
  for (int64_t o = 0; o < shape.outChannels; ++o)
    p.scales.push_back(params.scales[params.axis < 0 ? 0 : o]);
  if (!bias.empty())
    p.bias = *bits == 32 ? l.operand(2) : sumConstant(l, "bias", bias, *bits);
  if (x.getZeroPoint() != 0)
    p.bias = foldInputZero(l, shape, w, *zero, x.getZeroPoint(), p.bias, *bits);
  if (!w.isSigned()) {
    // Flipping the top bit subtracts 128.
    const int64_t n = numElements(shapeOf(l.op()->getOperand(1)));
    p.weights = l.scratch("weights", "uint8_t", n);
    l.call("bitwise_xor_u8", {ptr(l.operand(1)), num(1), ptr(l.constant<uint8_t>("top_bit", "uint8_t", uint8_t{128})),
                              num(0), ptr(p.weights), num(n)});
    *zero -= 128;
  }
  if (*zero != 0)
    p.zeros = l.constant<int32_t>("weights_zero", "int32_t",
                                  std::vector<int32_t>(shape.outChannels, static_cast<int32_t>(*zero)));
  return p;
}

/// How sums of these ranges become results; `form` is the part of the kernel's name that says so.
std::optional<Requantisation> requantisationOf(Lowering &l, ArrayRef<float> scales, ArrayRef<Interval> ranges,
                                               Clamp clamp, std::string &form) {
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0)), y = perTensorQuant(l.op()->getResult(0));
  if (hasWord(l)) // one definition, whatever the rounding of bytes is
    return requantisation(x, scales, ranges, y, clamp, /*hasWord=*/true);
  if (roundsAsTflite(l.op())) {
    form = "tflite_";
    return tfliteRequantisation(x, scales, y, clamp, isa<MatmulOp>(l.op()));
  }
  auto rest = l.op()->getAttrOfType<DenseF64ArrayAttr>(biasRestAttrName);
  if (rest && rest.asArrayRef().size() == scales.size())
    if (auto fine = fineRequantisation(x, scales, ranges, rest, y, clamp)) {
      form = "fine_";
      return fine;
    }
  return requantisation(x, scales, ranges, y, clamp, /*hasWord=*/false);
}

/// Lowers to the kernels of the family that the operator is to take, if it can.
bool lowersToFamily(Lowering &l, const ConvRows &rows, const IntegerWeights &w, ArrayRef<int64_t> bias, Clamp clamp) {
  const KernelFamily *family = kernelFamily(l.op(), w);
  if (!family || !family->takes(rows))
    return false;
  const ChannelSums sums = channelSums(w, perTensorQuant(l.op()->getOperand(0)), bias);
  std::string form;
  const auto r = rangeProblem(sums.ranges, /*hasWord=*/false).empty()
                     ? requantisationOf(l, w.scales, sums.ranges, clamp, form)
                     : std::nullopt;
  if (r && family->emit(l, rows, w, sums, *r, form))
    return true;
  l.slow("a scale of a quarter or more, or a rounding that takes exact arithmetic: plain kernels");
  return false;
}

} // namespace

LogicalResult emitIntegerRows(Lowering &l, const ConvShape &shape, WeightOrder order, Clamp clamp) {
  Value x = l.op()->getOperand(0), w = l.op()->getOperand(1), y = l.op()->getResult(0);
  FailureOr<SmallVector<int64_t>> bias = quantizedBias(l);
  if (failed(bias))
    return failure();
  ConstantOp constant = definingConstant(w);
  const ConvRows rows(shape, /*repackable=*/static_cast<bool>(constant), l.byRows());
  std::optional<IntegerWeights> known;
  if (constant)
    known = integerWeights(constant, quantType(w), shape.outChannels, shape.depth(), order);
  const unsigned packed = constant ? packedBits(constant).value_or(0) : 0;
  if (known && packed == 0 && lowersToFamily(l, rows, *known, *bias, clamp))
    return success();
  FailureOr<PreparedWeights> p =
      known ? prepareConstant(l, rows, shape, *known, packed, *bias) : prepareRuntime(l, shape, *bias);
  if (failed(p))
    return failure();

  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(num(perTensorQuant(x).getZeroPoint()));
  args.push_back(rows.weights(p->weights, p->packedBits > 0 ? packedPerElement : 1));
  args.push_back(p->zeros ? rows.perChannel(*p->zeros) : null());
  args.push_back(p->bias ? rows.perChannel(*p->bias) : null());
  std::string form;
  if (perTensorQuant(y)) {
    const auto r = requantisationOf(l, p->scales, p->ranges, clamp, form);
    if (!r)
      return failNotRepresentable(l, "a quotient of the scales is too large for float32");
    args.push_back(rows.perChannel(l.constant<int32_t>("mult", "int32_t", r->mult)));
    args.push_back(rows.perChannel(l.constant<uint8_t>("shift", "uint8_t", r->shift)));
    if (!r->offset.empty())
      args.push_back(rows.perChannel(l.constant<int32_t>("offset", "int32_t", r->offset)));
    for (int32_t n : {r->zero, r->lo, r->hi})
      args.push_back(num(n));
  }
  rows.appendOutput(args, l.result());
  const std::string how = form + (p->sumBits == 64 ? "wide_" : "") + kernelSuffix(elementTypeOf(x)) + "_" +
                          (p->packedBits > 0 ? packedSuffix(p->packedBits) + "_" : "");
  l.call(rows.kernelStem() + how + kernelSuffix(elementTypeOf(y)), std::move(args), rows.loops());
  rows.noteSlow(l);
  return success();
}

} // namespace burin::nn
