#include "ir/nn/ops/KernelFamily.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/DotRows.h"
#include "ir/nn/ops/LaneRows.h"
#include "ir/nn/ops/PairRows.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr KernelFamily families[] = {{"pairs", takesPairRows, emitPairRows},
                                     {"lanes", takesLaneRows, emitLaneRows},
                                     {"dots", takesDotRows, emitDotRows}};

bool areBytes(Operation *op, const IntegerWeights &weights) {
  for (unsigned i : {0u, 1u})
    if (!quantType(op->getOperand(i)))
      return false;
  for (Value v : {op->getOperand(0), Value(op->getResult(0))})
    if (quant::UniformQuantizedType type = perTensorQuant(v); !type || type.getStorageTypeIntegralWidth() != 8)
      return false;
  for (int64_t o = 0; o < weights.channels; ++o)
    for (int64_t tap = 0; tap < weights.depth; ++tap)
      if (!llvm::isInt<8>(weights.less(o, tap)))
        return false;
  return true;
}

} // namespace

const KernelFamily *kernelFamily(Operation *op, const IntegerWeights &weights) {
  auto name = op->getAttrOfType<StringAttr>(kernelFamilyAttrName);
  if (!name)
    return nullptr;
  const auto *family = llvm::find_if(families, [&](const KernelFamily &f) { return f.name == name.getValue(); });
  return family != std::end(families) && areBytes(op, weights) ? family : nullptr;
}

plan::CallArg exceptionTable(Lowering &l, const ConvRows &rows, const ChannelScales &scales, int64_t perGroup) {
  int64_t length = 0;
  const std::vector<int32_t> table = scales.exceptions(perGroup, length);
  return table.empty() ? null() : rows.perGroup(l.constant<int32_t>("exceptions", "int32_t", table), length);
}

void callOfTypes(Lowering &l, StringRef stem, std::vector<plan::CallArg> args, const ConvRows &rows) {
  const auto suffix = [](Value v) { return "_" + kernelSuffix(elementTypeOf(v)); };
  l.call(stem + suffix(l.op()->getOperand(0)) + suffix(l.op()->getResult(0)), std::move(args), rows.loops());
}

plan::CallArg paddingPixel(Lowering &l, const ConvShape &s, int64_t least) {
  if (!isPadded(s))
    return null();
  const quant::UniformQuantizedType x = perTensorQuant(l.op()->getOperand(0));
  const auto values = static_cast<size_t>(std::max(s.inChannels, least));
  if (x.isSigned())
    return ptr(
        l.constant<int8_t>("padding", "int8_t", std::vector<int8_t>(values, static_cast<int8_t>(x.getZeroPoint()))));
  return ptr(
      l.constant<uint8_t>("padding", "uint8_t", std::vector<uint8_t>(values, static_cast<uint8_t>(x.getZeroPoint()))));
}

} // namespace burin::nn
