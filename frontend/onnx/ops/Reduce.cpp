// Reductions, extremes and running sums.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/Scan.h"

namespace burin::importer {
using namespace mlir;
using nn::ReduceKind;

namespace {

/// The result of a reduction over `axes`, which kept length 1, in the shape that "keepdims" asks for.
Value keepOrDrop(NodeContext &n, Value y, ArrayRef<int64_t> axes) {
  if (n.flag("keepdims", true))
    return y;
  Shape to;
  for (auto [i, d] : llvm::enumerate(n.shape(y)))
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      to.push_back(d);
  return n.reshape(y, to);
}

/// The axes: an attribute first, an input since opset 18 (13 for the sum); none given means all of them.
std::optional<Shape> reducedAxes(NodeContext &n, int64_t inputSince) {
  std::optional<Shape> given = n.opset() < inputSince ? n.intsAttr("axes")
                               : n.hasInput(1)        ? n.constantInts(1, "the axes")
                                                      : std::nullopt;
  if (n.failed())
    return std::nullopt;
  if (given && !given->empty())
    return n.axes(*given, n.rank(n.input(0)));
  Shape all;
  if (!n.flag("noop_with_empty_axes"))
    for (int64_t i = 0; i < n.rank(n.input(0)); ++i)
      all.push_back(i);
  return all;
}

template <ReduceKind kind, int inputSince = 18> void reduce(NodeContext &n) {
  auto axes = reducedAxes(n, inputSince);
  if (axes)
    n.output(keepOrDrop(n, n.reduce(kind, n.input(0), *axes), *axes));
}

template <nn::ArgKind kind> void argReduce(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", 0, n.rank(x));
  if (n.failed() || !n.require(n.dim(x, axis) > 0, "the axis is empty"))
    return;
  Value y = n.make<nn::ArgReduceOp>(kind, x, static_cast<uint64_t>(axis), n.flag("select_last_index"));
  n.output(keepOrDrop(n, y, {axis}));
}

/// Along the axis; if only a run tells it, along each, and then the one that was meant is chosen.
template <nn::ScanKind kind> void scan(NodeContext &n) {
  Value x = n.input(0), given = n.input(1);
  const int64_t rank = n.rank(x);
  auto along = [&](int64_t axis) {
    return n.make<nn::ScanOp>(kind, x, static_cast<uint64_t>(axis), n.flag("exclusive"), n.flag("reverse"));
  };
  if (auto known = NnBuilder::numbers(given)) {
    if (!n.require(known->size() == 1, "the axis must be one number"))
      return;
    const int64_t axis = n.axis(static_cast<int64_t>(known->front()), rank);
    return n.output(n.failed() ? Value() : along(axis));
  }
  if (!n.require(rank > 0 && nn::numElements(n.shape(given)) == 1, "the axis must be one number"))
    return;
  Value axis = n.reshape(given, {});
  axis = n.select(n.compare(nn::CompareKind::less, axis, n.scalarLike(axis, 0)),
                  n.add(axis, n.scalarLike(axis, static_cast<double>(rank))), axis);
  Value y = along(0);
  for (int64_t i = 1; i < rank; ++i)
    y = n.select(n.compare(nn::CompareKind::equal, axis, n.scalarLike(axis, static_cast<double>(i))), along(i), y);
  n.output(y);
}

constexpr unsigned axesInput = 1u << 1;

constexpr OpImporter rows[] = {
    {"ArgMax", 1, 1, argReduce<nn::ArgKind::arg_max>, types::numbers},
    {"ArgMin", 1, 1, argReduce<nn::ArgKind::arg_min>, types::numbers},
    {"CumProd", 2, 2, scan<nn::ScanKind::cumprod>, types::wideNumbers},
    {"CumSum", 2, 2, scan<nn::ScanKind::cumsum>, types::wideNumbers},
    {"ReduceL1", 1, 2, reduce<ReduceKind::l1>, types::wideNumbers, Half::Compute, axesInput},
    {"ReduceL2", 1, 2, reduce<ReduceKind::l2>, types::wideNumbers, Half::Compute, axesInput},
    {"ReduceLogSum", 1, 2, reduce<ReduceKind::log_sum>, types::wideNumbers, Half::Compute, axesInput, "", 1, 27},
    {"ReduceLogSum", 1, 2, reduce<ReduceKind::log_sum>, types::floats, Half::Compute, axesInput, "", 28},
    {"ReduceLogSumExp", 1, 2, reduce<ReduceKind::log_sum_exp>, types::wideNumbers, Half::Compute, axesInput, "", 1, 27},
    {"ReduceLogSumExp", 1, 2, reduce<ReduceKind::log_sum_exp>, types::floats, Half::Compute, axesInput, "", 28},
    {"ReduceMax", 1, 2, reduce<ReduceKind::max>, types::wideNumbers | types::bytes | types::boolean, Half::Compute,
     axesInput},
    {"ReduceMean", 1, 2, reduce<ReduceKind::mean>, types::wideNumbers, Half::Compute, axesInput},
    {"ReduceMin", 1, 2, reduce<ReduceKind::min>, types::wideNumbers | types::bytes | types::boolean, Half::Compute,
     axesInput},
    {"ReduceProd", 1, 2, reduce<ReduceKind::prod>, types::wideNumbers, Half::Compute, axesInput},
    {"ReduceSum", 1, 2, reduce<ReduceKind::sum, 13>, types::wideNumbers, Half::Compute, axesInput},
    {"ReduceSumSquare", 1, 2, reduce<ReduceKind::sum_square>, types::wideNumbers, Half::Compute, axesInput},
};

} // namespace

llvm::ArrayRef<OpImporter> reduceOps() { return rows; }

} // namespace burin::importer
