// QuantizeLinear and DequantizeLinear: constant scales become quantised types, others are operands.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/QuantOperands.h"
#include "frontend/onnx/ops/QuantTypes.h"
#include "ir/nn/ops/DynamicDequantize.h"
#include "ir/nn/ops/DynamicQuantize.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// "block_size": 0 if there are no blocks.
int64_t blockSize(NodeContext &n) {
  const int64_t block = n.intAttr("block_size", 0);
  n.require(block >= 0, "\"block_size\" is negative");
  return block;
}

/// Whether `v` has one entry for each block of `x` along `axis`; says so if not.
bool requireBlocks(NodeContext &n, Value v, Value x, int64_t axis, int64_t block) {
  const Shape full = n.shape(x), blocks = n.shape(v);
  bool fits = block < maxTensorElements && blocks.size() == full.size();
  for (size_t i = 0; fits && i < full.size(); ++i)
    fits = static_cast<int64_t>(i) == axis ? blocks[i] == (full[i] + block - 1) / block : blocks[i] == full[i];
  return n.require(fits, "the scale doesn't have one entry per block");
}

/// Scale or zero point of blocks along `axis`, repeated to one entry per element of `x`.
Value expandBlocks(NodeContext &n, Value v, Value x, int64_t axis, int64_t block) {
  if (!v)
    return {};
  if (!requireBlocks(n, v, x, axis, block))
    return {};
  const Shape full = n.shape(x), blocks = n.shape(v);
  Shape repeated = blocks, merged = blocks;
  repeated.insert(repeated.begin() + axis + 1, block);
  merged[axis] *= block;
  Value wide = n.reshape(n.expand(n.insertAxis(v, axis + 1), repeated), merged);
  return n.slice(wide, Shape(full.size(), 0), full); // the last block may be short
}

/// Axis of the scales; -1 for one scale per tensor, where the attribute means nothing and may be wrong.
int64_t scaleAxis(NodeContext &n, Value x, Value scale, int64_t block) {
  const bool perTensor = n.rank(scale) == 0 || nn::numElements(n.shape(scale)) == 1;
  return perTensor && block == 0 ? -1 : n.axisAttr("axis", 1, n.rank(x));
}

/// Scale or zero point in a shape that broadcasts to `x`: per tensor, along `axis`, or repeated per block.
Value broadcastable(NodeContext &n, Value v, Value x, int64_t axis, int64_t block) {
  if (!v || block > 0)
    return expandBlocks(n, v, x, axis, block);
  if (axis < 0)
    return n.require(nn::numElements(n.shape(v)) == 1, "the zero point has more entries than the scale")
               ? n.reshape(v, {})
               : Value();
  return n.require(n.rank(v) == 1 && n.dim(v, 0) == n.dim(x, axis), "the scale doesn't have one entry per index")
             ? n.alignAxis(v, axis, n.rank(x))
             : Value();
}

/// The zero point of small floats, where it isn't the constant 0 that it should be.
Value floatShift(NodeContext &n, Value zero) {
  auto reals = zero ? nn::constantReals(zero) : std::nullopt;
  const bool isZero = !zero || (reals && llvm::all_of(*reals, [](double z) { return z == 0; }));
  return isZero ? Value() : n.cast(zero, n.f32());
}

/// What "output_dtype" or "precision" asks for; null without.
Type typeAttr(NodeContext &n, StringRef attr) {
  const int64_t number = n.intAttr(attr, 0);
  const auto dtype = dtypeFromOnnx(number);
  Type type = dtype ? elementTypeFor(n.context(), *dtype) : Type();
  n.support(type || number == 0, "\"" + Twine(attr) + "\" of " + Twine(number));
  return type;
}

/// A zero point per scale where the node gives none: dynamic operators take both.
Value zeroFor(NodeContext &n, Value zero, Value scale, Type storage) {
  return zero ? zero : n.fill(0, n.shape(scale), storage);
}

