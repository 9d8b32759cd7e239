#include "ir/nn/IntegerForms.h"

#include "ir/nn/Constants.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/GatherNd.h"
#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Transpose.h"
#include "ir/nn/ops/Unary.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

namespace burin::nn {
using namespace mlir;

namespace {

/// The element types of one question; operand and result numbers as in the operator.
struct Types {
  SmallVector<Type> operands;
  Type result;

  quant::UniformQuantizedType activation(size_t i) const { return activationType(operands[i]); }
  quant::UniformQuantizedType activationResult() const { return activationType(result); }
  static quant::UniformQuantizedType activationType(Type t) {
    return isActivationType(t) ? cast<quant::UniformQuantizedType>(t) : quant::UniformQuantizedType();
  }
};

ConstantOp constantBehind(Value v) {
  while (Operation *op = v.getDefiningOp()) {
    if (auto constant = dyn_cast<ConstantOp>(op))
      return constant;
    if (!isa<DequantizeOp, QuantizeOp, StorageCastOp>(op))
      break;
    v = op->getOperand(0);
  }
  return {};
}

/// The ends of the operator must be tensors of 8 or 16 bits with one scale.
std::string notActivations(const Types &types, ArrayRef<size_t> operands) {
  for (size_t i : operands)
    if (!types.activation(i))
      return "an input isn't quantised to 8 or 16 bits with one scale";
  if (!types.activationResult())
    return "the output isn't quantised to 8 or 16 bits with one scale";
  return "";
}

std::string notEqual(const Types &types, ArrayRef<size_t> operands) {
  if (std::string why = notActivations(types, operands); !why.empty())
    return why;
  for (size_t i : operands)
    if (types.operands[i] != types.result)
      return "input and output have different scales or zero points";
  return "";
}

/// A bias has the scale of the products; anything else would change its value.
std::string biasProblem(Operation *op, const Types &types) {
  if (op->getNumOperands() < 3)
    return "";
  if (!constantBehind(op->getOperand(2)))
    return "the bias is computed at run time";
  auto q = dyn_cast<quant::QuantizedType>(types.operands[2]);
  if (!q) {
    const bool isSum =
        types.operands[2].isSignlessInteger(32) ||
        (hasWordType({types.operands[0], types.operands[1], types.result}) && types.operands[2].isSignlessInteger(64));
    return isSum ? "" : "the bias isn't quantised to 32 bits";
  }
  if (q.getStorageTypeIntegralWidth() != 32 || !q.isSigned())
    return "the bias isn't quantised to 32 bits";
  const QuantParams x = quantParams(cast<quant::QuantizedType>(types.operands[0]));
  const QuantParams w = quantParams(cast<quant::QuantizedType>(types.operands[1])), b = quantParams(q);
  for (int64_t o = 0, n = shapeOf(op->getOperand(2)).back(); o < n; ++o) {
    const float product = x.scales[0] * w.scales[w.axis < 0 ? 0 : o], scale = b.scales[b.axis < 0 ? 0 : o];
    // Exporters compute the product in other precisions: a few units in the last place move no sum by one.
    if (b.zeros[b.axis < 0 ? 0 : o] != 0 || std::fabs(product - scale) > 1e-6f * product)
      return "the bias isn't quantised with zero point 0 and the product of the input's and the weights' scales";
  }
  return "";
}

/// Whether `constant` holds integers (it may still be of floats that are to be quantised).
bool holdsBytes(ConstantOp constant, ArrayRef<int64_t> shape) {
  return constant && constant.bytes().size() == static_cast<size_t>(numElements(shape));
}

/// How the weights of a convolution or product lie: outputs along `channelAxis`, `depth` taps each.
struct WeightLayout {
  int64_t channelAxis, channels, depth;
  WeightOrder order;
  bool isMatrix = true; ///< not a batch of matrices
  unsigned maxBits = 8;
};

std::string weightedProblem(Operation *op, const Types &types, const WeightLayout &layout) {
  if (!types.activation(0))
    return "an input isn't quantised to 8 or 16 bits with one scale";
  if (!types.activationResult() && !types.result.isSignlessInteger(32))
    return "the output isn't quantised to 8 or 16 bits with one scale";
  RankedTensorType stored = tensorType(op->getOperand(1));
  if (!isWeightType(withElementType(stored, types.operands[1]), layout.channelAxis, layout.maxBits))
    return "the weights aren't quantised to " + std::to_string(layout.maxBits) +
           " bits or fewer with one scale per tensor or output channel";
  if (std::string why = biasProblem(op, types); !why.empty())
    return why;
  SmallVector<int64_t> bias;
  if (op->getNumOperands() > 2)
    if (auto values = constantInts(constantBehind(op->getOperand(2)).getResult()))
      bias = *values;
  auto x = types.activation(0);
  auto w = cast<quant::QuantizedType>(types.operands[1]);
  const bool hasWord = hasWordType({x, w, types.result});
  ConstantOp constant =
      layout.isMatrix && w.getStorageTypeIntegralWidth() <= 8 ? constantBehind(op->getOperand(1)) : ConstantOp();
  if (holdsBytes(constant, stored.getShape()))
    return rangeProblem(
        channelSums(integerWeights(constant, w, layout.channels, layout.depth, layout.order), x, bias).ranges, hasWord);
  if (constant)
    return "";
  if (!commonZero(w) || w.getStorageTypeIntegralWidth() < 8)
    return "the weights are computed at run time or have 16 bits, and have a zero point per channel or fewer than 8 "
           "bits";
  return rangeProblem(anyWeightsRanges(x, w, layout.depth, layout.channels, bias), hasWord);
}

std::string convProblem(Conv2dOp op, const Types &types) {
  ArrayRef<int64_t> w = shapeOf(op.getW());
  return weightedProblem(op, types, {0, w[0], numElements(w.drop_front()), WeightOrder::ChannelMajor});
}

std::string matmulProblem(MatmulOp op, const Types &types) {
  const int64_t rank = tensorType(op.getB()).getRank();
  return weightedProblem(op, types,
                         {rank - (op.getTransposeB() ? 2 : 1), shapeOf(op.getY()).back(), shapeOf(op.getA()).back(),
                          op.getTransposeB() ? WeightOrder::ChannelMajor : WeightOrder::DepthMajor,
                          numElements(shapeOf(op.getB()).drop_back(2)) == 1, /*maxBits=*/16});
}

std::string poolProblem(Pool2dOp op, const Types &types) {
  switch (op.getKind()) {
  case PoolKind::max_pool:
    return notEqual(types, 0);
  case PoolKind::lp_pool:
    return "lp_pool has no integer form";
  case PoolKind::avg_pool:
    break;
  }
  if (std::string why = notActivations(types, 0); !why.empty())
    return why;
  return averageRatio(types.activation(0), types.activationResult(), op.getKernel()[0] * op.getKernel()[1])
             ? ""
             : "the ratio of the scales is too extreme for an exact average";
}

std::string binaryProblem(BinaryOp op, const Types &types) {
  const BinaryKind kind = op.getKind();
  if (kind == BinaryKind::min || kind == BinaryKind::max)
    return notEqual(types, {0, 1});
  if (kind != BinaryKind::add && kind != BinaryKind::sub && kind != BinaryKind::mul)
    return (stringifyBinaryKind(kind) + " has no integer form").str();
  if (std::string why = notActivations(types, {0, 1}); !why.empty())
    return why;
  if (!hasIntegerForm(kind, types.operands[0], types.operands[1], types.result))
    return "inputs and output mix int8 and uint8";
  if (hasWordType({types.operands[0], types.operands[1], types.result}))
    return "";
  const quant::UniformQuantizedType a = types.activation(0), b = types.activation(1), y = types.activationResult();
  auto solve = [&](auto solver) {
    auto [min, max] = storageRange(a);
    auto zero = [](quant::UniformQuantizedType t) { return static_cast<int32_t>(t.getZeroPoint()); };
    auto scale = [](quant::UniformQuantizedType t) { return static_cast<float>(t.getScale()); };
    return solver(scale(a), zero(a), scale(b), zero(b), scale(y), zero(y), min, max, min, max).has_value();
  };
  return (kind == BinaryKind::mul ? solve(numerics::solveMul) : solve(numerics::solveAdd))
             ? ""
             : "the scales differ too much for 64-bit integers";
}

std::string unaryProblem(UnaryOp op, const Types &types) {
  switch (op.getKind()) {
  case UnaryKind::bitwise_not:
  case UnaryKind::logical_not:
  case UnaryKind::is_nan:
  case UnaryKind::is_inf:
    return (stringifyUnaryKind(op.getKind()) + " doesn't compute on real numbers").str();
  default:
    break;
  }
  if (std::string why = notActivations(types, 0); !why.empty())
    return why;
  return hasIntegerForm(op, types.activation(0), types.activationResult())
             ? ""
             : "the function isn't linear in up to 1024 pieces";
}

std::string reduceProblem(ReduceOp op, const Types &types) {
  if (op.getKind() != ReduceKind::max && op.getKind() != ReduceKind::min)
    return (stringifyReduceKind(op.getKind()) + " has no integer form").str();
  return notEqual(types, 0);
}

std::string softmaxProblem(SoftmaxOp op, const Types &types) {
  if (op.getKind() != SoftmaxKind::softmax)
    return (stringifySoftmaxKind(op.getKind()) + " has no integer form").str();
  if (std::string why = notActivations(types, 0); !why.empty())
    return why;
  const bool fits =
      hasWordType({types.operands[0], types.result}) || storageType(types.operands[0]) == storageType(types.result);
  return fits ? "" : "input and output mix int8 and uint8";
}

/// Operators that only move elements: every operand that holds data has the result's parameters.
std::string movementProblem(Operation *op, const Types &types) {
  SmallVector<size_t> data = {0};
  if (isa<SelectOp>(op))
    data = {1, 2};
  if (isa<ConcatOp, PadOp>(op))
    data.assign(llvm::seq<size_t>(0, op->getNumOperands()).begin(), llvm::seq<size_t>(0, op->getNumOperands()).end());
  return notEqual(types, data);
}

} // namespace

std::string whyNotInteger(Operation *floatOp, TypeRange quantOperands, Type quantResult) {
  Types types;
  for (Type t : quantOperands)
    types.operands.push_back(getElementTypeOrSelf(t));
  types.result = getElementTypeOrSelf(quantResult);
  return llvm::TypeSwitch<Operation *, std::string>(floatOp)
      .Case<Conv2dOp>([&](auto op) { return convProblem(op, types); })
      .Case<MatmulOp>([&](auto op) { return matmulProblem(op, types); })
      .Case<Pool2dOp>([&](auto op) { return poolProblem(op, types); })
      .Case<BinaryOp>([&](auto op) { return binaryProblem(op, types); })
      .Case<UnaryOp>([&](auto op) { return unaryProblem(op, types); })
      .Case<SoftmaxOp>([&](auto op) { return softmaxProblem(op, types); })
      .Case<ReduceOp>([&](auto op) { return reduceProblem(op, types); })
      .Case<ClampOp>([&](auto) { return notActivations(types, 0); })
      .Case<ReshapeOp, TransposeOp, SliceOp, PadOp, ExpandOp, ConcatOp, GatherOp, GatherElementsOp, GatherNdOp,
            SelectOp>([&](auto op) { return movementProblem(op, types); })
      .Default([&](Operation *op) { return (op->getName().stripDialect() + " has no integer form").str(); });
}

} // namespace burin::nn
