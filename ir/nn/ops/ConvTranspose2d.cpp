#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/nn/ops/Window2d.h"

#include <numeric>

namespace burin::nn {
using namespace mlir;

LogicalResult ConvTranspose2dOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  auto x = dyn_cast<RankedTensorType>(adaptor.getX().getType()),
       w = dyn_cast<RankedTensorType>(adaptor.getW().getType());
  if (!x || !w || !x.hasStaticShape() || !w.hasStaticShape() || x.getRank() != 4 || w.getRank() != 4)
    return emitOptionalError(loc, "conv_transpose2d needs x and w of rank 4 and static shape");
  Window2d window;
  if (std::string wrong =
          makeWindow(w.getShape().slice(1, 2), adaptor.getStrides(), adaptor.getPads(), adaptor.getDilations(), window);
      !wrong.empty())
    return emitOptionalError(loc, "conv_transpose2d: ", wrong);
  const int64_t groups = adaptor.getGroups(), in = x.getDimSize(3), out = w.getDimSize(0);
  if (groups < 1 || in % groups != 0 || out % groups != 0 || w.getDimSize(3) != in / groups)
    return emitOptionalError(loc, "conv_transpose2d: ", groups, " groups don't divide ", in, " input channels into ",
                             w.getDimSize(3), " and ", out, " output channels evenly");
  ArrayRef<int64_t> size = adaptor.getOutSize();
  if (size.size() != 2 || size[0] < 0 || size[1] < 0)
    return emitOptionalError(loc, "conv_transpose2d: out_size has two numbers that aren't negative");
  types.push_back(RankedTensorType::get({x.getDimSize(0), size[0], size[1], out}, x.getElementType()));
  return success();
}

LogicalResult ConvTranspose2dOp::verify() {
  const Type element = elementTypeOf(getX());
  if (!isa<FloatType>(element) || elementTypeOf(getW()) != element || elementTypeOf(getY()) != element ||
      (getBias() && elementTypeOf(getBias()) != element))
    return emitOpError() << "operands and result have one float element type";
  if (failed(checkBias(*this, getBias(), shapeOf(getW())[0])))
    return failure();
  return checkClamp(*this, getActLo(), getActHi());
}

int64_t ConvTranspose2dOp::macs() {
  // Every input element meets every tap of its group's outputs; taps that fall outside y are counted, too.
  ArrayRef<int64_t> w = shapeOf(getW());
  return numElements(shapeOf(getX())) * w[1] * w[2] * (w[0] / static_cast<int64_t>(getGroups()));
}

RowRule ConvTranspose2dOp::rowRule() { return RowRule::Turns; }

