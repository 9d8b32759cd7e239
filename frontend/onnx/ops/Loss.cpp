// Losses against class labels, in softmax, gathering and sums.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/Softmax.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// -weight[target] * logProb[target], reduced; logProb [N,C,D...], target [N,D...]. Nothing counts where the target is
/// "ignore_index"; the mean is over the weights.
void outputLoss(NodeContext &n, Value logProb) {
  Value target = n.input(1), weights = n.input(2);
  Shape expected = n.shape(logProb);
  if (!n.require(expected.size() >= 2, "the input must be [N,C,...]"))
    return;
  const int64_t classes = expected[1];
  expected.erase(expected.begin() + 1);
  const std::string reduction = n.stringAttr("reduction", "mean");
  if (!n.require(n.shape(target) == expected, "the targets must have shape " + describeShape(expected)) ||
      !n.require(!weights || n.shape(weights) == Shape{classes}, "one weight per class is needed") ||
      !n.require(reduction == "none" || reduction == "mean" || reduction == "sum",
                 "\"reduction\" must be none, sum or mean"))
    return;
  const Type type = n.element(logProb);
  Value scale = weights; // [N,D...] in the end
  Value ignored;
  if (n.hasAttr("ignore_index"))
    ignored = n.compare(nn::CompareKind::equal, target,
                        n.scalarLike(target, static_cast<double>(n.intAttr("ignore_index", 0))));
  if (weights && classes > 0)
    scale = n.gather(weights, target, 0);
  if (ignored)
    scale = n.select(ignored, n.fill(0, {}, type), scale ? scale : n.fill(1, {}, type));
  // What is ignored may be no class at all, and its probability 0: neither may reach the product.
  Value picked = n.removeAxis(n.make<nn::GatherElementsOp>(logProb, n.insertAxis(target, 1), uint64_t(1)), 1);
  Value loss = n.unary(nn::UnaryKind::neg, picked);
  if (ignored)
    loss = n.select(ignored, n.fill(0, {}, type), loss);
  if (scale)
    loss = n.mul(loss, scale);
  if (reduction == "none")
    return n.output(loss);
  Shape all;
  for (int64_t i = 0; i < n.rank(target); ++i)
    all.push_back(i);
  auto total = [&](nn::ReduceKind kind, Value v) { return n.reshape(n.reduce(kind, v, all), {}); };
  if (reduction == "sum")
    return n.output(total(nn::ReduceKind::sum, loss));
  n.output(scale ? n.div(total(nn::ReduceKind::sum, loss), total(nn::ReduceKind::sum, scale))
                 : total(nn::ReduceKind::mean, loss));
}

/// Source: ONNX NegativeLogLikelihoodLoss-12..22.
void negativeLogLikelihood(NodeContext &n) { outputLoss(n, n.input(0)); }

/// Source: ONNX SoftmaxCrossEntropyLoss-12..13.
void softmaxCrossEntropy(NodeContext &n) {
  if (!n.require(n.rank(n.input(0)) >= 2, "the scores must be [N,C,...]"))
    return;
  Value logProb = n.make<nn::SoftmaxOp>(nn::SoftmaxKind::log_softmax, n.input(0), uint64_t(1));
  outputLoss(n, logProb);
  n.output(1, logProb);
}

constexpr OpImporter rows[] = {
    {"NegativeLogLikelihoodLoss", 2, 3, negativeLogLikelihood, types::floats, Half::Compute, 0, "", 12},
    {"SoftmaxCrossEntropyLoss", 2, 3, softmaxCrossEntropy, types::floats, Half::Compute, 0, "", 12},
};

} // namespace

llvm::ArrayRef<OpImporter> lossOps() { return rows; }

} // namespace burin::importer
