// Each node, attribute, initialiser and type by itself.
#include "frontend/onnx/reader/Checks.h"
#include "frontend/tensors/HostTensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>
#include <unordered_set>

using namespace burin;
using google::protobuf::RepeatedPtrField;

//===------------------------------------------------------------------------------------------------------------------
// Attributes
//===------------------------------------------------------------------------------------------------------------------

using Type = onnx::AttributeProto;

/// The types for which `attribute` holds a value.
static std::vector<onnx::AttributeProto_AttributeType> typesPresent(const onnx::AttributeProto &attribute) {
  std::vector<onnx::AttributeProto_AttributeType> types;
  auto add = [&](bool present, onnx::AttributeProto_AttributeType type) {
    if (present)
      types.push_back(type);
  };
  add(attribute.has_f(), Type::FLOAT);
  add(attribute.has_i(), Type::INT);
  add(attribute.has_s(), Type::STRING);
  add(attribute.has_t(), Type::TENSOR);
  add(attribute.has_g(), Type::GRAPH);
  add(attribute.has_sparse_tensor(), Type::SPARSE_TENSOR);
  add(attribute.has_tp(), Type::TYPE_PROTO);
  add(attribute.floats_size() > 0, Type::FLOATS);
  add(attribute.ints_size() > 0, Type::INTS);
  add(attribute.strings_size() > 0, Type::STRINGS);
  add(attribute.tensors_size() > 0, Type::TENSORS);
  add(attribute.graphs_size() > 0, Type::GRAPHS);
  add(attribute.sparse_tensors_size() > 0, Type::SPARSE_TENSORS);
  add(attribute.type_protos_size() > 0, Type::TYPE_PROTOS);
  return types;
}

/// Makes `type` say which field holds the value (IR 1 had no `type`). Empty, or what is wrong.
static std::string_view settleType(onnx::AttributeProto &attribute) {
  std::vector<onnx::AttributeProto_AttributeType> present = typesPresent(attribute);
  if (present.size() > 1)
    return "it holds values of several types";
  if (attribute.type() == Type::UNDEFINED) {
    if (present.empty())
      return "it has neither a type nor a value";
    attribute.set_type(present.front());
  }
  if (!present.empty())
    return present.front() == attribute.type() ? "" : "its value is not of its type";
  // Writers of proto3 leave out 0 and ""; but messages have no default.
  switch (attribute.type()) {
  case Type::TENSOR:
  case Type::GRAPH:
  case Type::SPARSE_TENSOR:
  case Type::TYPE_PROTO:
    return "it has no value";
  default:
    return "";
  }
}

static bool checkValue(onnx::AttributeProto &attribute, ExternalData &external, DiagnosticSink &sink) {
  bool good = true;
  if (attribute.has_t())
    good &= checkAndLoad(*attribute.mutable_t(), external, sink);
  for (onnx::TensorProto &tensor : *attribute.mutable_tensors())
    good &= checkAndLoad(tensor, external, sink);
  if (attribute.has_sparse_tensor())
    good &= checkSparse(*attribute.mutable_sparse_tensor(), external, sink);
  for (onnx::SparseTensorProto &sparse : *attribute.mutable_sparse_tensors())
    good &= checkSparse(sparse, external, sink);
  if (attribute.has_tp())
    good &= checkType(*attribute.mutable_tp(), attribute.name(), sink);
  for (onnx::TypeProto &type : *attribute.mutable_type_protos())
    good &= checkType(type, attribute.name(), sink);
  return good;
}

