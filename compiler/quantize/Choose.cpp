#include "compiler/quantize/Choose.h"

#include "compiler/quantize/Roles.h"
#include "passes/layout/MinCut.h"

#include <algorithm>
#include <numeric>

namespace burin::quantize {

namespace {

class Chooser {
public:
  Chooser(const onnx::GraphProto &graph, const TensorTypes &types, const Spec &spec, const FloatNodes &floats)
      : graph(graph), spec(spec), index(graph) {
    for (int i = 0; i < graph.node_size(); ++i) {
      roles.push_back(roleOf(graph, i, index, types));
      layerCount += roles.back().role == Role::Layer;
    }
    int number = 0;
    for (int i = 0; i < graph.node_size(); ++i) {
      const bool isLayer = role(i) == Role::Layer;
      schemes.push_back(spec.schemeOf(graph.node(i).name(), isLayer ? number++ : -1, layerCount));
      if (schemes.back().isFloat || floats.contains(graph.node(i).name())) {
        roles[at(i)] = {};
      } else if (isLayer && spec.granularity == quantization::Granularity::Block && !isOp(graph.node(i), "Conv")) {
        byBlocks.push_back(i);
        roles[at(i)] = {};
      }
    }
    for (int i = 0; i < graph.node_size(); ++i) // a bias is a part of its product, and a product of its bias
      if (const int product = productOf(i); role(i) == Role::Bias && product < 0)
        roles[at(i)] = {};
  }

  Choice run() {
    cut();
    makeLayers();
    makeGroups();
    for (const NodeRole &r : roles)
      choice.data.push_back(r.data);
    return std::move(choice);
  }

private:
  static size_t at(int i) { return static_cast<size_t>(i); }
  Role role(int i) const { return roles[at(i)].role; }
  bool isInteger(int i) const { return i >= 0 && choice.isInteger[at(i)]; }
  const onnx::NodeProto &node(int i) const { return graph.node(i); }

  /// The layer that the bias node `i` belongs to; -1 if it isn't one of integers.
  int productOf(int i) const {
    for (const std::string &name : node(i).input())
      if (const int p = index.producer(name); p >= 0 && role(p) == Role::Layer && isOp(node(p), "MatMul"))
        return p;
    return -1;
  }

  /// Real numbers that node `i` takes and that aren't constant.
  std::vector<std::string> activationsOf(int i) const {
    std::vector<std::string> names;
    for (int k : roles[at(i)].data)
      if (!index.initializer(node(i).input(k)))
        names.push_back(node(i).input(k));
    return names;
  }

  // --- which nodes

  /// Integer nodes are those with the sink, where ties leave them. A tensor costs 1 if its producer is float and a
  /// consumer is not, and 1 if its producer isn't and a consumer is.
  void cut() {
    MinCut problem;
    std::vector<int> ids;
    for (int i = 0; i < graph.node_size(); ++i) {
      ids.push_back(problem.addNode());
      if (role(i) == Role::Float)
        problem.addEdge(MinCut::source, ids.back(), MinCut::uncuttable);
      else if (role(i) == Role::Layer || role(i) == Role::Product || role(i) == Role::Bias)
        problem.addEdge(ids.back(), MinCut::sink, MinCut::uncuttable);
    }
    std::set<std::string> tensors;
    for (int i = 0; i < graph.node_size(); ++i) {
      tensors.insert(node(i).input().begin(), node(i).input().end());
      tensors.insert(node(i).output().begin(), node(i).output().end());
    }
    for (const std::string &name : tensors)
      if (!name.empty() && !index.initializer(name))
        addTensor(problem, ids, name);
    choice.boundaries = static_cast<int>(problem.solve());
    for (int i = 0; i < graph.node_size(); ++i)
      choice.isInteger.push_back(!problem.withSource(ids[at(i)]));
  }

  void addTensor(MinCut &problem, const std::vector<int> &ids, const std::string &name) {
    const int producer = index.producer(name);
    const int from = producer < 0 ? MinCut::source : ids[at(producer)];
    const int quantised = problem.addNode(), dequantised = problem.addNode();
    problem.addEdge(from, quantised, 1);
    problem.addEdge(dequantised, from, 1);
    bool isRead = false;
    for (int c : index.consumers(name)) {
      if (!readsReal(c, name))
        continue;
      isRead = true;
      problem.addEdge(quantised, ids[at(c)], MinCut::uncuttable);
      problem.addEdge(ids[at(c)], dequantised, MinCut::uncuttable);
    }
    if (index.isOutput(name) || index.isCaptured(name) || !isRead)
      problem.addEdge(MinCut::source, dequantised, MinCut::uncuttable);
  }

