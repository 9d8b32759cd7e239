// If, and what it shares with Loop and Scan (Loops.cpp): graphs that are attributes.
#include "frontend/onnx/Body.h"
#include "frontend/onnx/GraphImporter.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/If.h"
#include "ir/nn/ops/Yield.h"

#include "llvm/ADT/SetVector.h"

#include <memory>

namespace burin::importer {
using namespace mlir;

llvm::ArrayRef<OpImporter> controlFlowOps() {
  static constexpr OpImporter rows[] = {
      {"If", 1, 1, nullptr, types::all, Half::Move, 0,
       "both branches must give results of the same shape, unless the condition is known at compile time"},
      {"Loop", 0, anyNumber, nullptr, types::all, Half::Move, 0,
       "the most turns it takes must be known at compile time, and exactly how many if outputs are stacked; carried "
       "values "
       "keep their shape; loops on constants are computed at compile time, whatever their shapes"},
      {"Scan", 1, anyNumber, nullptr, types::all, Half::Move, 0, ""},
  };
  return rows;
}

bool GraphImporter::importControlFlow(NodeContext &context, Scope &scope) {
  const std::string &op = context.node().op_type();
  return op == "If" ? importIf(context, scope) : op == "Loop" ? importLoop(context, scope) : importScan(context, scope);
}

Scope GraphImporter::scopeInside(NodeContext &context, Scope &outer, Body *body) const {
  Scope inner;
  inner.outer = &outer;
  inner.body = body;
  inner.opsets = outer.opsets;
  inner.bindings = outer.bindings;
  inner.prefix = outer.prefix + context.node().name() + "/";
  return inner;
}

std::optional<GraphImporter::Values> GraphImporter::importBody(NodeContext &context, const onnx::GraphProto &graph,
                                                               Scope &scope, ArrayRef<Value> inputs) {
  for (auto [name, v] : llvm::zip(graph.input(), inputs))
    scope.values[name.name()] = v;
  if (context.failed() || !importGraph(graph, scope))
    return std::nullopt;
  Values outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    outputs.push_back(lookUp(output.name(), scope));
    if (!outputs.back())
      return context.require(false, "the graph gives no value for its output " + quoteName(output.name())),
             std::nullopt;
  }
  return outputs;
}

bool GraphImporter::importIf(NodeContext &context, Scope &scope) {
  Value condition = context.input(0);
  if (!context.require(condition && context.element(condition).isInteger(1) &&
                           nn::numElements(NnBuilder::shape(condition)) == 1,
                       "the condition must be one bool"))
    return false;
  auto known = nn::constantInts(condition);
  const bool imported = known ? importTaken(context, scope, known->front() != 0) : importChoice(context, scope);
  return imported && bindOutputs(context, scope);
}

/// The branch that is taken becomes part of what is around it.
bool GraphImporter::importTaken(NodeContext &context, Scope &scope, bool condition) {
  const onnx::AttributeProto *branch =
      context.requiredAttr(condition ? "then_branch" : "else_branch", onnx::AttributeProto::GRAPH);
  if (!branch)
    return false;
  Scope inner = scopeInside(context, scope);
  std::optional<Values> outputs = importBody(context, branch->g(), inner, {});
  if (!outputs ||
      !context.require(outputs->size() >= context.numOutputs(), "the branch has fewer outputs than the node"))
    return false;
  for (unsigned i = 0; i < context.numOutputs(); ++i)
    context.output(i, (*outputs)[i]);
  return true;
}

/// Both branches become bodies that take what either of them uses.
bool GraphImporter::importChoice(NodeContext &context, Scope &scope) {
  std::vector<std::unique_ptr<Body>> bodies;
  std::vector<Values> outputs;
  llvm::SmallSetVector<Value, 8> captures;
  for (const char *name : {"then_branch", "else_branch"}) {
    const onnx::AttributeProto *branch = context.requiredAttr(name, onnx::AttributeProto::GRAPH);
    if (!branch)
      return false;
    Body &body = *bodies.emplace_back(std::make_unique<Body>(builder));
    Scope inner = scopeInside(context, scope, &body);
    std::optional<Values> results = importBody(context, branch->g(), inner, {});
    if (!results ||
        !context.require(results->size() >= context.numOutputs(), "a branch has fewer outputs than the node"))
      return false;
    results->resize(context.numOutputs());
    nn::YieldOp::create(builder, context.loc(), *results);
    body.close();
    eraseDeadOps(body.block());
    captures.insert(body.captures().begin(), body.captures().end());
    outputs.push_back(std::move(*results));
  }
  for (auto [i, a, b] : llvm::enumerate(outputs[0], outputs[1]))
    if (a.getType() != b.getType())
      return context.support(false,
                             "output " + Twine(i) + " is " + describeType(a.getType()) + " in one branch and " +
                                 describeType(b.getType()) + " in the other, and which is taken isn't known now",
                             "make the condition a constant of the model, or both branches give the same type");
  OperationState state(context.loc(), nn::IfOp::getOperationName());
  state.addOperands(context.input(0));
  state.addOperands(captures.getArrayRef());
  state.addTypes(ValueRange(outputs[0]).getTypes());
  for (const std::unique_ptr<Body> &body : bodies) {
    body->setCaptures(captures.getArrayRef());
    state.addRegion()->takeBody(body->region);
  }
  Operation *op = builder.create(state);
  nn::tidyCaptures(op);
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    context.output(static_cast<unsigned>(i), result);
  return true;
}

} // namespace burin::importer
