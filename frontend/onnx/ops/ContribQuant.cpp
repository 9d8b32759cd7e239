// Quantised operators of com.microsoft, as ONNX Runtime's optimiser and quantiser write them: dequantise, float
// operator, quantise, of which the quantise pass makes the integer operator.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Contrib.h"
#include "frontend/onnx/ops/Products.h"
#include "frontend/onnx/ops/QuantOperands.h"
#include "ir/nn/ops/MatmulNbits.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// Tensor `input` with its scale and zero point behind it.
Value real(NodeContext &n, unsigned input, int64_t axis = -1) {
  if (!n.require(n.hasInput(input) && n.hasInput(input + 1), "a tensor or its scale is absent"))
    return {};
  return dequantizeOperand(n, n.input(input), n.input(input + 1), n.input(input + 2), axis);
}

/// Quantises the result by scale `scale` and the zero point behind it, which if absent has the type of input `like`.
void outputQuantized(NodeContext &n, Value y, unsigned scale, unsigned like) {
  if (!n.require(n.hasInput(scale), "the scale of the result is absent"))
    return;
  Value zero = n.hasInput(scale + 1) ? n.input(scale + 1) : n.fill(0, {}, n.element(n.input(like)));
  n.output(quantizeResult(n, y, n.input(scale), zero));
}

template <nn::BinaryKind kind> void qlinearBinary(NodeContext &n) {
  outputQuantized(n, n.binary(kind, real(n, 0), real(n, 3)), 6, 0);
}

void qlinearSigmoid(NodeContext &n) { outputQuantized(n, n.unary(nn::UnaryKind::sigmoid, real(n, 0)), 3, 0); }

void qlinearLeakyRelu(NodeContext &n) { outputQuantized(n, n.resultOf("LeakyRelu", 16, {real(n, 0)}), 3, 0); }

/// Attribute "opset" says whose meaning of "axis" counts.
void qlinearSoftmax(NodeContext &n) {
  const int64_t opset = n.intAttr("opset", 13);
  if (n.require(opset >= 1, "\"opset\" must be positive"))
    outputQuantized(n, n.resultOf("Softmax", opset, {real(n, 0)}), 3, 0);
}

/// An operator over spatial axes on real(x), whose channels may be the last axis.
Value spatial(NodeContext &n, StringRef op, int64_t opset, Value x) {
  const bool channelsLast = n.flag("channels_last");
  Value y = n.resultOf(op, opset, {channelsLast ? toChannelsFirst(n, x) : x});
  return channelsLast ? toChannelsLast(n, y) : y;
}

void qlinearAveragePool(NodeContext &n) { outputQuantized(n, spatial(n, "AveragePool", 11, real(n, 0)), 3, 0); }

void qlinearGlobalAveragePool(NodeContext &n) {
  outputQuantized(n, spatial(n, "GlobalAveragePool", 1, real(n, 0)), 3, 0);
}

void qlinearReduceMean(NodeContext &n) { outputQuantized(n, n.resultOf("ReduceMean", 13, {real(n, 0)}), 3, 0); }

/// Inputs: scale and zero point of the result, then three for each tensor.
void qlinearConcat(NodeContext &n) {
  if (!n.require(n.numInputs() >= 5 && n.numInputs() % 3 == 2, "every tensor needs a scale and a zero point"))
    return;
  std::vector<Value> parts;
  for (unsigned i = 2; i < n.numInputs(); i += 3)
    parts.push_back(real(n, i));
  outputQuantized(n, n.resultOf("Concat", 13, parts), 0, 2);
}

void qlinearWhere(NodeContext &n) { outputQuantized(n, n.select(n.input(0), real(n, 1), real(n, 4)), 7, 1); }

/// y = alpha A . B + C; the int32 C has scale alpha * a_scale * b_scale. Float without a scale of the result.
void qGemm(NodeContext &n) {
  const bool transposeB = n.flag("transB");
  const double alpha = n.floatAttr("alpha", 1);
  Value a = real(n, 0), b = real(n, 3, transposeB ? 0 : 1);
  if (!n.require(n.rank(a) == 2 && n.rank(b) == 2, "the factors must have rank 2"))
    return;
  if (n.flag("transA"))
    a = n.transpose(a, {1, 0});
  Value c = n.input(6);
  if (c) {
    Value scale = n.mul(n.reshape(n.input(1), {}), n.input(4));
    if (alpha != 1)
      scale = n.mul(scale, n.scalarLike(scale, alpha));
    c = dequantizeOperand(n, c, scale, {}, n.rank(c) - 1);
  }
  const int64_t columns = n.dim(b, transposeB ? 0 : 1);
  const bool isBias = c && alpha == 1 && n.shape(c) == Shape{columns};
  Value y = n.matmul(a, b, transposeB, isBias ? c : Value());
  if (alpha != 1)
    y = n.mul(y, n.scalarLike(y, alpha));
  if (c && !isBias)
    y = n.add(y, c);
  if (n.hasInput(7))
    outputQuantized(n, y, 7, 0);
  else
    n.output(y);
}

