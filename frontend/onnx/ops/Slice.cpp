// Parts of tensors, and tensors put together.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Reshape.h"

namespace burin::importer {
using namespace mlir;

namespace {

struct Range {
  int64_t start, step, size;
};

/// x[start:end:step] on an axis of `dim` elements, clamped as ONNX Slice-13 says; nothing for step 0.
std::optional<Range> sliceRange(int64_t start, int64_t end, int64_t step, int64_t dim) {
  // Steps beyond any dim select one element; cutting them keeps the arithmetic from overflowing.
  step = std::clamp(step, -maxTensorElements, maxTensorElements);
  if (step == 0)
    return std::nullopt;
  if (dim == 0)
    return Range{0, step, 0};
  auto bound = [&](int64_t v, int64_t lo, int64_t hi) { return std::clamp(v < 0 ? v + dim : v, lo, hi); };
  const int64_t lo = step > 0 ? 0 : -1, hi = step > 0 ? dim : dim - 1;
  start = bound(start, 0, hi);
  end = bound(end, lo, hi);
  const int64_t distance = step > 0 ? end - start : start - end;
  return Range{start, step, std::max<int64_t>(0, (distance + std::abs(step) - 1) / std::abs(step))};
}

/// Starts, ends, axes and steps: attributes before opset 10, inputs since. Nothing after a failure.
std::optional<std::array<Shape, 4>> sliceArguments(NodeContext &n) {
  std::optional<Shape> starts, ends, axes, steps;
  if (n.opset() < 10) {
    starts = n.intsAttr("starts");
    ends = n.intsAttr("ends");
    axes = n.intsAttr("axes");
  } else {
    starts = n.constantInts(1, "what is cut out");
    ends = n.constantInts(2, "what is cut out");
    axes = n.hasInput(3) ? n.constantInts(3, "what is cut out") : std::nullopt;
    steps = n.hasInput(4) ? n.constantInts(4, "what is cut out") : std::nullopt;
  }
  if (n.failed() || !n.require(starts && ends, "starts or ends are missing"))
    return std::nullopt;
  if (!axes)
    for (axes.emplace(); axes->size() < starts->size();)
      axes->push_back(static_cast<int64_t>(axes->size()));
  if (!steps)
    steps = Shape(starts->size(), 1);
  if (!n.require(starts->size() == ends->size() && axes->size() == starts->size() && steps->size() == starts->size(),
                 "starts, ends, axes and steps have different lengths"))
    return std::nullopt;
  return std::array<Shape, 4>{*starts, *ends, *axes, *steps};
}

/// scale * base + offset, where only the data say what the integer `base` is.
struct Affine {
  Value base;
  int64_t scale = 1, offset = 0;
};

/// What the one integer in `v` is computed from; nullopt if that is nothing simple.
std::optional<Affine> affineIn(Value v) {
  Operation *op = v ? v.getDefiningOp() : nullptr;
  if (isa_and_nonnull<nn::ReshapeOp>(op))
    return affineIn(op->getOperand(0));
  auto binary = dyn_cast_or_null<nn::BinaryOp>(op);
  if (!binary)
    return v ? std::optional(Affine{v}) : std::nullopt;
  auto right = nn::constantInts(binary.getB()), left = nn::constantInts(binary.getA());
  const bool commutes = binary.getKind() != nn::BinaryKind::sub;
  auto known = right ? right : commutes ? left : std::nullopt;
  std::optional<Affine> x =
      known && known->size() == 1 ? affineIn(right ? binary.getA() : binary.getB()) : std::nullopt;
  if (!x || std::abs(known->front()) >= maxTensorElements || std::abs(x->scale) >= maxTensorElements ||
      std::abs(x->offset) >= maxTensorElements)
    return std::nullopt;
  const int64_t c = known->front();
  switch (binary.getKind()) {
  case nn::BinaryKind::add:
    return Affine{x->base, x->scale, x->offset + c};
  case nn::BinaryKind::sub:
    return Affine{x->base, x->scale, x->offset - c};
  case nn::BinaryKind::mul:
    return Affine{x->base, x->scale * c, x->offset * c};
  default:
    return std::nullopt;
  }
}

/// x[i:i+n] on one axis, i by the turn of a loop, which takes it nowhere beyond the axis: the length is known, though
/// not the place. Null if the slice is another one.
Value sliceByTurn(NodeContext &n) {
  Value x = n.input(0), start = n.input(1), end = n.input(2);
  auto axes = n.hasInput(3) ? nn::constantInts(n.input(3)) : std::optional(SmallVector<int64_t>{0});
  auto steps = n.hasInput(4) ? nn::constantInts(n.input(4)) : std::optional(SmallVector<int64_t>{1});
  auto from = affineIn(start), to = affineIn(end);
  if (n.opset() < 10 || !axes || axes->size() != 1 || !steps || *steps != SmallVector<int64_t>{1} || !from || !to ||
      from->base != to->base || from->scale != to->scale || from->scale < 0 || from->offset < 0 ||
      nn::numElements(n.shape(start)) != 1 || nn::numElements(n.shape(end)) != 1)
    return {};
  const int64_t axis = n.axis((*axes)[0], n.rank(x)), size = to->offset - from->offset;
  const std::optional<int64_t> turns = n.turnsOf(from->base);
  if (n.failed() || !turns || size <= 0 || *turns > maxTensorElements || from->scale > maxTensorElements ||
      from->scale * (*turns - 1) + to->offset > n.dim(x, axis))
    return {};
  return n.gather(x, n.add(n.reshape(start, {1}), n.cast(n.positions({size}), n.element(start))), axis);
}

void slice(NodeContext &n) {
  Value x = n.input(0);
  if (Value part = sliceByTurn(n))
    return n.output(part);
  auto arguments = sliceArguments(n);
  if (!arguments)
    return;
  const auto &[starts, ends, axes, steps] = *arguments;
  const Shape dims = n.shape(x);
  Shape at(dims.size(), 0), by(dims.size(), 1), sizes = dims;
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = n.axis(axes[i], n.rank(x));
    if (n.failed())
      return;
    auto range = sliceRange(starts[i], ends[i], steps[i], dims[axis]);
    if (!n.require(range.has_value(), "a step is zero"))
      return;
    at[axis] = range->size ? range->start : 0; // an empty slice starts nowhere
    by[axis] = range->step;
    sizes[axis] = range->size;
  }
  n.output(n.slice(x, at, by, sizes));
}

/// The lengths of the parts: given, or equal ones of which the last may be shorter.
std::optional<Shape> splitSizes(NodeContext &n, int64_t dim) {
  std::optional<Shape> sizes = n.intsAttr("split");
  if (n.opset() >= 13 && n.hasInput(1))
    sizes = n.constantInts(1, "the sizes of the parts");
  const int64_t count = n.numOutputs();
  if (n.failed())
    return std::nullopt;
  if (!sizes) {
    const int64_t part = (dim + count - 1) / count;
    for (sizes.emplace(); static_cast<int64_t>(sizes->size()) < count;)
      sizes->push_back(std::max<int64_t>(0, std::min(part, dim - part * static_cast<int64_t>(sizes->size()))));
  }
  int64_t total = 0;
  for (int64_t s : *sizes)
    total += s >= 0 && s <= dim ? s : dim + 1; // no overflow: at most 2^31 * the number of outputs
  return n.require(static_cast<int64_t>(sizes->size()) == count && total == dim,
                   "the parts don't add up to the " + Twine(dim) + " elements of the axis")
             ? sizes
             : std::nullopt;
}

void split(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", 0, n.rank(x));
  auto sizes = n.failed() ? std::nullopt : splitSizes(n, n.dim(x, axis));
  if (!sizes)
    return;
  int64_t start = 0;
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    n.output(static_cast<unsigned>(i), n.sliceAxis(x, axis, start, size));
    start += size;
  }
}

void concat(NodeContext &n) {
  SmallVector<Value> xs = n.allInputs();
  if (n.failed())
    return;
  const int64_t axis = n.axisAttr("axis", 1, n.rank(xs.front())); // 1 was the default before opset 4
  if (!n.failed())
    n.output(n.concat(xs, axis));
}

constexpr OpImporter rows[] = {
    {"Concat", 1, anyNumber, concat, types::scalars, Half::Move},
    {"Slice", 1, 5, slice, types::scalars, Half::Move, inputsFrom(1)},
    {"Split", 1, 2, split, types::scalars, Half::Move, inputsFrom(1)},
};

} // namespace

llvm::ArrayRef<OpImporter> sliceOps() { return rows; }

} // namespace burin::importer
