// Operators whose results have as many elements as they find at run time.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/Constants.h"
#include "ir/nn/ops/NonMaxSuppression.h"
#include "ir/nn/ops/TruePositions.h"
#include "ir/nn/ops/Unique.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;

namespace {

/// The positions of the true elements of a vector.
Value find(NodeContext &n, Value x) {
  if (!x)
    return {};
  const int64_t bound = n.dim(x, 0);
  if (auto known = nn::constantInts(x)) {
    Shape positions;
    for (auto [i, isTrue] : llvm::enumerate(*known))
      if (isTrue)
        positions.push_back(static_cast<int64_t>(i));
    return n.ints(positions);
  }
  return n.counted<nn::TruePositionsOp>(bound, [](int64_t count) { return std::vector<Shape>{{count}}; }, x)[0];
}

/// Row i of y [rank, count]: the positions along axis i.
void nonZero(NodeContext &n) {
  Value x = n.input(0);
  const Shape shape = n.shape(x);
  if (n.failed())
    return;
  Value flat = find(n, n.reshape(n.cast(x, n.i1()), {nn::numElements(shape)}));
  SmallVector<Value> rows;
  int64_t inner = nn::numElements(shape);
  for (int64_t size : shape) {
    inner = size == 0 ? 0 : inner / size;
    Value row = n.div(flat, n.ints({std::max<int64_t>(1, inner)}, {}, n.i64()));
    if (rows.size() > 0) // the first needs no remainder
      row = n.binary(nn::BinaryKind::mod, row, n.ints({std::max<int64_t>(1, size)}, {}, n.i64()));
    rows.push_back(n.insertAxis(row, 0));
  }
  if (rows.empty()) // a scalar has no axes
    return n.output(n.constant(n.tensor({0, n.dim(flat, 0)}, n.i64()), {}));
  n.output(rows.size() == 1 ? rows[0] : n.concat(rows, 0));
}

void compress(NodeContext &n) {
  Value x = n.input(0), condition = n.input(1);
  const bool flat = !n.hasAttr("axis");
  if (flat)
    x = n.reshape(x, {nn::numElements(n.shape(x))});
  const int64_t axis = flat ? 0 : n.axisAttr("axis", 0, n.rank(x));
  if (n.failed() || !n.require(n.rank(condition) == 1 && n.element(condition).isInteger(1),
                               "the condition must be bool and have rank 1"))
    return;
  auto known = nn::constantInts(condition);
  if (n.dim(condition, 0) > n.dim(x, axis)) {
    for (int64_t i = n.dim(x, axis); known && i < static_cast<int64_t>(known->size()); ++i)
      if (!n.require((*known)[static_cast<size_t>(i)] == 0, "the condition is longer than the axis"))
        return;
    condition = n.sliceAxis(condition, 0, 0, n.dim(x, axis));
  }
  n.output(n.gather(x, find(n, condition), axis));
}

void unique(NodeContext &n) {
  Value x = n.input(0);
  const bool flat = !n.hasAttr("axis");
  if (flat)
    x = n.reshape(x, {nn::numElements(n.shape(x))});
  const int64_t rank = n.rank(x), axis = flat ? 0 : n.axisAttr("axis", 0, rank);
  if (n.failed())
    return;
  SmallVector<int64_t> perm{axis};
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      perm.push_back(i);
  const int64_t rows = n.dim(x, axis), length = rows == 0 ? 0 : nn::numElements(n.shape(x)) / rows;
  Value matrix = n.reshape(n.transpose(x, perm), {rows, length});
  if (!matrix)
    return;
  if (n.element(matrix).isF16() || n.element(matrix).isBF16())
    matrix = n.cast(matrix, n.f32()); // exact, and in the same order
  std::vector<Value> results = n.counted<nn::UniqueOp>(
      rows, [&](int64_t count) { return std::vector<Shape>{{count}, {rows}, {count}}; }, matrix,
      n.flag("sorted", true));
  if (n.failed())
    return;
  if (n.hasOutput(0))
    n.output(0, n.gather(x, results[0], axis));
  for (unsigned i = 0; i < 3; ++i)
    if (n.hasOutput(i + 1))
      n.output(i + 1, results[i]);
}

void nonMaxSuppression(NodeContext &n) {
  Value boxes = n.input(0), scores = n.input(1);
  if (!n.require(n.rank(boxes) == 3 && n.rank(scores) == 3, "boxes and scores have rank 3"))
    return;
  const Shape shape = n.shape(scores);
  auto scalar = [&](unsigned i, double absent, Type element) {
    return n.hasInput(i) ? n.reshape(n.cast(n.input(i), element), {}) : n.floats({absent}, {}, n.f32());
  };
  Value most = n.hasInput(2) ? scalar(2, 0, n.i64()) : n.ints({0}, {}, n.i64());
  Value overlap = scalar(3, 0, n.f32()), score = scalar(4, -INFINITY, n.f32());
  if (n.failed())
    return;
  int64_t each = shape[2];
  if (auto known = nn::constantInts(most))
    each = std::clamp<int64_t>(known->front(), 0, each);
  const bool center = n.flag("center_point_box");
  n.output(n.counted<nn::NonMaxSuppressionOp>(
      shape[0] * shape[1] * each, [](int64_t count) { return std::vector<Shape>{{count, 3}}; }, boxes, scores, most,
      overlap, score, center)[0]);
}

constexpr OpImporter rows[] = {
    {"Compress", 2, 2, compress, types::scalars, Half::Move},
    {"NonMaxSuppression", 2, 5, nonMaxSuppression, types::float32},
    {"NonZero", 1, 1, nonZero, types::scalars, Half::Move},
    {"Unique", 1, 1, unique, types::scalars, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> countOps() { return rows; }

} // namespace burin::importer