bool burin::checkAttributes(RepeatedPtrField<onnx::AttributeProto> &attributes, const std::string &node,
                            bool inFunction, ExternalData &external, DiagnosticSink &sink) {
  ContextSink here(sink, {}, node);
  std::unordered_set<std::string_view> names;
  for (onnx::AttributeProto &attribute : attributes) {
    auto malformed = [&](std::string_view problem) {
      here.handle({.code = "BRN1112",
                   .message = fmt::format("attribute {} is malformed: {}", quoteName(attribute.name()), problem)});
      return false;
    };
    if (attribute.name().empty())
      return malformed("it has no name");
    if (!names.insert(attribute.name()).second)
      return malformed("the node has two of that name");
    if (!attribute.ref_attr_name().empty()) {
      if (!inFunction)
        return malformed("it refers to an attribute of a function, but isn't in one");
      if (!typesPresent(attribute).empty())
        return malformed("it has a value and refers to one");
      continue;
    }
    if (std::string_view problem = settleType(attribute); !problem.empty())
      return malformed(problem);
    if (!checkValue(attribute, external, here))
      return false;
  }
  return true;
}

//===------------------------------------------------------------------------------------------------------------------
// Graphs
//===------------------------------------------------------------------------------------------------------------------

namespace {
class ContentChecker {
public:
  ContentChecker(Model &model, ExternalData &external, DiagnosticSink &sink)
      : model(model), external(external), sink(sink) {}

  bool graph(onnx::GraphProto &graph, const OpsetVersions &opsets, bool inFunction, int depth);
  bool nodes(RepeatedPtrField<onnx::NodeProto> &nodes, const OpsetVersions &opsets, bool inFunction, int depth);
  bool inputTypes();

private:
  bool initializers(onnx::GraphProto &graph);
  bool types(onnx::GraphProto &graph);
  bool node(onnx::NodeProto &node, const OpsetVersions &opsets, bool inFunction, int depth);
  bool matches(const onnx::TensorProto &constant, const onnx::ValueInfoProto &input);
  bool nameless(const char *what);

  Model &model;
  ExternalData &external;
  DiagnosticSink &sink;
};
} // namespace

bool ContentChecker::nameless(const char *what) {
  sink.handle({.code = "BRN1115", .message = fmt::format("{} has no name", what)});
  return false;
}

bool ContentChecker::initializers(onnx::GraphProto &graph) {
  bool good = true;
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    good &= (!tensor.name().empty() || nameless("an initialiser")) && checkAndLoad(tensor, external, sink);
  for (onnx::SparseTensorProto &sparse : *graph.mutable_sparse_initializer())
    good &=
        (!sparse.values().name().empty() || nameless("a sparse initialiser")) && checkSparse(sparse, external, sink);
  return good;
}

bool ContentChecker::types(onnx::GraphProto &graph) {
  bool good = true;
  for (auto *values : {graph.mutable_input(), graph.mutable_output(), graph.mutable_value_info()})
    for (onnx::ValueInfoProto &value : *values)
      good &= !value.has_type() || checkType(*value.mutable_type(), value.name(), sink);
  for (const onnx::ValueInfoProto &input : graph.input())
    good &= !input.name().empty() || nameless("an input of a graph");
  return good;
}

/// The domains of QONNX, whose tools rename them without an import; their operators say by their inputs what version
/// they are.
bool isUsedUnimported(std::string_view domain) {
  return domain == "onnx.brevitas" || domain == "qonnx.custom_op.general" || domain == "finn.custom_op.general";
}

/// A node's opset and name, and its attributes with their subgraphs.
bool ContentChecker::node(onnx::NodeProto &node, const OpsetVersions &opsets, bool inFunction, int depth) {
  std::string_view domain = canonicalDomain(node.domain());
  if (!opsets.contains(domain) && !isUsedUnimported(domain) && !model.functionFor(node)) {
    sink.handle({.code = "BRN1104",
                 .node = node.name(),
                 .message = fmt::format("the model imports no version of the operator set {}",
                                        quoteName(domain.empty() ? "ai.onnx" : domain)),
                 .facts = {fmt::format("operator  {}", quoteName(node.op_type()))},
                 .fix = "add the operator set to opset_import, or the function to the model's functions"});
    return false;
  }
  if (!checkAttributes(*node.mutable_attribute(), node.name(), inFunction, external, sink))
    return false;
  for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_g() && !graph(*attribute.mutable_g(), opsets, inFunction, depth + 1))
      return false;
    for (onnx::GraphProto &subgraph : *attribute.mutable_graphs())
      if (!graph(subgraph, opsets, inFunction, depth + 1))
        return false;
  }
  return true;
}

