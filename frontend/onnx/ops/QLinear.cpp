// QLinear operators as dequantise, float operator, quantise: the quantise pass makes the integer operator of that form.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Convolution.h"
#include "frontend/onnx/ops/Products.h"
#include "frontend/onnx/ops/QuantTypes.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// The type of quantised tensor `x` whose scale and zero point are inputs `scale` and `scale` + 1. Null after a
/// failure.
Type operandType(NodeContext &n, Value x, unsigned scale, int64_t axis) {
  Type type = quantizedType(n.element(x), n.input(scale), n.input(scale + 1), n.shape(x), axis);
  if (!type && !nn::constantReals(n.input(scale)))
    n.failNotConstant(scale, "the scale");
  else if (!type && !nn::constantInts(n.input(scale + 1)))
    n.failNotConstant(scale + 1, "the zero point");
  else
    n.support(static_cast<bool>(type), "the scale or zero point " + Twine(scale) + " can't be represented");
  return type;
}

/// The type of the results: input `scale` + 1, the zero point, has their storage.
Type resultType(NodeContext &n, unsigned scale) {
  Type type = quantizedType(n.element(n.input(scale + 1)), n.input(scale), n.input(scale + 1), {}, -1);
  if (!type)
    n.fail("BRN1203", "the scale and zero point of the result must be constants, one per tensor");
  return type;
}

/// An int32 bias has scale x_scale * w_scale and zero point 0.
Type biasType(NodeContext &n, Type x, Type w) {
  const nn::QuantParams px = nn::quantParams(cast<quant::QuantizedType>(x)),
                        pw = nn::quantParams(cast<quant::QuantizedType>(w));
  SmallVector<double> scales;
  for (float scale : pw.scales)
    scales.push_back(px.scales[0] * scale); // rounded to float32, as ONNX Runtime does
  return quantizedType(n.i32(), scales, SmallVector<int64_t>(scales.size(), 0), 0);
}

void qlinearConv(NodeContext &n) {
  Value x = n.input(0), w = n.input(3), bias = n.input(8);
  Type xType = operandType(n, x, 1, -1), wType = operandType(n, w, 4, 0), yType = resultType(n, 6);
  if (n.failed())
    return;
  if (bias) {
    Type type = biasType(n, xType, wType);
    if (!n.support(static_cast<bool>(type), "the scale of the bias can't be represented"))
      return;
    bias = dequantizeAs(n, bias, type);
  }
  n.output(quantizeAs(n, convolution(n, dequantizeAs(n, x, xType), dequantizeAs(n, w, wType), bias), yType));
}

void qlinearMatmul(NodeContext &n) {
  Value a = n.input(0), b = n.input(3);
  Type aType = operandType(n, a, 1, n.rank(a) - 2), bType = operandType(n, b, 4, n.rank(b) - 1),
       yType = resultType(n, 6);
  if (!n.failed())
    n.output(quantizeAs(n, numpyMatmul(n, dequantizeAs(n, a, aType), dequantizeAs(n, b, bType)), yType));
}

constexpr OpImporter rows[] = {
    {"QLinearConv", 8, 9, qlinearConv, Half::Move, 0b011110110, "constant scales and zero points"},
    {"QLinearMatMul", 8, 8, qlinearMatmul, Half::Move, 0b11110110, "constant scales and zero points"},
};

} // namespace

llvm::ArrayRef<OpImporter> qlinearOps() { return rows; }

} // namespace burin::importer
