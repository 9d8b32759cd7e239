#include "ir/nn/Tables.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace burin::nn {
using namespace mlir;

bool runKernel(StringRef kernel, std::vector<plan::CallArg> args, ArrayRef<void *> buffers) {
  plan::Call call;
  call.kernel = kernels::findKernel(("brn_" + kernel).str());
  if (!call.kernel)
    return false;
  call.args = std::move(args);
  assert(plan::checkCall(call).empty() && "arguments don't fit the kernel");
  SmallVector<std::byte *> memory;
  for (void *p : buffers)
    memory.push_back(static_cast<std::byte *>(p));
  plan::execute(call, memory);
  return true;
}

namespace {

/// More pieces than this are no better than a table of every value.
constexpr size_t maxPieces = 1024;

bool hasBytes(Type elementType) { return elementBytes(elementType) == 1; }

/// The scale and zero point of a type in the form that the kernels read: the zero point as it is stored.
struct Parameters {
  float scale;
  uint16_t zero; // two's complement, and little-endian: an 8-bit zero point is the first byte
  explicit Parameters(quant::UniformQuantizedType type)
      : scale(static_cast<float>(type.getScale())), zero(static_cast<uint16_t>(type.getZeroPoint())) {}
};

/// `values` in the storage of `type`, and back.
std::vector<char> store(ArrayRef<int32_t> values, Type type) {
  std::vector<char> bytes;
  for (int32_t v : values) {
    bytes.push_back(static_cast<char>(v));
    if (!hasBytes(type))
      bytes.push_back(static_cast<char>(v >> 8));
  }
  return bytes;
}

std::vector<int32_t> load(ArrayRef<char> bytes, quant::UniformQuantizedType type) {
  std::vector<int32_t> values;
  const unsigned size = hasBytes(type) ? 1 : 2, unused = 32 - 8 * size;
  for (size_t i = 0; i < bytes.size(); i += size) {
    uint32_t bits = static_cast<uint8_t>(bytes[i]);
    if (size == 2)
      bits |= uint32_t{static_cast<uint8_t>(bytes[i + 1])} << 8;
    values.push_back(type.isSigned() ? static_cast<int32_t>(bits << unused) >> unused : static_cast<int32_t>(bits));
  }
  return values;
}

/// The smallest integer of the storage, whatever part of it the type uses.
int32_t storageMin(quant::UniformQuantizedType type) {
  return type.isSigned() ? -(1 << (type.getStorageTypeIntegralWidth() - 1)) : 0;
}

/// Every value of the storage, in the order of `Tabulated`.
std::vector<int32_t> everyInput(quant::UniformQuantizedType type) {
  std::vector<int32_t> values(hasBytes(type) ? 256 : 65536);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = hasBytes(type) ? (type.isSigned() ? static_cast<int8_t>(i) : static_cast<int32_t>(i))
                               : storageMin(type) + static_cast<int32_t>(i);
  return values;
}

} // namespace

std::optional<Tabulated> tabulate(quant::UniformQuantizedType x, quant::UniformQuantizedType y, FloatFunction f) {
  if (!isActivationType(x) || !isActivationType(y))
    return std::nullopt;
  std::vector<char> inputs = store(everyInput(x), x);
  const int64_t n = hasBytes(x) ? 256 : 65536;
  std::vector<float> values(static_cast<size_t>(n));
  std::vector<char> stored(static_cast<size_t>(n * elementBytes(y)));
  Parameters px(x), py(y);
  const std::vector<plan::CallArg> args = {ptr(0), ptr(1), ptr(2), ptr(3), num(n)};
  if (!runKernel("dequantize_" + kernelSuffix(x) + "_f32", args, {inputs.data(), &px.scale, &px.zero, values.data()}) ||
      !f(values.data(), n) ||
      !runKernel("quantize_f32_" + kernelSuffix(y), args, {values.data(), &py.scale, &py.zero, stored.data()}))
    return std::nullopt;
  Tabulated out;
  out.results = load(stored, y);
  // A type may leave the ends of its storage unused (i8<-127:127>).
  auto [lo, hi] = storageRange(y);
  for (int32_t &result : out.results)
    result = std::clamp(result, lo, hi);
  for (float value : values) {
    const float quotient = value / py.scale;
    const double real = static_cast<double>(std::isnan(quotient) ? 0.0f : quotient);
    out.reals.push_back(std::clamp<double>(real + static_cast<double>(y.getZeroPoint()), lo, hi));
  }
  return out;
}

