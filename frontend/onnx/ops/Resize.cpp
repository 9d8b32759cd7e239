// Resize and Upsample: one nn.interpolate (or gather) per axis that changes.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/ResizeTables.h"
#include "ir/nn/ops/Interpolate.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;

namespace {

/// What the node asks of the axes that it may resize.
struct Request {
  Shape axes, sizes;
  SmallVector<double> scales, roi;
};

/// The number of table entries that a model may cost.
constexpr int64_t maxTable = int64_t(1) << 24;

/// The output size and scale of each axis from "scales": size = floor(in * scale), the product in float32 as ONNX's own
/// shape inference takes it: 10 * 0.7 is 7.
bool fromScales(NodeContext &n, Request &r, ArrayRef<double> scales) {
  if (!n.require(scales.size() == r.axes.size(), "one scale per axis is needed"))
    return false;
  for (auto [axis, scale] : llvm::zip(r.axes, scales)) {
    const float size = std::floor(static_cast<float>(n.dim(n.input(0), axis)) * static_cast<float>(scale));
    if (!n.require(scale > 0 && size >= 1 && size < maxTable, "a scale is not positive, or leaves nothing, or is huge"))
      return false;
    r.scales.push_back(scale);
    r.sizes.push_back(static_cast<int64_t>(size));
  }
  return true;
}

/// The same from "sizes". A kept aspect ratio means one scale for all axes.
bool fromSizes(NodeContext &n, Request &r, ArrayRef<int64_t> sizes) {
  if (!n.require(sizes.size() == r.axes.size(), "one size per axis is needed"))
    return false;
  for (auto [axis, size] : llvm::zip(r.axes, sizes)) {
    if (!n.require(size >= 1 && size < maxTable, "a size is not positive, or is huge"))
      return false;
    r.sizes.push_back(size);
    r.scales.push_back(static_cast<double>(size) / static_cast<double>(n.dim(n.input(0), axis)));
  }
  const std::string policy = n.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || r.scales.empty())
    return true;
  if (!n.require(policy == "not_larger" || policy == "not_smaller",
                 "\"keep_aspect_ratio_policy\" has an unknown value"))
    return false;
  const auto [least, most] = std::minmax_element(r.scales.begin(), r.scales.end());
  const double scale = policy == "not_larger" ? *least : *most;
  for (size_t i = 0; i < r.axes.size(); ++i) {
    r.scales[i] = scale;
    r.sizes[i] = static_cast<int64_t>(std::floor(scale * static_cast<double>(n.dim(n.input(0), r.axes[i])) + 0.5));
    if (!n.require(r.sizes[i] >= 1 && r.sizes[i] < maxTable, "a size becomes zero or huge"))
      return false;
  }
  return true;
}

/// An optional input that is absent or empty means the same.
bool isGiven(NodeContext &n, unsigned i) { return n.hasInput(i) && nn::numElements(n.shape(n.input(i))) > 0; }

std::optional<Request> readRequest(NodeContext &n) {
  Request r;
  const int64_t rank = n.rank(n.input(0));
  Shape all;
  for (int64_t i = 0; i < rank; ++i)
    all.push_back(i);
  for (int64_t axis : n.intsAttr("axes", all))
    r.axes.push_back(n.axis(axis, rank));
  if (n.failed() || !n.require(nn::numElements(n.shape(n.input(0))) > 0, "the input is empty"))
    return std::nullopt;
  // Opset 10 has (x, scales), later ones (x, roi, scales, sizes).
  const unsigned scalesInput = n.opset() < 11 ? 1 : 2;
  if (n.opset() >= 11 && isGiven(n, 1)) {
    auto roi = n.constantNumbers(1, "what is resized");
    if (!roi)
      return std::nullopt;
    r.roi = *roi;
  }
  if (n.opset() >= 11 && isGiven(n, 3)) {
    auto sizes = n.constantInts(3, "the size of the result");
    return sizes && fromSizes(n, r, *sizes) ? std::optional(r) : std::nullopt;
  }
  auto scales = n.constantNumbers(scalesInput, "the size of the result");
  return scales && fromScales(n, r, *scales) ? std::optional(r) : std::nullopt;
}

/// Elements outside the cropped region take the extrapolation value; their weights are zero already.
Value extrapolate(NodeContext &n, Value y, const ResizeTable &table, int64_t axis) {
  const double value = n.floatAttr("extrapolation_value", 0);
  if (!llvm::is_contained(table.outside, true))
    return y;
  Shape mask(table.outside.begin(), table.outside.end());
  Value isOutside = n.alignAxis(n.ints(mask, {static_cast<int64_t>(mask.size())}, n.i1()), axis, n.rank(y));
  return n.select(isOutside, n.scalarLike(y, value), y);
}

