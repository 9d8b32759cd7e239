#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/Emit.h"
#include "ir/nn/ops/IntegerRows.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/nn/ops/WeightRows.h"

namespace burin::nn {
using namespace mlir;

LogicalResult Conv2dOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto x = dyn_cast<RankedTensorType>(adaptor.getX().getType()),
       w = dyn_cast<RankedTensorType>(adaptor.getW().getType());
  if (!x || !w || !x.hasStaticShape() || !w.hasStaticShape() || x.getRank() != 4 || w.getRank() != 4)
    return emitOptionalError(loc, "conv2d needs x and w of rank 4 and static shape");
  Window2d window;
  if (std::string wrong =
          makeWindow(w.getShape().slice(1, 2), adaptor.getStrides(), adaptor.getPads(), adaptor.getDilations(), window);
      !wrong.empty())
    return emitOptionalError(loc, "conv2d: ", wrong);
  const int64_t groups = adaptor.getGroups(), in = x.getDimSize(3), out = w.getDimSize(0);
  if (groups < 1 || in % groups != 0 || out % groups != 0 || w.getDimSize(3) != in / groups)
    return emitOptionalError(loc, "conv2d: ", groups, " groups don't divide ", in, " input channels into ",
                             w.getDimSize(3), " and ", out, " output channels evenly");
  auto height = window.positions(0, x.getDimSize(1)), width = window.positions(1, x.getDimSize(2));
  if (!height || !width)
    return emitOptionalError(loc, "conv2d: the kernel is larger than the padded input");
  // A quantised result is stated by who makes the operator; what follows from the operands is the accumulator.
  Type element = x.getElementType();
  if (isa<quant::QuantizedType>(element))
    element = IntegerType::get(context, 32);
  types.push_back(RankedTensorType::get({x.getDimSize(0), *height, *width, out}, element));
  return success();
}

LogicalResult Conv2dOp::verify() {
  if (failed(checkBias(*this, getBias(), shapeOf(getW())[0])) || failed(checkClamp(*this, getActLo(), getActHi())))
    return failure();
  return checkWeighted(*this, getX(), getW(), getBias(), /*channelAxis=*/0, /*maxWeightBits=*/8);
}

ConvShape convShape(Conv2dOp op) {
  ArrayRef<int64_t> x = shapeOf(op.getX()), w = shapeOf(op.getW()), y = shapeOf(op.getY());
  ConvShape s{.batch = x[0],
              .inHeight = x[1],
              .inWidth = x[2],
              .inChannels = x[3],
              .outHeight = y[1],
              .outWidth = y[2],
              .outChannels = y[3],
              .groups = static_cast<int64_t>(op.getGroups())};
  makeWindow(w.slice(1, 2), op.getStrides(), op.getPads(), op.getDilations(), s.window);
  return s;
}

namespace {

/// The weights in the order that `rows` asks for.
BufferId floatWeights(Lowering &l, Conv2dOp op, const ConvRows &rows) {
  if (!rows.depthwise())
    return widenedOperand(l, 1, "weights");
  ArrayRef<int64_t> shape = shapeOf(op.getW());
  return transposedConstant(l, 1, shape[0], shape[1] * shape[2], "weights", {shape[1], shape[2], shape[0]});
}

} // namespace

int64_t Conv2dOp::macs() { return convShape(*this).macs(); }

RowRule Conv2dOp::rowRule() { return RowRule::Calls; }

LogicalResult Conv2dOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const ConvShape shape = convShape(*this);
  const Clamp clamp = clampOf(getActLo(), getActHi());
  if (quantType(getX()))
    return emitIntegerRows(l, shape, WeightOrder::ChannelMajor, clamp);
  if (hasIntegerWeightsOnly(*this))
    return emitWeightRows(l, shape, WeightOrder::ChannelMajor, clamp);
  const Type computed = computeType(elementTypeOf(getX()));
  const ConvRows rows(shape, /*repackable=*/static_cast<bool>(definingConstant(getW())), l.byRows());
  BufferId x = widenedOperand(l, 0, "input"), w = floatWeights(l, *this, rows);
  std::optional<BufferId> bias;
  if (getBias())
    bias = widenedOperand(l, 2, "bias");
  const BufferId y = computedResult(l);
  emitFloatRows(l, rows, computed, x, w, bias, y, clamp);
  storeResult(l, y);
  rows.noteSlow(l);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Conv2d.cpp.inc"
