// Windows put back where they came from.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Spatial.h"
#include "ir/nn/ops/ScatterNd.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// x at the places that `indices` number in the flat output, zeros elsewhere. If output_shape is given, the places are
/// those in the shape that follows from the attributes, which lies at the beginning of every axis of the output.
void maxUnpool(NodeContext &n) {
  Value x = n.input(0), index = n.input(1);
  auto windows = readWindows(n, ArrayRef(n.shape(x)).drop_front(std::min<int64_t>(2, n.rank(x))), {});
  if (!windows ||
      !n.require(n.rank(x) >= 3 && n.hasAttr("kernel_shape"),
                 "the input must have rank 3 or more, and \"kernel_shape\" is needed") ||
      !n.require(n.shape(index) == n.shape(x), "one index per element of the input is needed"))
    return;
  Shape inferred{n.dim(x, 0), n.dim(x, 1)};
  for (auto [i, w] : llvm::enumerate(*windows))
    inferred.push_back((n.dim(x, static_cast<int64_t>(2 + i)) - 1) * w.stride - w.padBegin - w.padEnd + w.kernel);
  if (!n.tensor(inferred, n.element(x)))
    return;
  const std::optional<Shape> wanted = n.hasInput(2) ? n.constantInts(2, "the shape of the output") : inferred;
  if (!wanted ||
      !n.require(wanted->size() == inferred.size() && (*wanted)[0] == inferred[0] && (*wanted)[1] == inferred[1],
                 "output_shape has another rank, batch or number of channels than the input"))
    return;
  const int64_t count = nn::numElements(n.shape(x)), total = nn::numElements(inferred);
  if (!n.require(total > 0 || count == 0, "the output is empty"))
    return;
  Value flat = n.expand(n.fill(0, {1}, n.element(x)), {total});
  if (count > 0)
    flat = n.make<nn::ScatterNdOp>(nn::ScatterKind::none, flat, n.reshape(n.cast(index, n.i64()), {count, 1}),
                                   n.reshape(x, {count}));
  Shape lo(inferred.size(), 0), hi;
  for (auto [from, to] : llvm::zip(inferred, *wanted)) {
    if (!n.require(to >= 0 && to < maxTensorElements, "output_shape is negative or huge"))
      return;
    hi.push_back(to - from); // negative: cropped
  }
  n.output(n.pad(n.reshape(flat, inferred), {}, nn::PadMode::constant, lo, hi));
}

/// For every tap of the block and every place of the block, in the order of Col2Im's columns, which pixel of the image
/// it adds to; the number of pixels for those in the padding.
Shape columnTargets(ArrayRef<int64_t> image, ArrayRef<AxisWindow> windows, ArrayRef<int64_t> places, int64_t taps) {
  Shape targets;
  const int64_t pixels = nn::numElements(image), count = nn::numElements(places);
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t place = 0; place < count; ++place) {
      int64_t target = 0, stride = 1, restTap = tap, restPlace = place;
      bool inside = true;
      for (size_t axis = image.size(); axis-- > 0;) {
        const AxisWindow &w = windows[axis];
        const int64_t at = restPlace % places[axis] * w.stride - w.padBegin + restTap % w.kernel * w.dilation;
        restPlace /= places[axis];
        restTap /= w.kernel;
        inside = inside && at >= 0 && at < image[axis];
        target += at * stride;
        stride *= image[axis];
      }
      targets.push_back(inside ? target : pixels);
    }
  return targets;
}

/// Adds the columns of all block places up into images: a scatter with one more pixel, which takes the padding.
void col2Im(NodeContext &n) {
  Value x = n.input(0);
  auto image = n.constantInts(1, "the shape of the image"), block = n.constantInts(2, "the shape of the block");
  if (!image || !block ||
      !n.require(n.rank(x) == 3 && !image->empty() && image->size() == block->size(),
                 "the input must have rank 3, and image and block the same number of axes"))
    return;
  for (int64_t extent : *image)
    if (!n.require(extent >= 1 && extent < (1 << 24), "the image's axes must be positive and not huge"))
      return;
  auto windows = readWindows(n, *image, *block);
  if (!windows)
    return;
  Shape places;
  for (auto [extent, w] : llvm::zip(*image, *windows))
    places.push_back(windowCount(extent, w, false));
  if (!n.tensor(*image, n.i32()) || !n.tensor(*block, n.i32()) || !n.tensor(places, n.i32()))
    return;
  const int64_t taps = nn::numElements(*block), count = nn::numElements(places), pixels = nn::numElements(*image);
  if (!n.require(taps > 0 && n.dim(x, 1) % taps == 0 && n.dim(x, 2) == count,
                 "the columns must have a multiple of " + Twine(taps) + " rows, and be " + Twine(count)) ||
      !n.support(taps * count <= 1 << 24 && pixels <= 1 << 28, "the image is too large"))
    return;
  const int64_t batch = n.dim(x, 0), channels = n.dim(x, 1) / taps;
  Value rows = n.transpose(n.reshape(x, {batch, channels, taps * count}), {2, 0, 1});
  Value sums = n.make<nn::ScatterNdOp>(
      nn::ScatterKind::add, n.expand(n.fill(0, {1, 1, 1}, n.element(x)), {pixels + 1, batch, channels}),
      n.ints(columnTargets(*image, *windows, places, taps), {taps * count, 1}, n.i32()), rows);
  Shape shape{batch, channels};
  llvm::append_range(shape, *image);
  n.output(n.reshape(n.transpose(n.sliceAxis(sums, 0, 0, pixels), {1, 2, 0}), shape));
}

constexpr OpImporter rows[] = {
    {"Col2Im", 3, 3, col2Im, types::numbers, Half::Compute, 0b110, "constant image and block shape"},
    {"MaxUnpool", 2, 3, maxUnpool, types::floats, Half::Move, 1u << 2, "constant output_shape"},
};

} // namespace

llvm::ArrayRef<OpImporter> unpoolOps() { return rows; }

} // namespace burin::importer
