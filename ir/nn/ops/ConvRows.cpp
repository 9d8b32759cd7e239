#include "ir/nn/ops/ConvRows.h"

#include "ir/nn/Emit.h"

#include <cstring>

namespace burin::nn {
using namespace mlir;

namespace {

/// Whether each output pixel is made of the one input pixel at its place.
bool isPointwise(const ConvShape &s) {
  const Window2d &w = s.window;
  return w.kernel[0] == 1 && w.kernel[1] == 1 && w.strides[0] == 1 && w.strides[1] == 1 && w.padBegin[0] == 0 &&
         w.padBegin[1] == 0 && s.outHeight == s.inHeight && s.outWidth == s.inWidth;
}

/// Whether the one output pixel is made of all input pixels in order: a matrix product over the whole image.
bool coversImage(const ConvShape &s) {
  const Window2d &w = s.window;
  bool covers = s.groups == 1 && s.outHeight == 1 && s.outWidth == 1;
  for (int axis = 0; axis < 2; ++axis)
    covers &= w.padBegin[axis] == 0 && (w.dilations[axis] == 1 || w.kernel[axis] == 1);
  return covers && w.kernel[0] == s.inHeight && w.kernel[1] == s.inWidth;
}

/// The same convolution with as few and as long rows as the kernel can be given.
ConvShape merged(ConvShape s) {
  if (coversImage(s)) {
    s.inChannels *= s.inHeight * s.inWidth;
    s.inHeight = s.inWidth = 1;
    s.window = {};
  }
  if (isPointwise(s)) {
    s.inWidth *= s.batch * s.inHeight;
    s.outWidth = s.inWidth;
    s.batch = s.inHeight = s.outHeight = 1;
  }
  return s;
}

} // namespace

ConvRows::ConvRows(const ConvShape &original, bool repackable)
    : shape(merged(original)), isDepthwise(repackable && shape.isDepthwise()) {
  auto loop = [&](int64_t count, int &index) {
    if (count == 1)
      return;
    index = static_cast<int>(tripCounts.size());
    tripCounts.push_back(count);
  };
  loop(shape.batch, batchLoop);
  loop(isDepthwise ? 1 : shape.groups, groupLoop);
  loop(shape.outHeight, rowLoop);
}

SmallVector<int64_t> ConvRows::strides(int64_t perBatch, int64_t perGroup, int64_t perRow) const {
  SmallVector<int64_t> s(tripCounts.size(), 0);
  if (batchLoop >= 0)
    s[batchLoop] = perBatch;
  if (groupLoop >= 0)
    s[groupLoop] = perGroup;
  if (rowLoop >= 0)
    s[rowLoop] = perRow;
  return s;
}

std::vector<plan::CallArg> ConvRows::inputs(BufferId x) const {
  const Window2d &w = shape.window;
  const int64_t row = shape.inWidth * shape.inChannels;
  plan::WindowArg rows;
  rows.image = {x, 0, strides(shape.inHeight * row, shape.groupInputs(), 0)};
  rows.rowLoop = rowLoop;
  rows.stride = w.strides[0];
  rows.pad = w.padBegin[0];
  rows.dilation = w.dilations[0];
  rows.count = w.kernel[0];
  rows.height = shape.inHeight;
  rows.rowElements = row;
  return {rows,
          num(w.kernel[0]),
          num(shape.inWidth),
          num(isDepthwise ? shape.inChannels : shape.groupInputs()),
          num(shape.inChannels),
          num(w.kernel[1]),
          num(w.strides[1]),
          num(w.padBegin[1]),
          num(w.dilations[1])};
}

plan::CallArg ConvRows::weights(BufferId w) const {
  return ptr(w, 0, strides(0, shape.groupOutputs() * shape.depth(), 0));
}

plan::CallArg ConvRows::perChannel(BufferId table) const { return ptr(table, 0, strides(0, shape.groupOutputs(), 0)); }

void ConvRows::appendOutput(std::vector<plan::CallArg> &args, BufferId y) const {
  const int64_t row = shape.outWidth * shape.outChannels;
  args.push_back(ptr(y, 0, strides(shape.outHeight * row, shape.groupOutputs(), row)));
  args.push_back(num(shape.outWidth));
  if (!isDepthwise)
    args.push_back(num(shape.groupOutputs()));
  args.push_back(num(shape.outChannels));
}

namespace {

std::vector<char> transposed(ArrayRef<char> matrix, int64_t rows, int64_t columns, int64_t size) {
  std::vector<char> out(matrix.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      std::memcpy(out.data() + (c * rows + r) * size, matrix.data() + (r * columns + c) * size,
                  static_cast<size_t>(size));
  return out;
}

BufferId integerWeightsBuffer(Lowering &l, const ConvRows &rows, const ConvShape &shape, const IntegerWeights &w) {
  if (!rows.depthwise() && w.asStored)
    return l.operand(1);
  const Window2d &window = shape.window;
  const char *p = reinterpret_cast<const char *>(w.values.data());
  std::vector<char> bytes(p, p + w.values.size());
  if (rows.depthwise())
    return l.constant<char>("weights", "int8_t", transposed(bytes, w.channels, w.depth, 1),
                            {window.kernel[0], window.kernel[1], w.channels});
  return l.constant<char>("weights", "int8_t", bytes, {w.channels, w.depth});
}

} // namespace

void emitFloatRows(Lowering &l, const ConvRows &rows, Type computed, BufferId x, BufferId weights,
                   std::optional<BufferId> bias, BufferId y, Clamp clamp) {
  std::vector<plan::CallArg> args = rows.inputs(x);
  args.push_back(rows.weights(weights));
  args.push_back(bias ? rows.perChannel(*bias) : null());
  rows.appendOutput(args, y);
  args.push_back(real(clamp.lo));
  args.push_back(real(clamp.hi));
  l.call(rows.kernelStem() + kernelSuffix(computed), std::move(args), rows.loops());
}

LogicalResult emitIntegerRows(Lowering &l, const ConvShape &shape, const IntegerWeights &weights, Clamp clamp) {
  Operation *op = l.op();
  Value x = op->getOperand(0), y = op->getResult(0);
  SmallVector<int64_t> bias;
  if (op->getNumOperands() > 2) {
    auto values = constantInts(op->getOperand(2));
    if (!values)
      return l.fail("BRN1703", "the bias of a quantised operator is computed at run time",
                    "make it an initializer, or keep this node in float");
    bias = *values;
  }
  const ChannelSums sums = channelSums(weights, perTensorQuant(x), bias);
  if (std::string problem = rangeProblem(sums.ranges); !problem.empty())
    return l.fail("BRN1702", problem, "keep this node in float");

  const ConvRows rows(shape, /*repackable=*/true);
  std::vector<plan::CallArg> args = rows.inputs(l.operand(0));
  args.push_back(num(perTensorQuant(x).getZeroPoint()));
  args.push_back(rows.weights(integerWeightsBuffer(l, rows, shape, weights)));
  args.push_back(weights.symmetric() ? null()
                                     : rows.perChannel(l.constant<int32_t>("weights_zero", "int32_t", weights.zeros)));
  args.push_back(rows.perChannel(l.constant<int32_t>("bias", "int32_t", sums.bias)));
  quant::UniformQuantizedType yType = perTensorQuant(y);
  if (yType) {
    const auto r =
        requantisation(static_cast<float>(perTensorQuant(x).getScale()), weights.scales, sums.ranges, yType, clamp);
    if (!r)
      return failNotRepresentable(l, "a quotient of the scales is too large for float32");
    args.push_back(rows.perChannel(l.constant<int32_t>("mult", "int32_t", r->mult)));
    args.push_back(rows.perChannel(l.constant<uint8_t>("shift", "uint8_t", r->shift)));
    for (int32_t n : {r->zero, r->lo, r->hi})
      args.push_back(num(n));
  }
  rows.appendOutput(args, l.result());
  l.call(rows.kernelStem() + kernelSuffix(elementTypeOf(x)) + "_" + kernelSuffix(elementTypeOf(y)), std::move(args),
         rows.loops());
  return success();
}

BufferId transposedConstant(Lowering &l, unsigned operand, int64_t rows, int64_t columns, StringRef role,
                            ArrayRef<int64_t> shape) {
  Value v = l.op()->getOperand(operand);
  const Type type = elementTypeOf(v), computed = computeType(type);
  std::vector<float> widened; // of f16 and bf16
  ArrayRef<char> bytes = definingConstant(v).bytes();
  if (type != computed) {
    auto reals = constantReals(v);
    widened.assign(reals->begin(), reals->end());
    bytes = ArrayRef<char>(reinterpret_cast<const char *>(widened.data()), widened.size() * sizeof(float));
  }
  return l.constant<char>(role, cType(computed), transposed(bytes, rows, columns, elementBytes(computed)), shape);
}

} // namespace burin::nn
