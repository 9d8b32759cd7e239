#include "ir/nn/Tables.h"

#include <algorithm>
#include <cassert>

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

bool isByte(quant::UniformQuantizedType type) {
  const std::string suffix = type ? kernelSuffix(type) : "";
  return suffix == "s8" || suffix == "u8";
}

/// The scale and zero point of a type in the form that the kernels read: the zero point as a stored byte.
struct Parameters {
  float scale;
  uint8_t zero;
  explicit Parameters(quant::UniformQuantizedType type)
      : scale(static_cast<float>(type.getScale())), zero(static_cast<uint8_t>(type.getZeroPoint())) {}
};

} // namespace

std::optional<ByteTable> buildTable(Value x, Value y, llvm::function_ref<bool(float *)> f) {
  quant::UniformQuantizedType xType = perTensorQuant(x), yType = perTensorQuant(y);
  if (!isByte(xType) || !isByte(yType))
    return std::nullopt;
  ByteTable stored, table;
  for (size_t i = 0; i < stored.size(); ++i)
    stored[i] = static_cast<uint8_t>(i);
  std::array<float, 256> values;
  Parameters px(xType), py(yType);
  const std::vector<plan::CallArg> args = {ptr(0), ptr(1), ptr(2), ptr(3), num(256)};
  if (!runKernel("dequantize_" + kernelSuffix(xType) + "_f32", args,
                 {stored.data(), &px.scale, &px.zero, values.data()}) ||
      !f(values.data()) ||
      !runKernel("quantize_f32_" + kernelSuffix(yType), args, {values.data(), &py.scale, &py.zero, table.data()}))
    return std::nullopt;
  // A type may leave the ends of its storage unused (i8<-127:127>).
  auto [lo, hi] = storageRange(yType);
  for (uint8_t &entry : table) {
    const int32_t value = yType.isSigned() ? static_cast<int8_t>(entry) : entry;
    entry = static_cast<uint8_t>(std::clamp(value, lo, hi));
  }
  return table;
}

bool isIdentity(const ByteTable &table) {
  for (size_t i = 0; i < table.size(); ++i)
    if (table[i] != i)
      return false;
  return true;
}

void emitTable(Lowering &l, const ByteTable &table) {
  const int64_t n = l.buffers()[l.result()].bytes;
  if (isIdentity(table)) {
    l.call("copy", {ptr(l.operand(0)), ptr(l.result()), num(n)});
    return;
  }
  BufferId t = l.constant<uint8_t>("table", "uint8_t", table, {16, 16});
  l.call("lookup_8", {ptr(l.operand(0)), ptr(t), ptr(l.result()), num(n)});
}

} // namespace burin::nn
