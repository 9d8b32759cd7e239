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

template <nn::ScanKind kind> void scan(NodeContext &n) {
  Value x = n.input(0);
  auto given = n.constantNumber(1, "the axis", 0);
  if (!given)
    return;
  const int64_t axis = n.axis(static_cast<int64_t>(*given), n.rank(x));
  if (!n.failed())
    n.output(n.make<nn::ScanOp>(kind, x, static_cast<uint64_t>(axis), n.flag("exclusive"), n.flag("reverse")));
}

constexpr unsigned axesInput = 1u << 1;

constexpr OpImporter rows[] = {
    {"ArgMax", 1, 1, argReduce<nn::ArgKind::arg_max>},
    {"ArgMin", 1, 1, argReduce<nn::ArgKind::arg_min>},
    {"CumProd", 2, 2, scan<nn::ScanKind::cumprod>, Half::Compute, axesInput},
    {"CumSum", 2, 2, scan<nn::ScanKind::cumsum>, Half::Compute, axesInput},
    {"ReduceL1", 1, 2, reduce<ReduceKind::l1>, Half::Compute, axesInput},
    {"ReduceL2", 1, 2, reduce<ReduceKind::l2>, Half::Compute, axesInput},
    {"ReduceLogSum", 1, 2, reduce<ReduceKind::log_sum>, Half::Compute, axesInput},
    {"ReduceLogSumExp", 1, 2, reduce<ReduceKind::log_sum_exp>, Half::Compute, axesInput},
    {"ReduceMax", 1, 2, reduce<ReduceKind::max>, Half::Compute, axesInput},
    {"ReduceMean", 1, 2, reduce<ReduceKind::mean>, Half::Compute, axesInput},
    {"ReduceMin", 1, 2, reduce<ReduceKind::min>, Half::Compute, axesInput},
    {"ReduceProd", 1, 2, reduce<ReduceKind::prod>, Half::Compute, axesInput},
    {"ReduceSum", 1, 2, reduce<ReduceKind::sum, 13>, Half::Compute, axesInput},
    {"ReduceSumSquare", 1, 2, reduce<ReduceKind::sum_square>, Half::Compute, axesInput},
};

} // namespace

llvm::ArrayRef<OpImporter> reduceOps() { return rows; }

} // namespace burin::importer
