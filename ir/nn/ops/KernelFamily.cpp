#include "ir/nn/ops/KernelFamily.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/LaneRows.h"
#include "ir/nn/ops/PairRows.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr KernelFamily families[] = {{"pairs", takesPairRows, emitPairRows}, {"lanes", takesLaneRows, emitLaneRows}};

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

} // namespace burin::nn
