#include "ir/nn/ops/ConvRows.h"

#include "ir/nn/Emit.h"

#include "llvm/Support/MathExtras.h"

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

bool isPadded(const ConvShape &s) {
  const Window2d &w = s.window;
  const int64_t in[] = {s.inHeight, s.inWidth}, out[] = {s.outHeight, s.outWidth};
  for (int axis = 0; axis < 2; ++axis) {
    const int64_t last =
        (out[axis] - 1) * w.strides[axis] - w.padBegin[axis] + (w.kernel[axis] - 1) * w.dilations[axis];
    if (w.padBegin[axis] > 0 || last >= in[axis])
      return true;
  }
  return false;
}

bool isContiguous(const ConvShape &s) {
  const Window2d &w = s.window;
  return !isPadded(s) && (w.kernel[1] == 1 || (w.dilations[1] == 1 && s.groups == 1));
}

ConvRows::ConvRows(const ConvShape &original, bool repackable, bool byRows)
    : shape(byRows ? original : merged(original)), isDepthwise(repackable && shape.isDepthwise()) {
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

int64_t ConvRows::pixelsOfMerged(const Lowering &l) const {
  ArrayRef<int64_t> y = shapeOf(l.op()->getResult(0));
  if (l.byRows() || !loops().empty() || y.size() < 3 || y[1] < 2)
    return 0;
  return numElements(y.drop_front(2)) / std::max<int64_t>(1, y.back());
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

plan::CallArg ConvRows::weights(BufferId w, int64_t perElement) const {
  return ptr(w, 0, strides(0, llvm::divideCeil(shape.groupOutputs() * shape.depth(), perElement), 0));
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

void emitFloatRows(Lowering &l, const ConvRows &rows, Type computed, BufferId x, BufferId weights,
                   std::optional<BufferId> bias, BufferId y, Clamp clamp) {
  std::vector<plan::CallArg> args = rows.inputs(x);
  args.push_back(rows.weights(weights));
  args.push_back(bias ? rows.perChannel(*bias) : null());
  rows.appendOutput(args, y);
  args.push_back(real(clamp.lo));
  args.push_back(real(clamp.hi));
  constexpr int64_t pixelsTogether = 2; // of brn_conv_row_f32, four channels at a time
  if (!rows.depthwise() && rows.pixelsOfMerged(l) % pixelsTogether != 0)
    l.readsAgain();
  l.call(rows.kernelStem() + kernelSuffix(computed), std::move(args), rows.loops());
}

void ConvRows::noteSlow(Lowering &l) const {
  if (shape.isDepthwise() && !isDepthwise)
    l.slow("depthwise weights computed at run time: one channel at a time");
  else if (shape.groups > 1 && shape.groupInputs() == 1 && !isDepthwise)
    l.slow("more than one output per depthwise channel: one channel at a time");
}

int64_t balancedTilePixels(int64_t width, int64_t most) {
  int64_t best = 1;
  for (int64_t pixels = 2; pixels <= most; ++pixels) {
    const int64_t tiles = llvm::divideCeil(width, pixels);
    if (tiles * (pixels - 1) <= width && tiles < static_cast<int64_t>(llvm::divideCeil(width, best)))
      best = pixels;
  }
  return best;
}

BufferId transposedConstant(Lowering &l, unsigned operand, int64_t rows, int64_t columns, StringRef role,
                            ArrayRef<int64_t> shape) {
  Value v = l.op()->getOperand(operand);
  if (elementTypeOf(v).isF64())
    return l.constant<double>(role, "double", transposed<double>(*constantReals(v), rows, columns), shape);
  std::vector<float> values(static_cast<size_t>(rows * columns));
  if (elementTypeOf(v).isF32())
    llvm::copy(definingConstant(v).bytes(), reinterpret_cast<char *>(values.data()));
  else
    llvm::copy(*constantReals(v), values.begin());
  return l.constant<float>(role, "float", transposed<float>(values, rows, columns), shape);
}

} // namespace burin::nn
