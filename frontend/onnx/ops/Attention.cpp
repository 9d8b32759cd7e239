// Attention and rotary position embedding, in matrix products, softmax and elementwise operators.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/Softmax.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::CompareKind;
using nn::UnaryKind;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// [B,S,heads*D] as [B,heads,S,D]; tensors of rank 4 are so already.
Value splitHeads(NodeContext &n, Value x, int64_t heads) {
  if (n.rank(x) == 4)
    return x;
  const Shape s = n.shape(x);
  if (!n.require(s.size() == 3 && heads > 0 && s[2] % heads == 0, "the number of heads doesn't divide the hidden size"))
    return {};
  return n.transpose(n.reshape(x, {s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3});
}

Value mergeHeads(NodeContext &n, Value x) {
  const Shape s = n.shape(x);
  return x ? n.reshape(n.transpose(x, {0, 2, 1, 3}), {s[0], s[2], s[1] * s[3]}) : Value();
}

/// Every head `count` times in a row, for queries that share keys.
Value repeatHeads(NodeContext &n, Value x, int64_t count) {
  const Shape s = n.shape(x);
  if (!x || count == 1)
    return x;
  Value repeated = n.expand(n.insertAxis(x, 2), {s[0], s[1], count, s[2], s[3]});
  return n.reshape(repeated, {s[0], s[1] * count, s[2], s[3]});
}

/// The attention of one node, from reshaped inputs to named outputs.
class Attention {
public:
  explicit Attention(NodeContext &n) : n(n) {}

  void run() {
    if (!readInputs())
      return;
    const int64_t mode = n.intAttr("qk_matmul_output_mode", 0);
    const double softcap = n.floatAttr("softcap", 0);
    Value scores = n.matmul(n.mul(q, scaleRoot()), n.mul(repeated(k), scaleRoot()), /*transposeB=*/true);
    keep(mode == 0, scores);
    if (softcap > 0)
      scores =
          n.mul(n.unary(UnaryKind::tanh, n.div(scores, n.scalarLike(scores, softcap))), n.scalarLike(scores, softcap));
    keep(mode == 1, scores);
    Value bias = makeBias();
    if (bias)
      scores = n.add(scores, bias);
    keep(mode == 2, scores);
    Value weights = n.make<nn::SoftmaxOp>(nn::SoftmaxKind::softmax, scores, uint64_t(3));
    if (bias)
      weights = zeroMaskedRows(scores, weights);
    keep(mode == 3, weights);
    Value y = n.matmul(weights, repeated(v));
    n.output(isFlat ? mergeHeads(n, y) : y);
    n.output(1, k);
    n.output(2, v);
  }

private:
  bool readInputs() {
    isFlat = n.rank(n.input(0)) == 3;
    const int64_t keyHeads = n.intAttr("kv_num_heads", 0);
    q = splitHeads(n, n.input(0), n.intAttr("q_num_heads", 0));
    k = splitHeads(n, n.input(1), keyHeads);
    v = splitHeads(n, n.input(2), keyHeads);
    if (!n.require(q && k && v && n.rank(q) == 4 && n.rank(k) == 4 && n.rank(v) == 4,
                   "query, key and value must have rank 3 or 4") ||
        !n.require(n.hasInput(4) == n.hasInput(5), "past key and past value belong together"))
      return false;
    past = n.hasInput(4) ? n.dim(n.input(4), 2) : 0;
    if (n.hasInput(4)) {
      k = n.concat({n.input(4), k}, 2);
      v = n.concat({n.input(5), v}, 2);
    }
    keys = n.dim(k, 2);
    queries = n.dim(q, 2);
    return n.require(!n.failed() && n.dim(k, 1) > 0 && n.dim(q, 1) % n.dim(k, 1) == 0 && n.dim(v, 1) == n.dim(k, 1) &&
                         n.dim(v, 2) == keys && n.dim(q, 3) == n.dim(k, 3),
                     "the heads, lengths or head sizes of query, key and value don't fit together");
  }

  Value repeated(Value x) { return repeatHeads(n, x, n.dim(q, 1) / n.dim(k, 1)); }

  /// Both factors take the root of the scale, as ONNX asks for against overflow.
  Value scaleRoot() {
    const double scale = n.floatAttr("scale", 1 / std::sqrt(static_cast<double>(n.dim(q, 3))));
    return n.scalarLike(q, std::sqrt(scale));
  }

  void keep(bool isWanted, Value v) {
    if (isWanted)
      n.output(3, v);
  }

  /// 0 where `allowed`, else minus infinity.
  Value asBias(Value allowed) { return n.select(allowed, n.scalarLike(q, 0), n.scalarLike(q, -infinity)); }

  void addTerm(Value &bias, Value term) { bias = bias ? n.add(bias, term) : term; }

  /// The mask, longer keys than it knows being masked.
  Value maskBias() {
    Value mask = n.input(3);
    const int64_t missing = keys - n.dim(mask, n.rank(mask) - 1);
    mask = n.element(mask).isInteger(1) ? asBias(mask) : n.cast(mask, n.element(q));
    if (missing <= 0 || n.rank(mask) == 0)
      return mask;
    Shape lo(static_cast<size_t>(n.rank(mask)), 0), hi = lo;
    hi.back() = missing;
    return n.pad(mask, n.scalarLike(mask, -infinity), nn::PadMode::constant, lo, hi);
  }

  /// What is added to the scores; null if nothing.
  Value makeBias() {
    Value bias;
    if (n.hasInput(3))
      addTerm(bias, maskBias());
    const int64_t left = n.intAttr("left_window_size", -1), right = n.intAttr("right_window_size", -1);
    const bool isCausal = n.flag("is_causal");
    // Query i sits at position offset + i; key j at j. Axes: [batch or 1, 1, query, key].
    Value valid = n.hasInput(6) ? n.reshape(n.cast(n.input(6), n.i64()), {n.dim(q, 0), 1, 1, 1}) : Value();
    Value offset =
        valid ? n.sub(valid, n.scalarLike(valid, static_cast<double>(queries))) : n.ints({past}, {1, 1, 1, 1}, n.i64());
    Value query = n.add(n.positions({1, 1, queries, 1}), offset), key = n.positions({1, 1, 1, keys});
    if (isCausal)
      addTerm(bias, asBias(n.compare(CompareKind::less_equal, key, query)));
    if (left >= 0)
      addTerm(bias, asBias(n.compare(CompareKind::greater_equal, key,
                                     n.sub(query, n.scalarLike(query, static_cast<double>(left))))));
    if (right >= 0)
      addTerm(bias, asBias(n.compare(CompareKind::less_equal, key,
                                     n.add(query, n.scalarLike(query, static_cast<double>(right))))));
    if (valid)
      addTerm(bias, asBias(n.compare(CompareKind::less, key, valid)));
    return bias;
  }

  /// A query that may look at no key gets zeros, not 0 / 0.
  Value zeroMaskedRows(Value scores, Value weights) {
    Value best = n.reduce(nn::ReduceKind::max, scores, {3});
    return n.select(n.compare(CompareKind::equal, best, n.scalarLike(best, -infinity)), n.scalarLike(weights, 0),
                    weights);
  }

  NodeContext &n;
  Value q, k, v;
  bool isFlat = false;
  int64_t past = 0, keys = 0, queries = 0;
};

void attention(NodeContext &n) { Attention(n).run(); }

/// Scores or probabilities after the subgraph in attribute `name`, if there is one.
Value modified(NodeContext &n, const char *name, Value x) {
  if (!x || !n.hasAttr(name))
    return x;
  SmallVector<Value> results = n.subgraph(name, {x});
  if (results.empty() || !n.require(results.size() == 1 && results[0] && results[0].getType() == x.getType(),
                                    "a modifier must keep shape and type"))
    return {};
  return results[0];
}

/// Attention with subgraphs that change the scores and the probabilities. Source: ONNX preview FlexAttention-1.
void flexAttention(NodeContext &n) {
  Value q = n.input(0), k = n.input(1), v = n.input(2);
  const Shape query = n.shape(q), key = n.shape(k), value = n.shape(v);
  if (!n.require(query.size() == 4 && key.size() == 4 && value.size() == 4, "query, key and value must have rank 4") ||
      !n.require(key[1] > 0 && query[1] % key[1] == 0 && value[1] == key[1] && value[2] == key[2] && query[3] == key[3],
                 "the heads, lengths or head sizes of query, key and value don't fit together"))
    return;
  Type precision = n.element(q).isF64() ? n.f64() : n.f32();
  if (n.hasAttr("softmax_precision")) {
    const auto given = dtypeFromOnnx(n.intAttr("softmax_precision", 1));
    precision = given ? elementTypeFor(n.context(), *given) : Type();
    if (!n.require(precision && isa<FloatType>(precision), "\"softmax_precision\" must be a float type"))
      return;
  }
  const double scale = n.floatAttr("scale", 1 / std::sqrt(static_cast<double>(query[3])));
  const int64_t group = query[1] / key[1];
  Value scores = n.matmul(q, repeatHeads(n, k, group), /*transposeB=*/true);
  scores = n.cast(n.mul(scores, n.scalarLike(scores, scale)), precision);
  scores = modified(n, "score_mod", scores);
  Value weights = scores ? n.make<nn::SoftmaxOp>(nn::SoftmaxKind::softmax, scores, uint64_t(3)) : Value();
  weights = modified(n, "prob_mod", weights);
  if (weights)
    n.output(n.matmul(n.cast(weights, n.element(v)), repeatHeads(n, v, group)));
}

/// cos and sin [B,S,1,R/2] for positions: rows of the caches, or the caches themselves.
Value rotationTable(NodeContext &n, Value cache, Value ids) {
  Value rows = ids ? n.gather(cache, ids, 0) : cache;
  return n.insertAxis(rows, 2);
}

/// Pairs of elements of a head turn by an angle that depends on the position. Source: ONNX RotaryEmbedding-23.
void rotaryEmbedding(NodeContext &n) {
  Value x = n.input(0), ids = n.input(3);
  const Shape given = n.shape(x);
  const bool hasHeadAxis = given.size() == 4;
  const int64_t heads = hasHeadAxis ? given[1] : n.intAttr("num_heads", 0);
  if (!n.require(given.size() == 3 || hasHeadAxis, "the input must have rank 3 or 4") ||
      !n.require(hasHeadAxis || (heads > 0 && given[2] % heads == 0), "\"num_heads\" doesn't divide the hidden size") ||
      !n.require(n.rank(n.input(1)) == (ids ? 2 : 3) && n.shape(n.input(1)) == n.shape(n.input(2)),
                 "the caches of cosines and sines have wrong shapes"))
    return;
  x = hasHeadAxis ? n.transpose(x, {0, 2, 1, 3}) : n.reshape(x, {given[0], given[1], heads, given[2] / heads});
  const int64_t size = n.dim(x, 3);
  int64_t rotated = n.intAttr("rotary_embedding_dim", 0);
  rotated = rotated == 0 ? size : rotated;
  if (!n.require(rotated > 0 && rotated <= size && rotated % 2 == 0 && n.shape(n.input(1)).back() == rotated / 2,
                 "\"rotary_embedding_dim\" doesn't fit the head size or the caches"))
    return;
  Value cosine = rotationTable(n, n.input(1), ids), sine = rotationTable(n, n.input(2), ids);
  const bool interleaved = n.flag("interleaved");
  Shape half = n.shape(x), steps(4, 1), none(4, 0), second(4, 0);
  half[3] = rotated / 2;
  steps[3] = interleaved ? 2 : 1;
  second[3] = interleaved ? 1 : rotated / 2;
  Value a = n.slice(x, none, steps, half), b = n.slice(x, second, steps, half);
  Value real = n.sub(n.mul(cosine, a), n.mul(sine, b)), imaginary = n.add(n.mul(sine, a), n.mul(cosine, b));
  Shape full = n.shape(x);
  full[3] = rotated;
  Value turned = interleaved ? n.reshape(n.concat({n.insertAxis(real, 4), n.insertAxis(imaginary, 4)}, 4), full)
                             : n.concat({real, imaginary}, 3);
  if (rotated < size)
    turned = n.concat({turned, n.sliceAxis(x, 3, rotated, size - rotated)}, 3);
  n.output(hasHeadAxis ? n.transpose(turned, {0, 2, 1, 3}) : n.reshape(turned, given));
}

constexpr OpImporter rows[] = {
    {"Attention", 3, 7, attention, types::floats, Half::Compute, 0,
     "softmax_precision is at least float32, double for double inputs only", 23},
    {"FlexAttention", 3, 3, flexAttention, types::floats, Half::Compute, 0, "", 1, 0, "ai.onnx.preview"},
    {"RotaryEmbedding", 3, 4, rotaryEmbedding, types::floatsTo32, Half::Compute, 0, "", 23},
};

} // namespace

llvm::ArrayRef<OpImporter> attentionOps() { return rows; }

} // namespace burin::importer