  /// Whether node `c` reads `name` as a real number: indices and shapes don't count.
  bool readsReal(int c, const std::string &name) const {
    if (role(c) == Role::Float)
      return true;
    const std::vector<std::string> names = activationsOf(c);
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  // --- layers

  void makeLayers() {
    for (int i = 0; i < graph.node_size(); ++i)
      if (role(i) == Role::Layer && isInteger(i))
        choice.layers.push_back(layer(i));
    for (int i : byBlocks)
      choice.blockLayers.push_back(layer(i));
  }

  WeightedLayer layer(int i) const {
    const onnx::NodeProto &n = node(i);
    const std::vector<int64_t> shape = shapeOf(*index.initializer(n.input(1)));
    WeightedLayer l;
    l.node = i;
    l.name = n.name();
    l.input = n.input(0);
    l.weights = n.input(1);
    l.isConv = isOp(n, "Conv");
    l.isTransposed = !l.isConv && intAttribute(n, "transB", 0) == 0;
    l.channels = shape[l.isTransposed ? 1 : 0];
    l.depth =
        std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()) / std::max<int64_t>(l.channels, 1);
    l.groups = l.isConv ? intAttribute(n, "group", 1) : 1;
    l.scheme = schemes[at(i)];
    std::string result = n.output(0);
    if (n.input_size() > 2 && !n.input(2).empty()) {
      l.bias = n.input(2);
      l.biasNode = i;
      l.biasInput = 2;
    } else if (const int next = index.onlyConsumer(result); next >= 0 && role(next) == Role::Bias && isInteger(next)) {
      l.biasNode = next;
      l.biasInput = node(next).input(0) == result ? 1 : 0;
      l.bias = node(next).input(l.biasInput);
    }
    while (isHidden(result))
      result = node(index.onlyConsumer(result)).output(0);
    l.result = result;
    return l;
  }

  /// Whether the operator that makes `name` takes in the one that reads it: there is no such tensor in the library.
  bool isHidden(const std::string &name) const {
    const int producer = index.producer(name), next = index.onlyConsumer(name);
    if (!isInteger(producer) || !isInteger(next))
      return false;
    return role(next) == Role::Bias ? role(producer) == Role::Layer
                                    : role(next) == Role::Clamp && role(producer) != Role::Move;
  }

  // --- tensors

  std::string rootOf(std::string name) {
    while (parent[name] != name)
      name = parent[name] = parent[parent[name]];
    return name;
  }
  void join(const std::string &a, const std::string &b) {
    parent.try_emplace(a, a);
    parent.try_emplace(b, b);
    const std::string x = rootOf(a), y = rootOf(b);
    parent[std::max(x, y)] = std::min(x, y);
  }

  void makeGroups() {
    std::map<std::string, int> bits;
    for (int i = 0; i < graph.node_size(); ++i)
      if (isInteger(i))
        addTensorsOf(i, bits);
    for (const std::string &name : order) {
      const std::string root = rootOf(name);
      auto [found, isNew] = numbers.try_emplace(root, static_cast<int>(choice.groups.size()));
      if (isNew)
        choice.groups.emplace_back();
      TensorGroup &group = choice.groups[at(found->second)];
      group.members.push_back(name);
      group.bits = std::max(group.bits, bits[name]);
      if (const int p = index.producer(name); !isInteger(p) || role(p) != Role::Move)
        group.roots.push_back(name);
      (index.initializer(name) ? choice.constants : choice.groupOf)[name] = found->second;
    }
    for (TensorGroup &group : choice.groups)
      group.fixed = fixedRange(group);
  }

  void addTensorsOf(int i, std::map<std::string, int> &bits) {
    const onnx::NodeProto &n = node(i);
    std::vector<std::string> own;
    auto add = [&](const std::string &name) {
      if (parent.try_emplace(name, name).second)
        order.push_back(name);
      bits[name] = std::max(bits[name], schemes[at(i)].activations);
      own.push_back(name);
    };
    for (int k : roles[at(i)].data) {
      const std::string &name = n.input(k);
      if (const onnx::TensorProto *constant = index.initializer(name)) {
        // A constant of one value is exact in any case, and clamps have theirs as bounds.
        const bool isOne = shapeOf(*constant).empty() || floatsOf(*constant)->size() == 1;
        if (role(i) == Role::Move || (role(i) == Role::Compute && !isOne))
          add(name);
      } else if (!isHidden(name)) {
        add(name);
      }
    }
    for (const std::string &name : n.output())
      if (!name.empty() && !isHidden(name))
        add(name);
    if (role(i) == Role::Move)
      for (const std::string &name : own)
        join(own[0], name);
  }

  /// What is known of functions of bounded range: 1/2^bits for [0, 1), 2/2^bits for (-1, 1).
  std::optional<quantization::Affine> fixedRange(const TensorGroup &group) const {
    std::optional<quantization::Affine> common;
    for (const std::string &name : group.roots) {
      const int p = index.producer(name);
      const std::string op = p < 0 ? "" : node(p).op_type();
      const float steps = static_cast<float>(1 << group.bits);
      std::optional<quantization::Affine> own;
      if (op == "Softmax" || op == "Sigmoid" || op == "HardSigmoid")
        own = quantization::Affine{1 / steps, -(1 << (group.bits - 1))};
      else if (op == "Tanh")
        own = quantization::Affine{2 / steps, 0};
      if (!own || (common && *common != *own))
        return std::nullopt;
      common = own;
    }
    return spec.activations == ActivationGrid::Asymmetric ? common : std::nullopt;
  }

  const onnx::GraphProto &graph;
  const Spec &spec;
  GraphIndex index;
  std::vector<NodeRole> roles;
  std::vector<Scheme> schemes;
  int layerCount = 0;
  std::vector<int> byBlocks; ///< nodes whose weights have scales by blocks
  Choice choice;
  std::map<std::string, std::string> parent; ///< union-find
  std::vector<std::string> order;            ///< tensors in the order of the graph
  std::map<std::string, int> numbers;
};

} // namespace

Choice choose(const onnx::GraphProto &graph, const TensorTypes &types, const Spec &spec, const FloatNodes &floats) {
  return Chooser(graph, types, spec, floats).run();
}

} // namespace burin::quantize
