// Normalisations.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/Lrn.h"
#include "ir/nn/ops/Normalize.h"

namespace burin::importer {
using namespace mlir;
using nn::BinaryKind;
using nn::NormKind;
using nn::ReduceKind;
using nn::UnaryKind;

namespace {

/// A value per channel in the shape that broadcasts over `x` [N,C,...].
Value perChannel(NodeContext &n, Value v, Value x) { return n.alignAxis(v, 0, n.rank(x) - 1); }

/// Whether `v` is [C] for `x` [N,C,...].
bool isPerChannel(NodeContext &n, Value v, Value x) {
  return n.require(n.rank(x) >= 2 && n.shape(v) == Shape{n.dim(x, 1)},
                   "scale, bias, mean and variance need one value per channel");
}

/// y = x * a + b per channel, a = scale / sqrt(var + epsilon), b = bias - mean * a: constants in any trained model.
void batchNormalization(NodeContext &n) {
  Value x = n.input(0);
  for (unsigned i = 1; i < 5; ++i)
    if (!isPerChannel(n, n.input(i), x))
      return;
  if (!n.support(!n.flag("training_mode") && !n.hasOutput(1), "training mode is not supported"))
    return;
  Value scale = n.cast(n.input(1), n.element(x)), bias = n.cast(n.input(2), n.element(x)),
        mean = n.cast(n.input(3), n.element(x)), var = n.cast(n.input(4), n.element(x));
  Value a = n.div(scale, n.unary(UnaryKind::sqrt, n.add(var, n.scalarLike(var, n.floatAttr("epsilon", 1e-5f)))));
  Value b = n.sub(bias, n.mul(mean, a));
  n.output(n.add(n.mul(x, perChannel(n, a, x)), perChannel(n, b, x)));
}

Value normalize(NodeContext &n, NormKind kind, Value x, Value scale, Value bias, int64_t axis, double epsilon) {
  return n.make<nn::NormalizeOp>(kind, x, scale, bias, static_cast<uint64_t>(axis), APFloat(epsilon));
}

void instanceNormalization(NodeContext &n) {
  Value x = n.input(0);
  if (!isPerChannel(n, n.input(1), x) || !isPerChannel(n, n.input(2), x))
    return;
  const Shape dims = n.shape(x);
  Value flat = n.reshape(x, {dims[0], dims[1], nn::numElements(ArrayRef(dims).drop_front(2))});
  Value y = n.reshape(normalize(n, NormKind::layer_norm, flat, {}, {}, 2, n.floatAttr("epsilon", 1e-5f)), dims);
  n.output(n.add(n.mul(y, perChannel(n, n.input(1), x)), perChannel(n, n.input(2), x)));
}

/// Since opset 21 scale and bias belong to channels, in 18 to groups.
void groupNormalization(NodeContext &n) {
  Value x = n.input(0), scale = n.input(1), bias = n.input(2);
  const Shape dims = n.shape(x);
  const int64_t groups = n.intAttr("num_groups", 0);
  if (!n.require(dims.size() >= 2 && groups > 0 && dims[1] % groups == 0, "num_groups doesn't divide the channels"))
    return;
  Value grouped = n.reshape(x, {dims[0], groups, nn::numElements(dims) / std::max<int64_t>(1, dims[0] * groups)});
  Value y = normalize(n, NormKind::layer_norm, grouped, {}, {}, 2, n.floatAttr("epsilon", 1e-5f));
  if (n.opset() >= 21)
    y = n.reshape(y, dims);
  if (isPerChannel(n, scale, y) && isPerChannel(n, bias, y))
    n.output(n.reshape(n.add(n.mul(y, perChannel(n, scale, y)), perChannel(n, bias, y)), dims));
}

/// The trailing axes from "axis" on.
Shape trailingAxes(NodeContext &n, Value x, int64_t axis) {
  Shape axes;
  for (; axis < n.rank(x); ++axis)
    axes.push_back(axis);
  return axes;
}

Shape trailingDims(NodeContext &n, Value x, int64_t axis) {
  const Shape dims = n.shape(x);
  return Shape(dims.begin() + axis, dims.end());
}

/// Scale or bias in the shape of the trailing axes, if it only lacks leading axes of them or has other broadcasting.
Value asTrailing(NodeContext &n, Value v, ArrayRef<int64_t> trailing) {
  if (!v || !n.require(nn::broadcastShapes(n.shape(v), trailing) == SmallVector<int64_t>(trailing),
                       "scale or bias don't fit the normalised axes"))
    return {};
  return n.expand(v, trailing);
}

void layerNormalization(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", -1, n.rank(x));
  const double epsilon = n.floatAttr("epsilon", 1e-5f);
  if (n.failed())
    return;
  const Shape trailing = trailingDims(n, x, axis);
  n.output(normalize(n, NormKind::layer_norm, x, asTrailing(n, n.input(1), trailing),
                     asTrailing(n, n.input(2), trailing), axis, epsilon));
  if (!n.hasOutput(1) && !n.hasOutput(2))
    return;
  const Shape axes = trailingAxes(n, x, axis);
  Value mean = n.reduce(ReduceKind::mean, x, axes), centred = n.sub(x, mean);
  Value var = n.reduce(ReduceKind::mean, n.mul(centred, centred), axes);
  n.outputWide(1, mean);
  n.outputWide(2, n.unary(UnaryKind::reciprocal, n.unary(UnaryKind::sqrt, n.add(var, n.scalarLike(var, epsilon)))));
}

void rmsNormalization(NodeContext &n) {
  Value x = n.input(0), scale = n.input(1);
  const int64_t axis = n.axisAttr("axis", -1, n.rank(x));
  if (n.failed())
    return;
  const Shape trailing = trailingDims(n, x, axis);
  const double epsilon = n.floatAttr("epsilon", 1e-5f);
  // A scale may also reach beyond the normalised axes.
  if (nn::broadcastShapes(n.shape(scale), trailing) == SmallVector<int64_t>(trailing))
    return n.output(normalize(n, NormKind::rms_norm, x, asTrailing(n, scale, trailing), {}, axis, epsilon));
  n.output(n.mul(normalize(n, NormKind::rms_norm, x, {}, {}, axis, epsilon), scale));
}

/// y = x / |x|_p along the axis, 0 where the norm is 0.
void lpNormalization(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", -1, n.rank(x)), p = n.intAttr("p", 2);
  if (n.failed() || !n.require(p == 1 || p == 2, "\"p\" must be 1 or 2"))
    return;
  Value norm = n.reduce(p == 1 ? ReduceKind::l1 : ReduceKind::l2, x, {axis}), zero = n.scalarLike(norm, 0);
  Value isZero = n.compare(nn::CompareKind::equal, norm, zero);
  n.output(n.select(isZero, zero, n.div(x, norm)));
}

/// y = (x - mean) / (sqrt(var) + 1e-9). Source: the function of MeanVarianceNormalization-13.
void meanVarianceNormalization(NodeContext &n) {
  Value x = n.input(0);
  auto axes = n.axes(n.intsAttr("axes", Shape{0, 2, 3}), n.rank(x));
  if (!axes)
    return;
  Value mean = n.reduce(ReduceKind::mean, x, *axes), centred = n.sub(x, mean);
  Value deviation = n.unary(UnaryKind::sqrt, n.reduce(ReduceKind::mean, n.mul(centred, centred), *axes));
  n.output(n.div(centred, n.add(deviation, n.scalarLike(deviation, 1e-9))));
}

/// Across channels, which nn.lrn has last.
void lrn(NodeContext &n) {
  Value x = n.input(0);
  const int64_t size = n.intAttr("size", 0);
  if (!n.require(n.rank(x) >= 2, "the input must have rank 2 or more") ||
      !n.require(size >= 1 && size < 1 << 24, "\"size\" must be positive"))
    return;
  Shape perm{0};
  for (int64_t i = 2; i < n.rank(x); ++i)
    perm.push_back(i);
  perm.push_back(1);
  Value y = n.make<nn::LrnOp>(n.transpose(x, perm), static_cast<uint64_t>(size), APFloat(n.floatAttr("alpha", 1e-4f)),
                              APFloat(n.floatAttr("beta", 0.75)), APFloat(n.floatAttr("bias", 1)));
  n.output(n.transpose(y, nn::inversePermutation(perm)));
}

constexpr OpImporter rows[] = {
    {"BatchNormalization", 5, 5, batchNormalization, types::floats, Half::Compute, 0, "inference only"},
    {"GroupNormalization", 3, 3, groupNormalization, types::floats, Half::Compute, 0, "", 18},
    {"InstanceNormalization", 3, 3, instanceNormalization},
    {"LayerNormalization", 2, 3, layerNormalization},
    {"LpNormalization", 1, 1, lpNormalization},
    {"LRN", 1, 1, lrn},
    {"MeanVarianceNormalization", 1, 1, meanVarianceNormalization, types::floats, Half::Compute, 0, "", 9},
    {"RMSNormalization", 2, 2, rmsNormalization},
};

} // namespace

llvm::ArrayRef<OpImporter> normalizationOps() { return rows; }

} // namespace burin::importer
