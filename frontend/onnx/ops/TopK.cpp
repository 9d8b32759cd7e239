// The largest or smallest elements of an axis.
#include "ir/nn/ops/TopK.h"
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/GatherElements.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// Always sorted, which `sorted` = 0 leaves open. Source: ONNX TopK-1..24.
void topK(NodeContext &n) {
  Value x = n.input(0);
  const int64_t axis = n.axisAttr("axis", -1, n.rank(x));
  std::optional<double> k;
  if (n.opset() >= 10)
    k = n.hasInput(1) ? n.constantNumber(1, "k, how many elements are taken", 0) : std::nullopt;
  else if (const auto *attr = n.requiredAttr("k", onnx::AttributeProto::INT))
    k = static_cast<double>(attr->i());
  if (!k || n.failed()) {
    n.require(n.failed(), "k is missing");
    return;
  }
  if (!n.require(*k >= 0 && *k <= static_cast<double>(n.dim(x, axis)), "k = " + Twine(static_cast<int64_t>(*k)) +
                                                                           " is not between 0 and the axis' length, " +
                                                                           Twine(n.dim(x, axis))))
    return;
  Value at = n.make<nn::TopKOp>(x, static_cast<uint64_t>(*k), static_cast<uint64_t>(axis),
                                /*smallest=*/!n.flag("largest", true));
  if (n.hasOutput(0))
    n.output(0, n.make<nn::GatherElementsOp>(x, at, static_cast<uint64_t>(axis)));
  n.output(1, at);
}

constexpr OpImporter rows[] = {
    {"TopK", 1, 2, topK, types::numbers, Half::Move, 1u << 1},
};

} // namespace

llvm::ArrayRef<OpImporter> topKOps() { return rows; }

} // namespace burin::importer
