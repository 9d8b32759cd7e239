// Pooling over any number of spatial axes: pools are separable, so a third axis is a second pool.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Spatial.h"
#include "ir/nn/ops/ArgPool.h"
#include "ir/nn/ops/Pool2d.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::PoolKind;

namespace {

struct Pool {
  PoolKind kind;
  bool ceilMode = false, countPads = false;
  int64_t p = 2;
  bool global = false;
};

/// Pools height and width of `x` [N,H,W,C].
Value pool2d(NodeContext &n, const Pool &pool, Value x, ArrayRef<AxisWindow> windows) {
  const Windows2d both(windows);
  Shape size;
  for (auto [i, w] : llvm::enumerate(windows)) {
    size.push_back(windowCount(n.dim(x, static_cast<int64_t>(3 - windows.size() + i)), w, pool.ceilMode));
    if (!n.require(size.back() > 0, "the window is larger than the padded input"))
      return {};
  }
  if (size.size() == 1)
    size.insert(size.begin(), 1);
  return n.make<nn::Pool2dOp>(pool.kind, x, both.kernel, both.strides, both.pads, both.dilations, size, pool.countPads,
                              static_cast<uint64_t>(pool.p), pool.global);
}

/// Max, mean over the valid positions, and p-norm of a box are those of its columns' results: height and width first,
/// then depth with height and width as one axis.
Value pool3d(NodeContext &n, const Pool &pool, Value x, ArrayRef<AxisWindow> windows) {
  const Shape in = n.shape(x);
  Value rows = n.reshape(n.transpose(x, {0, 2, 3, 4, 1}), {in[0] * in[2], in[3], in[4], in[1]});
  Value planes = pool2d(n, pool, rows, windows.drop_front());
  const int64_t height = n.dim(planes, 1), width = n.dim(planes, 2);
  const AxisWindow still;
  Value columns = n.reshape(planes, {in[0], in[2], height * width, in[1]});
  Value y = columns ? pool2d(n, pool, columns, {windows[0], still}) : Value();
  if (!y)
    return {};
  return n.transpose(n.reshape(y, {in[0], n.dim(y, 1), height, width, in[1]}), {0, 4, 1, 2, 3});
}

void pool(NodeContext &n, const Pool &pool) {
  Value x = n.input(0);
  const int64_t rank = n.rank(x);
  if (!n.require(rank >= 3, "the input must have rank 3 or more") ||
      !n.support(rank <= 5, "pools over more than three axes are not supported") ||
      !n.require(n.hasAttr("kernel_shape"), "\"kernel_shape\" is missing"))
    return;
  auto windows = readWindows(n, ArrayRef(n.shape(x)).drop_front(2), {});
  if (!windows)
    return;
  if (rank == 5)
    return n.output(pool3d(n, pool, x, *windows));
  n.output(fromNhwc(n, pool2d(n, pool, toNhwc(n, x), *windows), rank));
}

/// Where the maxima lie in the input as ONNX stores it, NCHW: apart from the pool itself, which runs in NHWC.
void maxPoolIndices(NodeContext &n) {
  Value x = n.input(0);
  const Shape in = n.shape(x);
  auto windows = readWindows(n, ArrayRef(in).drop_front(2), {});
  if (!windows)
    return;
  Shape planes{in[0] * in[1]}, out{in[0], in[1]}, kernel, strides, pads, dilations, size;
  auto axis = [&](int64_t extent, const AxisWindow &w, int64_t count) {
    planes.push_back(extent);
    kernel.push_back(w.kernel);
    strides.push_back(w.stride);
    pads.push_back(w.padBegin);
    dilations.push_back(w.dilation);
    size.push_back(count);
  };
  for (size_t i = windows->size(); i < 3; ++i)
    axis(1, AxisWindow(), 1);
  for (auto [extent, w] : llvm::zip(ArrayRef(in).drop_front(2), *windows)) {
    axis(extent, w, windowCount(extent, w, n.flag("ceil_mode")));
    out.push_back(size.back());
  }
  const bool columnMajor = n.flag("storage_order");
  n.output(
      1,
      n.reshape(n.make<nn::ArgPoolOp>(n.reshape(x, planes), kernel, strides, pads, dilations, size, columnMajor), out));
}

void maxPool(NodeContext &n) {
  pool(n, {.kind = PoolKind::max_pool, .ceilMode = n.flag("ceil_mode")});
  if (n.hasOutput(1) && !n.failed())
    maxPoolIndices(n);
}

void averagePool(NodeContext &n) {
  pool(n, {.kind = PoolKind::avg_pool, .ceilMode = n.flag("ceil_mode"), .countPads = n.flag("count_include_pad")});
}

/// The exponent, which the kernel takes as an integer. A float attribute before opset 2.
int64_t exponent(NodeContext &n) {
  const double p = n.opset() < 2 ? n.floatAttr("p", 2) : static_cast<double>(n.intAttr("p", 2));
  constexpr double largest = std::numeric_limits<int32_t>::max();
  n.support(p >= 1 && p <= largest && p == std::floor(p), "\"p\" must be a whole number from 1 to 2147483647");
  return n.failed() ? 2 : static_cast<int64_t>(p);
}

void lpPool(NodeContext &n) { pool(n, {.kind = PoolKind::lp_pool, .ceilMode = n.flag("ceil_mode"), .p = exponent(n)}); }

/// One window over everything; all spatial axes but the last can be one, for none of them moves.
void globalPool(NodeContext &n, Pool pool) {
  Value x = n.input(0);
  const Shape in = n.shape(x);
  if (!n.require(in.size() >= 3, "the input must have rank 3 or more"))
    return;
  const int64_t width = in.back(), height = nn::numElements(ArrayRef(in).drop_front(2).drop_back());
  if (!n.require(width > 0 && height > 0, "the input is empty"))
    return;
  Value image = n.reshape(x, {in[0], in[1], height, width});
  Value y = pool2d(n, pool, toNhwc(n, image), {AxisWindow{.kernel = height}, AxisWindow{.kernel = width}});
  Shape out(in.size(), 1);
  out[0] = in[0];
  out[1] = in[1];
  n.output(n.reshape(fromNhwc(n, y, 4), out));
}

void globalMaxPool(NodeContext &n) { globalPool(n, {.kind = PoolKind::max_pool}); }
void globalAveragePool(NodeContext &n) { globalPool(n, {.kind = PoolKind::avg_pool, .global = true}); }
void globalLpPool(NodeContext &n) { globalPool(n, {.kind = PoolKind::lp_pool, .p = exponent(n)}); }

constexpr OpImporter rows[] = {
    {"AveragePool", 1, 1, averagePool, types::floats, Half::Compute, 0, "one to three spatial axes"},
    {"GlobalAveragePool", 1, 1, globalAveragePool},
    {"GlobalLpPool", 1, 1, globalLpPool, types::floats, Half::Compute, 0, "whole p"},
    {"GlobalMaxPool", 1, 1, globalMaxPool},
    {"LpPool", 1, 1, lpPool, types::floats, Half::Compute, 0, "one to three spatial axes; whole p"},
    {"MaxPool", 1, 1, maxPool, types::floats | types::bytes, Half::Compute, 0, "one to three spatial axes"},
};

} // namespace

llvm::ArrayRef<OpImporter> poolOps() { return rows; }

} // namespace burin::importer
