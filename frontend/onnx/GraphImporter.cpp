#include "frontend/onnx/GraphImporter.h"
#include "frontend/onnx/Body.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Transpose.h"

#include <fmt/format.h>
#include <set>

namespace burin::importer {
using namespace mlir;

namespace {

int64_t opsetOf(const OpsetVersions &opsets, const onnx::NodeProto &node) {
  auto it = opsets.find(canonicalDomain(node.domain()));
  return it == opsets.end() ? 1 : it->second;
}

/// Says which ONNX tensor `v` holds, if this node made it, and so for the values that `v` only permutes or renames: the
/// NHWC result behind the last transpose holds the same tensor.
void nameResult(Value v, const std::string &tensor) {
  SmallVector<int64_t> perm; // axis perm[i] of the tensor is axis i of v
  for (int64_t i = 0, n = NnBuilder::rank(v); i < n; ++i)
    perm.push_back(i);
  while (Operation *op = v ? v.getDefiningOp() : nullptr) {
    // An origin speaks of the first result.
    if (nn::getOrigin(op) || isa<nn::ConstantOp>(op) || v != op->getResult(0))
      return;
    nn::setOrigin(op, tensor, perm);
    if (auto transpose = dyn_cast<nn::TransposeOp>(op)) {
      perm = nn::composePermutations(perm, nn::inversePermutation(transpose.getPerm()));
      v = transpose.getX();
    } else if (auto rename = dyn_cast<nn::StorageCastOp>(op)) {
      v = rename.getX();
    } else {
      return;
    }
  }
}

/// Whether the node has the inputs and outputs that `op` needs, and elements of a type that it is compiled for.
bool fitsRow(const OpImporter &op, NodeContext &context) {
  if (context.numInputs() > op.maxInputs)
    return context.fail("BRN1209", Twine(context.numInputs()) + " inputs, at most " + Twine(op.maxInputs)), false;
  for (unsigned i = 0; i < op.minInputs; ++i)
    if (!context.hasInput(i))
      return context.fail("BRN1209", "input " + Twine(i) + " is absent, and required"), false;
  if (!context.require(context.node().output_size() > 0, "it has no outputs"))
    return false;
  const Type element = context.element(context.input(op.mainInput));
  if (!context.hasInput(op.mainInput) || contains(op.types, only(dtypeFor(element))))
    return true;
  return context.fail("BRN1205",
                      "input " + Twine(op.mainInput) + " of element type " + describeElementType(element) +
                          " is not supported",
                      "it takes " + describeTypes(op.types)),
         false;
}

} // namespace

Value GraphImporter::lookUp(const std::string &name, Scope &scope) {
  if (auto it = scope.values.find(name); it != scope.values.end())
    return it->second;
  if (scope.initializers.count(name) || scope.sparseInitializers.count(name))
    return scope.values[name] = makeInitializer(name, scope);
  if (!scope.outer || !scope.body)
    return scope.outer ? lookUp(name, *scope.outer) : Value();
  Value found;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.restoreInsertionPoint(scope.body->whereOutside());
    found = lookUp(name, *scope.outer);
  }
  return found ? scope.values[name] = scope.body->capture(found) : Value();
}

Value GraphImporter::makeInitializer(const std::string &name, Scope &owner) {
  onnx::NodeProto holder; // messages name the tensor as if it were a node
  holder.set_op_type("initializer");
  NodeContext context({builder, budget, sink, *owner.opsets, nullptr, owner.prefix + name}, holder, {});
  auto dense = owner.initializers.find(name);
  return dense != owner.initializers.end() ? context.constant(*dense->second)
                                           : context.constant(*owner.sparseInitializers.at(name));
}

bool GraphImporter::importGraph(const onnx::GraphProto &graph, Scope &scope) {
  for (const onnx::TensorProto &t : graph.initializer())
    scope.initializers[t.name()] = &t;
  for (const onnx::SparseTensorProto &t : graph.sparse_initializer())
    scope.sparseInitializers[t.values().name()] = &t;
  auto declare = [&](const onnx::ValueInfoProto &info) {
    if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape())
      return;
    Shape shape;
    for (const auto &d : info.type().tensor_type().shape().dim()) {
      if (!d.has_dim_value() || d.dim_value() < 0)
        return;
      shape.push_back(d.dim_value());
    }
    scope.declaredShapes[info.name()] = std::move(shape);
  };
  llvm::for_each(graph.value_info(), declare);
  llvm::for_each(graph.output(), declare);
  return importNodes(graph.node(), scope);
}

bool GraphImporter::importNodes(const Nodes &nodes, Scope &scope) {
  return llvm::all_of(nodes, [&](const onnx::NodeProto &node) { return importNode(node, scope); });
}

bool GraphImporter::importNode(const onnx::NodeProto &node, Scope &scope) {
  std::vector<Value> inputs;
  const unsigned errorsBefore = sink.errorCount();
  for (const std::string &name : node.input())
    inputs.push_back(name.empty() ? Value() : lookUp(name, scope));
  if (sink.errorCount() != errorsBefore)
    return false;
  const std::string nodeName = scope.prefix + node.name();
  NodeContext context({builder, budget, sink, *scope.opsets, scope.bindings, nodeName}, node, std::move(inputs));
  if (const LocalFunction *function = model.functionFor(node))
    return importFunctionCall(*function, context, scope);
  const OpImporter *otherVersion = nullptr;
  const OpImporter *op = findOp(canonicalDomain(node.domain()), node.op_type(), context.opset(), &otherVersion);
  if (!op)
    return failUnknown(node, nodeName, context.opset(), otherVersion);
  return op->import ? importOperator(*op, context, scope) : importControlFlow(context, scope);
}