/// An integer product in reals: scales by tensor, or by column for b.
Value scaledProduct(NodeContext &n, Value product, Value aScale, Value bScale, Value bias) {
  Value scale = n.mul(n.reshape(aScale, {}), bScale);
  if (nn::numElements(n.shape(scale)) == 1)
    scale = n.reshape(scale, {});
  Value y = n.mul(n.cast(product, n.f32()), scale);
  return bias ? n.add(y, bias) : y;
}

bool isScalarOrAbsent(NodeContext &n, unsigned input) {
  return n.require(!n.hasInput(input) || nn::numElements(n.shape(n.input(input))) == 1,
                   "input " + Twine(input) + " must have one element");
}

void matmulIntegerToFloat(NodeContext &n) {
  if (!isScalarOrAbsent(n, 2))
    return;
  Value product = integerProduct(n, n.input(0), n.input(4), n.input(1), n.input(5));
  auto wide = [&](unsigned input) { return n.hasInput(input) ? n.cast(n.input(input), n.f32()) : Value(); };
  n.output(n.cast(scaledProduct(n, product, wide(2), wide(3), wide(6)), n.element(n.input(2))));
}

void dynamicQuantizeMatmul(NodeContext &n) {
  const DynamicQuantized a = dynamicQuantize(n, n.input(0));
  Value product = integerProduct(n, a.q, a.zero, n.input(1), n.input(3));
  n.output(scaledProduct(n, product, a.scale, n.input(2), n.input(4)));
}

/// (A - a_zero) (B - b_zero) of 8-bit tensors, in int32.
void mulInteger(NodeContext &n) {
  if (!n.require(n.hasInput(2), "input 2 is absent, and required"))
    return;
  auto shifted = [&](unsigned input) {
    Value x = n.cast(n.input(input), n.i32());
    return n.hasInput(input + 1) ? n.sub(x, n.cast(n.input(input + 1), n.i32())) : x;
  };
  n.output(n.mul(shifted(0), shifted(2)));
}

/// Of the sum's axes, "axes" and "keepdims"; 8-bit integers to int32.
void reduceSumInteger(NodeContext &n) { n.output(n.resultOf("ReduceSum", 11, {n.cast(n.input(0), n.i32())})); }

void nhwcMaxPool(NodeContext &n) {
  n.output(toChannelsLast(n, n.resultOf("MaxPool", 12, {toChannelsFirst(n, n.input(0))})));
}

// --- weights of few bits ---------------------------------------------------------------------------------------------

/// Zero points [N, C] in float32: packed from the lowest bits on, a row of whole bytes for each output; floats as they
/// are; the middle of the range if absent. Null after a failure.
Value blockZeros(NodeContext &n, int64_t outputs, int64_t blocks, int64_t bits) {
  const double middle = static_cast<double>(int64_t(1) << (bits - 1));
  Value zero = n.input(3);
  if (!zero)
    return n.fill(middle, {outputs, blocks}, n.f32());
  if (n.isFloat(zero))
    return n.require(nn::numElements(n.shape(zero)) == outputs * blocks, "the zero points have a wrong shape")
               ? n.reshape(n.cast(zero, n.f32()), {outputs, blocks})
               : Value();
  auto packed = nn::constantInts(zero);
  if (!packed)
    return n.failNotConstant(3, "the zero points"), Value();
  const int64_t rowBytes = (blocks * bits + 7) / 8, perByte = 8 / bits;
  if (!n.require(static_cast<int64_t>(packed->size()) == outputs * rowBytes, "the zero points have a wrong shape"))
    return {};
  SmallVector<double> zeros;
  for (int64_t row = 0; row < outputs; ++row)
    for (int64_t c = 0; c < blocks; ++c) {
      const int64_t byte = (*packed)[row * rowBytes + c / perByte];
      zeros.push_back(static_cast<double>(byte >> (c % perByte * bits) & ((int64_t(1) << bits) - 1)));
    }
  return n.floats(zeros, {outputs, blocks}, n.f32());
}

