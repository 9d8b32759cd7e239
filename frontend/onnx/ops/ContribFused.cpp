// Operators of com.microsoft that fuse others: activations, biases, skip connections, normalisations.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Contrib.h"
#include "frontend/onnx/ops/Products.h"
#include "ir/nn/ops/Normalize.h"
#include "ir/nn/ops/Softmax.h"
#include "ir/nn/ops/SquaredDistance.h"

namespace burin::importer {
using namespace mlir;
using nn::NormKind;
using nn::UnaryKind;

namespace {

// --- activations -----------------------------------------------------------------------------------------------------

/// The activation that attribute "activation" names, with parameters alpha and beta; `y` itself without one.
Value activated(NodeContext &n, Value y, double alpha, double beta) {
  const std::string kind = n.stringAttr("activation", "");
  if (kind.empty() || !y)
    return y;
  if (kind == "Relu")
    return n.clamp(y, 0, std::numeric_limits<double>::infinity());
  if (kind == "Clip")
    return n.clamp(y, alpha, beta);
  const std::pair<StringRef, UnaryKind> known[] = {
      {"Tanh", UnaryKind::tanh},
      {"Sigmoid", UnaryKind::sigmoid},
      {"LeakyRelu", UnaryKind::leaky_relu},
      {"HardSigmoid", UnaryKind::hard_sigmoid},
      {"HardSwish", UnaryKind::hardswish},
      {"Elu", UnaryKind::elu},
      {"Softplus", UnaryKind::softplus},
      {"Softsign", UnaryKind::softsign},
      {"ThresholdedRelu", UnaryKind::thresholded_relu},
      {"Selu", UnaryKind::selu},
      {"Gelu", UnaryKind::gelu},
  };
  for (auto [name, unary] : known)
    if (kind == name)
      return n.unary(unary, y, alpha, beta);
  n.support(false, "activation " + quoteName(kind) + " is not supported");
  return {};
}

/// With the parameters of attribute "activation_params".
Value activatedByList(NodeContext &n, Value y) {
  SmallVector<double> params = n.floatsAttr("activation_params").value_or(SmallVector<double>());
  const std::string kind = n.stringAttr("activation", "");
  if (kind == "HardSigmoid" && params.empty())
    params = {0.2f, 0.5};
  else if (kind == "LeakyRelu" && params.empty())
    params = {0.01f};
  n.require(kind != "Clip" || params.size() >= 2, "\"activation_params\" of Clip are missing");
  params.resize(2, 0.0);
  return activated(n, y, params[0], params[1]);
}

void biasGelu(NodeContext &n) { n.output(n.unary(UnaryKind::gelu, n.add(n.input(0), n.input(1)))); }

void fastGelu(NodeContext &n) {
  Value x = n.input(0);
  n.output(n.unary(UnaryKind::gelu_tanh, n.hasInput(1) ? n.add(x, n.input(1)) : x));
}

void gelu(NodeContext &n) { n.output(n.unary(UnaryKind::gelu, n.input(0))); }
void quickGelu(NodeContext &n) { n.output(n.unary(UnaryKind::swish, n.input(0), n.floatAttr("alpha", 1.702f))); }

/// a * gelu(b) of the two halves of x + bias.
void biasSplitGelu(NodeContext &n) {
  Value x = n.add(n.input(0), n.input(1));
  const int64_t last = n.rank(x) - 1, half = n.dim(x, last) / 2;
  if (n.require(last >= 0 && n.dim(x, last) % 2 == 0, "the last axis must be even"))
    n.output(n.mul(n.sliceAxis(x, last, 0, half), n.unary(UnaryKind::gelu, n.sliceAxis(x, last, half, half))));
}

void biasAdd(NodeContext &n) { n.output(n.add(n.add(n.input(0), n.input(1)), n.input(2))); }

// --- products and convolutions ---------------------------------------------------------------------------------------

/// Activation(convolution + Z), with channels first or last; weights are [O,I,...] in both.
template <bool channelsLast> void fusedConv(NodeContext &n) {
  Value x = channelsLast ? toChannelsFirst(n, n.input(0)) : n.input(0);
  Value y = n.resultOf("Conv", 11, {x, n.input(1), n.input(2)});
  if (channelsLast)
    y = toChannelsLast(n, y);
  n.output(activatedByList(n, n.hasInput(3) ? n.add(y, n.input(3)) : y));
}

/// An operand of FusedMatMul: with `transposeBatch` axis 0 is moved before the last, then `transpose` exchanges the
/// last two.
Value fusedFactor(NodeContext &n, Value x, bool transposeBatch, bool transpose) {
  const int64_t rank = n.rank(x);
  if (rank < 2)
    return x;
  Shape perm;
  for (int64_t i = 0; i < rank; ++i)
    perm.push_back(i);
  if (transposeBatch)
    std::rotate(perm.begin(), perm.begin() + 1, perm.end() - 1);
  if (transpose)
    std::swap(perm[rank - 1], perm[rank - 2]);
  return n.transpose(x, perm);
}

Value fusedProduct(NodeContext &n) {
  Value a = fusedFactor(n, n.input(0), n.flag("transBatchA"), n.flag("transA")),
        b = fusedFactor(n, n.input(1), n.flag("transBatchB"), n.flag("transB"));
  Value y = numpyMatmul(n, a, b);
  const double alpha = n.floatAttr("alpha", 1);
  return alpha == 1 ? y : n.mul(y, n.scalarLike(y, alpha));
}

void fusedMatmul(NodeContext &n) { n.output(fusedProduct(n)); }

void fusedMatmulActivation(NodeContext &n) {
  Value y = fusedProduct(n);
  if (n.stringAttr("activation", "") != "Softmax")
    return n.output(activated(n, y, n.floatAttr("activation_alpha", 0), n.floatAttr("activation_beta", 0)));
  const int64_t axis = n.axisAttr("activation_axis", -1, std::max<int64_t>(1, n.rank(y)));
  n.output(n.make<nn::SoftmaxOp>(nn::SoftmaxKind::softmax, y, static_cast<uint64_t>(axis)));
}

void fusedGemm(NodeContext &n) {
  Value y = n.resultOf("Gemm", 13, {n.input(0), n.input(1), n.input(2)});
  const double alpha = n.floatAttr("activation_alpha", n.stringAttr("activation", "") == "LeakyRelu" ? 0.01f : 0);
  n.output(activated(n, y, alpha, n.floatAttr("activation_beta", 0)));
}

void gemmFastGelu(NodeContext &n) {
  Value y = numpyMatmul(n, n.input(0), n.input(1));
  n.output(n.unary(UnaryKind::gelu_tanh, n.hasInput(2) ? n.add(y, n.input(2)) : y));
}

/// Distances between the rows of two matrices.
void cdist(NodeContext &n) {
  const std::string metric = n.stringAttr("metric", "sqeuclidean");
  if (!n.require(metric == "sqeuclidean" || metric == "euclidean", "\"metric\" must be sqeuclidean or euclidean"))
    return;
  Value y = n.make<nn::SquaredDistanceOp>(n.input(0), n.input(1));
  n.output(metric == "euclidean" ? n.unary(UnaryKind::sqrt, y) : y);
}

// --- normalisations --------------------------------------------------------------------------------------------------

/// [C] in the shape of the trailing axes from `axis` on, if it has their size. Null if `v` is, or after a failure.
Value trailing(NodeContext &n, Value v, Value x, int64_t axis) {
  if (!v || !x)
    return {};
  const Shape dims(ArrayRef(n.shape(x)).drop_front(static_cast<size_t>(axis)));
  if (!n.require(nn::numElements(n.shape(v)) == nn::numElements(dims), "scale or bias don't fit the normalised axes"))
    return {};
  return n.reshape(v, dims);
}

Value normalized(NodeContext &n, NormKind kind, Value x, Value scale, Value bias, int64_t axis, double epsilon) {
  return n.make<nn::NormalizeOp>(kind, x, trailing(n, scale, x, axis), trailing(n, bias, x, axis),
                                 static_cast<uint64_t>(axis), APFloat(epsilon));
}

/// Outputs `first` (mean, of layer norms) and `second` (1 / standard deviation), in float32.
void outputStatistics(NodeContext &n, NormKind kind, Value x, int64_t axis, double epsilon, unsigned first,
                      unsigned second) {
  if (!n.hasOutput(first) && !n.hasOutput(second))
    return;
  Shape axes;
  for (int64_t i = axis; i < n.rank(x); ++i)
    axes.push_back(i);
  Value mean = n.reduce(nn::ReduceKind::mean, x, axes);
  Value centred = kind == NormKind::layer_norm ? n.sub(x, mean) : x;
  Value square = n.reduce(nn::ReduceKind::mean, n.mul(centred, centred), axes);
  Value root = n.unary(UnaryKind::sqrt, n.add(square, n.scalarLike(square, epsilon)));
  if (kind == NormKind::layer_norm)
    n.outputWide(first, mean);
  n.outputWide(second, n.unary(UnaryKind::reciprocal, root));
}

/// x + skip, where a skip that broadcasts to x is all that the operators define; null after a diagnostic.
Value sumWithSkip(NodeContext &n, Value x, Value skip) {
  Value sum = n.add(x, skip);
  const bool fits = n.require(n.shape(sum) == n.shape(x), "the skip must broadcast to the shape of the input");
  return fits ? sum : Value();
}

/// Norm(input + skip + bias) over the last axis. Outputs: y, mean, 1 / standard deviation, the sum.
template <NormKind kind> void skipNormalization(NodeContext &n) {
  constexpr bool isLayer = kind == NormKind::layer_norm;
  const unsigned bias = isLayer ? 4 : 3;
  Value sum = sumWithSkip(n, n.input(0), n.input(1));
  if (!sum)
    return;
  if (n.hasInput(bias))
    sum = n.add(sum, n.input(bias));
  const int64_t axis = n.rank(sum) - 1;
  const double epsilon = n.floatAttr("epsilon", 1e-12f);
  if (!n.require(axis >= 0, "the input must have rank 1 or more"))
    return;
  n.output(normalized(n, kind, sum, n.input(2), isLayer ? n.input(3) : Value(), axis, epsilon));
  outputStatistics(n, kind, sum, axis, epsilon, 1, 2);
  n.output(3, sum);
}

/// Root mean square norm over the axes from "axis" on. Outputs: y, 1 / root.
void simplifiedLayerNormalization(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", -1, n.rank(x));
  const double epsilon = n.floatAttr("epsilon", 1e-5f);
  if (n.failed())
    return;
  n.output(normalized(n, NormKind::rms_norm, x, n.input(1), {}, axis, epsilon));
  outputStatistics(n, NormKind::rms_norm, x, axis, epsilon, 2, 1);
}

/// The norm over groups of channels of x [N,...,C] ("channels_last") or [N,C,...]; "activation" 1: SiLU.
Value groupNormalized(NodeContext &n, Value x) {
  const bool channelsLast = n.flag("channels_last", true);
  Value first = channelsLast ? toChannelsFirst(n, x) : x;
  const Shape dims = n.shape(first);
  const int64_t groups = n.intAttr("groups", 0);
  if (!n.require(dims.size() >= 2 && groups > 0 && dims[1] % groups == 0 && n.shape(n.input(1)) == Shape{dims[1]} &&
                     n.shape(n.input(2)) == Shape{dims[1]},
                 "the groups, gamma or beta don't fit the channels"))
    return {};
  Value rows = n.reshape(first, {dims[0], groups, nn::numElements(dims) / std::max<int64_t>(1, dims[0] * groups)});
  Value y = n.reshape(normalized(n, NormKind::layer_norm, rows, {}, {}, 2, n.floatAttr("epsilon", 1e-5f)), dims);
  const auto rank = static_cast<int64_t>(dims.size()) - 1;
  y = n.add(n.mul(y, n.alignAxis(n.input(1), 0, rank)), n.alignAxis(n.input(2), 0, rank));
  if (n.intAttr("activation", 0) == 1)
    y = n.unary(UnaryKind::swish, y, 1);
  return channelsLast ? toChannelsLast(n, y) : y;
}

void groupNorm(NodeContext &n) { n.output(groupNormalized(n, n.input(0))); }

/// Of X + skip + bias, which is output 1; skip may be [N, C].
void skipGroupNorm(NodeContext &n) {
  Value x = n.input(0), skip = n.input(3);
  if (n.rank(skip) == 2 && n.rank(x) == 4)
    skip = n.reshape(skip, {n.dim(skip, 0), 1, 1, n.dim(skip, 1)});
  Value sum = sumWithSkip(n, x, skip);
  if (!sum)
    return;
  if (n.hasInput(4))
    sum = n.add(sum, n.input(4));
  n.output(groupNormalized(n, sum));
  n.output(1, sum);
}

/// Layer norm of word + position + segment embedding. Output 1 counts each row's unmasked tokens, 2 is the sum.
void embedLayerNormalization(NodeContext &n) {
  Value ids = n.input(0);
  if (!n.require(n.hasInput(2) && n.hasInput(3) && n.hasInput(5) && n.hasInput(6),
                 "an embedding, gamma or beta is absent") ||
      !n.require(n.rank(ids) == 2 && n.rank(n.input(2)) == 2 && n.rank(n.input(3)) == 2,
                 "ids and embeddings must have rank 2") ||
      !n.require(n.dim(n.input(3), 0) >= n.dim(ids, 1), "there are fewer position embeddings than positions"))
    return;
  Value sum = n.gather(n.input(2), ids, 0);
  Value positions = n.hasInput(8) ? n.gather(n.input(3), n.input(8), 0) : n.sliceAxis(n.input(3), 0, 0, n.dim(ids, 1));
  sum = n.add(sum, positions);
  if (n.hasInput(1) && n.hasInput(4))
    sum = n.add(sum, n.gather(n.input(4), n.input(1), 0));
  n.output(normalized(n, NormKind::layer_norm, sum, n.input(5), n.input(6), 2, n.floatAttr("epsilon", 1e-12f)));
  if (n.hasOutput(1)) {
    Value count = n.hasInput(7) ? n.removeAxis(n.reduce(nn::ReduceKind::sum, n.cast(n.input(7), n.i32()), {1}), 1)
                                : n.fill(0, {n.dim(ids, 0)}, n.i32());
    n.outputWide(1, count);
  }
  n.output(2, sum);
}

// --- operators of ai.onnx under another name -------------------------------------------------------------------------

void pad(NodeContext &n) { n.output(n.resultOf("Pad", 13, {n.input(0), n.input(1), n.input(2)})); }
void gatherNd(NodeContext &n) { n.output(n.resultOf("GatherND", 12, {n.input(0), n.input(1)})); }
void trilu(NodeContext &n) { n.output(n.resultOf("Trilu", 14, {n.input(0), n.input(1)})); }

/// A new axis of length 1.
void expandDims(NodeContext &n) {
  auto axis = n.constantInts(1, "the axis");
  if (axis && n.require(axis->size() == 1, "the axis must be one number"))
    n.output(n.insertAxis(n.input(0), n.axis(axis->front(), n.rank(n.input(0)) + 1)));
}

constexpr OpImporter row(const char *op, unsigned minInputs, unsigned maxInputs, void (*import)(NodeContext &),
                         Types types = types::floats, unsigned constantInputs = 0) {
  return {op, minInputs, maxInputs, import, types, Half::Compute, constantInputs, "", 1, 0, contribDomain};
}

constexpr OpImporter rows[] = {
    row("BiasAdd", 3, 3, biasAdd),
    row("BiasGelu", 2, 2, biasGelu),
    row("BiasSplitGelu", 2, 2, biasSplitGelu),
    row("CDist", 2, 2, cdist),
    row("EmbedLayerNormalization", 1, 9, embedLayerNormalization, types::int32),
    row("ExpandDims", 2, 2, expandDims, types::all, 1u << 1),
    row("FastGelu", 1, 2, fastGelu),
    row("FusedConv", 2, 4, fusedConv<false>),
    row("FusedGemm", 2, 3, fusedGemm),
    row("FusedMatMul", 2, 2, fusedMatmul),
    row("FusedMatMulActivation", 2, 2, fusedMatmulActivation),
    row("GatherND", 2, 2, gatherNd, types::scalars),
    row("Gelu", 1, 1, gelu),
    row("GemmFastGelu", 2, 3, gemmFastGelu),
    row("GroupNorm", 3, 3, groupNorm),
    row("NhwcConv", 2, 3, fusedConv<true>),
    row("NhwcFusedConv", 2, 4, fusedConv<true>),
    row("Pad", 2, 3, pad, types::scalars, 1u << 1),
    row("QuickGelu", 1, 1, quickGelu),
    row("SkipGroupNorm", 4, 5, skipGroupNorm),
    row("SkipLayerNormalization", 3, 5, skipNormalization<NormKind::layer_norm>),
    row("SkipSimplifiedLayerNormalization", 3, 4, skipNormalization<NormKind::rms_norm>),
    row("TransposeMatMul", 2, 2, fusedMatmul),
    row("Trilu", 1, 2, trilu, types::scalars, 1u << 1),
    // ONNX Runtime puts it into the domain of ONNX, which doesn't know it.
    {"SimplifiedLayerNormalization", 2, 2, simplifiedLayerNormalization},
};

} // namespace

llvm::ArrayRef<OpImporter> contribFusedOps() { return rows; }

} // namespace burin::importer
