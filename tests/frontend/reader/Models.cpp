#include "tests/frontend/reader/Models.h"

#include <catch2/catch.hpp>

using namespace burin;

onnx::NodeProto &burin::addNode(onnx::GraphProto &graph, const char *op, std::vector<const char *> inputs,
                                std::vector<const char *> outputs, const char *name) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(op);
  if (*name)
    node.set_name(name);
  for (const char *input : inputs)
    node.add_input(input);
  for (const char *output : outputs)
    node.add_output(output);
  return node;
}

onnx::TensorProto &burin::addInitializer(onnx::GraphProto &graph, const char *name, std::vector<float> values) {
  onnx::TensorProto &tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  tensor.mutable_float_data()->Add(values.begin(), values.end());
  return tensor;
}

void burin::addValue(google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &values, const char *name,
                     std::vector<int64_t> dims) {
  onnx::ValueInfoProto &value = *values.Add();
  value.set_name(name);
  onnx::TypeProto_Tensor &type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (int64_t dim : dims)
    type.mutable_shape()->add_dim()->set_dim_value(dim);
}

onnx::FunctionProto &burin::addFunction(onnx::ModelProto &model, const char *name, const char *op, const char *domain,
                                        const char *nodeDomain) {
  onnx::FunctionProto &function = *model.add_functions();
  function.set_name(name);
  function.set_domain(domain);
  function.add_opset_import()->set_version(17);
  function.add_input("a");
  function.add_input("b");
  function.add_output("c");
  onnx::NodeProto &node = *function.add_node();
  node.set_op_type(op);
  node.set_domain(nodeDomain);
  node.add_input("a");
  node.add_input("b");
  node.add_output("c");
  return function;
}

onnx::GraphProto &burin::addSubgraph(onnx::NodeProto &node, const char *name) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::GRAPH);
  return *attribute.mutable_g();
}

onnx::ModelProto burin::smallModel() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("test");
  model.add_opset_import()->set_version(17);
  onnx::GraphProto &graph = *model.mutable_graph();
  graph.set_name("g");
  addValue(*graph.mutable_input(), "x", {1, 4});
  addValue(*graph.mutable_output(), "y", {1, 4});
  addInitializer(graph, "w", {1, 2, 3, 4});
  addNode(graph, "Add", {"x", "w"}, {"sum"}, "add");
  addNode(graph, "Relu", {"sum"}, {"y"}, "relu");
  return model;
}

static void addConv(onnx::GraphProto &graph) {
  onnx::NodeProto &conv = addNode(graph, "Conv", {"y", "w"}, {"z"});
  auto attribute = [&](const char *name, onnx::AttributeProto_AttributeType type) -> onnx::AttributeProto & {
    onnx::AttributeProto &attribute = *conv.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  };
  attribute("group", onnx::AttributeProto::INT).set_i(2);
  attribute("pads", onnx::AttributeProto::INTS).add_ints(1);
  attribute("auto_pad", onnx::AttributeProto::STRING).set_s("SAME_UPPER");
  attribute("alpha", onnx::AttributeProto::FLOAT).set_f(0.5f);
  attribute("alphas", onnx::AttributeProto::FLOATS).add_floats(0.5f);
  attribute("names", onnx::AttributeProto::STRINGS).add_strings("n");
  attribute("type", onnx::AttributeProto::TYPE_PROTO).mutable_tp()->mutable_tensor_type()->set_elem_type(7);
  onnx::TensorProto &value = *attribute("value", onnx::AttributeProto::TENSOR).mutable_t();
  value.set_data_type(22); // int4
  value.add_dims(3);
  value.set_raw_data("\x21\x07");
}

/// If with a captured value in both branches, and a Loop around another If.
static void addControlFlow(onnx::GraphProto &graph) {
  onnx::NodeProto &branch = addNode(graph, "If", {"condition"}, {"chosen"});
  for (const char *name : {"then_branch", "else_branch"}) {
    onnx::GraphProto &body = addSubgraph(branch, name);
    addNode(body, "Neg", {"z"}, {"result"});
    body.add_output()->set_name("result");
  }
  onnx::NodeProto &loop = addNode(graph, "Loop", {"", "condition", "chosen"}, {"last"});
  onnx::GraphProto &body = addSubgraph(loop, "body");
  for (const char *input : {"i", "keep", "state"})
    body.add_input()->set_name(input);
  onnx::NodeProto &inner = addNode(body, "If", {"keep"}, {"next"});
  for (const char *name : {"then_branch", "else_branch"}) {
    onnx::GraphProto &innerBody = addSubgraph(inner, name);
    addNode(innerBody, "Mul", {"state", "w"}, {"product"});
    innerBody.add_output()->set_name("product");
  }
  body.add_output()->set_name("keep");
  body.add_output()->set_name("next");
  graph.add_output()->set_name("last");
}

onnx::ModelProto burin::richModel() {
  onnx::ModelProto model = smallModel();
  onnx::GraphProto &graph = *model.mutable_graph();
  addConv(graph);
  onnx::TensorProto &condition = *graph.add_initializer();
  condition.set_name("condition");
  condition.set_data_type(onnx::TensorProto::BOOL);
  condition.add_int32_data(1);
  addControlFlow(graph);

  onnx::SparseTensorProto &sparse = *graph.add_sparse_initializer();
  sparse.add_dims(3);
  sparse.add_dims(4);
  onnx::TensorProto &values = *sparse.mutable_values();
  values.set_name("sparse");
  values.set_data_type(onnx::TensorProto::FLOAT);
  values.add_dims(2);
  values.add_float_data(1);
  values.add_float_data(2);
  onnx::TensorProto &indices = *sparse.mutable_indices();
  indices.set_data_type(onnx::TensorProto::INT64);
  indices.add_dims(2);
  indices.add_dims(2);
  for (int64_t index : {0, 1, 2, 3})
    indices.add_int64_data(index);

  addFunction(model, "AddTwice", "Add");
  addFunction(model, "Outer", "AddTwice", "local", "local");
  addNode(graph, "Outer", {"last", "sparse"}, {"called"}).set_domain("local");
  addValue(*graph.mutable_value_info(), "z", {-1, 4});
  graph.add_output()->set_name("called");
  return model;
}

Model burin::readGood(const onnx::ModelProto &proto) {
  CollectingSink sink;
  std::optional<Model> model = readModelFromBytes(proto.SerializeAsString(), "folder/test.onnx", sink);
  if (!sink.diagnostics.empty())
    FAIL(format(sink.diagnostics[0]));
  REQUIRE(model);
  return std::move(*model);
}

Diagnostic burin::readBadBytes(std::string_view bytes) {
  CollectingSink sink;
  CHECK_FALSE(readModelFromBytes(bytes, "folder/test.onnx", sink));
  for (size_t i = 1; i < sink.diagnostics.size(); ++i)
    UNSCOPED_INFO(format(sink.diagnostics[i]));
  REQUIRE(sink.diagnostics.size() == 1);
  CHECK(sink.errorCount() == 1);
  CHECK(sink.diagnostics[0].model == "test.onnx");
  return sink.diagnostics[0];
}

Diagnostic burin::readBad(const onnx::ModelProto &proto) { return readBadBytes(proto.SerializeAsString()); }

std::vector<std::string> burin::nodeNames(const onnx::GraphProto &graph) {
  std::vector<std::string> names;
  for (const onnx::NodeProto &node : graph.node())
    names.push_back(node.name());
  return names;
}