bool GraphImporter::importOperator(const OpImporter &op, NodeContext &context, Scope &scope) {
  if (!fitsRow(op, context))
    return false;
  std::vector<std::optional<Shape>> declared;
  for (const std::string &name : context.node().output()) {
    auto it = scope.declaredShapes.find(name);
    declared.push_back(it == scope.declaredShapes.end() ? std::nullopt : std::optional(it->second));
  }
  context.setDeclaredShapes(std::move(declared));
  context.setSubgraphImporter([&](const onnx::GraphProto &graph, ArrayRef<Value> inputs) {
    return importSubgraph(graph, inputs, scope, scope.prefix + context.node().name() + "/");
  });
  if (op.half == Half::Compute)
    context.computeHalfInFloat();
  op.import(context);
  return bindOutputs(context, scope);
}

bool GraphImporter::bindOutputs(NodeContext &context, Scope &scope) {
  for (unsigned i = 0; i < context.numOutputs() && !context.failed(); ++i) {
    if (!context.hasOutput(i))
      continue;
    const std::string &name = context.node().output(static_cast<int>(i));
    Value v = context.results()[i];
    if (!context.support(static_cast<bool>(v), "output " + Twine(i) + " is not supported"))
      return false;
    nameResult(v, scope.prefix + name);
    scope.values[name] = v;
  }
  return !context.failed();
}

bool GraphImporter::importFunctionCall(const LocalFunction &local, NodeContext &context, Scope &scope) {
  const onnx::FunctionProto &function = *local.proto;
  if (context.numInputs() > static_cast<unsigned>(function.input_size()))
    return context.fail("BRN1209",
                        Twine(context.numInputs()) + " inputs, the function has " + Twine(function.input_size())),
           false;
  AttributeBindings bindings;
  for (const onnx::AttributeProto &a : local.defaults)
    bindings[a.name()] = &a;
  for (const onnx::AttributeProto &a : context.node().attribute())
    if (const onnx::AttributeProto *value = context.findAttr(a.name()))
      bindings[a.name()] = value;
  Scope inner;
  inner.opsets = &local.opsets;
  inner.bindings = &bindings;
  inner.prefix = scope.prefix + context.node().name() + "/";
  for (int i = 0; i < function.input_size(); ++i)
    inner.values[function.input(i)] = context.input(static_cast<unsigned>(i));
  if (!importNodes(function.node(), inner))
    return false;
  for (unsigned i = 0; i < context.numOutputs() && i < static_cast<unsigned>(function.output_size()); ++i)
    context.output(i, lookUp(function.output(static_cast<int>(i)), inner));
  return bindOutputs(context, scope);
}

SmallVector<Value> GraphImporter::importSubgraph(const onnx::GraphProto &graph, ArrayRef<Value> inputs, Scope &scope,
                                                 const std::string &prefix) {
  Scope inner;
  inner.outer = &scope;
  inner.opsets = scope.opsets;
  inner.bindings = scope.bindings;
  inner.prefix = prefix;
  for (auto [info, value] : llvm::zip(graph.input(), inputs))
    inner.values[info.name()] = value;
  SmallVector<Value> results;
  if (importGraph(graph, inner))
    for (const onnx::ValueInfoProto &output : graph.output())
      results.push_back(lookUp(output.name(), inner));
  return results;
}

bool GraphImporter::failUnknown(const onnx::NodeProto &node, const std::string &nodeName, int64_t opset,
                                const OpImporter *otherVersion) {
  std::string name = quoteName(node.op_type());
  if (!canonicalDomain(node.domain()).empty())
    name += " of domain " + quoteName(node.domain());
  std::string message = fmt::format("operator {} is not supported", name),
              fix = "\"burin ops\" lists what is supported";
  if (const Refusal *refusal = refusalOf(canonicalDomain(node.domain()), node.op_type())) {
    message += fmt::format(": {}", refusal->why);
    fix = refusal->fix;
  } else if (otherVersion) {
    message = fmt::format("operator {} is not supported in opset {}", name, opset);
    fix = otherVersion->untilOpset ? fmt::format("it is known up to opset {}", otherVersion->untilOpset)
                                   : fmt::format("it is known from opset {}", otherVersion->sinceOpset);
  }
  if (node.domain() == "com.microsoft.nchwc")
    fix =
        "its tensors are laid out for one processor: save the optimised model at level \"extended\" instead of \"all\"";
  sink.handle({.code = "BRN1201", .node = nodeName, .message = message, .fix = fix});
  return false;
}

bool GraphImporter::checkOperators(const onnx::GraphProto &graph) {
  std::set<std::pair<std::string, std::string>> reported;
  for (const onnx::NodeProto &node : graph.node()) {
    const OpImporter *otherVersion = nullptr;
    const int64_t opset = opsetOf(model.opsets, node);
    if (model.functionFor(node) || findOp(canonicalDomain(node.domain()), node.op_type(), opset, &otherVersion))
      continue;
    if (reported.emplace(node.domain(), node.op_type()).second)
      failUnknown(node, node.name(), opset, otherVersion);
  }
  return reported.empty();
}

} // namespace burin::importer
