// Images read between their pixels: sampling grids, deformable convolutions, regions of interest.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Spatial.h"
#include "ir/nn/ops/RoiAlign.h"
#include "ir/nn/ops/RoiMaxPool.h"
#include "ir/nn/ops/Sample.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::SampleBorder;
using nn::SampleMode;

namespace {

/// [N,C,spatial...] as [N,spatial...,C].
Value channelsLast(NodeContext &n, Value x) {
  Shape perm{0};
  for (int64_t axis = 2; axis < n.rank(x); ++axis)
    perm.push_back(axis);
  perm.push_back(1);
  return n.transpose(x, perm);
}

/// The way back.
Value channelsFirst(NodeContext &n, Value x) {
  Shape perm{0, n.rank(x) - 1};
  for (int64_t axis = 1; axis + 1 < n.rank(x); ++axis)
    perm.push_back(axis);
  return n.transpose(x, perm);
}

std::optional<SampleMode> sampleMode(NodeContext &n) {
  const std::string name = n.stringAttr("mode", n.opset() < 20 ? "bilinear" : "linear");
  if (name == "nearest")
    return SampleMode::nearest;
  if (name == "bilinear" || name == "linear")
    return SampleMode::linear;
  if (name == "bicubic" || name == "cubic")
    return SampleMode::cubic;
  n.require(false, "\"mode\" has an unknown value");
  return std::nullopt;
}

/// Normalised coordinates (x, y, z), -1 and 1 at the ends of an axis, as positions (z, y, x) in pixels:
/// (g + 1) (L - 1) / 2 with align_corners, ((g + 1) L - 1) / 2 without.
Value gridPositions(NodeContext &n, Value grid, ArrayRef<int64_t> spatial, bool alignCorners) {
  Shape reversed;
  SmallVector<double> scale;
  const auto axes = static_cast<int64_t>(spatial.size());
  for (int64_t axis = 0; axis < axes; ++axis) {
    reversed.push_back(axes - 1 - axis);
    scale.push_back(static_cast<double>(alignCorners ? spatial[axis] - 1 : spatial[axis]) / 2);
  }
  Value ordered = axes == 1 ? grid : n.gather(grid, n.ints(reversed), n.rank(grid) - 1);
  Value pixels = n.mul(n.add(ordered, n.scalarLike(grid, 1)), n.floats(scale, {axes}, n.element(grid)));
  return alignCorners ? pixels : n.sub(pixels, n.scalarLike(grid, 0.5));
}

void gridSample(NodeContext &n) {
  Value x = n.input(0), grid = n.input(1);
  const int64_t axes = n.rank(x) - 2;
  const auto mode = sampleMode(n);
  const auto outside = nn::symbolizeSampleBorder(n.stringAttr("padding_mode", "zeros"));
  if (!mode || !n.require(outside.has_value(), "\"padding_mode\" has an unknown value") ||
      !n.require(n.isFloat(grid), "the grid must be of floats") ||
      !n.require(axes >= 1 && n.rank(grid) == n.rank(x) && n.shape(grid).back() == axes &&
                     n.dim(grid, 0) == n.dim(x, 0),
                 "the grid doesn't fit the input") ||
      !n.support(axes <= 3, "grids over more than three axes are not supported"))
    return;
  const Shape spatial(ArrayRef(n.shape(x)).drop_front(2));
  const Type element = n.element(x);
  // Integers of up to 32 bits are exact as doubles.
  const auto isNarrow = [](Type t) { return t.isF32() || t.isF16() || t.isBF16(); };
  const Type computed = isNarrow(element) && isNarrow(n.element(grid)) ? n.f32() : n.f64();
  if (!n.support(isa<FloatType>(element) || element.getIntOrFloatBitWidth() <= 32 || *mode == SampleMode::nearest,
                 "interpolation of 64-bit integers is not supported"))
    return;
  Shape out{n.dim(x, 0), n.dim(x, 1)};
  llvm::append_range(out, ArrayRef(n.shape(grid)).drop_front().drop_back());
  if (!n.require(nn::numElements(out) == 0 || nn::numElements(spatial) > 0, "the input is empty"))
    return;
  const bool alignCorners = n.flag("align_corners");
  Value at = gridPositions(n, n.cast(grid, computed), spatial, alignCorners);
  Value y = n.make<nn::SampleOp>(*mode, *outside, channelsLast(n, n.cast(x, computed)), at, alignCorners);
  n.output(n.cast(channelsFirst(n, y), element));
}

/// Normalised coordinates of the pixels of an axis: from -1 to 1 with align_corners, else half a pixel inside.
SmallVector<double> pixelCoordinates(int64_t size, bool alignCorners) {
  SmallVector<double> out;
  for (int64_t i = 0; i < size; ++i) {
    const double step = 2.0 / static_cast<double>(alignCorners ? std::max<int64_t>(size - 1, 1) : size);
    out.push_back(-1 + step * (static_cast<double>(i) + (alignCorners ? 0 : 0.5)));
  }
  return out;
}

/// grid[n, (z), y, x, k] = theta[n,k,0] x + theta[n,k,1] y (+ theta[n,k,2] z) + theta[n,k,last], broadcast.
void affineGrid(NodeContext &n) {
  Value theta = n.input(0);
  auto size = n.constantInts(1, "the shape of the grid");
  if (!size)
    return;
  const auto axes = static_cast<int64_t>(size->size()) - 2;
  if (!n.require((axes == 2 || axes == 3) && n.shape(theta) == Shape{(*size)[0], axes, axes + 1},
                 "\"theta\" must be [N,2,3] for a size of 4 numbers, [N,3,4] for 5"))
    return;
  for (int64_t extent : *size)
    if (!n.require(extent >= 0 && extent < (1 << 24), "a size is negative or huge"))
      return;
  const bool alignCorners = n.flag("align_corners");
  auto column = [&](int64_t k) {
    Shape shape(static_cast<size_t>(axes + 2), 1);
    shape.front() = n.dim(theta, 0);
    shape.back() = axes;
    return n.reshape(n.sliceAxis(theta, 2, k, 1), shape);
  };
  Value sum = column(axes);
  for (int64_t k = 0; k < axes; ++k) {
    const int64_t axis = axes - k, extent = (*size)[1 + axis]; // x is the last axis
    Value along = n.floats(pixelCoordinates(extent, alignCorners), {extent}, n.element(theta));
    sum = n.add(sum, n.mul(column(k), n.alignAxis(along, axis, axes + 2)));
  }
  n.output(sum);
}

/// What the tensors of a deformable convolution have in common.
struct Deformed {
  std::vector<AxisWindow> windows;
  Shape out; ///< spatial
  int64_t groups, offsetGroups;
  int64_t taps() const {
    int64_t count = 1;
    for (const AxisWindow &w : windows)
      count *= w.kernel;
    return count;
  }
  int64_t points() const { return nn::numElements(out); }
};

/// `at` [.., out..., kernel..., axes], the displacements, plus the positions of the undisplaced taps; axis by axis, so
/// that no constant is larger than that axis.
Value addRegularPositions(NodeContext &n, Value at, const Deformed &d) {
  const size_t axes = d.windows.size();
  for (size_t axis = 0; axis < axes; ++axis) {
    const AxisWindow &w = d.windows[axis];
    SmallVector<double> positions;
    for (int64_t o = 0; o < d.out[axis]; ++o)
      for (int64_t k = 0; k < w.kernel; ++k)
        for (size_t component = 0; component < axes; ++component)
          positions.push_back(component == axis ? static_cast<double>(o * w.stride - w.padBegin + k * w.dilation) : 0);
    Shape shape(2 * axes + 1, 1);
    shape[axis] = d.out[axis];
    shape[axes + axis] = w.kernel;
    shape.back() = static_cast<int64_t>(axes);
    at = n.add(at, n.floats(positions, shape, n.element(at)));
  }
  return at;
}

/// The input at every tap: [N, points, taps, C], weighted by the mask.
Value deformedColumns(NodeContext &n, const Deformed &d) {
  Value x = n.input(0), offset = n.input(2), mask = n.input(4);
  const auto axes = static_cast<int64_t>(d.windows.size());
  const int64_t batch = n.dim(x, 0), perGroup = n.dim(x, 1) / d.offsetGroups, groups = batch * d.offsetGroups;
  Shape apart{groups};
  llvm::append_range(apart, d.out);
  for (const AxisWindow &w : d.windows)
    apart.push_back(w.kernel);
  apart.push_back(axes);
  Value at = n.transpose(n.reshape(offset, {groups, d.taps(), axes, d.points()}), {0, 3, 1, 2});
  at = n.reshape(addRegularPositions(n, n.reshape(at, apart), d), {groups, d.points(), d.taps(), axes});
  Shape image{groups, perGroup};
  llvm::append_range(image, ArrayRef(n.shape(x)).drop_front(2));
  Value columns =
      n.make<nn::SampleOp>(SampleMode::linear, SampleBorder::zeros, channelsLast(n, n.reshape(x, image)), at,
                           /*corners=*/true);
  if (mask)
    columns = n.mul(columns, n.insertAxis(n.transpose(n.reshape(mask, {groups, d.taps(), d.points()}), {0, 2, 1}), 3));
  columns = n.reshape(columns, {batch, d.offsetGroups, d.points(), d.taps(), perGroup});
  return n.reshape(n.transpose(columns, {0, 2, 3, 1, 4}), {batch, d.points(), d.taps(), n.dim(x, 1)});
}

std::optional<Deformed> readDeformed(NodeContext &n) {
  Value x = n.input(0), w = n.input(1), offset = n.input(2), bias = n.input(3), mask = n.input(4);
  const int64_t rank = n.rank(x), channels = n.dim(x, 1);
  if (!n.require(rank >= 3 && n.rank(w) == rank && n.rank(offset) == rank,
                 "input, weights and offsets must have the same rank, at least 3") ||
      !n.support(rank <= 5, "deformable convolutions over more than three axes are not supported"))
    return std::nullopt;
  Deformed d{{}, {}, n.intAttr("group", 1), n.intAttr("offset_group", 1)};
  auto windows = readWindows(n, ArrayRef(n.shape(x)).drop_front(2), ArrayRef(n.shape(w)).drop_front(2));
  if (!windows || !n.require(d.groups >= 1 && d.offsetGroups >= 1 && channels % d.groups == 0 &&
                                 channels % d.offsetGroups == 0 && d.offsetGroups <= std::max<int64_t>(channels, 1) &&
                                 n.dim(w, 0) % d.groups == 0 && n.dim(w, 1) == channels / d.groups,
                             "the groups don't divide the channels, or the weights are for other channels"))
    return std::nullopt;
  d.windows = *windows;
  for (auto [i, window] : llvm::enumerate(d.windows))
    d.out.push_back(windowCount(n.dim(x, static_cast<int64_t>(2 + i)), window, false));
  Shape offsets{n.dim(x, 0), d.offsetGroups * d.taps() * (rank - 2)}, masks{n.dim(x, 0), d.offsetGroups * d.taps()};
  llvm::append_range(offsets, d.out);
  llvm::append_range(masks, d.out);
  for (auto [count, window] : llvm::zip(d.out, d.windows))
    if (!n.support(count * window.kernel <= maxGenerated, "the positions of an axis are too many"))
      return std::nullopt;
  const bool good = n.require(n.shape(offset) == offsets, "the offsets must have shape " + describeShape(offsets)) &&
                    n.require(!mask || n.shape(mask) == masks, "the mask must have shape " + describeShape(masks)) &&
                    n.require(!bias || n.shape(bias) == Shape{n.dim(w, 0)}, "one bias per output channel is needed") &&
                    n.require(d.points() == 0 || nn::numElements(n.shape(x)) > 0, "the input is empty");
  return good ? std::optional(std::move(d)) : std::nullopt;
}

/// A matrix product of the columns at the displaced taps.
void deformConv(NodeContext &n) {
  auto d = readDeformed(n);
  if (!d)
    return;
  Value w = n.input(1), bias = n.input(3);
  const int64_t batch = n.dim(n.input(0), 0), in = n.dim(w, 1), out = n.dim(w, 0) / d->groups, depth = d->taps() * in;
  Value columns = n.reshape(deformedColumns(n, *d), {batch, d->points(), d->taps(), d->groups, in});
  columns = n.reshape(n.transpose(columns, {0, 3, 1, 2, 4}), {batch, d->groups, d->points(), depth});
  Value matrix = n.transpose(n.reshape(w, {d->groups, out, in, d->taps()}), {0, 3, 2, 1});
  Value y = n.matmul(columns, n.reshape(matrix, {d->groups, depth, out}));
  if (bias)
    y = n.add(y, n.reshape(bias, {d->groups, 1, out}));
  Shape shape{batch, d->groups * out};
  llvm::append_range(shape, d->out);
  n.output(n.reshape(n.transpose(y, {0, 1, 3, 2}), shape));
}

bool checkRegions(NodeContext &n, int64_t numbers, ArrayRef<int64_t> size) {
  Value x = n.input(0), rois = n.input(1);
  return n.require(std::isfinite(n.floatAttr("spatial_scale", 1)), "\"spatial_scale\" isn't finite") &&
         n.require(n.rank(x) == 4 && n.rank(rois) == 2 && n.dim(rois, 1) == numbers,
                   "the input must be [N,C,H,W], and a region " + Twine(numbers) + " numbers") &&
         n.require(size.size() == 2 && size[0] >= 1 && size[1] >= 1 && size[0] < (1 << 15) && size[1] < (1 << 15),
                   "the size of the output must be two positive numbers") &&
         n.require(nn::numElements(n.shape(x)) > 0 || n.dim(rois, 0) * n.dim(x, 1) == 0, "the input is empty");
}

void roiAlign(NodeContext &n) {
  Value x = n.input(0), rois = n.input(1), image = n.input(2);
  const auto kind = nn::symbolizeRoiKind(n.stringAttr("mode", "avg"));
  const std::string transform =
      n.opset() < 16 ? std::string("output_half_pixel") : n.stringAttr("coordinate_transformation_mode", "half_pixel");
  const Shape size{n.intAttr("output_height", 1), n.intAttr("output_width", 1)};
  const int64_t grid = n.intAttr("sampling_ratio", 0);
  if (n.failed() || !n.require(kind.has_value(), "\"mode\" has an unknown value") ||
      !n.require(transform == "half_pixel" || transform == "output_half_pixel",
                 "\"coordinate_transformation_mode\" has an unknown value") ||
      !n.require(grid >= 0 && grid < (1 << 15), "\"sampling_ratio\" is negative or huge") ||
      !checkRegions(n, 4, size) ||
      !n.require(n.shape(image) == Shape{n.dim(rois, 0)}, "one image per region is needed"))
    return;
  n.output(channelsFirst(n, n.make<nn::RoiAlignOp>(*kind, channelsLast(n, x), rois, n.cast(image, n.i64()), size,
                                                   APFloat(n.floatAttr("spatial_scale", 1)),
                                                   static_cast<uint64_t>(grid), transform == "half_pixel")));
}

void maxRoiPool(NodeContext &n) {
  const auto size = n.intsAttr("pooled_shape");
  if (!n.require(size.has_value(), "\"pooled_shape\" is missing") || !checkRegions(n, 5, *size))
    return;
  n.output(channelsFirst(n, n.make<nn::RoiMaxPoolOp>(channelsLast(n, n.input(0)), n.input(1), *size,
                                                     APFloat(n.floatAttr("spatial_scale", 1)))));
}

constexpr OpImporter rows[] = {
    {"AffineGrid", 2, 2, affineGrid, types::floats, Half::Compute, 1u << 1, "constant size"},
    {"DeformConv", 3, 5, deformConv, types::floats, Half::Compute, 0, "one to three spatial axes"},
    {"GridSample", 2, 2, gridSample, types::scalars, Half::Move, 0,
     "one to three spatial axes; 64-bit integers: nearest only"},
    {"MaxRoiPool", 2, 2, maxRoiPool},
    {"RoiAlign", 3, 3, roiAlign},
};

} // namespace

llvm::ArrayRef<OpImporter> samplingOps() { return rows; }

} // namespace burin::importer
