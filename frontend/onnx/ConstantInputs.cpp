// Which run-time inputs decide shapes or attributes: followed backwards from the operators that say so.
#include "frontend/onnx/Importer.h"
#include "frontend/onnx/OpTable.h"

#include <algorithm>
#include <set>

namespace burin {
using namespace importer;

namespace {

using Names = std::set<std::string>;
using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

class Search {
public:
  explicit Search(const Model &model) : model(model) {}

  /// Adds to `needed` the names, visible to `nodes`, that must be constant if those in `needed` must be. Nodes are
  /// sorted, so one pass backwards sees every user of a name before its producer.
  void walk(const Nodes &nodes, const OpsetVersions &opsets, Names &needed) {
    for (int i = nodes.size(); i-- > 0;)
      visit(nodes[i], opsets, needed);
  }

private:
  void visit(const onnx::NodeProto &node, const OpsetVersions &opsets, Names &needed) {
    if (const LocalFunction *function = model.functionFor(node))
      return visitCall(node, *function, needed);
    const bool resultNeeded =
        llvm::any_of(node.output(), [&](const std::string &name) { return needed.count(name) != 0; });
    auto version = opsets.find(canonicalDomain(node.domain()));
    const OpImporter *otherVersion = nullptr;
    const OpImporter *op = findOp(canonicalDomain(node.domain()), node.op_type(),
                                  version == opsets.end() ? 1 : version->second, &otherVersion);
    // Shapes are static, so what only reads a shape asks nothing of the elements.
    const bool readsShapeOnly = node.op_type() == "Shape" || node.op_type() == "Size";
    for (int i = 0; i < node.input_size(); ++i) {
      const bool decides = op && i < 32 && (op->constantInputs >> i & 1) != 0;
      if (!node.input(i).empty() && (decides || decidesFlow(node, i) || (resultNeeded && !readsShapeOnly)))
        needed.insert(node.input(i));
    }
    for (const onnx::AttributeProto &a : node.attribute())
      if (a.type() == onnx::AttributeProto::GRAPH)
        visitBranch(a.g(), opsets, resultNeeded, node, needed);
  }

  /// Whether input `i` decides on the size of something because of the graphs in the node: how often a Loop runs at
  /// most, and whether earlier if it stacks outputs; which branch an If takes whose shapes differ.
  static bool decidesFlow(const onnx::NodeProto &node, int i) {
    const onnx::GraphProto *first = nullptr, *second = nullptr;
    for (const onnx::AttributeProto &a : node.attribute())
      if (a.type() == onnx::AttributeProto::GRAPH)
        (first ? second : first) = &a.g();
    if (!first || !canonicalDomain(node.domain()).empty())
      return false;
    if (node.op_type() == "Loop")
      return i == 0 || (i == 1 && first->output_size() > std::max(node.input_size() - 1, 1));
    if (node.op_type() != "If" || !second || first->output_size() != second->output_size())
      return false;
    for (int k = 0; k < first->output_size(); ++k)
      if (!sameDims(first->output(k), second->output(k)))
        return true;
    return false;
  }

  /// Whether the declared dims agree, as far as both are declared as numbers.
  static bool sameDims(const onnx::ValueInfoProto &a, const onnx::ValueInfoProto &b) {
    const onnx::TensorShapeProto &s = a.type().tensor_type().shape(), &t = b.type().tensor_type().shape();
    if (!a.type().tensor_type().has_shape() || !b.type().tensor_type().has_shape())
      return true;
    for (int i = 0; i < s.dim_size() && i < t.dim_size(); ++i)
      if (s.dim(i).has_dim_value() && t.dim(i).has_dim_value() && s.dim(i).dim_value() != t.dim(i).dim_value())
        return false;
    return s.dim_size() == t.dim_size();
  }

  /// A branch sees the names around it; of its own names, those of its inputs stand for inputs of the node.
  void visitBranch(const onnx::GraphProto &graph, const OpsetVersions &opsets, bool resultNeeded,
                   const onnx::NodeProto &node, Names &needed) {
    Names inner = needed;
    if (resultNeeded)
      for (const onnx::ValueInfoProto &output : graph.output())
        inner.insert(output.name());
    walk(graph.node(), opsets, inner);
    const int skipped = std::max(node.input_size() - graph.input_size(), 0); // Scan of opset 8 has lengths first
    for (int i = 0; i < graph.input_size() && i + skipped < node.input_size(); ++i)
      if (inner.count(graph.input(i).name()) && !node.input(i + skipped).empty())
        needed.insert(node.input(i + skipped));
    needed.insert(inner.begin(), inner.end());
  }

  void visitCall(const onnx::NodeProto &node, const LocalFunction &local, Names &needed) {
    const onnx::FunctionProto &function = *local.proto;
    Names inner;
    for (int i = 0; i < node.output_size() && i < function.output_size(); ++i)
      if (needed.count(node.output(i)))
        inner.insert(function.output(i));
    walk(function.node(), local.opsets, inner);
    for (int i = 0; i < node.input_size() && i < function.input_size(); ++i)
      if (!node.input(i).empty() && inner.count(function.input(i)))
        needed.insert(node.input(i));
  }

  const Model &model;
};

} // namespace

std::vector<std::string> inputsNeededAsConstants(const Model &model) {
  Names needed;
  Search(model).walk(model.graph().node(), model.opsets, needed);
  std::vector<std::string> out;
  for (const onnx::ValueInfoProto *input : model.runtimeInputs())
    if (needed.count(input->name()))
      out.push_back(input->name());
  return out;
}

} // namespace burin
