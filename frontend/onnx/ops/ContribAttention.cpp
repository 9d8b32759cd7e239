// The attention operators of com.microsoft: projections, heads and masks around one scaled dot product.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Contrib.h"
#include "frontend/onnx/ops/QuantOperands.h"
#include "ir/nn/ops/Softmax.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::CompareKind;

Value attentionCore(NodeContext &n, Value q, Value k, Value v, double scale, Value bias, Value *scores) {
  const Shape shape = n.shape(q);
  Value s = n.matmul(n.mul(q, n.scalarLike(q, scale)), k, /*transposeB=*/true);
  if (bias)
    s = n.add(s, bias);
  if (scores)
    *scores = s;
  Value y = n.matmul(n.make<nn::SoftmaxOp>(nn::SoftmaxKind::softmax, s, uint64_t(3)), v);
  return n.reshape(n.transpose(y, {0, 2, 1, 3}), {shape[0], shape[2], shape[1] * n.dim(y, 3)});
}

namespace {

/// [B,S,H] as [B,heads,S,H/heads]. Null after a failure.
Value splitHeads(NodeContext &n, Value x, int64_t heads) {
  const Shape s = n.shape(x);
  if (!n.require(s.size() == 3 && heads > 0 && s[2] % heads == 0, "the number of heads doesn't divide the hidden size"))
    return {};
  return n.transpose(n.reshape(x, {s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3});
}

/// What the operators have in common once q, k and v [B,H,S|T,D] are there: past, masks, scale.
class Heads {
public:
  Heads(NodeContext &n, Value q, Value k, Value v) : n(n), q(q), k(k), v(v) {}

  /// Puts earlier keys and values [B,H,P,D] before those of now.
  bool prepend(Value pastK, Value pastV) {
    if (!n.require(n.rank(pastK) == 4 && n.rank(pastV) == 4, "the past must have rank 4 per tensor"))
      return false;
    past = n.dim(pastK, 2);
    k = n.concat({pastK, k}, 2);
    v = n.concat({pastV, v}, 2);
    return !n.failed();
  }

  Value keys() const { return k; }
  Value values() const { return v; }

  /// 0/1 integers or lengths: [B] valid keys of each row, [B,T], [B,S,T], or [B,1,T,T], whose last S rows count; masked
  /// scores get "mask_filter_value".
  bool mask(Value m) {
    const int64_t batch = n.dim(q, 0), total = n.dim(k, 2), rows = n.dim(q, 2);
    const Shape s = n.shape(m);
    Value isMasked;
    if (s == Shape{batch} && !(batch == total && s.size() == 2)) {
      Value length = n.reshape(n.cast(m, n.i64()), {batch, 1, 1, 1});
      isMasked = n.compare(CompareKind::greater_equal, n.positions({1, 1, 1, total}), length);
    } else {
      Value flags;
      if (s == Shape{batch, total})
        flags = n.reshape(m, {batch, 1, 1, total});
      else if (s == Shape{batch, rows, total})
        flags = n.insertAxis(m, 1);
      else if (s.size() == 4 && s[0] == batch && s[1] == 1 && s[2] >= past + rows && s[3] >= total)
        flags = n.slice(m, {0, 0, past, 0}, {batch, 1, rows, total});
      if (!n.support(static_cast<bool>(flags), "a mask of shape " + describeShape(s) + " is not supported",
                     "give a mask of shape [batch, keys]"))
        return false;
      isMasked = n.compare(CompareKind::equal, flags, n.scalarLike(flags, 0));
    }
    const double filter = n.floatAttr("mask_filter_value", -10000);
    addBias(n.select(isMasked, n.scalarLike(q, filter), n.scalarLike(q, 0)));
    return !n.failed();
  }

  /// "unidirectional": query i, which is key past + i, sees no later key.
  void maskFuture() {
    const int64_t total = n.dim(k, 2), rows = n.dim(q, 2);
    Value last = n.add(n.positions({1, 1, rows, 1}), n.ints({past}, {}, n.i64()));
    Value isLater = n.compare(CompareKind::greater, n.positions({1, 1, 1, total}), last);
    addBias(n.select(isLater, n.scalarLike(q, -std::numeric_limits<float>::max()), n.scalarLike(q, 0)));
  }

  void addBias(Value term) { bias = bias ? n.add(bias, term) : term; }

  Value result(Value *scores = nullptr) {
    if (!n.require(q && k && v && n.rank(q) == 4 && n.rank(k) == 4 && n.rank(v) == 4 && n.dim(k, 1) == n.dim(q, 1) &&
                       n.dim(v, 1) == n.dim(q, 1) && n.dim(k, 3) == n.dim(q, 3) && n.dim(v, 2) == n.dim(k, 2) &&
                       n.dim(k, 0) == n.dim(q, 0) && n.dim(v, 0) == n.dim(q, 0),
                   "the heads, lengths or head sizes of query, key and value don't fit together"))
      return {};
    double scale = n.floatAttr("scale", 0);
    if (scale == 0)
      scale = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, n.dim(q, 3))));
    return attentionCore(n, q, k, v, scale, bias, scores);
  }

