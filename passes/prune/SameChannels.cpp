#include "passes/prune/SameChannels.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/Conv2d.h"

namespace burin::nn {
using namespace mlir;

namespace {

template <typename T> void append(std::string &key, const T &value) {
  key.append(reinterpret_cast<const char *>(&value), sizeof value);
}

/// Adds slice `index` along `axis` of a constant, and, of a type quantised along it, the parameters.
void appendSlice(std::string &key, Value constant, int64_t axis, int64_t index) {
  RankedTensorType type = tensorType(constant);
  ArrayRef<int64_t> shape = type.getShape();
  ArrayRef<char> bytes = definingConstant(constant).bytes();
  const int64_t outer = numElements(shape.take_front(axis));
  const int64_t slice = numElements(shape.drop_front(axis + 1)) * elementBytes(type.getElementType());
  for (int64_t i = 0; i < outer; ++i)
    key.append(bytes.data() + (i * shape[axis] + index) * slice, static_cast<size_t>(slice));
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(type.getElementType());
  if (q && q.getQuantizedDimension() == axis) {
    append(key, q.getScales()[index]);
    append(key, q.getZeroPoints()[index]);
  }
}

/// Weights and bias of output `channel` of a convolution or product.
void appendOutput(std::string &key, Operation *op, int64_t channel) {
  Value w = weightsOf(op);
  appendSlice(key, w, isa<Conv2dOp>(op) ? 0 : tensorType(w).getRank() - 2, channel);
  if (op->getNumOperands() > 2)
    appendSlice(key, op->getOperand(2), 0, channel);
}

} // namespace

std::vector<std::string> channelKeys(const ChannelGroup &group) {
  std::vector<std::string> keys(static_cast<size_t>(group.channels));
  for (auto [channel, key] : llvm::enumerate(keys)) {
    for (Operation *op : group.producers)
      appendOutput(key, op, static_cast<int64_t>(channel));
    for (Operation *op : group.channelwise) {
      if (isa<Conv2dOp>(op)) {
        appendOutput(key, op, static_cast<int64_t>(channel));
        continue;
      }
      for (Value v : op->getOperands()) // constants with a value per channel
        if (definingConstant(v) && tensorType(v).getRank() > 0 && shapeOf(v).back() == group.channels)
          appendSlice(key, v, tensorType(v).getRank() - 1, static_cast<int64_t>(channel));
    }
  }
  return keys;
}

} // namespace burin::nn
