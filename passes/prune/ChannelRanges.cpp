#include "passes/prune/ChannelRanges.h"

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Unary.h"
#include "ir/numerics/Requantize.h"
#include "ir/numerics/TfLite.h"
#include "passes/prune/ChannelGroups.h"

#include "llvm/ADT/TypeSwitch.h"

namespace burin::nn {
using namespace mlir;

namespace {

ChannelRanges everything(Value v) {
  auto [min, max] = storageRange(quantType(v));
  return ChannelRanges(lastAxis(v), {min, max});
}

int32_t storedAt(ArrayRef<char> bytes, size_t i, quant::QuantizedType type) {
  return type.isSigned() ? static_cast<int8_t>(bytes[i]) : static_cast<uint8_t>(bytes[i]);
}

void widen(Interval &range, int64_t value) {
  range.min = std::min(range.min, value);
  range.max = std::max(range.max, value);
}

/// The ranges of `channels` interleaved columns of stored bytes; there is at least one row.
ChannelRanges rangesOfBytes(ArrayRef<char> bytes, quant::QuantizedType type, int64_t channels) {
  ChannelRanges ranges(channels, {INT64_MAX, INT64_MIN});
  for (size_t i = 0; i < bytes.size(); ++i)
    widen(ranges[i % channels], storedAt(bytes, i, type));
  return ranges;
}

/// `op` with operands and a result of other shapes, run once; the storage of its result. Nullopt if it can't be.
std::optional<TensorBytes> runOn(Operation *op, ArrayRef<RankedTensorType> operands, RankedTensorType result,
                                 ArrayRef<ArrayRef<char>> bytes) {
  OpBuilder b(op->getContext());
  OwningOpRef<func::FuncOp> around =
      func::FuncOp::create(op->getLoc(), "around", b.getFunctionType(SmallVector<Type>(operands), {}));
  if (roundsAsTflite(op))
    (*around)->setAttr(tfliteRoundingAttrName, b.getUnitAttr());
  Block &block = *around->addEntryBlock();
  Operation *copy = op->clone();
  copy->setOperands(block.getArguments());
  copy->getResult(0).setType(result);
  block.push_back(copy);
  FailureOr<std::vector<TensorBytes>> results = evaluate(copy, bytes);
  if (failed(results))
    return std::nullopt;
  return std::move(results->front());
}

/// Each of 256 stored values in a channel of its own, at all positions of `shape` without its last axis.
TensorBytes allBytes(ArrayRef<int64_t> positions) {
  TensorBytes bytes(numElements(positions) * 256);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i % 256);
  return bytes;
}

/// An operator on one operand that treats all channels alike: what it makes of each stored value, over all positions.
/// `positions`: the shapes without their last axis; those of element-wise operators may be empty.
ChannelRanges alikeRanges(Operation *op, ArrayRef<int64_t> positionsIn, ArrayRef<int64_t> positionsOut,
                          const ChannelRanges &x) {
  Value in = op->getOperand(0), out = op->getResult(0);
  auto shaped = [](ArrayRef<int64_t> positions, Value like) {
    SmallVector<int64_t> shape(positions);
    shape.push_back(256);
    return RankedTensorType::get(shape, elementTypeOf(like));
  };
  constexpr int64_t worthwhile = int64_t{1} << 16; // positions
  const bool bytes = elementBytes(elementTypeOf(in)) == 1 && elementBytes(elementTypeOf(out)) == 1;
  if (!bytes || numElements(positionsIn) > worthwhile)
    return everything(out);
  const TensorBytes values = allBytes(positionsIn);
  std::optional<TensorBytes> y =
      runOn(op, {shaped(positionsIn, in)}, shaped(positionsOut, out), {ArrayRef<char>(values)});
  if (!y)
    return everything(out);
  const ChannelRanges byValue = rangesOfBytes(*y, quantType(out), 256);
  ChannelRanges ranges;
  for (const Interval &range : x) {
    Interval result{INT64_MAX, INT64_MIN};
    for (int64_t value = range.min; value <= range.max; ++value) {
      const Interval &of = byValue[static_cast<uint8_t>(value)];
      widen(result, of.min);
      widen(result, of.max);
    }
    ranges.push_back(result);
  }
  return ranges;
}

ChannelRanges poolRanges(Pool2dOp op, const ChannelRanges &x) {
  if (op.getKind() == PoolKind::max_pool)
    return x; // picks elements
  const ArrayRef<int64_t> in = shapeOf(op.getX()), out = shapeOf(op.getY());
  // An average rises with each of its elements: the extremes are those of equal elements.
  return alikeRanges(op, {1, in[1], in[2]}, {1, out[1], out[2]}, x);
}

/// The operator at the four corners of its operands' ranges: the kinds with integer forms have their extremes there.
ChannelRanges binaryRanges(BinaryOp op, const ChannelRanges &a, const ChannelRanges &b) {
  const int64_t channels = lastAxis(op.getY());
  auto corner = [&](const ChannelRanges &ranges, int64_t c, bool upper) {
    const Interval &range = ranges[ranges.size() == 1 ? 0 : c];
    return static_cast<char>(upper ? range.max : range.min);
  };
  if (!isByteTensor(elementTypeOf(op.getA())) || !isByteTensor(elementTypeOf(op.getB())) ||
      !isByteTensor(elementTypeOf(op.getY())))
    return everything(op.getY());
  TensorBytes aBytes, bBytes;
  for (int which = 0; which < 4; ++which)
    for (int64_t c = 0; c < channels; ++c) {
      aBytes.push_back(corner(a, c, which & 1));
      bBytes.push_back(corner(b, c, which & 2));
    }
  auto type = [&](Value like) { return RankedTensorType::get({4, channels}, elementTypeOf(like)); };
  std::optional<TensorBytes> y =
      runOn(op, {type(op.getA()), type(op.getB())}, type(op.getY()), {ArrayRef<char>(aBytes), ArrayRef<char>(bBytes)});
  return y ? rangesOfBytes(*y, quantType(op.getY()), channels) : everything(op.getY());
}

/// A convolution or product by constant weights, as sums over taps: `columns` taps of one position of the window lie
/// together, one per input channel of the group.
struct WeightedSum {
  Operation *op;
  Value x, w, bias;
  int64_t groups = 1;
  bool padded = false; ///< some taps may lie outside the image
  Clamp clamp;
};

/// The range of the accumulator of output `o` when input c of a position lies in x[c].
Interval accumulated(const WeightedSum &sum, const IntegerWeights &w, int64_t o, int64_t bias, const ChannelRanges &x) {
  const int64_t columns = lastAxis(sum.w), first = o / (w.channels / sum.groups) * columns;
  const int64_t zero = perTensorQuant(sum.x).getZeroPoint();
  Interval acc{bias, bias};
  for (int64_t k = 0; k < w.depth; ++k) {
    const int64_t factor = int64_t{w.values[o * w.depth + k]} - w.zeros[o];
    Interval in = x[first + k % columns];
    in = {in.min - zero, in.max - zero};
    if (sum.padded)
      widen(in, 0);
    acc.min += std::min(factor * in.min, factor * in.max);
    acc.max += std::max(factor * in.min, factor * in.max);
  }
  return acc;
}

ChannelRanges weightedRanges(const WeightedSum &sum, const ChannelRanges &x) {
  Value y = sum.op->getResult(0);
  ConstantOp weights = definingConstant(sum.w);
  std::optional<SmallVector<int64_t>> bias = SmallVector<int64_t>();
  if (sum.bias)
    bias = constantInts(sum.bias);
  if (!weights || !bias || sum.op->hasAttr(biasRestAttrName) || elementBytes(elementTypeOf(sum.w)) != 1 ||
      !isByteTensor(elementTypeOf(sum.x)) || !isByteTensor(elementTypeOf(y)))
    return everything(y);
  auto xType = perTensorQuant(sum.x), yType = perTensorQuant(y);
  const int64_t channels = lastAxis(y), depth = numElements(shapeOf(sum.w)) / channels;
  const IntegerWeights w = integerWeights(weights, quantType(sum.w), channels, depth, WeightOrder::ChannelMajor);
  SmallVector<Interval> sums;
  for (int64_t o = 0; o < channels; ++o)
    sums.push_back(accumulated(sum, w, o, bias->empty() ? 0 : (*bias)[o], x));
  if (!rangeProblem(sums, /*hasWord=*/false).empty())
    return everything(y);
  // Both definitions never fall when the sum grows.
  const bool asTflite = roundsAsTflite(sum.op);
  const Requantisation tflite =
      asTflite ? tfliteRequantisation(xType, w.scales, yType, sum.clamp, isa<MatmulOp>(sum.op)) : Requantisation();
  auto [lo, hi] = clampRange(yType, sum.clamp.lo, sum.clamp.hi);
  const auto zero = static_cast<int32_t>(yType.getZeroPoint());
  ChannelRanges ranges;
  for (int64_t o = 0; o < channels; ++o) {
    const float scale = static_cast<float>(xType.getScale()) * w.scales[o] / static_cast<float>(yType.getScale());
    auto stored = [&, lo = lo, hi = hi](int64_t value) -> int64_t {
      const auto acc = static_cast<int32_t>(value);
      if (!asTflite)
        return numerics::requantizeF32(acc, scale, zero, lo, hi);
      const int64_t scaled = numerics::tflite::scaled(acc, {tflite.mult[o], tflite.shift[o]});
      return std::clamp<int64_t>(scaled + zero, lo, hi);
    };
    const bool wraps = asTflite && tflite.shift[o] < 31; // sums are first multiplied, modulo 2^32
    ranges.push_back(wraps ? Interval{lo, hi} : Interval{stored(sums[o].min), stored(sums[o].max)});
  }
  return ranges;
}

} // namespace

