// Operators that give the same elements another shape or order, or repeat them.
#include "frontend/onnx/OpTable.h"

namespace burin::importer {
using namespace mlir;

namespace {

void identity(NodeContext &n) { n.output(n.input(0)); }

/// The dims that Reshape means by `wanted`: 0 copies (unless `allowZero`), -1 is what is left.
std::optional<Shape> resolveShape(NodeContext &n, Shape wanted, bool allowZero) {
  const Shape from = n.shape(n.input(0));
  const int64_t total = nn::numElements(from);
  int64_t known = 1, open = -1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == 0 && !allowZero) {
      if (!n.require(i < from.size(), "a 0 in the shape copies a dim that the input doesn't have"))
        return std::nullopt;
      wanted[i] = from[i];
    }
    if (wanted[i] == -1) {
      if (!n.require(open < 0, "the shape has two -1"))
        return std::nullopt;
      open = static_cast<int64_t>(i);
    } else if (!n.require(wanted[i] >= 0 && (known == 0 || wanted[i] <= maxTensorElements / known),
                          "the shape " + describeShape(wanted) + " is impossible")) {
      return std::nullopt;
    } else {
      known *= wanted[i];
    }
  }
  if (open >= 0) {
    if (!n.require(known != 0 && total % known == 0,
                   "the shape " + describeShape(wanted) + " doesn't divide the input"))
      return std::nullopt;
    wanted[open] = total / known;
    known *= wanted[open];
  }
  if (!n.require(known == total,
                 "the shape " + describeShape(wanted) + " has another number of elements than the input"))
    return std::nullopt;
  return wanted;
}

void reshape(NodeContext &n) {
  std::optional<Shape> wanted;
  if (n.opset() < 5)
    wanted = n.intsAttr("shape");
  else if (auto ints = n.hasInput(1) ? nn::constantInts(n.input(1)) : std::nullopt)
    wanted = Shape(ints->begin(), ints->end());
  else
    wanted = n.declaredShape(0); // the model may know better than we do
  if (!wanted)
    return n.failNotConstant(1, "the shape");
  if (auto to = resolveShape(n, *wanted, n.flag("allowzero")))
    n.output(n.reshape(n.input(0), *to));
}

void flatten(NodeContext &n) {
  const Shape from = n.shape(n.input(0));
  const int64_t rank = static_cast<int64_t>(from.size());
  int64_t axis = n.intAttr("axis", 1);
  if (!n.require(axis >= -rank && axis <= rank, "\"axis\" is outside the input"))
    return;
  axis += axis < 0 ? rank : 0;
  n.output(n.reshape(n.input(0), {nn::numElements(ArrayRef(from).take_front(static_cast<size_t>(axis))),
                                  nn::numElements(ArrayRef(from).drop_front(static_cast<size_t>(axis)))}));
}

/// Axes of Squeeze and Unsqueeze: an attribute before opset 13, an input since. Nothing if absent; check `failed`.
std::optional<Shape> axesOf(NodeContext &n) {
  if (n.opset() < 13)
    return n.intsAttr("axes");
  return n.hasInput(1) ? n.constantInts(1, "the axes") : std::nullopt;
}

void squeeze(NodeContext &n) {
  const Shape from = n.shape(n.input(0));
  std::optional<Shape> given = axesOf(n);
  if (n.failed())
    return;
  const std::optional<Shape> axes = given ? n.axes(*given, static_cast<int64_t>(from.size())) : std::nullopt;
  Shape to;
  for (int64_t i = 0; i < static_cast<int64_t>(from.size()) && !n.failed(); ++i) {
    const bool remove = axes ? llvm::is_contained(*axes, i) : from[i] == 1;
    if (!remove)
      to.push_back(from[i]);
    else
      n.require(from[i] == 1, "axis " + Twine(i) + " has length " + Twine(from[i]) + ", not 1");
  }
  n.output(n.reshape(n.input(0), to));
}

void unsqueeze(NodeContext &n) {
  std::optional<Shape> given = axesOf(n);
  if (!given) {
    n.require(n.failed(), "the axes are missing");
    return;
  }
  Shape to = n.shape(n.input(0));
  auto axes = n.axes(*given, static_cast<int64_t>(to.size() + given->size()));
  if (!axes)
    return;
  for (int64_t axis : *axes) // ascending: each is right in the final shape
    to.insert(to.begin() + axis, 1);
  n.output(n.reshape(n.input(0), to));
}

void transpose(NodeContext &n) {
  const int64_t rank = n.rank(n.input(0));
  Shape perm;
  for (int64_t i = rank; i-- > 0;)
    perm.push_back(i);
  perm = n.intsAttr("perm", perm);
  Shape sorted = perm;
  llvm::sort(sorted);
  if (n.require(static_cast<int64_t>(perm.size()) == rank && nn::isIdentityPermutation(sorted),
                "\"perm\" is no permutation of the input's axes"))
    n.output(n.transpose(n.input(0), perm));
}

void expand(NodeContext &n) {
  auto wanted = n.hasInput(1) ? nn::constantInts(n.input(1)) : std::nullopt;
  const std::optional<Shape> declared = n.declaredShape(0);
  if (!wanted && declared)
    wanted = SmallVector<int64_t>(*declared);
  if (!wanted)
    return n.failNotConstant(1, "the shape");
  if (!n.require(llvm::all_of(*wanted, [](int64_t d) { return d >= 0; }), "the shape has a negative dim"))
    return;
  auto to = nn::broadcastShapes(n.shape(n.input(0)), *wanted);
  if (n.require(to.has_value(), "the input doesn't broadcast to " + describeShape(*wanted)))
    n.output(n.expand(n.input(0), *to));
}

