#include "ir/nn/ops/Pad.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto rank = static_cast<size_t>(x.getRank());
  if (adaptor.getLo().size() != rank || adaptor.getHi().size() != rank)
    return failure();
  SmallVector<int64_t> shape;
  for (auto [extent, lo, hi] : llvm::zip(x.getShape(), adaptor.getLo(), adaptor.getHi())) {
    int64_t padded = 0;
    if (llvm::AddOverflow(extent, lo, padded) || llvm::AddOverflow(padded, hi, padded) || padded < 0)
      return failure();
    shape.push_back(padded);
  }
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

namespace {

/// Where x's elements land on one axis of y: [begin, end); lo < 0 crops.
struct Interior {
  int64_t begin, end;
};

Interior interior(PadOp op, size_t axis) {
  const int64_t extent = shapeOf(op.getX())[axis], lo = op.getLo()[axis], padded = shapeOf(op.getY())[axis];
  const int64_t begin = std::clamp<int64_t>(lo, 0, padded);
  return {begin, std::clamp<int64_t>(lo + extent, begin, padded)};
}

} // namespace

LogicalResult PadOp::verify() {
  if (Value value = getValue()) {
    if (numElements(shapeOf(value)) != 1 || elementTypeOf(value) != elementTypeOf(getX()))
      return emitOpError() << "value must be one element of " << elementTypeOf(getX());
    if (getMode() != PadMode::constant)
      return emitOpError() << "value without mode constant";
  }
  const bool isEmpty = numElements(shapeOf(getY())) == 0;
  for (size_t axis = 0; !isEmpty && getMode() != PadMode::constant && axis < getLo().size(); ++axis)
    if (Interior in = interior(*this, axis); in.begin == in.end)
      return emitOpError() << "axis " << axis << ": nothing to repeat";
  return verifyMoved(*this, getX(), getY());
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t pad) { return pad == 0; };
  const bool padsNothing = llvm::all_of(getLo(), isZero) && llvm::all_of(getHi(), isZero);
  return padsNothing && getX().getType() == getY().getType() ? OpFoldResult(getX()) : OpFoldResult();
}

namespace {

/// A box of y, given per axis.
struct Box {
  SmallVector<int64_t> begin, size;
};

class PadLowering {
public:
  PadLowering(PadOp op, Lowering &l)
      : l(l), mode(op.getMode()), bytes(elementBytes(elementTypeOf(op.getY()))), xShape(shapeOf(op.getX())),
        shape(shapeOf(op.getY())), lo(op.getLo()), strides(rowMajorStrides(shape)) {
    for (size_t axis = 0; axis < strides.size(); ++axis) {
      Interior in = interior(op, axis);
      inside.begin.push_back(in.begin);
      inside.size.push_back(in.end - in.begin);
    }
  }

  bool hasBorder() const { return ArrayRef<int64_t>(inside.size) != shape; }

  void copyInterior() {
    SmallVector<int64_t> xStrides = rowMajorStrides(xShape);
    int64_t offset = 0;
    for (size_t axis = 0; axis < strides.size(); ++axis)
      offset += (inside.begin[axis] - lo[axis]) * xStrides[axis];
    emitStridedCopy(l, bytes, inside.size, l.operand(0), offset, xStrides, l.result(), offsetOf(inside), strides);
  }

  /// Border by border: on axis i the axes before i are inside, those behind it complete. No element is written twice.
  void fill(BufferId value) {
    for (size_t axis = 0; axis < strides.size(); ++axis) {
      const int64_t extent = shape[axis], end = inside.begin[axis] + inside.size[axis];
      for (auto [from, to] : {std::pair{int64_t{0}, inside.begin[axis]}, std::pair{end, extent}}) {
        Box border = slab(axis, /*completeBefore=*/false, from, to - from);
        emitStridedCopy(l, bytes, border.size, value, 0, SmallVector<int64_t>(strides.size(), 0), l.result(),
                        offsetOf(border), strides);
      }
    }
  }