RangeAnalysis::RangeAnalysis(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) // in program order, so that no question goes deep
    for (Value result : op.getResults())
      if (quantType(result))
        of(result);
}

const ChannelRanges &RangeAnalysis::of(Value v) {
  if (auto it = known.find(v); it != known.end())
    return it->second;
  ChannelRanges ranges = compute(v);
  return known[v] = std::move(ranges);
}

ChannelRanges RangeAnalysis::compute(Value v) {
  Operation *op = v.getDefiningOp();
  if (!op || op->getNumResults() != 1 || numElements(shapeOf(v)) == 0)
    return everything(v);
  for (Value operand : op->getOperands())
    if (!quantType(operand) && !isa<IntegerType>(elementTypeOf(operand)))
      return everything(v); // a quantisation of floats
  return llvm::TypeSwitch<Operation *, ChannelRanges>(op)
      .Case<ConstantOp>([&](auto constant) {
        return elementBytes(elementTypeOf(v)) == 1 ? rangesOfBytes(constant.bytes(), quantType(v), lastAxis(v))
                                                   : everything(v);
      })
      .Case<Conv2dOp>([&](auto conv) {
        const bool padded = llvm::any_of(conv.getPads(), [](int64_t p) { return p > 0; });
        return weightedRanges({conv, conv.getX(), conv.getW(), conv.getBias(), static_cast<int64_t>(conv.getGroups()),
                               padded, clampOf(conv.getActLo(), conv.getActHi())},
                              of(conv.getX()));
      })
      .Case<MatmulOp>([&](auto product) {
        if (!product.getTransposeB() || numElements(shapeOf(product.getB()).drop_back(2)) != 1)
          return everything(v);
        return weightedRanges({product, product.getA(), product.getB(), product.getBias(), 1, false,
                               clampOf(product.getActLo(), product.getActHi())},
                              of(product.getA()));
      })
      .Case<BinaryOp>([&](auto binary) { return binaryRanges(binary, of(binary.getA()), of(binary.getB())); })
      .Case<UnaryOp, ClampOp>([&](auto unary) { return alikeRanges(unary, {}, {}, of(unary.getX())); })
      .Case<Pool2dOp>([&](auto pool) { return poolRanges(pool, of(pool.getX())); })
      .Case<ReshapeOp>([&](auto reshape) {
        const ChannelRanges &x = of(reshape.getX());
        ChannelRanges repeated; // a flattened image: the channels of each position in turn
        for (int64_t i = 0; i < lastAxis(v); ++i)
          repeated.push_back(x[i % x.size()]);
        return lastAxis(v) % static_cast<int64_t>(x.size()) == 0 ? repeated : everything(v);
      })
      .Case<ConcatOp>([&](auto concat) {
        ChannelRanges joined;
        for (Value x : concat.getXs())
          llvm::append_range(joined, of(x));
        const bool ofChannels = static_cast<int64_t>(concat.getAxis()) == tensorType(v).getRank() - 1;
        return ofChannels ? joined : everything(v);
      })
      .Default([&](Operation *) { return everything(v); });
}

} // namespace burin::nn
