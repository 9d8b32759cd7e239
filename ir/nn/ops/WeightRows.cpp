#include "ir/nn/ops/WeightRows.h"

#include "ir/nn/Emit.h"
#include "ir/nn/PackedWeights.h"

namespace burin::nn {
using namespace mlir;

bool hasIntegerWeightsOnly(Operation *op) {
  return isa<FloatType>(elementTypeOf(op->getOperand(0))) && quantType(op->getOperand(1));
}

namespace {

/// Bytes that the windows of a tile may take, if they don't lie in the row as they are.
constexpr int64_t mostPanelBytes = 2048;
/// Kernels exist for tiles of so many pixels.
constexpr int64_t mostPixels = 5;

/// Which kernel computes a convolution in tiles of pixels, each weight being unpacked once for a tile.
struct WeightTiles {
  int64_t pixels = 1;      ///< of the larger tiles; 1: there is no such kernel
  int64_t panelValues = 0; ///< 0: windows are read where they lie
};

WeightTiles weightTiles(const ConvRows &rows) {
  if (rows.depthwise())
    return {};
  const ConvShape &s = rows.convolution();
  const Window2d &w = s.window;
  const bool inPlace = w.kernel[0] == 1 && w.kernel[1] == 1 && w.padBegin[0] == 0 && w.padBegin[1] == 0 && !isPadded(s);
  const int64_t most =
      inPlace ? mostPixels : std::min(mostPixels, mostPanelBytes / (4 * std::max<int64_t>(1, s.depth())));
  if (most < 2)
    return {};
  const int64_t pixels = balancedTilePixels(s.outWidth, most);
  return {.pixels = pixels, .panelValues = inPlace ? 0 : pixels * s.depth()};
}

} // namespace

LogicalResult emitWeightRows(Lowering &l, const ConvShape &shape, WeightOrder order, Clamp clamp) {
  ConstantOp constant = definingConstant(l.op()->getOperand(1));
  if (!constant)
    return l.fail("BRN1703", "quantised weights of a float operator are computed at run time",
                  "make them an initializer, or dequantize them before this node");
  const ConvRows rows(shape, /*repackable=*/true, l.byRows());
  const IntegerWeights w =
      integerWeights(constant, quantType(constant.getResult()), shape.outChannels, shape.depth(), order);
  const auto bits = packedBits(constant).value_or(8);
  const bool oneScale = llvm::all_equal(w.scales);

  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(
      rows.weights(packedConstant(l, "weights", w.values, w.channels, w.depth, rows.groups(), bits), packedPerElement));
  args.push_back(w.symmetric() ? null() : rows.perChannel(l.constant<int32_t>("weights_zero", "int32_t", w.zeros)));
  if (oneScale)
    args.push_back(ptr(l.constant<float>("scale", "float", w.scales.front())));
  else
    args.push_back(rows.perChannel(l.constant<float>("scale", "float", w.scales)));
  args.push_back(num(oneScale ? 0 : 1));
  args.push_back(l.op()->getNumOperands() > 2 ? rows.perChannel(l.operand(2)) : null());
  const WeightTiles tiles = weightTiles(rows);
  if (tiles.pixels > 1)
    args.push_back(tiles.panelValues > 0 ? ptr(l.scratch("panel", "float", tiles.panelValues, /*transient=*/true))
                                         : null());
  rows.appendOutput(args, l.result());
  args.push_back(real(clamp.lo));
  args.push_back(real(clamp.hi));
  if (!rows.depthwise() && tiles.panelValues == 0 && rows.pixelsOfMerged(l) > 0)
    l.readsAgain(); // tiles go on from row to row
  const std::string stem =
      tiles.pixels > 1 ? "conv_tiles" + std::to_string(tiles.pixels) + "_" : rows.kernelStem().str();
  l.call(stem + "f32_" + packedSuffix(bits), std::move(args), rows.loops());
  rows.noteSlow(l);
  return success();
}

int64_t weightRowsBytes(ConstantOp constant, int64_t channels) {
  const int64_t bits = fewestPackedBits(constant).value_or(8), weights = numElements(shapeOf(constant.getResult()));
  return llvm::divideCeil(weights * bits, 8) + channels * static_cast<int64_t>(sizeof(float) + sizeof(int32_t));
}

} // namespace burin::nn
