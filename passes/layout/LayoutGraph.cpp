#include "passes/layout/LayoutGraph.h"

#include "ir/nn/Constants.h"
#include "ir/nn/ops/Transpose.h"
#include "passes/layout/MinCut.h"

#include <deque>
#include <map>

namespace burin::nn {
using namespace mlir;

namespace {

/// More hypotheses than this are not tried; programs have two or three.
constexpr size_t maxLabels = 16;

/// What a transposed value costs: its bytes; among equal ones, fewer transposes are better.
int64_t weight(Value v) { return byteSize(tensorType(v)) * 16 + 1; }

} // namespace

TransposedSource stripTransposes(Value v) {
  AxisOrder order = identityOrder(tensorType(v).getRank());
  while (auto transpose = v.getDefiningOp<TransposeOp>()) {
    order = composePermutations(transpose.getPerm(), order);
    v = transpose.getX();
  }
  return {v, order};
}

LayoutGraph::LayoutGraph(Block &block) {
  for (Operation &op : block)
    if (isFlexible(&op)) {
      numberOf[&op] = static_cast<int>(nodes.size());
      nodes.push_back(&op);
    }
  for (Operation &op : block)
    if (!isa<TransposeOp>(op))
      addUses(&op);
  Label identity;
  for (Operation *op : nodes)
    identity.push_back(identityOrder(tensorType(op->getResult(0)).getRank()));
  labels.push_back(std::move(identity));
  chosen.assign(nodes.size(), 0);
}

void LayoutGraph::addUses(Operation *op) {
  auto node = numberOf.find(op);
  for (auto [i, v] : llvm::enumerate(op->getOperands())) {
    auto [value, through] = stripTransposes(v);
    if (definingConstant(value))
      continue;
    Source &source = sources[value];
    auto producer = numberOf.find(value.getDefiningOp());
    source.node = producer == numberOf.end() ? fixed : producer->second;
    source.uses.push_back({node == numberOf.end() ? fixed : node->second, static_cast<unsigned>(i), through, op});
  }
}

bool LayoutGraph::accepts(int node, ArrayRef<int64_t> order) const {
  Operation *op = nodes[node];
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (!operandOrder(op, i, order))
      return false;
  return true;
}

void LayoutGraph::propagate(Label &label, int start, const AxisOrder &order) const {
  std::deque<int> queue;
  auto assign = [&](int node, const std::optional<AxisOrder> &wanted) {
    if (node == fixed || !wanted || !label[node].empty() || !accepts(node, *wanted))
      return;
    label[node] = *wanted;
    queue.push_back(node);
  };
  for (assign(start, order); !queue.empty(); queue.pop_front()) {
    Operation *op = nodes[queue.front()];
    const AxisOrder own = label[queue.front()];
    for (auto [i, v] : llvm::enumerate(op->getOperands())) {
      auto [value, through] = stripTransposes(v);
      auto producer = numberOf.find(value.getDefiningOp());
      if (producer != numberOf.end())
        assign(producer->second, composePermutations(through, *operandOrder(op, i, own)));
    }
    auto source = sources.find(op->getResult(0));
    if (source == sources.end())
      continue;
    for (const Use &use : source->second.uses)
      if (use.node != fixed)
        assign(use.node, resultOrder(use.user, use.operand, composePermutations(inversePermutation(use.through), own)));
  }
}

void LayoutGraph::seed(int node, const std::optional<AxisOrder> &order) {
  if (node == fixed || !order || !accepts(node, *order))
    return;
  if (llvm::any_of(labels, [&](const Label &label) { return label[node] == *order; }))
    return;
  // Parts of the program that don't touch each other share a label.
  auto room = llvm::find_if(labels, [&](const Label &label) { return label[node].empty(); });
  if (room == labels.end()) {
    if (labels.size() == maxLabels)
      return;
    labels.emplace_back(nodes.size());
    room = labels.end() - 1;
  }
  propagate(*room, node, *order);
}

/// Wherever a value must move now, two orders would spare it: the producer's in the user's, and the user's in the
/// producer's.
void LayoutGraph::seedLabels() {
  for (auto &[value, source] : sources)
    for (const Use &use : source.uses) {
      if (storedAxes(value, source, chosen) == neededAxes(value, use, chosen))
        continue;
      seed(source.node, use.through);
      seed(use.node,
           use.node == fixed ? std::nullopt : resultOrder(use.user, use.operand, inversePermutation(use.through)));
    }
}

AxisOrder LayoutGraph::storedAxes(Value value, const Source &source, const Choice &choice) const {
  const AxisOrder order =
      source.node == fixed ? identityOrder(tensorType(value).getRank()) : labels[choice[source.node]][source.node];
  return longAxes(shapeOf(value), order);
}

AxisOrder LayoutGraph::neededAxes(Value value, const Use &use, const Choice &choice) const {
  if (use.node == fixed)
    return longAxes(shapeOf(value), use.through);
  const AxisOrder own = *operandOrder(use.user, use.operand, labels[choice[use.node]][use.node]);
  return longAxes(shapeOf(value), composePermutations(use.through, own));
}

int64_t LayoutGraph::cost(const Choice &choice, bool inBytes) const {
  int64_t total = 0;
  for (const auto &[value, source] : sources) {
    const AxisOrder stored = storedAxes(value, source, choice);
    SmallVector<AxisOrder, 4> others;
    for (const Use &use : source.uses) {
      AxisOrder needed = neededAxes(value, use, choice);
      if (needed != stored && !llvm::is_contained(others, needed))
        others.push_back(std::move(needed));
    }
    total += static_cast<int64_t>(others.size()) * (inBytes ? byteSize(tensorType(value)) : weight(value));
  }
  return total;
}

int64_t LayoutGraph::movedBytes() const { return cost(chosen, /*inBytes=*/true); }

/// The cost of one value as edges of the cut; a node with the source switches. Users are grouped by the order that they
/// need now. A group costs if one of it stays while the producer stores something else; the switching users together
/// cost if the producer stays. Each "one of them" is a node of its own, so that the value is paid once.
void LayoutGraph::addCosts(MinCut &cut, ArrayRef<int> cutNode, Value value, const Source &source,
                           const Choice &switched) const {
  const int64_t bytes = weight(value);
  auto variable = [&](int node) { return node == fixed ? MinCut::sink : cutNode[node]; };
  const int producer = variable(source.node);
  const AxisOrder storedNow = storedAxes(value, source, chosen), storedThen = storedAxes(value, source, switched);
  std::map<AxisOrder, std::vector<int>> stayers, switchers;
  for (const Use &use : source.uses) {
    stayers[neededAxes(value, use, chosen)].push_back(variable(use.node));
    if (variable(use.node) != MinCut::sink)
      switchers[neededAxes(value, use, switched)].push_back(variable(use.node));
  }
  for (const auto &[needed, users] : stayers) {
    if (needed == storedThen) {
      if (needed != storedNow)
        cut.addEdge(MinCut::source, producer, bytes);
      continue;
    }
    const int all = cut.addNode(); // with the source only if all users are
    for (int user : users)
      cut.addEdge(all, user, MinCut::uncuttable);
    cut.addEdge(needed == storedNow ? producer : MinCut::source, all, bytes);
  }
  for (const auto &[needed, users] : switchers) {
    const bool alreadyPaid = stayers.count(needed) && needed != storedNow;
    if (needed == storedNow || alreadyPaid)
      continue;
    const int any = cut.addNode(); // with the source if one user is
    for (int user : users)
      cut.addEdge(user, any, MinCut::uncuttable);
    cut.addEdge(any, needed == storedThen ? producer : MinCut::sink, bytes);
  }
}

bool LayoutGraph::expand(int label) {
  MinCut cut;
  Choice switched = chosen;
  std::vector<int> cutNode(nodes.size(), MinCut::sink);
  for (size_t node = 0; node < nodes.size(); ++node)
    if (chosen[node] != label && !labels[label][node].empty()) {
      cutNode[node] = cut.addNode();
      switched[node] = label;
    }
  for (const auto &[value, source] : sources)
    addCosts(cut, cutNode, value, source, switched);
  cut.solve();
  Choice moved = chosen;
  for (size_t node = 0; node < nodes.size(); ++node)
    if (cutNode[node] != MinCut::sink && cut.withSource(cutNode[node]))
      moved[node] = label;
  if (cost(moved, false) >= cost(chosen, false))
    return false;
  chosen = std::move(moved);
  return true;
}

void LayoutGraph::solve() {
  seedLabels();
  for (bool improved = true; improved;) {
    improved = false;
    for (size_t label = 0; label < labels.size(); ++label)
      improved |= expand(static_cast<int>(label));
  }
}

AxisOrder LayoutGraph::orderOf(Operation *op) const {
  auto node = numberOf.find(op);
  if (node == numberOf.end())
    return identityOrder(tensorType(op->getResult(0)).getRank());
  return labels[chosen[node->second]][node->second];
}

} // namespace burin::nn
