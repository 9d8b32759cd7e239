// QLinear operators as dequantise, float operator, quantise: the quantise pass makes the integer operator of that form.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Contrib.h"
#include "frontend/onnx/ops/Convolution.h"
#include "frontend/onnx/ops/Products.h"
#include "frontend/onnx/ops/QuantOperands.h"
#include "frontend/onnx/ops/QuantTypes.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// An int32 bias has scale x_scale * w_scale and zero point 0.
Value dequantizeBias(NodeContext &n, Value bias, Value xScale, Value wScale) {
  auto x = nn::constantReals(xScale), w = nn::constantReals(wScale);
  if (x && w && x->size() == 1) {
    SmallVector<double> scales;
    for (double scale : *w)
      scales.push_back(static_cast<float>(static_cast<float>((*x)[0]) * static_cast<float>(scale))); // as ONNX Runtime
    if (Type type = quantizedType(n.element(bias), scales, SmallVector<int64_t>(scales.size(), 0), 0))
      return dequantizeAs(n, bias, type);
  }
  return dequantizeOperand(n, bias, n.mul(n.reshape(xScale, {}), wScale), {}, 0);
}

/// x_scale, w_scale ... are inputs 1, 4, 6. Channels last is an option of com.microsoft.
void qlinearConv(NodeContext &n) {
  Value x = n.input(0), w = n.input(3), bias = n.input(8);
  const bool channelsLast = n.flag("channels_last");
  if (!n.require(nn::numElements(n.shape(n.input(1))) == 1, "the input has one scale and one zero point"))
    return;
  x = dequantizeOperand(n, x, n.input(1), n.input(2), -1);
  w = dequantizeOperand(n, w, n.input(4), n.input(5), 0);
  if (bias)
    bias = dequantizeBias(n, bias, n.input(1), n.input(4));
  Value y = convolution(n, channelsLast ? toChannelsFirst(n, x) : x, w, bias);
  n.output(quantizeResult(n, channelsLast ? toChannelsLast(n, y) : y, n.input(6), n.input(7)));
}

void qlinearMatmul(NodeContext &n) {
  Value a = n.input(0), b = n.input(3);
  a = dequantizeOperand(n, a, n.input(1), n.input(2), n.rank(a) - 2);
  b = dequantizeOperand(n, b, n.input(4), n.input(5), n.rank(b) - 1);
  n.output(quantizeResult(n, numpyMatmul(n, a, b), n.input(6), n.input(7)));
}

constexpr OpImporter rows[] = {
    {"QLinearConv", 8, 9, qlinearConv, types::bytes, Half::Move},
    {"QLinearConv", 8, 9, qlinearConv, types::bytes, Half::Move, 0, "", 1, 0, contribDomain},
    {"QLinearMatMul", 8, 8, qlinearMatmul, types::bytes, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> qlinearOps() { return rows; }

} // namespace burin::importer
