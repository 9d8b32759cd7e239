// Elements picked by index, and written by index.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/GatherNd.h"
#include "ir/nn/ops/ScatterElements.h"
#include "ir/nn/ops/ScatterNd.h"

namespace burin::importer {
using namespace mlir;
using nn::ScatterKind;

namespace {

/// Kernels take indices of 32 and 64 bits.
Value indices(NodeContext &n, unsigned i) {
  Value v = n.input(i);
  return n.element(v).isInteger(32) ? v : n.cast(v, n.i64());
}

/// Whether constant indices lie inside an axis of `dim` elements. Others are clamped when they are used.
bool checkIndices(NodeContext &n, Value v, int64_t dim) {
  auto known = nn::constantInts(v);
  return n.require(!known || llvm::all_of(*known, [&](int64_t i) { return i >= -dim && i < dim; }),
                   "an index is outside the axis of " + Twine(dim) + " elements");
}

void gather(NodeContext &n) {
  Value x = n.input(0), index = indices(n, 1);
  const int64_t axis = n.axisAttr("axis", 0, n.rank(x)), dim = n.dim(x, axis);
  if (n.failed() || !checkIndices(n, index, dim))
    return;
  auto known = nn::constantInts(index);
  if (!known || known->size() != 1)
    return n.output(n.gather(x, index, axis));
  // One element is a slice, which needs no index at run time.
  const int64_t at = known->front() < 0 ? known->front() + dim : known->front();
  Value one = n.sliceAxis(x, axis, at, 1);
  Shape to = n.shape(x);
  to.erase(to.begin() + axis);
  to.insert(to.begin() + axis, static_cast<size_t>(n.rank(index)), 1);
  n.output(n.reshape(one, to));
}

void gatherElements(NodeContext &n) {
  Value x = n.input(0), index = indices(n, 1);
  const int64_t axis = n.axisAttr("axis", 0, n.rank(x));
  if (!n.failed() && checkIndices(n, index, n.dim(x, axis)))
    n.output(n.make<nn::GatherElementsOp>(x, index, static_cast<uint64_t>(axis)));
}

void gatherNd(NodeContext &n) {
  Value x = n.input(0), index = indices(n, 1);
  const int64_t batch = n.intAttr("batch_dims", 0), depth = n.rank(index) > 0 ? n.shape(index).back() : 0;
  if (n.require(batch >= 0 && batch < n.rank(index) && n.rank(index) > 0 && depth >= 1 && batch + depth <= n.rank(x),
                "batch_dims or the length of the index tuples don't fit the input"))
    n.output(n.make<nn::GatherNdOp>(x, index, static_cast<uint64_t>(batch)));
}

std::optional<ScatterKind> reduction(NodeContext &n) {
  auto kind = nn::symbolizeScatterKind(n.stringAttr("reduction", "none"));
  n.require(kind.has_value(), "\"reduction\" has an unknown value");
  return kind;
}

void scatterElements(NodeContext &n) {
  Value x = n.input(0), index = indices(n, 1);
  const int64_t axis = n.axisAttr("axis", 0, n.rank(x));
  auto kind = reduction(n);
  if (!n.failed() && checkIndices(n, index, n.dim(x, axis)))
    n.output(n.make<nn::ScatterElementsOp>(*kind, x, index, n.input(2), static_cast<uint64_t>(axis)));
}

void scatterNd(NodeContext &n) {
  Value x = n.input(0), index = indices(n, 1);
  auto kind = reduction(n);
  const int64_t depth = n.rank(index) > 0 ? n.shape(index).back() : 0;
  if (kind && n.require(depth >= 1 && depth <= n.rank(x), "the length of the index tuples doesn't fit the input"))
    n.output(n.make<nn::ScatterNdOp>(*kind, x, index, n.input(2)));
}

/// y[.., d, ..] = index[..] == d ? values[1] : values[0], with negative indices counted from the depth.
void oneHot(NodeContext &n) {
  auto depth = n.constantNumber(1, "the depth", 0);
  if (!depth || !n.require(*depth >= 0 && *depth < maxTensorElements, "the depth is negative or huge") ||
      !n.require(n.shape(n.input(2)) == Shape{2}, "the values must be two"))
    return;
  const int64_t length = static_cast<int64_t>(*depth), rank = n.rank(n.input(0)) + 1;
  const int64_t axis = n.axisAttr("axis", -1, rank);
  if (n.failed())
    return;
  Value index = n.cast(n.input(0), n.i64());
  index = n.select(n.compare(nn::CompareKind::less, index, n.scalarLike(index, 0)),
                   n.add(index, n.scalarLike(index, *depth)), index);
  Value isHot =
      n.compare(nn::CompareKind::equal, n.insertAxis(index, axis), n.alignAxis(n.positions({length}), axis, rank));
  auto value = [&](int64_t i) { return n.reshape(n.slice(n.input(2), {i}, {1}), {}); };
  n.output(n.select(isHot, value(1), value(0)));
}

/// y[t, b] = x[t < length[b] ? length[b] - 1 - t : t, b]
void reverseSequence(NodeContext &n) {
  Value x = n.input(0), lengths = n.cast(n.input(1), n.i64());
  const int64_t rank = n.rank(x), time = n.axisAttr("time_axis", 0, rank), batch = n.axisAttr("batch_axis", 1, rank);
  if (n.failed() || !n.require(time != batch && n.rank(lengths) == 1 && n.dim(lengths, 0) == n.dim(x, batch),
                               "one length per batch entry is needed, and two different axes"))
    return;
  Value t = n.alignAxis(n.positions({n.dim(x, time)}), time, rank), length = n.alignAxis(lengths, batch, rank);
  Value mirrored = n.sub(n.sub(length, n.scalarLike(length, 1)), t);
  Value from = n.select(n.compare(nn::CompareKind::less, t, length), mirrored, t);
  n.output(n.make<nn::GatherElementsOp>(x, n.expand(from, n.shape(x)), static_cast<uint64_t>(time)));
}

constexpr OpImporter rows[] = {
    {"Gather", 2, 2, gather, types::scalars, Half::Move},
    {"GatherElements", 2, 2, gatherElements, types::scalars, Half::Move},
    {"GatherND", 2, 2, gatherNd, types::scalars, Half::Move},
    worksOn(2, {"OneHot", 3, 3, oneHot, types::scalars, Half::Move, 1u << 1, "constant depth"}),
    {"ReverseSequence", 2, 2, reverseSequence, types::scalars, Half::Move},
    {"Scatter", 3, 3, scatterElements, types::scalars, Half::Compute, 0, "", 9, 10},
    {"ScatterElements", 3, 3, scatterElements, types::scalars},
    {"ScatterND", 3, 3, scatterNd, types::scalars},
};

} // namespace

llvm::ArrayRef<OpImporter> gatherOps() { return rows; }

} // namespace burin::importer