void matmulNbits(NodeContext &n) {
  const int64_t depth = n.intAttr("K", 0), outputs = n.intAttr("N", 0), bits = n.intAttr("bits", 4),
                block = n.intAttr("block_size", 0);
  Value a = n.input(0), w = n.input(1);
  if (!n.support(bits == 2 || bits == 4 || bits == 8, "weights of " + Twine(bits) + " bits are not supported") ||
      !n.support(!n.hasInput(4), "a permutation of the groups (g_idx) is not supported") ||
      !n.support(n.intAttr("weight_prepacked", 0) == 0, "weights packed for another machine are not supported") ||
      !n.require(block >= 8 && block <= 1 << 20 && depth >= 1 && outputs >= 1 && depth < maxTensorElements &&
                     outputs < maxTensorElements,
                 "\"K\", \"N\" or \"block_size\" are missing or wrong") ||
      !n.require(n.rank(a) >= 1 && n.shape(a).back() == depth, "the input doesn't have K columns"))
    return;
  const int64_t blocks = (depth + block - 1) / block, bytes = block * bits / 8;
  if (!n.require(nn::numElements(n.shape(w)) == outputs * blocks * bytes &&
                     nn::numElements(n.shape(n.input(2))) == outputs * blocks,
                 "the weights or scales have a wrong shape"))
    return;
  Value scale = n.reshape(n.cast(n.input(2), n.f32()), {outputs, blocks}), zero = blockZeros(n, outputs, blocks, bits);
  Shape to = n.shape(a);
  Value rows = n.reshape(a, {nn::numElements(ArrayRef(to).drop_back()), depth});
  Value y = n.make<nn::MatmulNbitsOp>(rows, n.reshape(w, {outputs, blocks, bytes}), scale, zero,
                                      static_cast<uint64_t>(bits), static_cast<uint64_t>(block));
  to.back() = outputs;
  y = n.reshape(y, to);
  n.output(n.hasInput(5) ? n.add(y, n.input(5)) : y);
}

void quantizeLinear(NodeContext &n) {
  n.output(n.resultOf("QuantizeLinear", 21, {n.input(0), n.input(1), n.input(2)}));
}
void dequantizeLinear(NodeContext &n) {
  n.output(n.resultOf("DequantizeLinear", 21, {n.input(0), n.input(1), n.input(2)}));
}

constexpr OpImporter row(const char *op, unsigned minInputs, unsigned maxInputs, void (*import)(NodeContext &),
                         Types types = types::bytes) {
  return {op, minInputs, maxInputs, import, types, Half::Move, 0, "", 1, 0, contribDomain};
}

constexpr OpImporter rows[] = {
    row("DequantizeLinear", 2, 3, dequantizeLinear,
        types::bytes | types::int16 | types::uint16 | types::int32 | types::smallIntegers),
    row("DynamicQuantizeMatMul", 3, 5, dynamicQuantizeMatmul, types::float32),
    row("MatMulIntegerToFloat", 4, 7, matmulIntegerToFloat),
    {"MatMulNBits", 3, 6, matmulNbits, types::floatsTo32, Half::Compute, 1u << 3, "2, 4 or 8 bits, without g_idx", 1, 0,
     contribDomain},
    row("MulInteger", 1, 4, mulInteger),
    row("NhwcMaxPool", 1, 1, nhwcMaxPool),
    row("QGemm", 6, 9, qGemm),
    row("QLinearAdd", 2, 8, qlinearBinary<nn::BinaryKind::add>),
    row("QLinearAveragePool", 2, 5, qlinearAveragePool),
    worksOn(2, row("QLinearConcat", 2, anyNumber, qlinearConcat)),
    row("QLinearGlobalAveragePool", 5, 5, qlinearGlobalAveragePool),
    row("QLinearLeakyRelu", 2, 5, qlinearLeakyRelu),
    row("QLinearMul", 2, 8, qlinearBinary<nn::BinaryKind::mul>),
    row("QLinearReduceMean", 2, 5, qlinearReduceMean),
    row("QLinearSigmoid", 2, 5, qlinearSigmoid),
    row("QLinearSoftmax", 2, 5, qlinearSoftmax),
    worksOn(1, row("QLinearWhere", 9, 9, qlinearWhere)),
    row("QuantizeLinear", 2, 3, quantizeLinear, types::floatsTo32),
    row("ReduceSumInteger", 1, 1, reduceSumInteger),
};

} // namespace

Value toChannelsFirst(NodeContext &n, Value x) {
  const int64_t rank = n.rank(x);
  if (!n.require(rank >= 3, "the input must have rank 3 or more"))
    return {};
  Shape perm{0, rank - 1};
  for (int64_t i = 1; i < rank - 1; ++i)
    perm.push_back(i);
  return n.transpose(x, perm);
}

Value toChannelsLast(NodeContext &n, Value x) {
  const int64_t rank = n.rank(x);
  if (!n.require(rank >= 3, "the result must have rank 3 or more"))
    return {};
  Shape perm{0};
  for (int64_t i = 2; i < rank; ++i)
    perm.push_back(i);
  perm.push_back(1);
  return n.transpose(x, perm);
}

llvm::ArrayRef<OpImporter> contribQuantOps() { return rows; }

} // namespace burin::importer