  /// Axis by axis, from what y already holds: the axes before i are complete, those behind it inside. Positions whose
  /// sources are evenly spaced make one copy (edge: one per side; reflect, wrap: one per repetition).
  void repeat() {
    for (size_t axis = 0; axis < strides.size(); ++axis) {
      const int64_t begin = inside.begin[axis], extent = shape[axis];
      repeatRange(axis, 0, begin);
      repeatRange(axis, begin + inside.size[axis], extent);
    }
  }

private:
  int64_t offsetOf(const Box &box) const {
    int64_t offset = 0;
    for (size_t axis = 0; axis < strides.size(); ++axis)
      offset += box.begin[axis] * strides[axis];
    return offset;
  }

  /// `count` positions from `from` on of one axis. The axes on one side of it are complete, on the other inside.
  Box slab(size_t axis, bool completeBefore, int64_t from, int64_t count) const {
    Box box = inside;
    for (size_t i = 0; i < strides.size(); ++i)
      if (i != axis && (i < axis) == completeBefore) {
        box.begin[i] = 0;
        box.size[i] = shape[i];
      }
    box.begin[axis] = from;
    box.size[axis] = count;
    return box;
  }

  /// The position inside that y's position `i` repeats.
  int64_t source(size_t axis, int64_t i) const {
    const int64_t begin = inside.begin[axis], n = inside.size[axis], at = i - begin;
    auto modulo = [](int64_t a, int64_t m) { return (a % m + m) % m; };
    switch (mode) {
    case PadMode::wrap:
      return begin + modulo(at, n);
    case PadMode::reflect: {
      const int64_t period = std::max<int64_t>(1, 2 * (n - 1)), phase = modulo(at, period);
      return begin + std::min(phase, period - phase);
    }
    default:
      return begin + std::clamp<int64_t>(at, 0, n - 1);
    }
  }

  void repeatRange(size_t axis, int64_t from, int64_t to) {
    while (from < to) {
      const int64_t first = source(axis, from);
      int64_t count = 1, step = 0;
      if (from + 1 < to)
        step = source(axis, from + 1) - first;
      while (from + count < to && source(axis, from + count) == first + count * step)
        ++count;
      Box target = slab(axis, /*completeBefore=*/true, from, count), origin = target;
      origin.begin[axis] = first;
      SmallVector<int64_t> steps(strides);
      steps[axis] *= step;
      emitStridedCopy(l, bytes, target.size, l.result(), offsetOf(origin), steps, l.result(), offsetOf(target),
                      strides);
      from += count;
    }
  }

  Lowering &l;
  PadMode mode;
  int64_t bytes; // of an element
  ArrayRef<int64_t> xShape, shape, lo;
  SmallVector<int64_t> strides; // of y, whose shape is `shape`
  Box inside;
};

/// The zero of x's type as bytes; for a quantised type its zero point. Fails for one per axis.
FailureOr<SmallVector<char>> zeroElement(Type type) {
  SmallVector<char> bytes(static_cast<size_t>(elementBytes(type)), 0);
  auto q = dyn_cast<quant::QuantizedType>(type);
  if (!q)
    return bytes;
  QuantParams params = quantParams(q);
  if (!llvm::all_equal(params.zeros))
    return failure();
  for (size_t i = 0; i < bytes.size(); ++i) // little endian
    bytes[i] = static_cast<char>(static_cast<uint64_t>(params.zeros[0]) >> (8 * i));
  return bytes;
}

} // namespace

LogicalResult PadOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  PadLowering padding(*this, l);
  padding.copyInterior();
  if (!padding.hasBorder())
    return success();
  if (getMode() != PadMode::constant) {
    padding.repeat();
    return success();
  }
  BufferId value;
  if (getValue()) {
    value = l.operand(1);
  } else {
    FailureOr<SmallVector<char>> zero = zeroElement(elementTypeOf(getX()));
    if (failed(zero))
      return failNotRepresentable(l, "the channels have different zero points");
    value = wordConstant(l, "pad_value", *zero);
  }
  padding.fill(value);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Pad.cpp.inc"
