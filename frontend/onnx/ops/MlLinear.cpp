// Linear models and support vector machines: matrix products with constant coefficients, and what follows them.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/MlScores.h"
#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/PairwiseCoupling.h"
#include "ir/nn/ops/SquaredDistance.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::CompareKind;
using nn::UnaryKind;

namespace {

/// x [N, F] . coefficients [K, F]^T + bias [K], K = `rows`. Null after a failure.
Value linearScores(NodeContext &n, Value x, ArrayRef<double> coefficients, int64_t rows, ArrayRef<double> bias) {
  const int64_t features = n.dim(x, 1);
  if (!n.require(x && rows >= 1 && static_cast<int64_t>(coefficients.size()) == rows * features,
                 "there are " + Twine(coefficients.size()) + " coefficients for " + Twine(rows) + " times " +
                     Twine(features) + " features"))
    return {};
  return n.matmul(x, n.floats(coefficients, {rows, features}, n.f32()), /*transposeB=*/true,
                  bias.empty() ? Value() : n.floats(bias, {rows}, n.f32()));
}

void linearRegressor(NodeContext &n) {
  const int64_t targets = n.intAttr("targets", 1);
  const SmallVector<double> coefficients = realsAttr(n, "coefficients"), intercepts = realsAttr(n, "intercepts");
  const PostTransform transform = postTransformAttr(n);
  if (!n.require(targets >= 1 && targets < maxTensorElements, "\"targets\" must be positive") ||
      !n.require(intercepts.empty() || static_cast<int64_t>(intercepts.size()) == targets,
                 "\"intercepts\" needs one value per target"))
    return;
  Value y = linearScores(n, featureMatrix(n), coefficients, targets, intercepts);
  // A single target knows no other class, and ONNX Runtime transforms it by Probit only.
  n.output(targets == 1 && transform != PostTransform::Probit ? y : transformScores(n, y, transform));
}

/// One row of coefficients per class, or a single one that decides between two classes.
void linearClassifier(NodeContext &n) {
  const SmallVector<double> coefficients = realsAttr(n, "coefficients"), intercepts = realsAttr(n, "intercepts");
  const PostTransform transform = postTransformAttr(n);
  Value labels = classLabels(n, "classlabels_ints"), x = featureMatrix(n);
  const int64_t classes = n.dim(labels, 0);
  const int64_t rows = intercepts.empty()
                           ? static_cast<int64_t>(coefficients.size()) / std::max<int64_t>(1, n.dim(x, 1))
                           : static_cast<int64_t>(intercepts.size());
  if (!n.require(rows == classes || (rows == 1 && classes == 2),
                 "there are coefficients for " + Twine(rows) + " classes, and " + Twine(classes) + " labels"))
    return;
  Value scores = linearScores(n, x, coefficients, rows, intercepts);
  if (rows == classes && classes > 1) {
    n.output(0, bestLabel(n, labels, scores));
    return n.output(1, transformScores(n, scores, transform));
  }
  if (classes == 1) // ONNX Runtime then has the labels 0 and 1
    labels = n.ints({0, 1});
  n.output(0, secondLabelWhere(n, labels, n.compare(CompareKind::greater, scores, n.scalarLike(scores, 0))));
  n.output(1, classes == 2                         ? twoClassScores(n, scores, transform, /*isProbability=*/true)
              : transform == PostTransform::Probit ? transformScores(n, scores, transform)
                                                   : scores);
}

// --- support vector machines -----------------------------------------------------------------------------------------

/// The kernel function of an SVM between the rows of x [N, F] and of `vectors` [S, F]: [N, S]. kernel_params are gamma,
/// coef0 and degree.
///   LINEAR: x.s   POLY: (gamma x.s + coef0)^degree   RBF: exp(-gamma |x - s|^2)   SIGMOID: tanh(gamma x.s + coef0)
Value kernelMatrix(NodeContext &n, Value x, ArrayRef<double> vectors, int64_t count) {
  const std::string kernel = n.stringAttr("kernel_type", "LINEAR");
  SmallVector<double> params = realsAttr(n, "kernel_params");
  params.resize(3, 0.0);
  const int64_t features = n.dim(x, 1);
  if (!n.require(x && static_cast<int64_t>(vectors.size()) == count * features,
                 "there are " + Twine(vectors.size()) + " numbers for " + Twine(count) + " support vectors of " +
                     Twine(features) + " features"))
    return {};
  Value s = n.floats(vectors, {count, features}, n.f32());
  auto number = [&](double v) { return n.floats({v}, {}, n.f32()); };
  if (kernel == "RBF") {
    Value distance = n.make<nn::SquaredDistanceOp>(x, s);
    return n.unary(UnaryKind::exp, n.mul(distance, number(-params[0])));
  }
  Value dot = n.matmul(x, s, /*transposeB=*/true);
  if (kernel == "LINEAR")
    return dot;
  Value affine = n.add(n.mul(dot, number(params[0])), number(params[1]));
  if (kernel == "SIGMOID")
    return n.unary(UnaryKind::tanh, affine);
  return n.require(kernel == "POLY", "\"kernel_type\" has an unknown value")
             ? n.binary(nn::BinaryKind::pow, affine, number(params[2]))
             : Value();
}

void svmRegressor(NodeContext &n) {
  Value x = featureMatrix(n);
  const SmallVector<double> coefficients = realsAttr(n, "coefficients"), rho = realsAttr(n, "rho"),
                            vectors = realsAttr(n, "support_vectors");
  const int64_t count = n.intAttr("n_supports", 0);
  if (!n.require(rho.size() >= 1, "\"rho\" is missing") ||
      !n.require(count >= 0 && count < maxTensorElements, "\"n_supports\" is negative or huge"))
    return;
  Value features = count == 0 ? x : kernelMatrix(n, x, vectors, count);
  Value y = linearScores(n, features, coefficients, 1, {rho[0]});
  if (n.flag("one_class"))
    y = n.select(n.compare(CompareKind::greater, y, n.scalarLike(y, 0)), n.scalarLike(y, 1), n.scalarLike(y, -1));
  n.output(y);
}

/// The classifier of one node: one score per class (no support vectors), or per pair of classes, which vote. What ONNX
/// leaves open is as in ONNX Runtime, which follows LIBSVM.
class SvmClassifier {
public:
  explicit SvmClassifier(NodeContext &n) : n(n) {}

