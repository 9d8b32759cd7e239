// Weights of 4 bits or fewer go into the library packed, where all that reads them has a kernel that unpacks.
#include "ir/nn/PackedWeights.h"
#include "ir/nn/Types.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/Matmul.h"
#include "passes/Passes.h"

namespace burin {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// Whether the kernels that unpack weights read input `x` and write `y`: bytes and floats.
bool hasPackedForm(Value x, Value y) {
  quant::UniformQuantizedType type = perTensorQuant(x);
  return elementTypeOf(x).isF32() ||
         (type && type.getStorageTypeIntegralWidth() == 8 && !hasWordType(elementTypeOf(y)));
}

/// Whether `use` is that of the weights of a convolution, or of a product with one constant matrix, or of a table that
/// is gathered from.
bool readsPacked(OpOperand &use) {
  if (isa<GatherOp>(use.getOwner()))
    return use.getOperandNumber() == 0;
  Operation *op = use.getOwner();
  if (use.getOperandNumber() != 1 || !hasPackedForm(op->getOperand(0), op->getResult(0)))
    return false;
  if (isa<Conv2dOp>(use.getOwner()))
    return true;
  auto matmul = dyn_cast<MatmulOp>(use.getOwner());
  return matmul && numElements(shapeOf(matmul.getB()).drop_back(2)) == 1;
}

/// Whether the type has at most 4 bits. Bytes whose values happen to be small stay bytes: their kernels may be faster.
bool isNarrow(Type elementType) {
  if (auto type = dyn_cast<quant::QuantizedType>(elementType))
    return type.getStorageTypeMax() - type.getStorageTypeMin() < 16;
  auto integer = dyn_cast<IntegerType>(elementType);
  return integer && integer.getWidth() > 1 && integer.getWidth() <= 4;
}

struct PackWeights : impl::PackWeightsBase<PackWeights> {
  void runOnOperation() override {
    getOperation()->walk([](ConstantOp constant) {
      if (!isNarrow(elementTypeOf(constant.getResult())) || constant->use_empty() ||
          !llvm::all_of(constant->getUses(), readsPacked))
        return;
      if (std::optional<unsigned> bits = fewestPackedBits(constant))
        setPackedBits(constant, *bits);
    });
  }
};

} // namespace
} // namespace burin
