// Names of values: defined once, before they are used. Nodes that come too early are moved.
#include "frontend/onnx/reader/Checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

using namespace burin;
using google::protobuf::RepeatedPtrField;

namespace {
using NodeList = RepeatedPtrField<onnx::NodeProto>;

/// The names that one graph or function defines: name → index of the defining node, or −1 for inputs and initialisers.
struct Scope {
  const Scope *outer = nullptr;
  std::unordered_map<std::string_view, int> definedBy{};

  bool isVisible(std::string_view name) const {
    for (const Scope *scope = this; scope; scope = scope->outer)
      if (scope->definedBy.contains(name))
        return true;
    return false;
  }
};

/// Names that a graph takes from outer scopes, in the order of their uses; a name may occur several times.
using Captures = std::vector<std::string_view>;

class NameChecker {
public:
  explicit NameChecker(DiagnosticSink &sink) : sink(sink) {}

  bool graph(onnx::GraphProto &graph, const Scope *outer, Captures &captures);
  bool function(onnx::FunctionProto &function);

private:
  bool define(Scope &scope, std::string_view name, int node, const std::string &nodeName);
  bool defineOutputs(Scope &scope, const NodeList &nodes);
  bool resolve(const Scope &scope, std::string_view name, Captures &captures, const std::string &nodeName);
  bool nodes(NodeList &nodes, const Scope &scope, Captures &captures);
  bool names(onnx::NodeProto &node, const Scope &scope, Captures &used);
  bool reportCycle(const NodeList &nodes, const std::vector<std::vector<int>> &needs, const std::vector<int> &order);

  DiagnosticSink &sink;
};
} // namespace

bool NameChecker::define(Scope &scope, std::string_view name, int node, const std::string &nodeName) {
  if (scope.definedBy.emplace(name, node).second)
    return true;
  sink.handle({.code = "BRN1103",
               .node = nodeName,
               .message = fmt::format("value {} is defined twice", quoteName(name)),
               .fix = "give each output of a node a name of its own"});
  return false;
}

bool NameChecker::defineOutputs(Scope &scope, const NodeList &nodes) {
  bool good = true;
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output())
      good &= output.empty() || define(scope, output, i, nodes[i].name());
  return good;
}

/// Records `name` in `captures` if an outer scope defines it.
bool NameChecker::resolve(const Scope &scope, std::string_view name, Captures &captures, const std::string &nodeName) {
  if (scope.definedBy.contains(name))
    return true;
  if (scope.isVisible(name)) {
    captures.push_back(name);
    return true;
  }
  sink.handle({.code = "BRN1102",
               .node = nodeName,
               .message = fmt::format("value {} is used, but nothing defines it", quoteName(name)),
               .fix = "the model was cut or edited: export it again"});
  return false;
}

/// The names that `node` and its subgraphs use.
bool NameChecker::names(onnx::NodeProto &node, const Scope &scope, Captures &used) {
  bool good = true;
  for (const std::string &input : node.input())
    if (!input.empty())
      used.push_back(input);
  for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_g())
      good &= graph(*attribute.mutable_g(), &scope, used);
    for (onnx::GraphProto &subgraph : *attribute.mutable_graphs())
      good &= graph(subgraph, &scope, used);
  }
  return good;
}

/// The order in which every node comes after those it needs, and otherwise as early as it was; shorter than `needs` if
/// there is a cycle.
static std::vector<int> stableOrder(const std::vector<std::vector<int>> &needs) {
  std::vector<std::vector<int>> users(needs.size());
  std::vector<size_t> waitingFor(needs.size());
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (size_t node = 0; node < needs.size(); ++node) {
    waitingFor[node] = needs[node].size();
    for (int needed : needs[node])
      users[static_cast<size_t>(needed)].push_back(static_cast<int>(node));
    if (needs[node].empty())
      ready.push(static_cast<int>(node));
  }
  std::vector<int> order;
  order.reserve(needs.size());
  while (!ready.empty()) {
    int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (int user : users[static_cast<size_t>(node)])
      if (--waitingFor[static_cast<size_t>(user)] == 0)
        ready.push(user);
  }
  return order;
}

