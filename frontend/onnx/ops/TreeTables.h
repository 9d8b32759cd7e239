// Decision trees of any ONNX form as the node tables of nn.tree_ensemble.
#ifndef BURIN_FRONTEND_ONNX_OPS_TREETABLES_H
#define BURIN_FRONTEND_ONNX_OPS_TREETABLES_H

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::importer {

/// How a node compares the feature's value v with its threshold t; ONNX's BRANCH_LEQ ... BRANCH_MEMBER in the order of
/// TreeEnsemble-5.
enum class TreeTest { LessEqual, Less, GreaterEqual, Greater, Equal, NotEqual, Member, Leaf };

/// The weight of a leaf for one target.
struct LeafWeight {
  int64_t target;
  double weight;
};

/// A node as ONNX has it.
struct TreeNode {
  TreeTest test = TreeTest::Leaf;
  int64_t feature = 0;
  double threshold = 0;
  bool nanIsTrue = false;             ///< a NaN takes the true branch, whatever the test says
  size_t whenTrue = 0, whenFalse = 0; ///< nodes; leaves have none
  std::vector<double> members{};      ///< of Member
  std::vector<LeafWeight> weights{};  ///< of leaves
};

/// The tables of nn.tree_ensemble, whose description says what they mean.
struct TreeTables {
  std::vector<uint32_t> roots, feature, jump;
  std::vector<uint8_t> test;
  std::vector<double> value;
};

/// Lays the nodes that the roots reach out in one table, parents before children, so that every jump leads forward: the
/// size is that of the trees, plus one entry per further weight of a leaf and per further member of a set. Nodes may
/// have several parents. Nothing, and `problem` says why, if they form a cycle or are too many (2^31).
std::optional<TreeTables> layOutTrees(llvm::ArrayRef<TreeNode> nodes, llvm::ArrayRef<size_t> roots,
                                      std::string &problem);

} // namespace burin::importer

#endif
