// Which run-time inputs decide shapes or attributes: followed backwards from the operators that say so.
#include "frontend/onnx/Importer.h"
#include "frontend/onnx/OpTable.h"

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
      if (!node.input(i).empty() && (decides || node.op_type() == "If" || (resultNeeded && !readsShapeOnly)))
        needed.insert(node.input(i));
    }
    for (const onnx::AttributeProto &a : node.attribute())
      if (a.type() == onnx::AttributeProto::GRAPH)
        visitBranch(a.g(), opsets, resultNeeded, needed);
  }

  /// A branch sees the names around it; its own names can't reach out.
  void visitBranch(const onnx::GraphProto &graph, const OpsetVersions &opsets, bool resultNeeded, Names &needed) {
    Names inner = needed;
    if (resultNeeded)
      for (const onnx::ValueInfoProto &output : graph.output())
        inner.insert(output.name());
    walk(graph.node(), opsets, inner);
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
