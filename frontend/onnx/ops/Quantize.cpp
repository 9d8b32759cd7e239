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

/// Scale or zero point of blocks along `axis`, repeated to one entry per element of `x`.
Value expandBlocks(NodeContext &n, Value v, Value x, int64_t axis, int64_t block) {
  if (!v)
    return {};
  const Shape full = n.shape(x);
  Shape blocks = n.shape(v);
  bool fits = block < maxTensorElements && blocks.size() == full.size();
  for (size_t i = 0; fits && i < full.size(); ++i)
    fits = static_cast<int64_t>(i) == axis ? blocks[i] == (full[i] + block - 1) / block : blocks[i] == full[i];
  if (!n.require(fits, "the scale doesn't have one entry per block"))
    return {};
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

bool isFloat8OrSmaller(NodeContext &n, StringRef attr) {
  const auto dtype = dtypeFromOnnx(n.intAttr(attr, 0));
  return dtype && !elementTypeFor(n.context(), *dtype);
}

/// A zero point per scale where the node gives none: dynamic operators take both.
Value zeroFor(NodeContext &n, Value zero, Value scale, Type storage) {
  return zero ? zero : n.fill(0, n.shape(scale), storage);
}

/// (x - zero) * scale in float32, for 16-bit scales rounded to them at the end.
void dequantizeLinear(NodeContext &n) {
  Value x = n.input(0), zero = n.input(2);
  Type result = n.element(n.input(1));
  if (auto dtype = dtypeFromOnnx(n.intAttr("output_dtype", 0)))
    if (Type wanted = elementTypeFor(n.context(), *dtype))
      result = wanted;
  Value scale = n.cast(n.input(1), n.f32());
  const int64_t block = blockSize(n), axis = scaleAxis(n, x, scale, block);
  if (n.failed() || !n.require(!zero || n.element(zero) == n.element(x), "input and zero point have different types"))
    return;
  Value y;
  if (block > 0) {
    Value shift = expandBlocks(n, zero, x, axis, block), real = n.cast(x, n.f32());
    real = shift ? n.sub(real, n.cast(shift, n.f32())) : real;
    y = n.mul(real, expandBlocks(n, scale, x, axis, block));
  } else if (Type type = quantizedType(n.element(x), scale, zero, n.shape(x), axis)) {
    y = dequantizeAs(n, x, type);
  } else {
    y = n.makeTyped<nn::DynamicDequantizeOp>(n.tensor(n.shape(x), n.f32()), x, scale,
                                             zeroFor(n, zero, scale, n.element(x)),
                                             static_cast<uint64_t>(std::max<int64_t>(axis, 0)));
  }
  n.output(n.cast(y, result));
}

/// The integer type that QuantizeLinear makes: of the zero point, else "output_dtype", else uint8.
Type quantizedStorage(NodeContext &n) {
  if (n.hasInput(2))
    return n.element(n.input(2));
  if (auto dtype = dtypeFromOnnx(n.intAttr("output_dtype", 0)))
    return elementTypeFor(n.context(), *dtype);
  return n.ui8();
}

/// Blocks: clamp(round_half_even(x / scale) + zero) in float32, which holds every value exactly.
Value quantizeBlocks(NodeContext &n, Value x, Value scale, Value zero, int64_t axis, int64_t block, Type storage) {
  Value q = n.unary(nn::UnaryKind::round, n.div(x, expandBlocks(n, scale, x, axis, block)));
  if (Value shift = expandBlocks(n, zero, x, axis, block))
    q = n.add(q, n.cast(shift, n.f32()));
  return n.cast(q, storage); // casts saturate
}

void quantizeLinear(NodeContext &n) {
  Value x = n.cast(n.input(0), n.f32()), scale = n.cast(n.input(1), n.f32()), zero = n.input(2);
  Type storage = quantizedStorage(n);
  if (!storage || !n.support(isa<IntegerType>(storage) && !isFloat8OrSmaller(n, "output_dtype"),
                             "only integers of 8 or 16 bits can be quantised to"))
    return;
  const int64_t block = blockSize(n), axis = scaleAxis(n, x, scale, block);
  if (n.failed())
    return;
  if (block > 0)
    return n.output(quantizeBlocks(n, x, scale, zero, axis, block, storage));
  if (Type type = quantizedType(storage, scale, zero, n.shape(x), axis))
    return n.output(quantizeAs(n, x, type));
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
    {"DequantizeLinear", 2, 3, dequantizeLinear, Half::Move, 0, "integers of 8, 16 or 32 bits"},
    {"DynamicQuantizeLinear", 1, 1, dynamicQuantizeLinear},
    {"QuantizeLinear", 2, 3, quantizeLinear, Half::Move, 0, "to integers of 8 or 16 bits"},
};

} // namespace

llvm::ArrayRef<OpImporter> quantizeOps() { return rows; }

} // namespace burin::importer
