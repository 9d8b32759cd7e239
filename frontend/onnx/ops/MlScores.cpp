#include "frontend/onnx/ops/MlScores.h"
#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/Softmax.h"

namespace burin::importer {
using namespace mlir;
using nn::CompareKind;
using nn::UnaryKind;

SmallVector<double> realsAttr(NodeContext &n, StringRef name) {
  if (auto values = n.floatsAttr(name); values && !values->empty())
    return *values;
  Value tensor = n.tensorAttr((name + "_as_tensor").str());
  auto values = tensor ? nn::constantReals(tensor) : std::nullopt;
  n.require(!tensor || values, "attribute " + quoteName(name.str()) + "_as_tensor must hold floats");
  return values ? *values : SmallVector<double>();
}

bool isDoubleAttr(NodeContext &n, StringRef name) {
  Value tensor = n.tensorAttr((name + "_as_tensor").str());
  return tensor && n.element(tensor).isF64();
}

PostTransform postTransformAttr(NodeContext &n) {
  const std::string name = n.stringAttr("post_transform", "NONE");
  const StringRef known[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  const auto *found = llvm::find(known, name);
  if (!n.require(found != std::end(known), "\"post_transform\" has an unknown value"))
    return PostTransform::None;
  return static_cast<PostTransform>(found - known);
}

Value classLabels(NodeContext &n, StringRef intsName) {
  auto names = n.stringsAttr("classlabels_strings");
  if (!names || names->empty()) {
    auto labels = n.intsAttr(intsName);
    return n.require(labels && !labels->empty(), "the class labels are missing") ? n.ints(*labels) : Value();
  }
  Shape places;
  std::string list;
  for (const auto &[i, name] : llvm::enumerate(*names)) {
    places.push_back(static_cast<int64_t>(i));
    if (i < 64)
      list += (i ? ", " : "") + std::to_string(i) + " " + quoteName(name, 40);
  }
  n.remark("labels are strings, which a tensor of the library can't hold: it has their places, " + list +
           (names->size() > 64 ? ", …" : ""));
  return n.ints(places);
}

Value featureMatrix(NodeContext &n, bool keepDouble) {
  Value x = n.input(0);
  if (!n.require(n.rank(x) == 1 || n.rank(x) == 2, "the input must have rank 1 or 2"))
    return {};
  if (n.rank(x) == 1)
    x = n.insertAxis(x, 0);
  return keepDouble && n.element(x).isF64() ? x : n.cast(x, n.f32());
}

namespace {

/// sqrt(2) erfinv(2 v - 1), erfinv(x) = sign(x) sqrt(sqrt(u^2 - l / 0.147) - u) with l = log(1 - x^2), u = 2 / (0.147
/// pi)
/// + l / 2. Pi has the digits that ONNX Runtime gives it.
Value probit(NodeContext &n, Value v) {
  auto number = [&](double value) { return n.scalarLike(v, value); };
  Value x = n.sub(n.mul(v, number(2)), number(1));
  Value l = n.unary(UnaryKind::log, n.mul(n.sub(number(1), x), n.add(number(1), x)));
  Value u = n.add(number(2 / (3.14159f * 0.147f)), n.mul(number(0.5), l));
  Value root = n.unary(UnaryKind::sqrt, n.sub(n.mul(u, u), n.mul(number(1 / 0.147f), l)));
  Value size = n.unary(UnaryKind::sqrt, n.sub(root, u));
  Value isBelow = n.compare(CompareKind::less, x, number(0));
  return n.mul(number(1.41421356), n.select(isBelow, n.unary(UnaryKind::neg, size), size));
}

Value softmaxZero(NodeContext &n, Value v) {
  Value top = n.reduce(nn::ReduceKind::max, v, {1});
  Value isZero = n.compare(CompareKind::less_equal, n.unary(UnaryKind::abs, v), n.scalarLike(v, 1e-7));
  Value powers = n.unary(UnaryKind::exp, n.sub(v, top));
  Value sum = n.reduce(nn::ReduceKind::sum, n.select(isZero, n.scalarLike(v, 0), powers), {1});
  Value small = n.mul(v, n.unary(UnaryKind::exp, n.unary(UnaryKind::neg, top)));
  return n.div(n.select(isZero, small, powers), sum);
}

} // namespace

Value transformScores(NodeContext &n, Value scores, PostTransform transform) {
  switch (transform) {
  case PostTransform::None:
    return scores;
  case PostTransform::Logistic:
    return n.unary(UnaryKind::sigmoid, scores);
  case PostTransform::Softmax:
    return n.make<nn::SoftmaxOp>(nn::SoftmaxKind::softmax, scores, uint64_t(1));
  case PostTransform::SoftmaxZero:
    return softmaxZero(n, scores);
  case PostTransform::Probit:
    return probit(n, scores);
  }
  return {};
}

Value twoClassScores(NodeContext &n, Value score, PostTransform transform, bool isProbability) {
  if (transform == PostTransform::Probit) // leaves the second score open
    return n.concat({probit(n, score), n.fill(0, n.shape(score), n.element(score))}, 1);
  Value negative = n.unary(UnaryKind::neg, score);
  if (transform == PostTransform::Logistic)
    return n.unary(UnaryKind::sigmoid, n.concat({negative, score}, 1));
  return n.concat({isProbability ? n.sub(n.scalarLike(score, 1), score) : negative, score}, 1);
}

Value bestLabel(NodeContext &n, Value labels, Value scores) {
  Value best = n.make<nn::ArgReduceOp>(nn::ArgKind::arg_max, scores, uint64_t(1), false);
  return n.gather(labels, n.removeAxis(best, 1), 0);
}

Value secondLabelWhere(NodeContext &n, Value labels, Value isSecond) {
  Value first = n.reshape(n.sliceAxis(labels, 0, 0, 1), {}), second = n.reshape(n.sliceAxis(labels, 0, 1, 1), {});
  return n.select(n.reshape(isSecond, {n.dim(isSecond, 0)}), second, first);
}

} // namespace burin::importer
