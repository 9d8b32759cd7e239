// Ensembles of decision trees: one table of nodes, walked by nn.tree_ensemble, and what becomes of its scores.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/MlScores.h"
#include "frontend/onnx/ops/TreeTables.h"
#include "ir/nn/ops/TreeEnsemble.h"

#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace burin::importer {
using namespace mlir;
using nn::CompareKind;
using nn::TreeKind;

namespace {

enum class Aggregate { Average, Sum, Min, Max }; // in the order of TreeEnsemble-5

/// The trees of a node.
struct Ensemble {
  std::vector<TreeNode> nodes;
  std::vector<size_t> roots;
  int64_t targets = 0;
  bool isDouble = false; ///< thresholds or weights have double precision

  /// The same trees with weight 1 everywhere: their sums say how many trees have a weight for a target.
  Ensemble counting() const {
    Ensemble ones = *this;
    for (TreeNode &n : ones.nodes)
      for (LeafWeight &w : n.weights)
        w.weight = 1;
    return ones;
  }
};

// --- reading ---------------------------------------------------------------------------------------------------------

/// Nodes by (tree, node) as TreeEnsembleClassifier and TreeEnsembleRegressor name them.
using NodeIds = std::map<std::pair<int64_t, int64_t>, size_t>;

std::optional<TreeTest> testNamed(StringRef name) {
  const StringRef known[] = {"BRANCH_LEQ", "BRANCH_LT",  "BRANCH_GTE",    "BRANCH_GT",
                             "BRANCH_EQ",  "BRANCH_NEQ", "BRANCH_MEMBER", "LEAF"};
  const auto *found = llvm::find(known, name);
  const auto test = static_cast<TreeTest>(found - known);
  return found == std::end(known) || test == TreeTest::Member ? std::nullopt : std::optional(test);
}

/// Children by their ids, and the roots: nodes that are nobody's child.
bool linkNodes(NodeContext &n, Ensemble &e, const NodeIds &ids, ArrayRef<int64_t> trees, ArrayRef<int64_t> whenTrue,
               ArrayRef<int64_t> whenFalse) {
  std::vector<bool> isChild(e.nodes.size(), false);
  for (size_t i = 0; i < e.nodes.size(); ++i) {
    TreeNode &node = e.nodes[i];
    if (node.test == TreeTest::Leaf)
      continue;
    auto child = [&](int64_t id, size_t &place) {
      auto it = ids.find({trees[i], id});
      if (!n.require(it != ids.end(), "tree " + Twine(trees[i]) + " has no node " + Twine(id)))
        return false;
      place = it->second;
      isChild[place] = true;
      return true;
    };
    if (!child(whenTrue[i], node.whenTrue) || !child(whenFalse[i], node.whenFalse))
      return false;
  }
  for (size_t i = 0; i < e.nodes.size(); ++i)
    if (!isChild[i])
      e.roots.push_back(i);
  return n.require(!e.roots.empty(), "no tree has a root");
}

/// The nodes_* attributes of TreeEnsembleClassifier and TreeEnsembleRegressor.
bool readNodes(NodeContext &n, Ensemble &e, NodeIds &ids) {
  const Shape trees = n.intsAttr("nodes_treeids", Shape()), nodes = n.intsAttr("nodes_nodeids", Shape()),
              features = n.intsAttr("nodes_featureids", Shape()), whenTrue = n.intsAttr("nodes_truenodeids", Shape()),
              whenFalse = n.intsAttr("nodes_falsenodeids", Shape()),
              missing = n.intsAttr("nodes_missing_value_tracks_true", Shape());
  const auto modes = n.stringsAttr("nodes_modes").value_or(std::vector<std::string>());
  const SmallVector<double> values = realsAttr(n, "nodes_values");
  const size_t count = nodes.size();
  if (!n.require(count > 0 && trees.size() == count && features.size() == count && whenTrue.size() == count &&
                     whenFalse.size() == count && modes.size() == count && values.size() == count &&
                     (missing.empty() || missing.size() == count),
                 "the nodes_* attributes are absent or have different lengths"))
    return false;
  for (size_t i = 0; i < count; ++i) {
    auto test = testNamed(modes[i]);
    if (!n.require(test.has_value(), "a node has an unknown mode " + quoteName(modes[i])) ||
        !n.require(ids.try_emplace({trees[i], nodes[i]}, i).second,
                   "tree " + Twine(trees[i]) + " has two nodes " + Twine(nodes[i])))
      return false;
    e.nodes.push_back({.test = *test,
                       .feature = *test == TreeTest::Leaf ? 0 : features[i],
                       .threshold = values[i],
                       .nanIsTrue = !missing.empty() && missing[i] != 0});
  }
  e.isDouble = e.isDouble || isDoubleAttr(n, "nodes_values");
  return linkNodes(n, e, ids, trees, whenTrue, whenFalse);
}

/// The weights of leaves: attributes `prefix`_treeids, _nodeids, _ids, _weights. Those of other nodes mean nothing.
bool readWeights(NodeContext &n, Ensemble &e, const NodeIds &ids, const std::string &prefix) {
  const Shape trees = n.intsAttr(prefix + "_treeids", Shape()), nodes = n.intsAttr(prefix + "_nodeids", Shape()),
              targets = n.intsAttr(prefix + "_ids", Shape());
  const SmallVector<double> weights = realsAttr(n, prefix + "_weights");
  if (!n.require(trees.size() == nodes.size() && trees.size() == targets.size() && trees.size() == weights.size(),
                 "the " + prefix + "_* attributes have different lengths"))
    return false;
  for (size_t i = 0; i < trees.size(); ++i) {
    auto it = ids.find({trees[i], nodes[i]});
    if (!n.require(it != ids.end(), "a weight belongs to a node that doesn't exist") ||
        !n.require(targets[i] >= 0 && targets[i] < e.targets,
                   "a weight is for target " + Twine(targets[i]) + " of " + Twine(e.targets)))
      return false;
    if (e.nodes[it->second].test == TreeTest::Leaf)
      e.nodes[it->second].weights.push_back({targets[i], weights[i]});
  }
  e.isDouble = e.isDouble || isDoubleAttr(n, prefix + "_weights");
  return true;
}

/// The numbers of a tensor attribute; none if it is absent.
SmallVector<double> tensorNumbers(NodeContext &n, StringRef name) {
  Value tensor = n.tensorAttr(name);
  return (tensor ? n.numbers(tensor) : std::nullopt).value_or(SmallVector<double>());
}

/// Attributes of TreeEnsemble-5: inner nodes first, then the leaves. Sets of BRANCH_MEMBER follow each other in
/// membership_values, a NaN behind each.
bool readEnsemble5(NodeContext &n, Ensemble &e) {
  const Shape features = n.intsAttr("nodes_featureids", Shape()), whenTrue = n.intsAttr("nodes_truenodeids", Shape()),
              whenFalse = n.intsAttr("nodes_falsenodeids", Shape()), trueLeafs = n.intsAttr("nodes_trueleafs", Shape()),
              falseLeafs = n.intsAttr("nodes_falseleafs", Shape()), roots = n.intsAttr("tree_roots", Shape()),
              missing = n.intsAttr("nodes_missing_value_tracks_true", Shape()),
              targets = n.intsAttr("leaf_targetids", Shape());
  const SmallVector<double> modes = tensorNumbers(n, "nodes_modes"), splits = tensorNumbers(n, "nodes_splits"),
                            weights = tensorNumbers(n, "leaf_weights"), members = tensorNumbers(n, "membership_values");
  const size_t inner = features.size(), leaves = targets.size();
  if (!n.require(inner > 0 && whenTrue.size() == inner && whenFalse.size() == inner && trueLeafs.size() == inner &&
                     falseLeafs.size() == inner && modes.size() == inner && splits.size() == inner &&
                     (missing.empty() || missing.size() == inner) && leaves == weights.size() && !roots.empty(),
                 "the attributes of nodes or leaves are absent or have different lengths"))
    return false;
  auto child = [&](int64_t id, bool isLeaf) -> size_t {
    n.require(id >= 0 && static_cast<size_t>(id) < (isLeaf ? leaves : inner), "a node has a child that doesn't exist");
    return isLeaf ? inner + static_cast<size_t>(id) : static_cast<size_t>(id);
  };
  const double *member = members.begin();
  for (size_t i = 0; i < inner; ++i) {
    if (!n.require(modes[i] >= 0 && modes[i] <= static_cast<int>(TreeTest::Member), "a node has an unknown mode"))
      return false;
    TreeNode node{.test = static_cast<TreeTest>(modes[i]),
                  .feature = features[i],
                  .threshold = splits[i],
                  .nanIsTrue = !missing.empty() && missing[i] != 0,
                  .whenTrue = child(whenTrue[i], trueLeafs[i] != 0),
                  .whenFalse = child(whenFalse[i], falseLeafs[i] != 0)};
    for (; node.test == TreeTest::Member && member != members.end() && !std::isnan(*member); ++member)
      node.members.push_back(*member);
    if (node.test == TreeTest::Member && member != members.end())
      ++member;
    e.nodes.push_back(std::move(node));
  }
  for (size_t i = 0; i < leaves; ++i) {
    n.require(targets[i] >= 0 && targets[i] < e.targets,
              "a leaf is for target " + Twine(targets[i]) + " of " + Twine(e.targets));
    e.nodes.push_back({.weights = {{targets[i], weights[i]}}});
  }
  for (int64_t root : roots)
    e.roots.push_back(child(root, false));
  return !n.failed();
}

// --- evaluating ------------------------------------------------------------------------------------------------------

/// y [N, targets] of the trees for the rows of `x`, which has the type of the scores.
Value evaluate(NodeContext &n, const Ensemble &e, Value x, TreeKind kind) {
  for (const TreeNode &node : e.nodes)
    if (!n.require(node.feature >= 0 && (node.test == TreeTest::Leaf || node.feature < n.dim(x, 1)),
                   "a node tests feature " + Twine(node.feature) + " of " + Twine(n.dim(x, 1))))
      return {};
  std::string problem;
  auto tables = layOutTrees(e.nodes, e.roots, problem);
  if (!n.require(tables.has_value(), problem))
    return {};
  auto fits16 = [](uint32_t v) { return v <= UINT16_MAX; };
  const bool narrow = llvm::all_of(tables->feature, fits16) && llvm::all_of(tables->jump, fits16);
  auto table = [&](const auto &values, unsigned bits) {
    return n.ints(Shape(values.begin(), values.end()), {static_cast<int64_t>(values.size())},
                  IntegerType::get(n.context(), bits, IntegerType::Unsigned));
  };
  Value value = n.floats(tables->value, {static_cast<int64_t>(tables->value.size())}, n.element(x));
  return n.make<nn::TreeEnsembleOp>(kind, x, table(tables->roots, 32), table(tables->test, 8),
                                    table(tables->feature, narrow ? 16 : 32), table(tables->jump, narrow ? 16 : 32),
                                    value, static_cast<uint64_t>(e.targets));
}

/// Which targets the leaves that a row reaches have a weight for: known for most models.
enum class Reached { Never, Sometimes, Always };

/// For every target: Always if all leaves of some tree have a weight for it.
std::vector<Reached> reachedTargets(const Ensemble &e) {
  const auto targets = static_cast<size_t>(e.targets);
  std::vector<Reached> out(targets, Reached::Never);
  std::vector<size_t> seenBy(e.nodes.size(), SIZE_MAX); // the last tree that visited a node
  for (size_t tree = 0; tree < e.roots.size(); ++tree) {
    std::vector<size_t> open{e.roots[tree]}, leavesWith(targets, 0), countedBy(targets, SIZE_MAX);
    size_t leaves = 0;
    while (!open.empty()) {
      const size_t i = open.back();
      open.pop_back();
      if (std::exchange(seenBy[i], tree) == tree)
        continue;
      const TreeNode &node = e.nodes[i];
      if (node.test != TreeTest::Leaf) {
        open.insert(open.end(), {node.whenTrue, node.whenFalse});
        continue;
      }
      ++leaves;
      for (const LeafWeight &w : node.weights)
        if (std::exchange(countedBy[static_cast<size_t>(w.target)], i) != i)
          ++leavesWith[static_cast<size_t>(w.target)];
    }
    for (size_t k = 0; k < targets; ++k)
      if (leavesWith[k] > 0 && out[k] != Reached::Always)
        out[k] = leavesWith[k] == leaves ? Reached::Always : Reached::Sometimes;
  }
  return out;
}

/// Bool [N or 1, targets]: whether a leaf that the row reaches has a weight for the target. Null if all always have.
Value reached(NodeContext &n, const Ensemble &e, Value x) {
  const std::vector<Reached> known = reachedTargets(e);
  if (llvm::all_of(known, [](Reached r) { return r == Reached::Always; }))
    return {};
  if (llvm::is_contained(known, Reached::Sometimes)) {
    Value count = evaluate(n, e.counting(), x, TreeKind::tree_sum);
    return n.compare(CompareKind::greater, count, n.scalarLike(count, 0));
  }
  Shape flags;
  for (Reached r : known)
    flags.push_back(r == Reached::Always);
  return n.ints(flags, {1, e.targets}, n.i1());
}

/// The input in the type that scores are computed in.
Value scoreInput(NodeContext &n, const Ensemble &e) {
  Value x = featureMatrix(n, /*keepDouble=*/true);
  return e.isDouble ? n.cast(x, n.f64()) : x;
}

/// The scores of a regression: aggregated over the trees, base values added, transformed.
Value regression(NodeContext &n, const Ensemble &e, Aggregate aggregate, ArrayRef<double> base,
                 PostTransform transform) {
  Value x = scoreInput(n, e);
  const bool isExtreme = aggregate == Aggregate::Min || aggregate == Aggregate::Max;
  Value y = evaluate(n, e, x,
                     aggregate == Aggregate::Min   ? TreeKind::tree_min
                     : aggregate == Aggregate::Max ? TreeKind::tree_max
                                                   : TreeKind::tree_sum);
  // As in ONNX Runtime, a target without a weight gets 0, no base value.
  Value flags = isExtreme || !base.empty() ? reached(n, e, x) : Value();
  if (flags && isExtreme)
    y = n.select(flags, y, n.scalarLike(y, 0));
  if (aggregate == Aggregate::Average)
    y = n.div(y, n.scalarLike(y, static_cast<double>(e.roots.size())));
  if (static_cast<int64_t>(base.size()) == e.targets)
    y = n.add(y, n.floats(base, {1, e.targets}, n.element(y)));
  if (flags && e.targets > 1)
    y = n.select(flags, y, n.scalarLike(y, 0));
  // A single target knows no other class, and ONNX Runtime transforms it by Probit only.
  return e.targets == 1 && transform != PostTransform::Probit ? y : transformScores(n, y, transform);
}

/// The most targets of a regression: tables have one entry for each, whether it has weights or not.
constexpr int64_t maxTargets = 1 << 16;

bool readTargets(NodeContext &n, Ensemble &e) {
  e.targets = n.intAttr("n_targets", 1);
  return n.require(e.targets >= 1, "\"n_targets\" must be positive") &&
         n.support(e.targets <= maxTargets, "more than " + Twine(maxTargets) + " targets are not supported");
}

void treeEnsembleRegressor(NodeContext &n) {
  Ensemble e;
  NodeIds ids;
  if (!readTargets(n, e) || !readNodes(n, e, ids) || !readWeights(n, e, ids, "target"))
    return;
  const std::string name = n.stringAttr("aggregate_function", "SUM");
  const StringRef known[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  const auto *found = llvm::find(known, name);
  const SmallVector<double> base = realsAttr(n, "base_values");
  if (!n.require(found != std::end(known), "\"aggregate_function\" has an unknown value"))
    return;
  Value y = regression(n, e, static_cast<Aggregate>(found - known), base, postTransformAttr(n));
  n.output(n.cast(y, n.f32()));
}

void treeEnsemble(NodeContext &n) {
  Ensemble e;
  if (!readTargets(n, e) || !readEnsemble5(n, e))
    return;
  const int64_t aggregate = n.intAttr("aggregate_function", 1), transform = n.intAttr("post_transform", 0);
  if (n.require(aggregate >= 0 && aggregate <= 3, "\"aggregate_function\" has an unknown value") &&
      n.require(transform >= 0 && transform <= 4, "\"post_transform\" has an unknown value"))
    n.output(regression(n, e, static_cast<Aggregate>(aggregate), {}, static_cast<PostTransform>(transform)));
}

// --- classification --------------------------------------------------------------------------------------------------

/// The classifier of one node. What ONNX leaves open (scores of two classes that come from one weight, missing base
/// values) is as in ONNX Runtime.
class Classifier {
public:
  explicit Classifier(NodeContext &n) : n(n) {}

  void run() {
    labels = classLabels(n, "classlabels_int64s");
    e.targets = n.dim(labels, 0);
    NodeIds ids;
    if (n.failed() || !n.support(e.targets >= 2, "a classifier of one class is not supported") ||
        !readNodes(n, e, ids) || !readWeights(n, e, ids, "class"))
      return;
    base = realsAttr(n, "base_values");
    transform = postTransformAttr(n);
    Value x = scoreInput(n, e);
    scores = evaluate(n, e, x, TreeKind::tree_sum);
    flags = reached(n, e, x);
    if (e.targets > 2)
      severalClasses();
    else
      twoClasses();
  }

private:
  void severalClasses() {
    if (n.require(base.size() <= static_cast<size_t>(e.targets), "there are more base values than classes") &&
        !base.empty()) {
      Shape isReached(e.targets, 0); // a class with a base value has a score in any case
      std::fill_n(isReached.begin(), base.size(), 1);
      base.resize(static_cast<size_t>(e.targets), 0.0);
      scores = n.add(scores, n.floats(base, {1, e.targets}, n.element(scores)));
      if (flags)
        flags = n.binary(nn::BinaryKind::logical_or, flags, n.ints(isReached, {1, e.targets}, n.i1()));
    }
    // Classes without a score can't win, even if all others are negative.
    Value candidates = flags ? n.select(flags, scores, n.scalarLike(scores, -INFINITY)) : scores;
    finish(bestLabel(n, labels, candidates), transformScores(n, scores, transform));
  }

  Value column(Value v, int64_t k) { return n.sliceAxis(v, 1, k, 1); }
  Value plus(Value v, double summand) { return summand == 0 ? v : n.add(v, n.scalarLike(v, summand)); }

  /// Whether only one of the two classes has weights: they are of the second, and the first has what is left.
  bool hasOneClass() const {
    std::set<int64_t> classes;
    for (const TreeNode &node : e.nodes)
      for (const LeafWeight &w : node.weights)
        classes.insert(w.target);
    return classes.size() == 1;
  }

  bool weightsArePositive() const {
    return llvm::all_of(e.nodes, [](const TreeNode &node) {
      return llvm::all_of(node.weights, [](const LeafWeight &w) { return w.weight >= 0; });
    });
  }

  Value reachedColumn(int64_t k) { return flags ? column(flags, k) : n.ints({1}, {1, 1}, n.i1()); }
  Value orZero(Value condition, Value v) { return n.select(condition, v, n.scalarLike(v, 0)); }

  void twoClasses() {
    Value first = column(scores, 0), second = column(scores, 1);
    Value hasFirst = reachedColumn(0), hasSecond = reachedColumn(1);
    if (base.size() == 2) {
      // With weights for the second class, the scores of both become one number and its negative.
      Value joint = plus(first, base[1]);
      first = n.select(hasSecond, n.unary(nn::UnaryKind::neg, joint), plus(first, base[0]));
      second = joint;
    } else if (base.size() == 1) {
      first = plus(first, base[0]);
    }
    const bool oneClass = hasOneClass(), areProbabilities = oneClass && weightsArePositive();
    Value decisive = n.select(hasSecond, second, orZero(hasFirst, first));
    Value isSecond = n.compare(CompareKind::greater, decisive, n.scalarLike(decisive, areProbabilities ? 0.5 : 0));
    Value both = n.concat({orZero(hasFirst, first), orZero(hasSecond, second)}, 1);
    both = transformScores(n, both, transform);
    if (base.size() != 2)
      both = n.select(hasSecond, both, twoClassScores(n, first, transform, areProbabilities));
    // Where both classes have weights, ONNX Runtime knows the labels 0 and 1 only.
    finish(secondLabelWhere(n, oneClass ? labels : n.ints({0, 1}), isSecond), both);
  }

  void finish(Value label, Value y) {
    n.output(0, label);
    n.output(1, n.cast(y, n.f32()));
  }

  NodeContext &n;
  Ensemble e;
  SmallVector<double> base;
  PostTransform transform = PostTransform::None;
  Value labels, scores, flags;
};

void treeEnsembleClassifier(NodeContext &n) { Classifier(n).run(); }

constexpr OpImporter rows[] = {
    {"TreeEnsemble", 1, 1, treeEnsemble, types::float16 | types::float32 | types::float64, Half::Compute, 0, "", 5, 0,
     mlDomain},
    {"TreeEnsembleClassifier", 1, 1, treeEnsembleClassifier, types::tabular, Half::Move, 0,
     "string labels are given as their places in the list", 1, 0, mlDomain},
    {"TreeEnsembleRegressor", 1, 1, treeEnsembleRegressor, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
};

} // namespace

llvm::ArrayRef<OpImporter> mlTreeOps() { return rows; }

} // namespace burin::importer
