#include "frontend/onnx/ops/TreeTables.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace burin::importer {

namespace {

// Outcomes of a comparison, and the kinds of leaves: nn.tree_ensemble.
constexpr uint8_t less = 1, equal = 2, greater = 4, unordered = 8;
constexpr uint8_t lastEntry = 16, entry = 17, emptyLeaf = 18;

/// The outcomes with which a test is true.
uint8_t outcomes(TreeTest test) {
  switch (test) {
  case TreeTest::LessEqual:
    return less | equal;
  case TreeTest::Less:
    return less;
  case TreeTest::GreaterEqual:
    return greater | equal;
  case TreeTest::Greater:
    return greater;
  case TreeTest::Equal:
    return equal;
  default:
    return less | greater | unordered;
  }
}

class Layout {
public:
  Layout(llvm::ArrayRef<TreeNode> nodes, llvm::ArrayRef<size_t> roots) : nodes(nodes), roots(roots) {}

  std::optional<TreeTables> run(std::string &problem) {
    if (!sort()) {
      problem = "the nodes of a tree form a cycle";
      return std::nullopt;
    }
    std::reverse(order.begin(), order.end());
    if (!place()) {
      problem = "the trees have too many nodes";
      return std::nullopt;
    }
    for (size_t k = 0; k < order.size(); ++k)
      emit(k);
    for (size_t root : roots)
      tables.roots.push_back(at[root]);
    return std::move(tables);
  }

private:
  /// The child that follows its parent in the table, and the one that a jump leads to. A set is tested member by
  /// member, and each that matches jumps.
  size_t following(const TreeNode &n) const { return n.test == TreeTest::Member ? n.whenFalse : n.whenTrue; }
  size_t jumpedTo(const TreeNode &n) const { return n.test == TreeTest::Member ? n.whenTrue : n.whenFalse; }

  /// Children before parents, by a search in depth without recursion. False if there is a cycle.
  bool sort() {
    enum : uint8_t { Unseen, OneChildSeen, ChildrenSeen, Done };
    std::vector<uint8_t> state(nodes.size(), Unseen);
    std::vector<size_t> open; // from the root down; all but the last have a state between Unseen and Done
    // The last finished comes first in the table: the first root, and of two children the one that follows.
    for (size_t root : llvm::reverse(roots)) {
      open.push_back(root);
      while (!open.empty()) {
        const size_t i = open.back();
        if (state[i] == ChildrenSeen || (state[i] == Unseen && nodes[i].test == TreeTest::Leaf)) {
          order.push_back(i);
          state[i] = Done;
        }
        if (state[i] == Done) {
          open.pop_back();
          continue;
        }
        const size_t child = state[i] == Unseen ? jumpedTo(nodes[i]) : following(nodes[i]);
        ++state[i];
        if (state[child] == OneChildSeen || state[child] == ChildrenSeen)
          return false;
        open.push_back(child);
      }
    }
    return true;
  }

  /// Entries that node `n` itself takes.
  static size_t sizeOf(const TreeNode &n) {
    if (n.test == TreeTest::Leaf)
      return std::max<size_t>(n.weights.size(), 1);
    return n.test == TreeTest::Member ? std::max<size_t>(n.members.size() + (n.nanIsTrue ? 1 : 0), 1) : 1;
  }

  /// Whether the node's follower doesn't follow it, so that it needs a jump of its own.
  bool needsJump(size_t k) const {
    const TreeNode &n = nodes[order[k]];
    return n.test != TreeTest::Leaf && (k + 1 == order.size() || order[k + 1] != following(n));
  }

  /// Where each node begins. False if that is too far.
  bool place() {
    at.assign(nodes.size(), 0);
    uint64_t next = 0;
    for (size_t k = 0; k < order.size(); ++k) {
      at[order[k]] = static_cast<uint32_t>(next);
      next += sizeOf(nodes[order[k]]) + (needsJump(k) ? 1 : 0);
      if (next >= uint64_t(1) << 31)
        return false;
    }
    return true;
  }

  void push(uint8_t test, int64_t feature, double value, size_t jumpTarget) {
    const size_t here = tables.test.size();
    tables.test.push_back(test);
    tables.feature.push_back(static_cast<uint32_t>(feature));
    tables.value.push_back(value);
    tables.jump.push_back(static_cast<uint32_t>(jumpTarget - here));
  }
  /// An entry that goes to the next one on the outcomes of `test`, else to node `child`.
  void pushTest(uint8_t test, int64_t feature, double value, size_t child) { push(test, feature, value, at[child]); }
  void pushLeaf(uint8_t kind, LeafWeight w) { push(kind, w.target, w.weight, tables.test.size()); }

  void emit(size_t k) {
    const TreeNode &n = nodes[order[k]];
    if (n.test == TreeTest::Leaf)
      return emitLeaf(n);
    if (n.test == TreeTest::Member)
      emitMembers(n);
    else
      emitTest(n);
    if (needsJump(k))
      pushTest(0, n.feature, 0, following(n));
  }

  void emitLeaf(const TreeNode &n) {
    if (n.weights.empty())
      pushLeaf(emptyLeaf, {0, 0});
    for (size_t i = 0; i < n.weights.size(); ++i)
      pushLeaf(i + 1 < n.weights.size() ? entry : lastEntry, n.weights[i]);
  }

  void emitTest(const TreeNode &n) {
    uint8_t test = outcomes(n.test);
    double threshold = n.threshold;
    if (std::isnan(threshold)) { // no number compares with it, but a NaN feature is still told apart
      test = n.test == TreeTest::NotEqual ? less | equal | greater | unordered : 0;
      threshold = 0;
    }
    pushTest(test | (n.nanIsTrue ? unordered : 0), n.feature, threshold, n.whenFalse);
  }

  void emitMembers(const TreeNode &n) {
    if (n.nanIsTrue)
      pushTest(less | equal | greater, n.feature, 0, n.whenTrue);
    for (double member : n.members)
      pushTest(less | greater | unordered, n.feature, member, n.whenTrue);
    if (n.members.empty() && !n.nanIsTrue)
      pushTest(less | equal | greater | unordered, n.feature, 0, n.whenTrue);
  }

  llvm::ArrayRef<TreeNode> nodes;
  llvm::ArrayRef<size_t> roots;
  std::vector<size_t> order;
  std::vector<uint32_t> at; ///< by node
  TreeTables tables;
};

} // namespace

std::optional<TreeTables> layOutTrees(llvm::ArrayRef<TreeNode> nodes, llvm::ArrayRef<size_t> roots,
                                      std::string &problem) {
  return Layout(nodes, roots).run(problem);
}

} // namespace burin::importer
