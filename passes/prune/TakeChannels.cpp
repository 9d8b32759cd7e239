#include "passes/prune/TakeChannels.h"

#include "ir/nn/Constants.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Conv2d.h"

namespace burin::nn {
using namespace mlir;

namespace {

/// Indices of an axis of length `size` whose index modulo `channels` is in `kept`.
SmallVector<int64_t> indices(ArrayRef<int64_t> kept, int64_t channels, int64_t size) {
  SmallVector<int64_t> out;
  for (int64_t base = 0; base < size; base += channels)
    for (int64_t c : kept)
      out.push_back(base + c);
  return out;
}

/// A quantised type per axis `axis` keeps the parameters of `kept`; others stay.
Type takenType(Type element, int64_t axis, ArrayRef<int64_t> kept) {
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!q || q.getQuantizedDimension() != axis)
    return element;
  SmallVector<double> scales;
  SmallVector<int64_t> zeros;
  for (int64_t c : kept) {
    scales.push_back(q.getScales()[c]);
    zeros.push_back(q.getZeroPoints()[c]);
  }
  return quant::UniformQuantizedPerAxisType::get(q.getFlags(), q.getStorageType(), q.getExpressedType(), scales, zeros,
                                                 q.getQuantizedDimension(), q.getStorageTypeMin(),
                                                 q.getStorageTypeMax());
}

/// The slices `kept` of constant `v` along `axis`, as a constant in front of `op`.
Value takeConstant(Operation *op, Value v, int64_t axis, ArrayRef<int64_t> kept) {
  RankedTensorType type = tensorType(v);
  ArrayRef<char> bytes = definingConstant(v).bytes();
  ArrayRef<int64_t> shape = type.getShape();
  const int64_t outer = numElements(shape.take_front(axis));
  const int64_t slice = numElements(shape.drop_front(axis + 1)) * elementBytes(type.getElementType());
  std::vector<char> taken;
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t k : kept) {
      const char *first = bytes.data() + (i * shape[axis] + k) * slice;
      taken.insert(taken.end(), first, first + slice);
    }
  SmallVector<int64_t> smaller(shape);
  smaller[axis] = static_cast<int64_t>(kept.size());
  OpBuilder b(op);
  return makeConstant(b, v.getLoc(), RankedTensorType::get(smaller, takenType(type.getElementType(), axis, kept)),
                      std::move(taken));
}

/// Weights [outputs, …] and bias of the outputs `kept`.
void takeOutputs(Operation *op, ArrayRef<int64_t> kept) {
  Value w = weightsOf(op);
  const int64_t axis = isa<Conv2dOp>(op) ? 0 : tensorType(w).getRank() - 2;
  op->setOperand(1, takeConstant(op, w, axis, kept));
  if (op->getNumOperands() > 2)
    op->setOperand(2, takeConstant(op, op->getOperand(2), 0, kept));
}

void noteRemoved(Operation *op, int64_t removed, int64_t of) {
  if (auto earlier = op->getAttrOfType<DenseI64ArrayAttr>("nn.removed")) {
    removed += earlier[0];
    of = earlier[1];
  }
  op->setAttr("nn.removed", DenseI64ArrayAttr::get(op->getContext(), {removed, of}));
}

} // namespace

void setBias(Operation *op, ArrayRef<int64_t> bias) {
  if (op->getNumOperands() < 3 && llvm::all_of(bias, [](int64_t b) { return b == 0; }))
    return;
  OpBuilder b(op);
  SmallVector<int32_t> values(bias.begin(), bias.end());
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI32Type());
  if (op->getNumOperands() > 2)
    type = withElementType(type, elementTypeOf(op->getOperand(2)));
  Value constant = makeConstant<int32_t>(b, op->getLoc(), type, values);
  if (op->getNumOperands() > 2)
    op->setOperand(2, constant);
  else
    op->insertOperands(2, constant);
}

void setWeights(Operation *op, ArrayRef<int8_t> values) {
  Value w = weightsOf(op);
  const int32_t offset = signedOffset(quantType(w));
  std::vector<char> bytes;
  for (int8_t value : values)
    bytes.push_back(static_cast<char>(value + offset));
  OpBuilder b(op);
  op->setOperand(1, makeConstant(b, w.getLoc(), tensorType(w), std::move(bytes)));
}

void takeChannels(const ChannelGroup &group, ArrayRef<int64_t> kept) {
  const int64_t before = group.channels, after = static_cast<int64_t>(kept.size());
  for (Operation *op : group.producers) {
    takeOutputs(op, kept);
    noteRemoved(op, before - after, before);
  }
  for (Operation *op : group.channelwise) {
    if (auto conv = dyn_cast<Conv2dOp>(op)) {
      takeOutputs(op, kept);
      conv.setGroups(after);
      continue;
    }
    for (OpOperand &operand : op->getOpOperands()) // constants with a value per channel
      if (Value v = operand.get(); definingConstant(v) && tensorType(v).getRank() > 0 && shapeOf(v).back() == before)
        operand.set(takeConstant(op, v, tensorType(v).getRank() - 1, kept));
  }
  for (OpOperand *use : group.consumers) {
    Operation *op = use->getOwner();
    const int64_t axis = tensorType(weightsOf(op)).getRank() - 1;
    op->setOperand(1, takeConstant(op, weightsOf(op), axis, indices(kept, before, shapeOf(weightsOf(op))[axis])));
  }
  for (Value v : group.values) {
    SmallVector<int64_t> shape(shapeOf(v));
    const SmallVector<int64_t> left = indices(kept, before, shape.back());
    shape.back() = static_cast<int64_t>(left.size());
    v.setType(RankedTensorType::get(shape, elementTypeOf(v)));
    keepChannelsOfOrigin(v.getDefiningOp(), left);
  }
}

} // namespace burin::nn
