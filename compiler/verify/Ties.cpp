#include "compiler/verify/Ties.h"

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Types.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Pool2d.h"

#include <cmath>

namespace burin {
using namespace mlir;

namespace {

/// Of 16 bits, results aren't those of exact quotients (docs/numerics.md).
bool roundsExactRationals(Operation *op) {
  SmallVector<Type> types;
  for (Value v : op->getOperands())
    types.push_back(nn::elementTypeOf(v));
  types.push_back(nn::elementTypeOf(op->getResult(0)));
  if (nn::hasWordType(types))
    return false;
  if (auto pool = dyn_cast<nn::Pool2dOp>(op))
    return pool.getKind() == nn::PoolKind::avg_pool;
  return isa<nn::BinaryOp>(op);
}

/// The result of `op` with another output scale.
FailureOr<std::vector<TensorBytes>> evaluateScaled(Operation *op, ArrayRef<ArrayRef<char>> operands, float scale) {
  RankedTensorType type = nn::tensorType(op->getResult(0));
  auto quant = cast<quant::UniformQuantizedType>(type.getElementType());
  auto moved =
      quant::UniformQuantizedType::get(quant.getFlags(), quant.getStorageType(), quant.getExpressedType(), scale,
                                       quant.getZeroPoint(), quant.getStorageTypeMin(), quant.getStorageTypeMax());
  Operation *copy = op->cloneWithoutRegions();
  copy->getResult(0).setType(nn::withElementType(type, moved));
  auto result = evaluate(copy, operands);
  copy->destroy();
  return result;
}

} // namespace

std::vector<bool> findTies(Operation *op, ArrayRef<ArrayRef<char>> operands) {
  auto quant = op->getNumResults() == 1 ? nn::perTensorQuant(op->getResult(0)) : quant::UniformQuantizedType();
  if (!quant || !roundsExactRationals(op))
    return {};
  const float scale = static_cast<float>(quant.getScale());
  auto below = evaluateScaled(op, operands, std::nextafter(scale, 0.0f));
  auto above = evaluateScaled(op, operands, std::nextafter(scale, 2.0f * scale));
  if (failed(below) || failed(above))
    return {};
  std::vector<bool> ties;
  for (auto [a, b] : llvm::zip((*below)[0], (*above)[0]))
    ties.push_back(a != b);
  return ties;
}

} // namespace burin