/// (x - zero) * scale in float32, for 16-bit scales rounded to them at the end.
void dequantizeLinear(NodeContext &n) {
  Value x = n.input(0), zero = n.input(2);
  Type result = n.element(n.input(1));
  if (Type wanted = typeAttr(n, "output_dtype"))
    result = wanted;
  Value scale = n.cast(n.input(1), n.f32());
  const int64_t block = blockSize(n), axis = scaleAxis(n, x, scale, block);
  if (n.failed() || !n.require(!zero || n.element(zero) == n.element(x), "input and zero point have different types"))
    return;
  Value y;
  if (n.isFloat(x)) {
    Value shift = broadcastable(n, floatShift(n, zero), x, axis, block), real = n.cast(x, n.f32());
    real = shift ? n.sub(real, shift) : real;
    y = n.mul(real, broadcastable(n, scale, x, axis, block));
  } else if (block > 0) {
    if (!requireBlocks(n, scale, x, axis, block) || (zero && !requireBlocks(n, zero, x, axis, block)))
      return;
    y = n.makeTyped<nn::DynamicDequantizeOp>(n.tensor(n.shape(x), n.f32()), x, scale, zero, static_cast<uint64_t>(axis),
                                             static_cast<uint64_t>(block));
  } else if (Type type = quantizedType(n.element(x), scale, zero, n.shape(x), axis)) {
    y = dequantizeAs(n, x, type);
  } else {
    y = n.makeTyped<nn::DynamicDequantizeOp>(n.tensor(n.shape(x), n.f32()), x, scale,
                                             zeroFor(n, zero, scale, n.element(x)),
                                             static_cast<uint64_t>(std::max<int64_t>(axis, 0)));
  }
  n.output(n.cast(y, result));
}

/// The type that QuantizeLinear makes: of the zero point, else "output_dtype", else uint8.
Type quantizedStorage(NodeContext &n) {
  Type wanted = typeAttr(n, "output_dtype");
  if (n.hasInput(2))
    return n.element(n.input(2));
  return wanted ? wanted : n.ui8();
}

/// round_half_even(quotient) + zero, saturated to `storage`, in float32, which holds every value exactly.
Value roundQuotient(NodeContext &n, Value quotient, Value zero, Type storage) {
  Value q = n.unary(nn::UnaryKind::round, quotient);
  if (zero)
    q = n.add(q, n.cast(zero, n.f32()));
  auto integer = mlir::cast<IntegerType>(storage);
  if (integer.getWidth() < 8) { // casts to more bits saturate
    const auto [lo, hi] = nn::integerRange(integer);
    q = n.clamp(q, static_cast<double>(lo), static_cast<double>(hi));
  }
  return n.cast(q, storage);
}

/// x / scale as float32; rounded to "precision" if that is a 16-bit float.
Value quotientOf(NodeContext &n, Value x, Value scale, Type precision) {
  if (!precision)
    return n.div(x, scale);
  auto rounded = [&](Value v) { return n.cast(n.cast(v, precision), n.f32()); };
  return rounded(n.div(rounded(x), rounded(scale)));
}

void quantizeLinear(NodeContext &n) {
  Value x = n.cast(n.input(0), n.f32()), scale = n.cast(n.input(1), n.f32()), zero = n.input(2);
  const Type storage = quantizedStorage(n);
  Type precision = typeAttr(n, "precision");
  if (n.failed() || !n.support(!precision || isa<FloatType>(precision), "a \"precision\" that is no float type") ||
      !n.support(!storage.isInteger(1), "bool can't be quantised to"))
    return;
  precision = precision && (precision.isF16() || precision.isBF16()) ? precision : Type();
  const int64_t block = blockSize(n), axis = scaleAxis(n, x, scale, block);
  if (n.failed())
    return;
  if (isa<FloatType>(storage)) {
    Value q = quotientOf(n, x, broadcastable(n, scale, x, axis, block), precision);
    if (Value shift = broadcastable(n, floatShift(n, zero), x, axis, block))
      q = n.add(q, shift);
    return n.output(n.cast(q, storage, n.intAttr("saturate", 1) == 0));
  }
  if (block > 0 || precision)
    return n.output(roundQuotient(n, quotientOf(n, x, broadcastable(n, scale, x, axis, block), precision),
                                  broadcastable(n, zero, x, axis, block), storage));
  if (Type type = quantizedType(storage, scale, zero, n.shape(x), axis))
    return n.output(quantizeAs(n, x, type, storage));
  n.output(n.makeTyped<nn::DynamicQuantizeOp>(n.tensor(n.shape(x), storage), x, scale, zeroFor(n, zero, scale, storage),
                                              static_cast<uint64_t>(std::max<int64_t>(axis, 0))));
}

void dynamicQuantizeLinear(NodeContext &n) {
  const DynamicQuantized y = dynamicQuantize(n, n.input(0));
  n.output(0, y.q);
  n.output(1, y.scale);
  n.output(2, y.zero);
}

constexpr OpImporter rows[] = {
    {"DequantizeLinear", 2, 3, dequantizeLinear,
     types::bytes | types::int16 | types::uint16 | types::int32 | types::smallIntegers | types::floats8 |
         types::float4e2m1,
     Half::Move},
    {"DynamicQuantizeLinear", 1, 1, dynamicQuantizeLinear, types::float32},
    {"QuantizeLinear", 2, 3, quantizeLinear, types::floatsTo32 | types::int32, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> quantizeOps() { return rows; }

} // namespace burin::importer