bool ContentChecker::nodes(RepeatedPtrField<onnx::NodeProto> &nodes, const OpsetVersions &opsets, bool inFunction,
                           int depth) {
  std::unordered_set<std::string_view> names;
  for (const onnx::NodeProto &node : nodes)
    names.insert(node.name());
  bool good = true;
  for (int i = 0; i < nodes.size(); ++i) {
    onnx::NodeProto &node = nodes[i];
    if (node.op_type().empty()) {
      good = nameless("the operator of a node");
      continue;
    }
    if (node.name().empty()) {
      std::string name = fmt::format("{}_{}", node.op_type(), i);
      while (names.contains(name))
        name += '_';
      node.set_name(std::move(name));
    }
    good &= this->node(node, opsets, inFunction, depth);
  }
  return good;
}

bool ContentChecker::graph(onnx::GraphProto &graph, const OpsetVersions &opsets, bool inFunction, int depth) {
  if (depth > maxNesting) {
    sink.handle({.code = "BRN1109", .message = fmt::format("graphs are nested more than {} deep", maxNesting)});
    return false;
  }
  bool good = initializers(graph);
  good &= types(graph);
  good &= nodes(*graph.mutable_node(), opsets, inFunction, depth);
  return good;
}

/// An initialiser that is also listed as an input: the input's type, if it has one, must fit.
bool ContentChecker::matches(const onnx::TensorProto &constant, const onnx::ValueInfoProto &input) {
  const onnx::TypeProto_Tensor &type = input.type().tensor_type();
  if (!input.type().has_tensor_type())
    return true;
  bool same = type.elem_type() == constant.data_type();
  if (type.has_shape()) {
    same &= type.shape().dim_size() == constant.dims_size();
    for (int i = 0; same && i < constant.dims_size(); ++i)
      same = !type.shape().dim(i).has_dim_value() || type.shape().dim(i).dim_value() == constant.dims(i);
  }
  if (same)
    return true;
  std::vector<std::string> declared;
  for (const onnx::TensorShapeProto::Dimension &dim : type.shape().dim())
    declared.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value()) : "?");
  sink.handle({.code = "BRN1107",
               .message = fmt::format("initialiser {} doesn't fit the input of the same name", quoteName(input.name())),
               .facts = {fmt::format("input        {}[{}]", info(static_cast<DType>(type.elem_type())).name,
                                     fmt::join(declared, ",")),
                         "initialiser  " + typeText(static_cast<DType>(constant.data_type()),
                                                    {constant.dims().data(), size_t(constant.dims_size())})}});
  return false;
}

bool ContentChecker::inputTypes() {
  std::unordered_map<std::string_view, const onnx::TensorProto *> constants;
  for (const onnx::TensorProto &tensor : model.graph().initializer())
    constants[tensor.name()] = &tensor;
  bool good = true;
  for (const onnx::ValueInfoProto &input : model.graph().input())
    if (auto found = constants.find(input.name()); found != constants.end())
      good &= matches(*found->second, input);
  for (const onnx::ValueInfoProto *input : model.runtimeInputs()) {
    if (input->type().value_case() != onnx::TypeProto::VALUE_NOT_SET)
      continue;
    sink.handle({.code = "BRN1114",
                 .message = fmt::format("input {} has no known element type", quoteName(input->name())),
                 .fix = "export the model again with typed inputs"});
    good = false;
  }
  return good;
}

bool burin::checkContents(Model &model, ExternalData &external, DiagnosticSink &sink) {
  ContentChecker checker(model, external, sink);
  bool good = checker.graph(*model.proto.mutable_graph(), model.opsets, /*inFunction=*/false, 0);
  for (onnx::FunctionProto &function : *model.proto.mutable_functions()) {
    const LocalFunction &local = model.functions.at(functionKey(function));
    good &= checker.nodes(*function.mutable_node(), local.opsets, /*inFunction=*/true, 0);
  }
  return good && checker.inputTypes();
}