Value resizeAxis(NodeContext &n, Value x, const ResizeAxis &parameters, int64_t axis) {
  const double taps = parameters.mode == ResizeMode::Nearest ? 1
                      : parameters.antialias                 ? 4 / std::min(1.0, parameters.scale)
                                                             : 4;
  if (!n.support(static_cast<double>(parameters.out) * std::min(taps, 4.0 * static_cast<double>(parameters.in) + 8) <
                     maxTable,
                 "the tables of weights become too large"))
    return {};
  const ResizeTable table = makeResizeTable(parameters);
  const int64_t count = parameters.out;
  const Shape indices(table.indices.begin(), table.indices.end());
  if (table.taps == 1)
    return extrapolate(n, n.gather(x, n.ints(indices, {count}, n.i32()), axis), table, axis);
  Value index = n.ints(indices, {count, table.taps}, n.i32());
  Value weight =
      n.floats(SmallVector<double>(table.weights.begin(), table.weights.end()), {count, table.taps}, n.f32());
  Value y = n.make<nn::InterpolateOp>(n.cast(x, n.f32()), index, weight, static_cast<uint64_t>(axis));
  return extrapolate(n, y, table, axis);
}

void resizeAxes(NodeContext &n, const Request &request, ResizeAxis parameters) {
  const bool crops = parameters.coordinates == ResizeCoordinates::TfCropAndResize;
  const size_t count = request.axes.size();
  if (!n.require(!crops || request.roi.size() == 2 * count, "the region of interest needs two values per axis"))
    return;
  Value y = n.input(0);
  const Type type = n.element(y);
  for (size_t i = 0; i < count && !n.failed(); ++i) {
    const int64_t axis = request.axes[i];
    parameters.in = n.dim(y, axis);
    parameters.out = request.sizes[i];
    parameters.scale = request.scales[i];
    if (crops) {
      parameters.roiStart = request.roi[i];
      parameters.roiEnd = request.roi[count + i];
    }
    const bool isWhole = !crops || (parameters.roiStart == 0 && parameters.roiEnd == 1);
    if (parameters.in != parameters.out || parameters.scale != 1 || !isWhole)
      y = resizeAxis(n, y, parameters, axis);
  }
  n.output(n.cast(y, type));
}

void resize(NodeContext &n) {
  auto mode = parseResizeMode(n.stringAttr("mode", "nearest"));
  auto coordinates = parseResizeCoordinates(
      n.stringAttr("coordinate_transformation_mode", n.opset() < 11 ? "asymmetric" : "half_pixel"));
  auto rounding =
      n.opset() < 11 ? ResizeRounding::Legacy : parseResizeRounding(n.stringAttr("nearest_mode", "round_prefer_floor"));
  if (!n.support(mode && coordinates && rounding, "a mode has an unknown value"))
    return;
  ResizeAxis parameters;
  parameters.mode = *mode;
  parameters.coordinates = *coordinates;
  parameters.rounding = *rounding;
  parameters.cubicA = n.floatAttr("cubic_coeff_a", -0.75);
  parameters.excludeOutside = n.flag("exclude_outside");
  parameters.antialias = n.flag("antialias");
  if (auto request = readRequest(n))
    resizeAxes(n, *request, parameters);
}

/// Opset 1 has two scales as attributes, 7 all of them, 9 an input.
std::optional<SmallVector<double>> upsampleScales(NodeContext &n) {
  if (n.opset() >= 9)
    return n.constantNumbers(1, "the size of the result");
  if (n.opset() >= 7)
    return n.floatsAttr("scales");
  if (!n.require(n.rank(n.input(0)) == 4, "the input must have rank 4"))
    return std::nullopt;
  return SmallVector<double>{1, 1, n.floatAttr("height_scale", 1), n.floatAttr("width_scale", 1)};
}

void upsample(NodeContext &n) {
  const std::string name = n.stringAttr("mode", "nearest");
  auto mode = parseResizeMode(name == "bilinear" ? "linear" : name); // as opset 1 calls it
  if (!n.support(mode.has_value(), "\"mode\" has an unknown value"))
    return;
  auto scales = upsampleScales(n);
  Request request;
  for (int64_t i = 0; i < n.rank(n.input(0)); ++i)
    request.axes.push_back(i);
  if (!n.failed() && n.require(scales.has_value(), "the scales are missing") && fromScales(n, request, *scales))
    resizeAxes(n, request,
               {.mode = *mode, .coordinates = ResizeCoordinates::Asymmetric, .rounding = ResizeRounding::Floor});
}

constexpr OpImporter rows[] = {
    {"Resize", 1, 4, resize, types::scalars, Half::Compute, inputsFrom(1), "constant roi, scales and sizes", 10},
    {"Upsample", 1, 2, upsample, types::scalars, Half::Compute, 1u << 1, "", 1, 9},
};

} // namespace

llvm::ArrayRef<OpImporter> resizeOps() { return rows; }

} // namespace burin::importer
