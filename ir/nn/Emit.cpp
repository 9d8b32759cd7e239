#include "ir/nn/Emit.h"

#include <cmath>
#include <utility>

namespace burin::nn {
using namespace mlir;

plan::CallArg LoopNest::at(BufferId buffer, unsigned operand, int64_t offset, int64_t unit) const {
  SmallVector<int64_t> scaled;
  for (int64_t s : strides[operand])
    scaled.push_back(s * unit);
  return ptr(buffer, offset * unit, scaled);
}

LoopNest loopsOver(ArrayRef<int64_t> shape, std::vector<SmallVector<int64_t>> strides) {
  StridedNest merged = mergeAxes(shape, std::move(strides));
  LoopNest nest;
  if (merged.shape.size() == 1 && merged.shape[0] == 1) { // a single call needs no loop
    nest.strides.resize(merged.strides.size());
    return nest;
  }
  nest.loops = std::move(merged.shape);
  nest.strides = std::move(merged.strides);
  return nest;
}

LoopNest loopsAround(int64_t axis, ArrayRef<int64_t> shape, std::vector<SmallVector<int64_t>> strides) {
  SmallVector<int64_t> rest(shape);
  rest.erase(rest.begin() + axis);
  for (auto &s : strides)
    s.erase(s.begin() + axis);
  return loopsOver(rest, std::move(strides));
}

RunNest broadcastRuns(ValueRange operands, Value result) {
  ArrayRef<int64_t> shape = shapeOf(result);
  std::vector<SmallVector<int64_t>> strides;
  for (Value v : operands)
    strides.push_back(broadcastStrides(shapeOf(v), shape));
  strides.push_back(rowMajorStrides(shape));
  StridedNest merged = mergeAxes(shape, std::move(strides));
  RunNest nest;
  nest.n = merged.shape.pop_back_val();
  nest.loops = std::move(merged.shape);
  for (auto &s : merged.strides)
    nest.steps.push_back(s.pop_back_val());
  nest.strides = std::move(merged.strides);
  return nest;
}

bool coversInOrder(Value x, Value y) {
  return shapeOf(x) == shapeOf(y) && elementBytes(elementTypeOf(x)) == elementBytes(elementTypeOf(y));
}

Type computeType(Type elementType) {
  Type storage = storageType(elementType);
  return storage.isF16() || storage.isBF16() ? Float32Type::get(elementType.getContext()) : storage;
}

BufferId widenedCopy(Lowering &l, unsigned i, StringRef role) {
  Value v = l.op()->getOperand(i);
  Type stored = storageType(elementTypeOf(v));
  if (computeType(stored) == stored)
    return l.operand(i);
  const int64_t n = numElements(shapeOf(v));
  BufferId wide = l.scratch(role, "float", n);
  l.call("cast_" + kernelSuffix(stored) + "_f32", {ptr(l.operand(i)), ptr(wide), num(n)});
  return wide;
}

BufferId widenedOperand(Lowering &l, unsigned i, StringRef role) {
  Value v = l.op()->getOperand(i);
  const bool isNarrow = computeType(elementTypeOf(v)) != storageType(elementTypeOf(v));
  if (auto reals = isNarrow ? constantReals(v) : std::nullopt)
    return l.constant<float>(role, "float", std::vector<float>(reals->begin(), reals->end()), shapeOf(v));
  return widenedCopy(l, i, role);
}

BufferId computedResult(Lowering &l) {
  Value v = l.op()->getResult(0);
  Type stored = storageType(elementTypeOf(v));
  return computeType(stored) == stored ? l.result() : l.scratch("wide_result", "float", numElements(shapeOf(v)));
}

void storeResult(Lowering &l, BufferId computed) {
  if (computed == l.result())
    return;
  Value v = l.op()->getResult(0);
  l.call("cast_f32_" + kernelSuffix(elementTypeOf(v)), {ptr(computed), ptr(l.result()), num(numElements(shapeOf(v)))});
}

LogicalResult callTyped(Lowering &l, const Twine &stem, Type type, std::vector<plan::CallArg> args,
                        ArrayRef<int64_t> loops) {
  const std::string name = (stem + "_" + kernelSuffix(type)).str();
  if (!Lowering::hasKernel(name))
    return l.unsupportedType(type);
  l.call(name, std::move(args), loops);
  return success();
}

LogicalResult emitFloatClamp(Lowering &l, Type type, BufferId x, BufferId y, int64_t n, double lo, double hi) {
  const bool inPlace = x == y;
  lo = std::min(lo, hi); // crossed bounds: everything becomes hi
  if (inPlace && std::isinf(lo) && lo < 0 && std::isinf(hi) && hi > 0)
    return success();
  // relu costs one comparison less, and needs no infinite literal in the C text.
  if (lo == 0 && std::isinf(hi) && hi > 0)
    return callTyped(l, "relu", type, {ptr(x), ptr(y), num(n)});
  return callTyped(l, "clamp", type, {ptr(x), ptr(y), num(n), real(lo), real(hi)});
}

namespace {

BufferId storedConstant(Lowering &l, StringRef role, Type type, int32_t value) {
  const std::string ctype = cType(type);
  switch (elementBytes(type)) {
  case 1:
    return l.constant<uint8_t>(role, ctype, {static_cast<uint8_t>(value)});
  case 2:
    return l.constant<uint16_t>(role, ctype, {static_cast<uint16_t>(value)});
  default:
    return l.constant<int32_t>(role, ctype, {value});
  }
}

} // namespace

LogicalResult emitStoredClamp(Lowering &l, Type type, BufferId x, BufferId y, int64_t n, int32_t lo, int32_t hi) {
  auto storage = dyn_cast<IntegerType>(storageType(type));
  if (!storage || storage.getWidth() > 32)
    return l.unsupportedType(type);
  const bool isUnsigned = storage.isUnsigned();
  const int64_t min = isUnsigned ? 0 : llvm::minIntN(storage.getWidth());
  const int64_t max =
      isUnsigned ? static_cast<int64_t>(llvm::maxUIntN(storage.getWidth())) : llvm::maxIntN(storage.getWidth());
  auto bound = [&](StringRef kernel, StringRef role, int32_t value) {
    const BufferId from = std::exchange(x, y);
    return callTyped(l, kernel, storage,
                     {ptr(from), num(1), ptr(storedConstant(l, role, type, value)), num(0), ptr(y), num(n)});
  };
  if ((lo > min && failed(bound("max", "lowest", lo))) || (hi < max && failed(bound("min", "highest", hi))))
    return failure();
  if (x != y)
    l.call("copy", {ptr(x), ptr(y), num(n * elementBytes(type))});
  return success();
}

BufferId wordConstant(Lowering &l, StringRef role, ArrayRef<char> value) {
  static constexpr const char *ctypes[] = {"uint8_t", "uint16_t", "", "uint32_t", "", "", "", "uint64_t"};
  assert(!value.empty() && value.size() <= 8 && *ctypes[value.size() - 1] && "words have 1, 2, 4 or 8 bytes");
  // The shape counts elements; the bytes are taken as they are.
  return l.constant<char>(role, ctypes[value.size() - 1], value, {1});
}

LogicalResult failNotRepresentable(Lowering &l, const Twine &why) {
  return l.fail("BRN1401", l.op()->getName().stripDialect() + " has no exact integer form here: " + why,
                "leave this node in float32 (dequantize before it, quantize after it)");
}

LogicalResult verifyMoved(Operation *op, Value x, Value y) {
  Type type = elementTypeOf(x);
  if (type != elementTypeOf(y))
    return op->emitOpError() << "changes the element type: " << type << " to " << elementTypeOf(y);
  if (auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(type)) {
    const int32_t axis = q.getQuantizedDimension();
    const auto scales = static_cast<int64_t>(q.getScales().size());
    if (axis >= tensorType(y).getRank() || tensorType(y).getDimSize(axis) != scales)
      return op->emitOpError() << "takes apart the axis that carries the scales";
  }
  return success();
}

} // namespace burin::nn