namespace {

/// The call of brn_piecewise_* on buffers 0 (x), 1 (start), 2 (base), 3 (slope) and 4 (y), or those given.
std::vector<plan::CallArg> pieceArguments(const numerics::Pieces &pieces, quant::UniformQuantizedType y, int64_t n,
                                          ArrayRef<BufferId> buffers) {
  auto [lo, hi] = storageRange(y);
  return {ptr(buffers[0]),
          ptr(buffers[1]),
          ptr(buffers[2]),
          ptr(buffers[3]),
          num(static_cast<int64_t>(pieces.start.size())),
          ptr(buffers[4]),
          num(n),
          num(lo),
          num(hi)};
}

} // namespace

std::optional<numerics::Pieces> buildPieces(const Tabulated &function, quant::UniformQuantizedType y) {
  auto [lo, hi] = storageRange(y);
  const double tolerance = hasBytes(y) ? 1.0 / 32 : 1.0 / 4;
  std::optional<numerics::Pieces> pieces = numerics::fitPieces(function.reals, tolerance, lo, hi, maxPieces);
  if (!pieces)
    pieces = numerics::fitPieces(function.reals, 2 * tolerance, lo, hi, maxPieces);
  if (!pieces)
    return std::nullopt;
  std::vector<uint16_t> every(function.results.size());
  for (size_t i = 0; i < every.size(); ++i)
    every[i] = static_cast<uint16_t>(i);
  std::vector<char> stored(every.size() * static_cast<size_t>(elementBytes(y)));
  runKernel("piecewise_u16_" + kernelSuffix(y),
            pieceArguments(*pieces, y, static_cast<int64_t>(every.size()), {0, 1, 2, 3, 4}),
            {every.data(), pieces->start.data(), pieces->base.data(), pieces->slope.data(), stored.data()});
  for (auto [found, wanted] : llvm::zip_equal(load(stored, y), function.results))
    if (std::abs(found - wanted) > 1)
      return std::nullopt;
  return pieces;
}

bool isIdentity(Value x, Value y, FloatFunction f) {
  quant::UniformQuantizedType xType = perTensorQuant(x), yType = perTensorQuant(y);
  if (!xType || !yType || !hasBytes(xType) || !hasBytes(yType))
    return false;
  std::optional<Tabulated> function = tabulate(xType, yType, f);
  return function && store(function->results, yType) == store(everyInput(xType), xType);
}

bool emitFunction(Lowering &l, Value x, Value y, FloatFunction f) {
  quant::UniformQuantizedType xType = perTensorQuant(x), yType = perTensorQuant(y);
  std::optional<Tabulated> function = tabulate(xType, yType, f);
  if (!function)
    return false;
  const int64_t n = numElements(shapeOf(x));
  if (!hasBytes(xType)) {
    std::optional<numerics::Pieces> pieces = buildPieces(*function, yType);
    if (!pieces)
      return false;
    const BufferId start = l.constant<uint16_t>("start", "uint16_t", pieces->start);
    const BufferId base = l.constant<int32_t>("base", "int32_t", pieces->base);
    const BufferId slope = l.constant<int32_t>("slope", "int32_t", pieces->slope);
    l.call("piecewise_" + kernelSuffix(xType) + "_" + kernelSuffix(yType),
           pieceArguments(*pieces, yType, n, {l.operand(0), start, base, slope, l.result()}));
    return true;
  }
  const std::vector<char> table = store(function->results, yType);
  if (!hasBytes(yType)) {
    BufferId t = l.constant<char>("table", "uint16_t", table, {32, 8});
    l.call("lookup_8_16", {ptr(l.operand(0)), ptr(t), ptr(l.result()), num(n)});
  } else {
    ByteTable bytes;
    llvm::transform(table, bytes.begin(), [](char c) { return static_cast<uint8_t>(c); });
    emitTable(l, bytes);
  }
  return true;
}

void emitTable(Lowering &l, const ByteTable &table) {
  const int64_t n = l.buffers()[l.result()].bytes;
  bool identity = true;
  for (size_t i = 0; i < table.size(); ++i)
    identity &= table[i] == i;
  if (identity) {
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(n)});
    return;
  }
  BufferId t = l.constant<uint8_t>("table", "uint8_t", table, {16, 16});
  l.call("lookup_8", {ptr(l.operand(0)), ptr(t), ptr(l.result()), num(n)});
}

} // namespace burin::nn
