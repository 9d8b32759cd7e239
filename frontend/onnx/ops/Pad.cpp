// Padding, and masks over matrices.
#include "frontend/onnx/OpTable.h"

namespace burin::importer {
using namespace mlir;
using nn::PadMode;

namespace {

struct Pads {
  Shape lo, hi;
};

/// The pads of every axis; nothing after a failure.
std::optional<Pads> readPads(NodeContext &n) {
  const int64_t rank = n.rank(n.input(0));
  std::optional<Shape> pads = n.opset() < 2    ? n.intsAttr("paddings")
                              : n.opset() < 11 ? n.intsAttr("pads")
                                               : n.constantInts(1, "the padding");
  std::optional<Shape> axes = n.hasInput(3) ? n.constantInts(3, "the padding") : std::nullopt;
  if (n.failed() || !n.require(pads.has_value(), "the pads are missing"))
    return std::nullopt;
  if (!axes)
    for (axes.emplace(); static_cast<int64_t>(axes->size()) < rank;)
      axes->push_back(static_cast<int64_t>(axes->size()));
  if (!n.require(pads->size() == 2 * axes->size(), "two pads per axis are needed"))
    return std::nullopt;
  Pads out{Shape(static_cast<size_t>(rank), 0), Shape(static_cast<size_t>(rank), 0)};
  for (size_t i = 0; i < axes->size(); ++i) {
    const int64_t axis = n.axis((*axes)[i], rank), lo = (*pads)[i], hi = (*pads)[i + axes->size()];
    for (int64_t pad : {lo, hi})
      n.require(pad > -maxTensorElements && pad < maxTensorElements, "a pad is huge");
    if (n.failed())
      return std::nullopt;
    out.lo[axis] = lo;
    out.hi[axis] = hi;
  }
  return out;
}

constexpr int64_t maxRepetitions = 64;

/// Whether every axis has the elements that the mode repeats.
bool checkPads(NodeContext &n, PadMode mode, const Pads &pads) {
  const Shape dims = n.shape(n.input(0));
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t most = std::max(pads.lo[i], pads.hi[i]);
    const int64_t kept = dims[i] + std::min<int64_t>(pads.lo[i], 0) + std::min<int64_t>(pads.hi[i], 0);
    if (!n.require(dims[i] + pads.lo[i] + pads.hi[i] >= 0 && -std::min(pads.lo[i], pads.hi[i]) <= dims[i],
                   "more is cropped than there is"))
      return false;
    if (most <= 0 || mode == PadMode::constant)
      continue;
    // Every repetition is a copy of its own, except those of a single element.
    if (!n.require(kept > 0, "axis " + Twine(i) + " has nothing to repeat") ||
        !n.support(mode == PadMode::edge || kept == 1 || most <= maxRepetitions * kept,
                   "axis " + Twine(i) + " is repeated more than " + Twine(maxRepetitions) + " times"))
      return false;
  }
  return true;
}

void pad(NodeContext &n) {
  Value x = n.input(0);
  const std::string name = n.stringAttr("mode", "constant");
  const std::optional<PadMode> mode = nn::symbolizePadMode(name);
  if (!n.require(mode.has_value(), "\"mode\" has an unknown value"))
    return;
  auto pads = readPads(n);
  if (!pads || !checkPads(n, *mode, *pads))
    return;
  Value value;
  if (*mode == PadMode::constant) {
    if (n.opset() < 11)
      value = n.floatAttr("value", 0) == 0 ? Value() : n.scalarLike(x, n.floatAttr("value", 0));
    else if (n.hasInput(2) && n.require(nn::numElements(n.shape(n.input(2))) == 1, "the value must have one element"))
      value = n.reshape(n.input(2), {});
  }
  n.output(n.pad(x, value, *mode, pads->lo, pads->hi));
}

/// Crops or pads with zeros, evenly on both sides; an odd element is cut or added at the end.
void centerCropPad(NodeContext &n) {
  Value x = n.input(0);
  auto wanted = n.constantInts(1, "the shape");
  if (!wanted)
    return;
  Shape all;
  for (int64_t i = 0; i < n.rank(x); ++i)
    all.push_back(i);
  const Shape axes = n.intsAttr("axes", all);
  if (!n.require(axes.size() == wanted->size(), "one size per axis is needed"))
    return;
  Shape starts(all.size(), 0), sizes = n.shape(x), lo(all.size(), 0), hi(all.size(), 0);
  for (auto [given, size] : llvm::zip(axes, *wanted)) {
    const int64_t axis = n.axis(given, n.rank(x)), dim = n.dim(x, axis);
    if (n.failed() || !n.require(size >= 0 && size < maxTensorElements, "a size is negative or huge"))
      return;
    sizes[axis] = std::min(dim, size);
    starts[axis] = (dim - sizes[axis]) / 2;
    lo[axis] = (size - sizes[axis]) / 2;
    hi[axis] = size - sizes[axis] - lo[axis];
  }
  Value cropped = n.slice(x, starts, sizes);
  n.output(n.pad(cropped, {}, PadMode::constant, lo, hi));
}

/// The elements on and above (upper) or below diagonal k; others 0.
void trilu(NodeContext &n) {
  Value x = n.input(0);
  const auto diagonal = n.constantNumber(1, "the diagonal", 0);
  const bool upper = n.flag("upper", true);
  const int64_t rows = n.dim(x, n.rank(x) - 2), columns = n.dim(x, n.rank(x) - 1);
  if (!diagonal || !n.require(n.rank(x) >= 2, "the input must have rank 2 or more") ||
      !n.support(rows * columns <= maxGenerated, "the matrix is too large"))
    return;
  Shape mask;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      const double offset = static_cast<double>(j - i);
      mask.push_back(upper ? offset >= *diagonal : offset <= *diagonal);
    }
  n.output(n.select(n.ints(mask, {rows, columns}, n.i1()), x, n.scalarLike(x, 0)));
}

constexpr OpImporter rows[] = {
    {"CenterCropPad", 2, 2, centerCropPad, types::scalars, Half::Move, 1u << 1},
    {"Pad", 1, 4, pad, types::all, Half::Move, 0b1010, "constant pads; an axis is repeated at most 64 times"},
    {"Trilu", 1, 2, trilu, types::scalars, Half::Move, 1u << 1, "constant k"},
};

} // namespace

llvm::ArrayRef<OpImporter> padOps() { return rows; }

} // namespace burin::importer
