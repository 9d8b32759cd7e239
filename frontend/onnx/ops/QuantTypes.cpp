#include "frontend/onnx/ops/QuantTypes.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"

#include <cfloat>
#include <cmath>

namespace burin::importer {
using namespace mlir;

Type quantizedType(Type storage, std::pair<int64_t, int64_t> range, ArrayRef<double> scales, ArrayRef<int64_t> zeros,
                   int64_t axis) {
  auto integer = dyn_cast<IntegerType>(storage);
  if (!integer || integer.getWidth() < 2 || integer.getWidth() > 32 || scales.empty() || scales.size() != zeros.size())
    return {};
  MLIRContext *context = storage.getContext();
  const auto [lo, hi] = range;
  for (auto [scale, zero] : llvm::zip(scales, zeros))
    if (!(scale >= FLT_MIN && scale <= FLT_MAX) || zero < lo || zero > hi)
      return {};
  const unsigned flags = integer.isUnsigned() ? 0 : quant::QuantizationFlags::Signed;
  Type signless = IntegerType::get(context, std::max(integer.getWidth(), 8u)), real = Float32Type::get(context);
  if (scales.size() == 1)
    return quant::UniformQuantizedType::get(flags, signless, real, scales[0], zeros[0], lo, hi);
  return quant::UniformQuantizedPerAxisType::get(flags, signless, real, scales, zeros, static_cast<int32_t>(axis), lo,
                                                 hi);
}

Type quantizedType(Type storage, ArrayRef<double> scales, ArrayRef<int64_t> zeros, int64_t axis) {
  auto integer = dyn_cast<IntegerType>(storage);
  if (!integer || integer.getWidth() > 32)
    return {};
  return quantizedType(storage, nn::integerRange(integer), scales, zeros, axis);
}

Type quantizedType(Type storage, Value scale, Value zero, ArrayRef<int64_t> shape, int64_t axis) {
  auto scales = nn::constantReals(scale);
  std::optional<SmallVector<int64_t>> zeros =
      zero ? nn::constantInts(zero) : SmallVector<int64_t>(scales ? scales->size() : 0, 0);
  if (!scales || !zeros || scales->size() != zeros->size())
    return {};
  const bool perTensor = scales->size() == 1;
  if (!perTensor && (axis < 0 || axis >= static_cast<int64_t>(shape.size()) || NnBuilder::rank(scale) != 1 ||
                     shape[axis] != static_cast<int64_t>(scales->size())))
    return {};
  return quantizedType(storage, *scales, *zeros, axis);
}

Value dequantizeAs(NodeContext &n, Value x, Type type) {
  Value stored = n.storageCast(x, type);
  return stored ? n.makeTyped<nn::DequantizeOp>(n.tensor(n.shape(x), n.f32()), stored) : Value();
}

Value quantizeAs(NodeContext &n, Value x, Type type, Type stored) {
  Value quantised = n.makeTyped<nn::QuantizeOp>(n.tensor(n.shape(x), type), x);
  return n.storageCast(quantised, stored ? stored : nn::storageType(type));
}

} // namespace burin::importer