  void run() {
    labels = classLabels(n, "classlabels_ints");
    x = featureMatrix(n);
    transform = postTransformAttr(n);
    coefficients = realsAttr(n, "coefficients");
    rho = realsAttr(n, "rho");
    probA = realsAttr(n, "prob_a");
    probB = realsAttr(n, "prob_b");
    perClass = n.intsAttr("vectors_per_class", Shape());
    classes = n.dim(labels, 0);
    if (!n.support(classes >= 2, "a classifier of one class is not supported") ||
        !n.require(classes < 65536, "there are too many classes") || !n.require(!rho.empty(), "\"rho\" is missing") ||
        !n.require(probA.size() == probB.size(), "\"prob_a\" and \"prob_b\" have different lengths"))
      return;
    for (int64_t count : perClass)
      vectors +=
          n.require(count >= 0 && count < maxTensorElements, "\"vectors_per_class\" is negative or huge") ? count : 0;
    if (vectors > 0)
      votes();
    else
      linear();
  }

private:
  int64_t numPairs() const { return classes * (classes - 1) / 2; }

  /// Calls visit(pair, i, j) for all i < j.
  void forPairs(llvm::function_ref<void(int64_t, int64_t, int64_t)> visit) const {
    int64_t pair = 0;
    for (int64_t i = 0; i < classes; ++i)
      for (int64_t j = i + 1; j < classes; ++j)
        visit(pair++, i, j);
  }

  void linear() {
    Value scores = linearScores(n, x, coefficients, classes, SmallVector<double>(static_cast<size_t>(classes), rho[0]));
    Value best = bestLabel(n, labels, scores);
    if (classes == 2 && probA.empty() && scores) {
      const bool arePositive = llvm::all_of(coefficients, [](double c) { return c >= 0; });
      Value top = n.reduce(nn::ReduceKind::max, scores, {1});
      Value isSecond = arePositive ? n.compare(CompareKind::greater_equal, top, n.scalarLike(top, 0.5))
                                   : n.compare(CompareKind::greater, top, n.scalarLike(top, 0));
      Value second = n.reshape(n.sliceAxis(labels, 0, 1, 1), {});
      best = n.select(n.removeAxis(isSecond, 1), second, best);
    }
    n.output(0, best);
    n.output(1, transformScores(n, scores, transform));
  }

