// Operators that carry a state from one run to the next as input and output.
#include "ir/nn/ops/LinearAttention.h"
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Convolution.h"
#include "ir/nn/ops/ScatterNd.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;

namespace {

/// y[c,t] = sum over j < k of w[c,j] * (past ++ x)[c,t+j], a depthwise convolution. Source: ONNX
/// CausalConvWithState-27.
void causalConv(NodeContext &n) {
  Value x = n.input(0), w = n.input(1), bias = n.input(2), past = n.input(3);
  const Shape s = n.shape(x), kernel = n.shape(w);
  if (!n.require(s.size() == 3 && kernel.size() == 3 && kernel[0] == s[1] && kernel[1] == 1 && kernel[2] >= 1,
                 "the input must be [N,C,L] and the weight [C,1,k]") ||
      !n.require(!bias || n.shape(bias) == Shape{s[1]}, "one bias per channel is needed"))
    return;
  const Shape state = {s[0], s[1], kernel[2] - 1};
  if (!n.require(!past || n.shape(past) == state, "the past state must have shape " + describeShape(state)))
    return;
  const std::string activation = n.stringAttr("activation", "none");
  const bool isSwish = activation == "silu" || activation == "swish";
  if (!n.require(isSwish || activation == "none", "\"activation\" must be silu, swish or none"))
    return;
  Value all = n.concat({past ? past : n.fill(0, state, n.element(x)), x}, 2);
  n.output(1, n.sliceAxis(all, 2, s[2], kernel[2] - 1));
  if (nn::numElements(s) == 0)
    return n.output(x);
  const AxisWindow window{.kernel = kernel[2]};
  Value y = fromNhwc(n, conv2d(n, toNhwc(n, all), toNhwc(n, w), bias, window, s[1]), 3);
  n.output(isSwish ? n.unary(nn::UnaryKind::swish, y, 1) : y);
}

/// The gates of one node: those that its rule uses, 1 for the others.
struct Gates {
  Value decay, beta;
  bool delta = false;
};

std::optional<Gates> readGates(NodeContext &n, ArrayRef<int64_t> perHead, int64_t keySize) {
  const std::string rule = n.stringAttr("update_rule", "gated_delta");
  Gates g;
  g.delta = rule == "delta" || rule == "gated_delta";
  const bool isGated = rule == "gated" || rule == "gated_delta";
  if (!n.require(g.delta || isGated || rule == "linear",
                 "\"update_rule\" must be linear, gated, delta or gated_delta") ||
      !n.require((!isGated || n.hasInput(4)) && (!g.delta || n.hasInput(5)), "the update rule needs decay or beta"))
    return std::nullopt;
  g.decay = isGated ? n.cast(n.input(4), n.f32()) : n.fill(1, {1, 1, 1}, n.f32());
  g.beta = g.delta ? n.cast(n.input(5), n.f32()) : n.fill(1, {1, 1, 1}, n.f32());
  const Shape decay = n.shape(g.decay), beta = n.shape(g.beta);
  const Shape head(perHead), one = {perHead[0], perHead[1], 1}, full = {perHead[0], perHead[1], perHead[2] * keySize};
  if (!n.require(!isGated || decay == head || decay == full, "the decay must be [B,T,H] or [B,T,H*d_k]") ||
      !n.require(!g.delta || beta == head || beta == one, "beta must be [B,T,H] or [B,T,1]"))
    return std::nullopt;
  if (isGated)
    g.decay = n.unary(nn::UnaryKind::exp, g.decay);
  return g;
}

/// Computed in float32. Source: ONNX LinearAttention-27.
void linearAttention(NodeContext &n) {
  const Shape q = n.shape(n.input(0)), k = n.shape(n.input(1)), v = n.shape(n.input(2));
  const int64_t queryHeads = n.intAttr("q_num_heads", 0), heads = n.intAttr("kv_num_heads", 0);
  if (!n.require(q.size() == 3 && k.size() == 3 && v.size() == 3, "query, key and value must have rank 3") ||
      !n.require(heads > 0 && queryHeads > 0 && queryHeads % heads == 0 && q[2] % queryHeads == 0 && q[2] > 0 &&
                     k == Shape{q[0], q[1], q[2] / queryHeads * heads} && v[0] == q[0] && v[1] == q[1] &&
                     v[2] % heads == 0,
                 "the heads don't divide query, key and value into heads of one size"))
    return;
  const int64_t keySize = q[2] / queryHeads;
  const Shape state = {q[0], heads, keySize, v[2] / heads};
  Value past = n.input(3);
  if (!n.require(!past || n.shape(past) == state, "the past state must have shape " + describeShape(state)))
    return;
  auto gates = readGates(n, {q[0], q[1], heads}, keySize);
  if (!gates)
    return;
  const double given = n.floatAttr("scale", 0);
  const double scale = given == 0 ? 1 / std::sqrt(static_cast<double>(keySize)) : given;
  auto wide = [&](unsigned i) { return n.cast(n.input(i), n.f32()); };
  Value start = past ? n.cast(past, n.f32()) : n.fill(0, state, n.f32());
  Value y = n.make<nn::LinearAttentionOp>(NoneType::get(n.context()), wide(0), wide(1), wide(2), start, gates->decay,
                                          gates->beta, static_cast<uint64_t>(heads), APFloat(scale), gates->delta);
  if (!y)
    return;
  const Type type = n.element(n.input(0));
  n.output(n.cast(y, type));
  n.output(1, n.cast(y.getDefiningOp()->getResult(1), past ? n.element(past) : type));
}

/// 0, 1, ... along axis `axis` of `shape`.
Value coordinates(NodeContext &n, ArrayRef<int64_t> shape, size_t axis) {
  Shape dims(shape.size(), 1);
  dims[axis] = shape[axis];
  return n.positions(dims);
}

/// A cache with an update written from a position on, which may differ per sample. Source: ONNX TensorScatter-24.
void tensorScatter(NodeContext &n) {
  Value cache = n.input(0), update = n.input(1), first = n.input(2);
  const Shape s = n.shape(cache);
  const int64_t axis = n.axisAttr("axis", -2, n.rank(cache));
  const std::string mode = n.stringAttr("mode", "linear");
  if (n.failed() || !n.require(axis > 0, "the batch axis can't be the sequence's") ||
      !n.require(mode == "linear" || mode == "circular", "\"mode\" must be linear or circular"))
    return;
  Shape expected = s;
  expected[axis] = n.rank(update) == n.rank(cache) ? n.dim(update, axis) : -1;
  if (!n.require(n.shape(update) == expected && expected[axis] <= s[axis], "the update doesn't fit the cache") ||
      !n.require(!first || n.shape(first) == Shape{s[0]}, "one write index per sample is needed"))
    return;
  if (nn::numElements(expected) == 0)
    return n.output(cache);
  // Index tuples name everything up to the sequence's axis; what lies behind is written as one slice.
  Shape prefix(ArrayRef(expected).take_front(static_cast<size_t>(axis) + 1)), perSample(prefix.size(), 1);
  perSample[0] = s[0];
  Value place = coordinates(n, prefix, static_cast<size_t>(axis));
  if (first)
    place = n.add(place, n.reshape(n.cast(first, n.i64()), perSample));
  if (mode == "circular")
    place = n.binary(nn::BinaryKind::mod, place, n.scalarLike(place, static_cast<double>(s[axis])));
  SmallVector<Value> tuple;
  for (size_t i = 0; i < static_cast<size_t>(axis); ++i)
    tuple.push_back(n.insertAxis(n.expand(coordinates(n, prefix, i), prefix), axis + 1));
  tuple.push_back(n.insertAxis(n.expand(place, prefix), axis + 1));
  n.output(n.make<nn::ScatterNdOp>(nn::ScatterKind::none, cache, n.concat(tuple, axis + 1), update));
}

constexpr OpImporter rows[] = {
    {"CausalConvWithState", 2, 4, causalConv, types::floatsTo32, Half::Compute, 0, "", 27},
    {"LinearAttention", 3, 6, linearAttention, types::floatsTo32, Half::Move, 0, "", 27},
    {"TensorScatter", 2, 3, tensorScatter, types::all - types::int2 - types::uint2, Half::Move, 0,
     "a linear write past the end is clamped to it", 24},
};

} // namespace

llvm::ArrayRef<OpImporter> linearAttentionOps() { return rows; }

} // namespace burin::importer