private:
  NodeContext &n;
  Value q, k, v, bias;
  int64_t past = 0;
};

/// Attention and QAttention from the projections [B,S,Q+K+V] on. Inputs: the mask, past keys and values [2,B,H,P,D], a
/// bias of the scores. Outputs: y, and keys and values with the past.
void projectedAttention(NodeContext &n, Value projected, Value mask, Value past, Value scoreBias) {
  const int64_t heads = n.intAttr("num_heads", 0), hidden = n.dim(projected, 2);
  const Shape sizes = n.intsAttr("qkv_hidden_sizes", Shape{hidden / 3, hidden / 3, hidden / 3});
  if (!n.support(!n.flag("do_rotary") && !n.flag("past_present_share_buffer"),
                 "rotary embedding or shared buffers inside are not supported") ||
      !n.require(n.rank(projected) == 3 && sizes.size() == 3 && sizes[0] >= 0 && sizes[1] >= 0 && sizes[2] >= 0 &&
                     sizes[0] <= hidden && sizes[1] <= hidden && sizes[0] + sizes[1] + sizes[2] == hidden,
                 "the projections don't have the sizes of query, key and value"))
    return;
  Value q = splitHeads(n, n.sliceAxis(projected, 2, 0, sizes[0]), heads),
        k = splitHeads(n, n.sliceAxis(projected, 2, sizes[0], sizes[1]), heads),
        v = splitHeads(n, n.sliceAxis(projected, 2, sizes[0] + sizes[1], sizes[2]), heads);
  Heads attention(n, q, k, v);
  if (past &&
      (!n.require(n.rank(past) == 5 && n.dim(past, 0) == 2, "the past must have shape [2,B,H,P,D]") ||
       !attention.prepend(n.removeAxis(n.sliceAxis(past, 0, 0, 1), 0), n.removeAxis(n.sliceAxis(past, 0, 1, 1), 0))))
    return;
  if (mask && !attention.mask(mask))
    return;
  if (n.flag("unidirectional"))
    attention.maskFuture();
  if (scoreBias)
    attention.addBias(scoreBias);
  n.output(attention.result());
  if (n.hasOutput(1))
    n.output(1, n.concat({n.insertAxis(attention.keys(), 0), n.insertAxis(attention.values(), 0)}, 0));
}

void attention(NodeContext &n) {
  if (!n.support(!n.hasInput(6), "a past of a length known at run time only is not supported"))
    return;
  Value projected = n.matmul(n.input(0), n.input(1));
  if (n.hasInput(2))
    projected = n.add(projected, n.input(2));
  projectedAttention(n, projected, n.input(3), n.input(4), n.input(5));
}

/// Inputs: input, weight, bias, their scales, mask, zero points, past.
void qAttention(NodeContext &n) {
  Value product = integerProduct(n, n.input(0), n.input(6), n.input(1), n.input(7));
  Value scale = n.mul(n.reshape(n.input(3), {}), n.input(4));
  if (nn::numElements(n.shape(scale)) == 1)
    scale = n.reshape(scale, {});
  Value projected = n.add(n.mul(n.cast(product, n.f32()), scale), n.input(2));
  projectedAttention(n, projected, n.input(5), n.input(8), {});
}

/// Query, key and value of MultiHeadAttention as [B,H,S|T,D]: apart, key and value packed [B,T,H,2,D], or all
/// [B,T,H,3,D].
class MultiHeadInputs {
public:
  explicit MultiHeadInputs(NodeContext &n) : n(n), heads(n.intAttr("num_heads", 0)) {}

  bool read() {
    Value query = n.input(0), key = n.input(1), value = n.input(2);
    if (n.rank(query) == 5 && !key)
      unpack(query, {&q, &k, &v});
    else if (n.rank(key) == 5 && !value) {
      q = splitHeads(n, withBias(query, 0), heads);
      unpack(key, {&k, &v});
    } else {
      if (!n.require(key && value, "key or value is absent"))
        return false;
      const int64_t keyAt = n.dim(query, 2), valueAt = keyAt + n.dim(key, n.rank(key) - 1);
      q = splitHeads(n, withBias(query, 0), heads);
      // Keys of an encoder come with their heads split already.
      k = n.rank(key) == 4 ? key : splitHeads(n, withBias(key, keyAt), heads);
      v = n.rank(value) == 4 ? value : splitHeads(n, withBias(value, valueAt), heads);
    }
    return q && k && v;
  }