  /// Decision values of all pairs [N, P]: sums over the vectors of both classes; [i, j] has the coefficients of row j -
  /// 1 for the vectors of i, and of row i for those of j.
  Value pairScores() {
    if (!n.require(static_cast<int64_t>(perClass.size()) == classes,
                   "\"vectors_per_class\" needs one count per class") ||
        !n.require(vectors < maxTensorElements / classes &&
                       static_cast<int64_t>(coefficients.size()) >= (classes - 1) * vectors &&
                       static_cast<int64_t>(rho.size()) >= numPairs(),
                   "\"coefficients\" or \"rho\" are too short"))
      return {};
    SmallVector<double> matrix(static_cast<size_t>(vectors * numPairs()), 0.0);
    Shape starts{0};
    for (int64_t count : perClass)
      starts.push_back(starts.back() + count);
    forPairs([&](int64_t pair, int64_t i, int64_t j) {
      for (int64_t s = starts[i]; s < starts[i + 1]; ++s)
        matrix[pair * vectors + s] = coefficients[(j - 1) * vectors + s];
      for (int64_t s = starts[j]; s < starts[j + 1]; ++s)
        matrix[pair * vectors + s] = coefficients[i * vectors + s];
    });
    Value kernel = kernelMatrix(n, x, realsAttr(n, "support_vectors"), vectors);
    rho.resize(static_cast<size_t>(numPairs()));
    return kernel ? linearScores(n, kernel, matrix, numPairs(), rho) : Value();
  }

  /// The label of the class with the most votes: pair [i, j] votes for i if its score is positive, else for j.
  Value votedLabel(Value scores) {
    SmallVector<double> matrix(static_cast<size_t>(classes * numPairs()), 0.0), bias(static_cast<size_t>(classes), 0.0);
    forPairs([&](int64_t pair, int64_t i, int64_t j) {
      matrix[i * numPairs() + pair] = 1;
      matrix[j * numPairs() + pair] = -1;
      bias[j] += 1;
    });
    Value wins = n.cast(n.compare(CompareKind::greater, scores, n.scalarLike(scores, 0)), n.f32());
    return bestLabel(n, labels, linearScores(n, wins, matrix, classes, bias));
  }

  /// Platt's probabilities of the pairs, 1 / (1 + exp(score * a + b)), coupled to those of the classes.
  Value probabilities(Value scores) {
    const int64_t pairs = numPairs();
    if (!n.require(static_cast<int64_t>(probA.size()) >= pairs, "\"prob_a\" and \"prob_b\" need one value per pair"))
      return {};
    probA.resize(static_cast<size_t>(pairs));
    probB.resize(static_cast<size_t>(pairs));
    Value slope = n.floats(probA, {1, pairs}, n.f32()), offset = n.floats(probB, {1, pairs}, n.f32());
    Value p = n.unary(UnaryKind::sigmoid, n.unary(UnaryKind::neg, n.add(n.mul(scores, slope), offset)));
    p = n.clamp(p, 1e-7f, 1 - 1e-7f);
    // r [N, K, K] from columns of [p, 1 - p]; the diagonal has any of them.
    Value both = n.concat({p, n.sub(n.scalarLike(p, 1), p)}, 1);
    Shape columns(static_cast<size_t>(classes * classes), 0);
    forPairs([&](int64_t pair, int64_t i, int64_t j) {
      columns[i * classes + j] = pair;
      columns[j * classes + i] = pairs + pair;
    });
    return n.make<nn::PairwiseCouplingOp>(n.gather(both, n.ints(columns, {classes, classes}, n.i64()), 1));
  }

  void votes() {
    Value scores = pairScores();
    if (!scores)
      return;
    n.output(0, votedLabel(scores));
    if (!probA.empty())
      return n.output(1, transformScores(n, probabilities(scores), transform));
    n.output(1, classes == 2 ? twoClassScores(n, scores, transform, transform != PostTransform::None)
                             : transformScores(n, scores, transform));
  }

  NodeContext &n;
  Value labels, x;
  PostTransform transform = PostTransform::None;
  SmallVector<double> coefficients, rho, probA, probB;
  Shape perClass;
  int64_t classes = 0, vectors = 0;
};

void svmClassifier(NodeContext &n) { SvmClassifier(n).run(); }

constexpr const char *labelNote = "string labels are given as their places in the list";

constexpr OpImporter rows[] = {
    {"LinearClassifier", 1, 1, linearClassifier, types::tabular, Half::Move, 0, labelNote, 1, 0, mlDomain},
    {"LinearRegressor", 1, 1, linearRegressor, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"SVMClassifier", 1, 1, svmClassifier, types::tabular, Half::Move, 0, labelNote, 1, 0, mlDomain},
    {"SVMRegressor", 1, 1, svmRegressor, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
};

} // namespace

llvm::ArrayRef<OpImporter> mlLinearOps() { return rows; }

} // namespace burin::importer
