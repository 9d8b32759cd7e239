#include "frontend/onnx/ops/QuantOperands.h"
#include "frontend/onnx/ops/Products.h"
#include "frontend/onnx/ops/QuantTypes.h"
#include "ir/nn/ops/DynamicDequantize.h"
#include "ir/nn/ops/DynamicQuantize.h"

namespace burin::importer {
using namespace mlir;

namespace {

bool isScalar(NodeContext &n, Value v) { return nn::numElements(n.shape(v)) == 1; }

/// A scale or zero point in a shape that broadcasts to `x`: one per index of `axis`, or as it is.
Value broadcastable(NodeContext &n, Value v, Value x, int64_t axis) {
  if (n.rank(v) == 1 && axis >= 0 && axis < n.rank(x) && !isScalar(n, v))
    v = n.alignAxis(v, axis, n.rank(x));
  else if (isScalar(n, v))
    v = n.reshape(v, {});
  auto shape = v ? nn::broadcastShapes(n.shape(v), n.shape(x)) : std::nullopt;
  return n.require(shape && *shape == SmallVector<int64_t>(n.shape(x)), "a scale or zero point doesn't fit its tensor")
             ? v
             : Value();
}

} // namespace

Value dequantizeOperand(NodeContext &n, Value x, Value scale, Value zero, int64_t axis) {
  scale = n.cast(scale, n.f32());
  if (Type type = quantizedType(n.element(x), scale, zero, n.shape(x), axis))
    return dequantizeAs(n, x, type);
  if (isScalar(n, scale) && (!zero || isScalar(n, zero))) {
    Value shift = zero ? n.reshape(zero, {}) : n.fill(0, {}, n.element(x));
    return n.makeTyped<nn::DynamicDequantizeOp>(n.tensor(n.shape(x), n.f32()), x, n.reshape(scale, {}), shift,
                                                uint64_t(0));
  }
  Value real = n.cast(x, n.f32());
  if (zero)
    real = n.sub(real, broadcastable(n, n.cast(zero, n.f32()), x, axis));
  return n.mul(real, broadcastable(n, scale, x, axis));
}

Value quantizeResult(NodeContext &n, Value y, Value scale, Value zero) {
  const Type storage = zero ? n.element(zero) : n.ui8();
  scale = n.cast(scale, n.f32());
  if (!n.require(isScalar(n, scale) && (!zero || isScalar(n, zero)), "the result has one scale and one zero point"))
    return {};
  if (Type type = quantizedType(storage, scale, zero, {}, -1))
    return quantizeAs(n, y, type);
  Value shift = zero ? n.reshape(zero, {}) : n.fill(0, {}, storage);
  return n.makeTyped<nn::DynamicQuantizeOp>(n.tensor(n.shape(y), storage), y, n.reshape(scale, {}), shift, uint64_t(0));
}

// --- integer products ------------------------------------------------------------------------------------------------

namespace {

/// A factor of an integer product: x - inner is in the operand's type, and `outer` (int32, null: 0) is still to be
/// subtracted from it.
struct Factor {
  Value operand; ///< with scale 1
  Value integers;
  SmallVector<int64_t> inner{0}; ///< one, or one per column
  Value outer;
};

/// `axis` is the one that zero points may differ along without a correction: of columns, where x is constant.
std::optional<Factor> splitZero(NodeContext &n, Value x, Value zero, int64_t axis) {
  Factor f;
  f.integers = x;
  auto zeros = zero ? nn::constantInts(zero) : SmallVector<int64_t>{0};
  const bool isUniform = zeros && !zeros->empty() && llvm::all_equal(*zeros);
  const bool perAxis = zeros && nn::definingConstant(x) && axis >= 0 && n.rank(zero) == 1 && n.rank(x) == 2 &&
                       static_cast<int64_t>(zeros->size()) == n.dim(x, axis);
  if (isUniform)
    f.inner[0] = zeros->front();
  else if (perAxis)
    f.inner = *zeros;
  else
    f.outer = n.cast(zero, n.i32());
  Type type = quantizedType(n.element(x), SmallVector<double>(f.inner.size(), 1.0), f.inner, axis);
  if (!n.require(static_cast<bool>(type), "the zero point doesn't fit the input's type"))
    return std::nullopt;
  f.operand = n.storageCast(x, type);
  return f;
}

/// Sums of x - inner along `axis`, which keeps length 1: int32.
Value sumsOf(NodeContext &n, const Factor &f, int64_t axis) {
  Value sum = n.reduce(nn::ReduceKind::sum, n.cast(f.integers, n.i32()), {axis});
  Shape shift;
  for (int64_t zero : f.inner)
    shift.push_back(zero * n.dim(f.integers, axis));
  return n.sub(sum, n.ints(shift, {static_cast<int64_t>(shift.size())}, n.i32()));
}

/// Zero points by row ([M]) or column ([N]) of a matrix as a column or row; scalars and whole shapes as they are.
Value zerosAlong(NodeContext &n, Value zero, bool byRow) {
  if (isScalar(n, zero))
    return n.reshape(zero, {});
  return n.rank(zero) == 1 && byRow ? n.insertAxis(zero, 1) : zero;
}

} // namespace

Value integerProduct(NodeContext &n, Value a, Value aZero, Value b, Value bZero) {
  const int64_t aRank = n.rank(a), bRank = n.rank(b);
  if (!n.require(aRank >= 1 && bRank >= 1, "the inputs must have rank 1 or more"))
    return {};
  if (aRank == 1)
    a = n.insertAxis(a, 0);
  if (bRank == 1)
    b = n.insertAxis(b, 1);
  auto left = splitZero(n, a, aZero, -1), right = splitZero(n, b, bZero, n.rank(b) - 1);
  if (!left || !right)
    return {};
  // Σ (a - p)(b - q) = Σ ab - p Σ b - q Σ a + K p q
  Value y = numpyMatmul(n, left->operand, right->operand, n.i32());
  const Shape shape = n.shape(y);
  auto subtract = [&](Value term) {
    auto joint = y && term ? nn::broadcastShapes(n.shape(term), shape) : std::nullopt;
    if (n.require(joint && *joint == SmallVector<int64_t>(shape), "a zero point doesn't fit its matrix"))
      y = n.sub(y, term);
  };
  Value p = left->outer ? zerosAlong(n, left->outer, true) : Value(),
        q = right->outer ? zerosAlong(n, right->outer, false) : Value();
  if (p)
    subtract(n.mul(p, sumsOf(n, *right, n.rank(b) - 2)));
  if (q)
    subtract(n.mul(q, sumsOf(n, *left, n.rank(a) - 1)));
  if (p && q)
    subtract(n.mul(n.mul(p, q), n.ints({-n.shape(a).back()}, {}, n.i32())));
  if (aRank == 1)
    y = n.removeAxis(y, n.rank(y) - 2);
  return bRank == 1 ? n.removeAxis(y, n.rank(y) - 1) : y;
}

DynamicQuantized dynamicQuantize(NodeContext &n, Value x) {
  // scale = (max(x, 0) - min(x, 0)) / 255, zero = round(-min(x, 0) / scale). Source: ONNX DynamicQuantizeLinear-11.
  // Where all elements are 0 it would divide 0 by 0; ONNX Runtime takes 1 as the scale then.
  Shape axes;
  for (int64_t i = 0; i < n.rank(x); ++i)
    axes.push_back(i);
  Value none = n.floats({0}, {}, n.f32());
  Value lo = n.binary(nn::BinaryKind::min, n.reshape(n.reduce(nn::ReduceKind::min, x, axes), {}), none);
  Value hi = n.binary(nn::BinaryKind::max, n.reshape(n.reduce(nn::ReduceKind::max, x, axes), {}), none);
  Value range = n.sub(hi, lo), one = n.floats({1}, {}, n.f32());
  Value scale =
      n.select(n.compare(nn::CompareKind::equal, range, none), one, n.div(range, n.floats({255}, {}, n.f32())));
  Value zero = n.clamp(n.unary(nn::UnaryKind::round, n.div(n.unary(nn::UnaryKind::neg, lo), scale)), 0, 255);
  Value stored = n.cast(zero, n.ui8());
  Value q = n.makeTyped<nn::DynamicQuantizeOp>(n.tensor(n.shape(x), n.ui8()), x, scale, stored, uint64_t(0));
  return {q, scale, stored};
}

} // namespace burin::importer
