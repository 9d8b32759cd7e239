#include "passes/quantize/BlockWeights.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/DynamicDequantize.h"
#include "ir/nn/ops/MatmulNbits.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/nn/ops/Reshape.h"

#include "llvm/Support/MathExtras.h"

namespace burin::nn {
using namespace mlir;

namespace {

/// A matrix of integers [outputs][depth] with a scale and a zero point for each block of a row.
struct BlockMatrix {
  int64_t outputs = 0, depth = 0, block = 0, blocks = 0;
  unsigned bits = 0;
  std::vector<int64_t> values;
  std::vector<float> scales, zeros; ///< [outputs][blocks]

  static std::optional<BlockMatrix> of(MatmulOp matmul);
  /// [outputs][blocks][bytes of a block], the weights of a byte from the lowest bits on.
  std::vector<uint8_t> packed() const;
  int64_t blockBytes() const { return block * bits / 8; }

private:
  bool makeUnsigned(IntegerType type);
};

/// `values`, of shape [depth][outputs] or the reverse, as [outputs][depth].
template <typename T, typename From> std::vector<T> byOutput(const From &values, int64_t outputs, bool depthFirst) {
  std::vector<T> out;
  const int64_t depth = static_cast<int64_t>(values.size()) / outputs;
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t d = 0; d < depth; ++d)
      out.push_back(static_cast<T>(values[static_cast<size_t>(depthFirst ? d * outputs + o : o * depth + d)]));
  return out;
}

/// Chooses the bits and moves values and zero points of a signed type up to 0. False if they need more than 8 bits.
bool BlockMatrix::makeUnsigned(IntegerType type) {
  const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
  for (unsigned candidate : {2u, 4u, 8u}) {
    const int64_t offset = type.isUnsigned() ? 0 : int64_t{1} << (candidate - 1);
    if (*lo + offset < 0 || *hi + offset >= int64_t{1} << candidate || block * candidate % 8 != 0)
      continue;
    bits = candidate;
    for (int64_t &v : values)
      v += offset;
    for (float &z : zeros)
      z += static_cast<float>(offset);
    return true;
  }
  return false;
}

std::optional<BlockMatrix> BlockMatrix::of(MatmulOp matmul) {
  auto dequantize = matmul.getB().getDefiningOp<DynamicDequantizeOp>();
  const int64_t depthAxis = matmul.getTransposeB() ? 1 : 0;
  if (!dequantize || dequantize.getBlock() == 0 || tensorType(dequantize.getX()).getRank() != 2 ||
      static_cast<int64_t>(dequantize.getAxis()) != depthAxis)
    return std::nullopt;
  const auto values = constantInts(dequantize.getX());
  const auto scales = constantReals(dequantize.getScale());
  const auto zeros =
      dequantize.getZero() ? constantInts(dequantize.getZero()) : SmallVector<int64_t>(scales ? scales->size() : 0, 0);
  if (!values || !scales || !zeros || values->empty())
    return std::nullopt;
  BlockMatrix m;
  ArrayRef<int64_t> shape = shapeOf(dequantize.getX());
  m.outputs = shape[1 - depthAxis];
  m.depth = shape[depthAxis];
  // A block longer than the row is the row.
  m.block = std::min<int64_t>(dequantize.getBlock(), llvm::alignTo(m.depth, 8));
  m.blocks = llvm::divideCeil(m.depth, m.block);
  m.values = byOutput<int64_t>(*values, m.outputs, depthAxis == 0);
  m.scales = byOutput<float>(*scales, m.outputs, depthAxis == 0);
  m.zeros = byOutput<float>(*zeros, m.outputs, depthAxis == 0);
  return m.makeUnsigned(cast<IntegerType>(elementTypeOf(dequantize.getX()))) ? std::optional(m) : std::nullopt;
}

std::vector<uint8_t> BlockMatrix::packed() const {
  std::vector<uint8_t> bytes(static_cast<size_t>(outputs * blocks * blockBytes()), 0);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t d = 0; d < depth; ++d) {
      const int64_t bit = d % block * bits, at = (o * blocks + d / block) * blockBytes() + bit / 8;
      bytes[static_cast<size_t>(at)] |= static_cast<uint8_t>(values[static_cast<size_t>(o * depth + d)] << (bit % 8));
    }
  return bytes;
}

} // namespace

bool keepBlockWeights(MatmulOp matmul) {
  if (!elementTypeOf(matmul.getA()).isF32() || !elementTypeOf(matmul.getY()).isF32())
    return false;
  std::optional<BlockMatrix> m = BlockMatrix::of(matmul);
  if (!m || m->block > int64_t{1} << 24)
    return false;
  OpBuilder b(matmul);
  const Location loc = matmul.getLoc();
  Type f32 = b.getF32Type();
  const RankedTensorType resultType = tensorType(matmul.getY()),
                         perBlock = RankedTensorType::get({m->outputs, m->blocks}, f32);
  const int64_t rows = numElements(resultType.getShape()) / std::max<int64_t>(1, m->outputs);
  const bool oneZero = llvm::all_equal(m->zeros);
  Value w = makeConstant<uint8_t>(
      b, loc, RankedTensorType::get({m->outputs, m->blocks, m->blockBytes()}, b.getIntegerType(8, /*isSigned=*/false)),
      m->packed());
  Value scale = makeConstant<float>(b, loc, perBlock, m->scales);
  Value zero = oneZero ? makeConstant<float>(b, loc, RankedTensorType::get({1, 1}, f32), {m->zeros.front()})
                       : makeConstant<float>(b, loc, perBlock, m->zeros);
  Value a = ReshapeOp::create(b, loc, RankedTensorType::get({rows, m->depth}, f32), matmul.getA());
  Value product = MatmulNbitsOp::create(b, loc, RankedTensorType::get({rows, m->outputs}, f32), a, w, scale, zero,
                                        m->bits, static_cast<uint64_t>(m->block));
  Operation *last = ReshapeOp::create(b, loc, resultType, product);
  if (matmul.getBias())
    last = BinaryOp::create(b, loc, resultType, BinaryKind::add, last->getResult(0), matmul.getBias(),
                            matmul.getActLoAttr(), matmul.getActHiAttr());
  else if (const Clamp clamp = clampOf(matmul.getActLo(), matmul.getActHi()); matmul.getActLo() || matmul.getActHi())
    last = ClampOp::create(b, loc, resultType, last->getResult(0), b.getF64FloatAttr(clamp.lo),
                           b.getF64FloatAttr(clamp.hi));
  copyOrigin(matmul, last);
  matmul->replaceAllUsesWith(last);
  matmul->erase();
  return true;
}

} // namespace burin::nn
