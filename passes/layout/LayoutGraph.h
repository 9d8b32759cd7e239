// Which axis order every operator computes in: the choice that moves the fewest bytes.
#ifndef BURIN_PASSES_LAYOUT_LAYOUTGRAPH_H
#define BURIN_PASSES_LAYOUT_LAYOUTGRAPH_H

#include "passes/layout/AxisOrder.h"

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace burin {
class MinCut;
}

namespace burin::nn {

/// A value behind a chain of transposes: v = transpose(source, order).
struct TransposedSource {
  mlir::Value source;
  AxisOrder order;
};
TransposedSource stripTransposes(mlir::Value v);

/// A labelling problem. Nodes are the flexible operators; a label is a hypothesis of one axis order for every node,
/// consistent across operators and transposes, so that values of equal label meet without moving. A value costs its
/// bytes once for each further order that its users need; constants cost nothing. Solved by expansion moves: a minimum
/// cut decides which nodes switch to one label at once (Boykov, Veksler, Zabih: Fast approximate energy minimization
/// via graph cuts, 2001). Only moves that lower the cost are taken, so the result never moves more bytes than the
/// program did.
class LayoutGraph {
public:
  explicit LayoutGraph(mlir::Block &block);

  /// Chooses labels. Afterwards orderOf is the choice.
  void solve();
  /// The order in which flexible `op` stores its result; the identity for every other operator.
  AxisOrder orderOf(mlir::Operation *op) const;
  /// Bytes that the transposes of the present choice move.
  int64_t movedBytes() const;

private:
  static constexpr int fixed = -1; ///< node number of what is stored, or read, as it is
  struct Use {
    int node;
    unsigned operand;
    AxisOrder through; ///< the operand is transpose(source, through)
    mlir::Operation *user;
  };
  struct Source {
    int node = fixed;
    std::vector<Use> uses;
  };
  using Label = std::vector<AxisOrder>; ///< per node; empty: the node can't have this label
  using Choice = std::vector<int>;      ///< per node: its label

  void addUses(mlir::Operation *op);
  void seedLabels();
  void seed(int node, const std::optional<AxisOrder> &order);
  void propagate(Label &label, int node, const AxisOrder &order) const;
  bool accepts(int node, mlir::ArrayRef<int64_t> order) const;
  bool expand(int label);
  AxisOrder storedAxes(mlir::Value value, const Source &source, const Choice &choice) const;
  AxisOrder neededAxes(mlir::Value value, const Use &use, const Choice &choice) const;
  int64_t cost(const Choice &choice, bool inBytes) const;
  void addCosts(MinCut &cut, mlir::ArrayRef<int> cutNode, mlir::Value value, const Source &source,
                const Choice &switched) const;

  std::vector<mlir::Operation *> nodes;
  llvm::DenseMap<mlir::Operation *, int> numberOf;
  llvm::MapVector<mlir::Value, Source> sources;
  std::vector<Label> labels;
  Choice chosen;
};

} // namespace burin::nn

#endif
