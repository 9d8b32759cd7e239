// Softmax and its relatives.
#include "ir/nn/ops/Softmax.h"
#include "frontend/onnx/OpTable.h"

namespace burin::importer {
using namespace mlir;
using nn::SoftmaxKind;

namespace {

/// Along one axis since opset 13; before, over all axes from `axis` on as one.
template <SoftmaxKind kind> void softmax(NodeContext &n) {
  Value x = n.input(0);
  const int64_t rank = n.rank(x), axis = n.axisAttr("axis", n.opset() < 13 ? 1 : -1, std::max<int64_t>(rank, 1));
  if (n.failed() || !n.require(rank >= 1, "the input must have rank 1 or more"))
    return;
  if (n.opset() >= 13 || axis == rank - 1)
    return n.output(n.make<nn::SoftmaxOp>(kind, x, static_cast<uint64_t>(axis)));
  const Shape dims = n.shape(x);
  const auto split = static_cast<size_t>(axis);
  Value rows = n.reshape(
      x, {nn::numElements(ArrayRef(dims).take_front(split)), nn::numElements(ArrayRef(dims).drop_front(split))});
  n.output(n.reshape(n.make<nn::SoftmaxOp>(kind, rows, uint64_t(1)), dims));
}

constexpr OpImporter rows[] = {
    {"Hardmax", 1, 1, softmax<SoftmaxKind::hardmax>},
    {"LogSoftmax", 1, 1, softmax<SoftmaxKind::log_softmax>},
    {"Softmax", 1, 1, softmax<SoftmaxKind::softmax>},
};

} // namespace

llvm::ArrayRef<OpImporter> softmaxOps() { return rows; }

} // namespace burin::importer