/// A node that is missing in `order` needs one that is missing: going from need to need must come around.
bool NameChecker::reportCycle(const NodeList &nodes, const std::vector<std::vector<int>> &needs,
                              const std::vector<int> &order) {
  std::vector<bool> isOrdered(needs.size()), isSeen(needs.size());
  for (int node : order)
    isOrdered[static_cast<size_t>(node)] = true;
  auto current = static_cast<int>(std::find(isOrdered.begin(), isOrdered.end(), false) - isOrdered.begin());
  std::vector<int> path;
  while (!isSeen[static_cast<size_t>(current)]) {
    isSeen[static_cast<size_t>(current)] = true;
    path.push_back(current);
    const std::vector<int> &needed = needs[static_cast<size_t>(current)];
    current =
        *std::find_if(needed.begin(), needed.end(), [&](int node) { return !isOrdered[static_cast<size_t>(node)]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), current));
  path.push_back(current);
  std::reverse(path.begin(), path.end()); // from producer to user
  std::vector<std::string> shown;
  for (int node : path)
    if (shown.size() < 12)
      shown.push_back(quoteName(nodes[node].name()));
  sink.handle(
      {.code = "BRN1101",
       .node = nodes[current].name(),
       .message = "the graph has a cycle: the node needs its own result",
       .facts = {fmt::format("cycle  {}{}", fmt::join(shown, " -> "), shown.size() < path.size() ? " …" : "")}});
  return false;
}

bool NameChecker::nodes(NodeList &nodes, const Scope &scope, Captures &captures) {
  std::vector<std::vector<int>> needs(static_cast<size_t>(nodes.size()));
  bool good = true, isSorted = true;
  Captures used;
  for (int i = 0; i < nodes.size(); ++i) {
    used.clear();
    good &= names(nodes[i], scope, used);
    for (std::string_view name : used) {
      auto found = scope.definedBy.find(name);
      if (found == scope.definedBy.end()) {
        good &= resolve(scope, name, captures, nodes[i].name());
      } else if (found->second >= 0) {
        needs[static_cast<size_t>(i)].push_back(found->second);
        isSorted &= found->second < i;
      }
    }
  }
  if (!good || isSorted)
    return good;

  std::vector<int> order = stableOrder(needs);
  if (order.size() < needs.size())
    return reportCycle(nodes, needs, order);
  std::vector<onnx::NodeProto *> before(needs.size());
  nodes.ExtractSubrange(0, nodes.size(), before.data());
  for (int node : order)
    nodes.AddAllocated(before[static_cast<size_t>(node)]);
  return true;
}

bool NameChecker::graph(onnx::GraphProto &graph, const Scope *outer, Captures &captures) {
  Scope scope{outer};
  bool good = true;
  std::unordered_set<std::string_view> inputs;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    good &= define(scope, input.name(), -1, {});
    inputs.insert(input.name());
  }
  // An input may have an initialiser, its value; but only one.
  auto defineConstant = [&](std::string_view name) {
    if (inputs.erase(name) == 0)
      good &= define(scope, name, -1, {});
  };
  for (const onnx::TensorProto &tensor : graph.initializer())
    defineConstant(tensor.name());
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    defineConstant(tensor.values().name());
  good &= defineOutputs(scope, graph.node());

  Captures free;
  good &= nodes(*graph.mutable_node(), scope, free);
  for (const onnx::ValueInfoProto &output : graph.output())
    good &= resolve(scope, output.name(), free, {});
  captures.insert(captures.end(), free.begin(), free.end());
  return good;
}

bool NameChecker::function(onnx::FunctionProto &function) {
  Scope scope;
  bool good = true;
  for (const std::string &input : function.input())
    good &= define(scope, input, -1, function.name());
  good &= defineOutputs(scope, function.node());
  Captures none; // there is nothing outside a function
  good &= nodes(*function.mutable_node(), scope, none);
  for (const std::string &output : function.output())
    good &= resolve(scope, output, none, function.name());
  return good;
}

bool burin::checkNames(Model &model, DiagnosticSink &sink) {
  NameChecker checker(sink);
  Captures none;
  bool good = checker.graph(*model.proto.mutable_graph(), nullptr, none);
  for (onnx::FunctionProto &function : *model.proto.mutable_functions())
    good &= checker.function(function);
  return good;
}