/// The repeats of each axis. Opset 1 repeats one axis: inputs are a count and the axis.
std::optional<Shape> tileRepeats(NodeContext &n) {
  auto repeats = n.constantInts(1, "the repeats");
  const auto rank = static_cast<size_t>(n.rank(n.input(0)));
  if (n.opset() < 6 && repeats) {
    auto axis = n.constantInts(2, "the axis");
    if (!axis || !n.require(axis->size() == 1 && repeats->size() == 1, "one count and one axis are needed"))
      return std::nullopt;
    Shape all(rank, 1);
    const int64_t at = n.axis(axis->front(), static_cast<int64_t>(rank));
    if (n.failed())
      return std::nullopt;
    all[at] = repeats->front();
    return all;
  }
  return repeats && n.require(repeats->size() == rank, "one repeat per axis is needed") ? repeats : std::nullopt;
}

/// Every axis gets an axis of its repeats in front: [d] -> [1,d] -> [r,d] -> [r*d].
void tile(NodeContext &n) {
  auto repeats = tileRepeats(n);
  const Shape from = n.shape(n.input(0));
  if (!repeats)
    return;
  Shape split, repeated, to;
  for (auto [d, r] : llvm::zip(from, *repeats)) {
    if (!n.require(r >= 0 && r < maxTensorElements, "a repeat is negative or huge"))
      return;
    if (r != 1) {
      split.push_back(1);
      repeated.push_back(r);
    }
    split.push_back(d);
    repeated.push_back(d);
    to.push_back(d * r); // both below 2^31
  }
  n.output(n.reshape(n.expand(n.reshape(n.input(0), split), repeated), to));
}

void dropout(NodeContext &n) {
  if (n.hasInput(2)) {
    auto training = n.constantNumber(2, "whether this is training", 0);
    if (!training || !n.support(*training == 0, "training mode is not supported"))
      return;
  }
  n.output(n.input(0));
  if (n.hasOutput(1))
    n.output(1, n.fill(1, n.shape(n.input(0)), n.opset() >= 10 ? n.i1() : n.element(n.input(0))));
}

/// The block size, and the input's dims as [N,C,H,W]; nothing after a failure.
std::optional<int64_t> blockSize(NodeContext &n) {
  const int64_t block = n.intAttr("blocksize", 0);
  if (!n.require(n.rank(n.input(0)) == 4, "the input must have rank 4") ||
      !n.require(block > 0 && block < (1 << 16), "\"blocksize\" must be positive"))
    return std::nullopt;
  return block;
}

void depthToSpace(NodeContext &n) {
  auto block = blockSize(n);
  if (!block)
    return;
  const Shape s = n.shape(n.input(0));
  const int64_t b = *block, depth = s[1] / (b * b);
  const bool crd = n.stringAttr("mode", "DCR") == "CRD";
  if (!n.require(s[1] % (b * b) == 0, "the channels are no multiple of blocksize²"))
    return;
  Value split =
      n.reshape(n.input(0), crd ? Shape{s[0], depth, b, b, s[2], s[3]} : Shape{s[0], b, b, depth, s[2], s[3]});
  Value moved = n.transpose(split, crd ? Shape{0, 1, 4, 2, 5, 3} : Shape{0, 3, 4, 1, 5, 2});
  n.output(n.reshape(moved, {s[0], depth, s[2] * b, s[3] * b}));
}

void spaceToDepth(NodeContext &n) {
  auto block = blockSize(n);
  if (!block)
    return;
  const Shape s = n.shape(n.input(0));
  const int64_t b = *block;
  const bool crd = n.stringAttr("mode", "DCR") == "CRD";
  if (!n.require(s[2] % b == 0 && s[3] % b == 0, "height and width are no multiples of blocksize"))
    return;
  Value split = n.reshape(n.input(0), {s[0], s[1], s[2] / b, b, s[3] / b, b});
  n.output(n.reshape(n.transpose(split, crd ? Shape{0, 1, 3, 5, 2, 4} : Shape{0, 3, 5, 1, 2, 4}),
                     {s[0], s[1] * b * b, s[2] / b, s[3] / b}));
}

constexpr OpImporter rows[] = {
    {"DepthToSpace", 1, 1, depthToSpace, types::scalars, Half::Move},
    {"Dropout", 1, 3, dropout, types::floats | types::floats8, Half::Move, 1u << 2, "inference only"},
    {"Expand", 2, 2, expand, types::scalars, Half::Move, 1u << 1},
    {"Flatten", 1, 1, flatten, types::all, Half::Move},
    {"Identity", 1, 1, identity, types::all, Half::Move},
    {"Reshape", 1, 2, reshape, types::all, Half::Move, 1u << 1},
    {"SpaceToDepth", 1, 1, spaceToDepth, types::scalars, Half::Move},
    {"Squeeze", 1, 2, squeeze, types::all, Half::Move, 1u << 1},
    {"Tile", 2, 3, tile, types::scalars, Half::Move, 3u << 1},
    {"Transpose", 1, 1, transpose, types::all, Half::Move},
    {"Unsqueeze", 1, 2, unsqueeze, types::all, Half::Move, 1u << 1},
};

} // namespace

llvm::ArrayRef<OpImporter> shapeOps() { return rows; }

} // namespace burin::importer