  Value q, k, v;

private:
  /// x plus its part of the bias, which begins at `start`.
  Value withBias(Value x, int64_t start) {
    if (!n.hasInput(3) || n.rank(x) != 3)
      return x;
    const int64_t size = n.dim(x, 2);
    return n.require(start + size <= n.dim(n.input(3), 0), "the bias is too short")
               ? n.add(x, n.sliceAxis(n.input(3), 0, start, size))
               : Value();
  }

  /// [B,T,H,parts,D] into parts of [B,H,T,D].
  void unpack(Value x, ArrayRef<Value *> parts) {
    if (!n.require(n.dim(x, 3) == static_cast<int64_t>(parts.size()), "a packed input has a wrong shape") ||
        !n.support(!n.hasInput(3), "a bias for packed inputs is not supported"))
      return;
    for (auto [i, part] : llvm::enumerate(parts))
      *part = n.transpose(n.removeAxis(n.sliceAxis(x, 3, static_cast<int64_t>(i), 1), 3), {0, 2, 1, 3});
  }

  NodeContext &n;
  int64_t heads;
};

void multiHeadAttention(NodeContext &n) {
  if (!n.support(!n.hasInput(8) && !n.hasInput(9),
                 "beams or a past of a length known at run time only are not supported"))
    return;
  MultiHeadInputs inputs(n);
  if (!inputs.read())
    return;
  Heads attention(n, inputs.q, inputs.k, inputs.v);
  if (!n.require(n.hasInput(6) == n.hasInput(7), "past key and past value belong together") ||
      (n.hasInput(6) && !attention.prepend(n.input(6), n.input(7))) || (n.hasInput(4) && !attention.mask(n.input(4))))
    return;
  if (n.flag("unidirectional"))
    attention.maskFuture();
  if (n.hasInput(5))
    attention.addBias(n.input(5));
  Value scores;
  n.output(attention.result(&scores));
  n.output(1, attention.keys());
  n.output(2, attention.values());
  n.output(3, scores);
}

/// Positions are [B,S], or the first one of all rows. Heads that have no axis of their own may follow from the caches.
void rotaryEmbedding(NodeContext &n) {
  Value x = n.input(0), ids = n.input(1), cosine = n.input(2), sine = n.input(3);
  if (!n.support(!n.flag("is_packed_batching") && n.floatAttr("scale", 1) == 1,
                 "packed batches or a scale are not supported") ||
      !n.require(n.rank(x) == 3 || n.rank(x) == 4, "the input must have rank 3 or 4"))
    return;
  const bool isFlat = n.rank(x) == 3;
  const int64_t given = n.intAttr("num_heads", 0), half = std::max<int64_t>(1, n.dim(cosine, 1));
  if (isFlat)
    x = splitHeads(n, x, given > 0 ? given : n.dim(x, 2) / (2 * half));
  const int64_t batch = n.dim(x, 0), length = n.dim(x, 2);
  if (nn::numElements(n.shape(ids)) == 1) {
    ids = n.expand(n.add(n.positions({1, length}), n.reshape(n.cast(ids, n.i64()), {})), {batch, length});
  }
  Value y = n.resultOf("RotaryEmbedding", 23, {x, cosine, sine, ids});
  if (isFlat && y)
    y = n.reshape(n.transpose(y, {0, 2, 1, 3}), n.shape(n.input(0)));
  n.output(y);
}

constexpr const char *maskNote = "masks of shape [batch], [batch, keys], [batch, queries, keys] or [batch, 1, M, M]";

constexpr OpImporter rows[] = {
    {"Attention", 2, 7, attention, types::floats, Half::Compute, 0, maskNote, 1, 0, contribDomain},
    {"MultiHeadAttention", 1, 10, multiHeadAttention, types::floats, Half::Compute, 0, maskNote, 1, 0, contribDomain},
    {"QAttention", 5, 9, qAttention, types::bytes, Half::Move, 0, maskNote, 1, 0, contribDomain},
    {"RotaryEmbedding", 4, 4, rotaryEmbedding, types::floats, Half::Compute, 0, "", 1, 0, contribDomain},
};

} // namespace

llvm::ArrayRef<OpImporter> contribAttentionOps() { return rows; }

} // namespace burin::importer