namespace {

/// The taps of the kernel's rows that output row t·stride + phase meets: tap k = first + j·step the input row t + last
/// − j·apart, for j < count.
struct PhaseTaps {
  int64_t count = 0, first = 0, step = 1, last = 0, apart = 1;
};
PhaseTaps tapsOf(const Window2d &window, int64_t phase) {
  const int64_t stride = window.strides[0], dilation = window.dilations[0], common = std::gcd(stride, dilation);
  PhaseTaps taps{.step = stride / common, .apart = dilation / common};
  for (int64_t k = window.kernel[0] - 1; k >= 0; --k) {
    const int64_t down = phase + window.padBegin[0] - k * dilation; // stride times the input row, for t = 0
    if (down % stride != 0)
      continue;
    ++taps.count;
    taps.first = k;
    taps.last = down / stride;
  }
  return taps;
}

/// Each phase is a call: beyond so many the text of the layer would be the greater cost.
constexpr int64_t mostPhases = 16;

/// As many rows a turn as the stride has: the input rows that they meet move on by one.
LogicalResult lowerRows(Lowering &l, ConvTranspose2dOp op) {
  const Type computed = computeType(elementTypeOf(op.getX()));
  ArrayRef<int64_t> x = shapeOf(op.getX()), w = shapeOf(op.getW()), y = shapeOf(op.getY());
  Window2d window;
  makeWindow(w.slice(1, 2), op.getStrides(), op.getPads(), op.getDilations(), window);
  const int64_t groups = op.getGroups(), in = x[3] / groups, out = y[3] / groups, stride = window.strides[0];
  if (stride > mostPhases)
    return failure();
  const BufferId input = widenedOperand(l, 0, "input"), weights = widenedOperand(l, 1, "weights");
  const plan::CallArg bias = op.getBias() ? ptr(widenedOperand(l, 2, "bias"), 0, {0, out}) : null();
  const Clamp clamp = clampOf(op.getActLo(), op.getActHi());
  const BufferId result = computedResult(l);
  for (int64_t phase = 0; phase < std::min(stride, y[1]); ++phase) {
    const PhaseTaps taps = tapsOf(window, phase);
    plan::WindowArg rows;
    rows.image = {input, 0, {0, in}};
    rows.rowLoop = 0;
    rows.pad = (taps.count - 1) * taps.apart - taps.last;
    rows.dilation = taps.apart;
    rows.count = taps.count;
    if (taps.count == 0) // the bias alone
      rows.pad = 0, rows.count = 1;
    rows.height = x[1];
    rows.rowElements = x[2] * x[3];
    l.callInTurns("conv_transpose_taps_" + kernelSuffix(computed),
                  {rows,
                   num(taps.count),
                   num(taps.first),
                   num(taps.step),
                   num(x[2]),
                   num(in),
                   num(x[3]),
                   num(window.kernel[0]),
                   num(window.kernel[1]),
                   num(window.strides[1]),
                   num(window.padBegin[1]),
                   num(window.dilations[1]),
                   ptr(weights, 0, {0, out * w[1] * w[2] * w[3]}),
                   bias,
                   ptr(result, phase * y[2] * y[3], {stride * y[2] * y[3], out}),
                   num(y[2]),
                   num(out),
                   num(y[3]),
                   real(clamp.lo),
                   real(clamp.hi)},
                  {(y[1] - phase + stride - 1) / stride, groups}, /*first=*/0);
  }
  storeResult(l, result);
  return success();
}

} // namespace

LogicalResult ConvTranspose2dOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const Type computed = computeType(elementTypeOf(getX()));
  const std::string kernel = "conv_transpose_row_" + kernelSuffix(computed);
  if (!Lowering::hasKernel(kernel))
    return l.unsupportedType(elementTypeOf(getX()));
  if (l.byRows())
    return lowerRows(l, *this);
  ArrayRef<int64_t> x = shapeOf(getX()), w = shapeOf(getW()), y = shapeOf(getY());
  Window2d window;
  makeWindow(w.slice(1, 2), getStrides(), getPads(), getDilations(), window);
  const int64_t groups = getGroups(), in = x[3] / groups, out = y[3] / groups;
  BufferId input = widenedOperand(l, 0, "input"), weights = widenedOperand(l, 1, "weights");
  plan::CallArg bias = getBias() ? ptr(widenedOperand(l, 2, "bias"), 0, {0, out, 0}) : null();
  const Clamp clamp = clampOf(getActLo(), getActHi());
  const BufferId result = computedResult(l);
  // Loops: batch, group, output row.
  l.call(kernel,
         {ptr(input, 0, {x[1] * x[2] * x[3], in, 0}),
          num(0, {0, 0, 1}),
          num(x[1]),
          num(x[2]),
          num(in),
          num(x[3]),
          num(window.kernel[0]),
          num(window.kernel[1]),
          num(window.strides[0]),
          num(window.strides[1]),
          num(window.padBegin[0]),
          num(window.padBegin[1]),
          num(window.dilations[0]),
          num(window.dilations[1]),
          ptr(weights, 0, {0, out * w[1] * w[2] * w[3], 0}),
          bias,
          ptr(result, 0, {y[1] * y[2] * y[3], out, y[2] * y[3]}),
          num(y[2]),
          num(out),
          num(y[3]),
          real(clamp.lo),
          real(clamp.hi)},
         {x[0], groups, y[1]});
  storeResult(l, result);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/ConvTranspose2d.cpp.inc"
