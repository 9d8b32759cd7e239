// Nodes, attributes, tensors and types, each by itself.
#include "tests/frontend/reader/Models.h"

#include <catch2/catch.hpp>

using namespace burin;

static onnx::AttributeProto &addAttribute(onnx::ModelProto &model, const char *name) {
  onnx::AttributeProto &attribute = *model.mutable_graph()->mutable_node(0)->add_attribute();
  attribute.set_name(name);
  return attribute;
}

static std::string problemOf(const onnx::ModelProto &model) {
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1112");
  CHECK(diagnostic.node == "add");
  return diagnostic.message;
}

TEST_CASE("attributes without a type get one") {
  onnx::ModelProto model = smallModel();
  addAttribute(model, "axis").set_i(3);
  addAttribute(model, "pads").add_ints(1);
  Model read = readGood(model);
  CHECK(read.graph().node(0).attribute(0).type() == onnx::AttributeProto::INT);
  CHECK(read.graph().node(0).attribute(1).type() == onnx::AttributeProto::INTS);
}

TEST_CASE("attributes of a type may lack a default value") {
  onnx::ModelProto model = smallModel();
  addAttribute(model, "axis").set_type(onnx::AttributeProto::INT);
  addAttribute(model, "pads").set_type(onnx::AttributeProto::INTS);
  addAttribute(model, "mode").set_type(onnx::AttributeProto::STRING);
  readGood(model);
}

TEST_CASE("malformed attributes") {
  onnx::ModelProto model = smallModel();
  addAttribute(model, "");
  CHECK(problemOf(model) == "attribute \"\" is malformed: it has no name");

  model = smallModel();
  addAttribute(model, "axis").set_i(1);
  addAttribute(model, "axis").set_i(1);
  CHECK(problemOf(model) == "attribute \"axis\" is malformed: the node has two of that name");

  model = smallModel();
  addAttribute(model, "axis");
  CHECK(problemOf(model) == "attribute \"axis\" is malformed: it has neither a type nor a value");

  model = smallModel();
  addAttribute(model, "axis").set_i(1);
  model.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_f(1);
  CHECK(problemOf(model) == "attribute \"axis\" is malformed: it holds values of several types");

  model = smallModel();
  addAttribute(model, "axis").set_i(1);
  model.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_type(onnx::AttributeProto::FLOAT);
  CHECK(problemOf(model) == "attribute \"axis\" is malformed: its value is not of its type");

  for (auto type : {onnx::AttributeProto::TENSOR, onnx::AttributeProto::GRAPH, onnx::AttributeProto::SPARSE_TENSOR,
                    onnx::AttributeProto::TYPE_PROTO}) {
    model = smallModel();
    addAttribute(model, "value").set_type(type);
    CHECK(problemOf(model) == "attribute \"value\" is malformed: it has no value");
  }
}

TEST_CASE("references to attributes live in functions") {
  onnx::ModelProto model = smallModel();
  addAttribute(model, "axis").set_ref_attr_name("axis");
  CHECK(problemOf(model) ==
        "attribute \"axis\" is malformed: it refers to an attribute of a function, but isn't in one");

  model = smallModel();
  onnx::FunctionProto &function = addFunction(model, "f", "Add");
  onnx::AttributeProto &attribute = *function.mutable_node(0)->add_attribute();
  attribute.set_name("axis");
  attribute.set_ref_attr_name("axis");
  attribute.set_type(onnx::AttributeProto::INT);
  readGood(model);
  attribute.set_i(1);
  CHECK(readBad(model).message == "attribute \"axis\" is malformed: it has a value and refers to one");
}

TEST_CASE("tensors in attributes and subgraphs are checked") {
  onnx::ModelProto model = richModel();
  onnx::GraphProto &body = *model.mutable_graph()->mutable_node(3)->mutable_attribute(0)->mutable_g();
  addInitializer(body, "inner", {1, 2}).add_float_data(3);
  CHECK(readBad(model).code == "BRN1105");

  model = richModel();
  onnx::NodeProto &conv = *model.mutable_graph()->mutable_node(2);
  REQUIRE(conv.attribute(7).name() == "value");
  conv.mutable_attribute(7)->mutable_t()->set_raw_data("abc");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1105");
  CHECK(diagnostic.node == "Conv_2");
}

TEST_CASE("broken initialisers") {
  onnx::ModelProto model = smallModel();
  onnx::TensorProto &tensor = *model.mutable_graph()->mutable_initializer(0);
  tensor.set_dims(0, -4);
  CHECK(readBad(model).code == "BRN1106");
  tensor.set_dims(0, 5);
  CHECK(readBad(model).code == "BRN1105");
  tensor.set_dims(0, 4);
  tensor.set_data_type(27);
  CHECK(readBad(model).code == "BRN1108");
  tensor.set_data_type(1);
  tensor.clear_name();
  CHECK(readBad(model).code == "BRN1115");
}

TEST_CASE("initialisers of strings are allowed") {
  onnx::ModelProto model = smallModel();
  onnx::TensorProto &strings = *model.mutable_graph()->add_initializer();
  strings.set_name("labels");
  strings.set_data_type(onnx::TensorProto::STRING);
  strings.add_dims(2);
  strings.add_string_data("cat");
  strings.add_string_data("dog");
  readGood(model);
}

TEST_CASE("a node without an operator") {
  onnx::ModelProto model = smallModel();
  model.mutable_graph()->mutable_node(0)->clear_op_type();
  CHECK(readBad(model).code == "BRN1115");
}

TEST_CASE("an initialiser must fit the input of the same name") {
  onnx::ModelProto model = smallModel();
  auto &inputs = *model.mutable_graph()->mutable_input();
  addValue(inputs, "w", {4});
  readGood(model);
  onnx::TypeProto_Tensor &type = *inputs[1].mutable_type()->mutable_tensor_type();
  type.mutable_shape()->mutable_dim(0)->set_dim_param("n");
  readGood(model);
  type.mutable_shape()->mutable_dim(0)->set_dim_value(5);
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1107");
  CHECK(diagnostic.facts == std::vector<std::string>{"input        float32[5]", "initialiser  float32[4]"});
  type.mutable_shape()->mutable_dim(0)->clear_value();
  type.mutable_shape()->add_dim();
  CHECK(readBad(model).facts[0] == "input        float32[?,?]");
  type.clear_shape();
  type.set_elem_type(onnx::TensorProto::INT8);
  CHECK(readBad(model).code == "BRN1107");
  inputs[1].clear_type();
  readGood(model);
}

TEST_CASE("unknown dims of values") {
  onnx::ModelProto model = smallModel();
  onnx::TensorShapeProto &shape =
      *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_value(-1);
  shape.mutable_dim(1)->set_dim_param("");
  shape.add_dim()->set_dim_param("batch");
  shape.add_dim()->set_dim_value(0);
  Model read = readGood(model);
  const onnx::TensorShapeProto &kept = read.graph().input(0).type().tensor_type().shape();
  CHECK(kept.dim(0).value_case() == onnx::TensorShapeProto_Dimension::VALUE_NOT_SET);
  CHECK(kept.dim(1).value_case() == onnx::TensorShapeProto_Dimension::VALUE_NOT_SET);
  CHECK(kept.dim(2).dim_param() == "batch");
  CHECK(kept.dim(3).dim_value() == 0);
}

TEST_CASE("shapes of values that can't be") {
  onnx::ModelProto model = smallModel();
  onnx::TensorShapeProto &shape =
      *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_value(INT64_MAX);
  CHECK(readBad(model).code == "BRN1106");
  shape.mutable_dim(0)->set_dim_value(1);
  for (int i = 0; i < 15; ++i)
    shape.add_dim();
  CHECK(readBad(model).code == "BRN1106");
}

TEST_CASE("inputs need a type, other values don't") {
  onnx::ModelProto model = smallModel();
  model.mutable_graph()->mutable_output(0)->clear_type();
  addValue(*model.mutable_graph()->mutable_value_info(), "sum", {1, 4});
  onnx::TypeProto &sum = *model.mutable_graph()->mutable_value_info(0)->mutable_type();
  sum.mutable_tensor_type()->set_elem_type(0);
  CHECK(readGood(model).graph().value_info(0).type().value_case() == onnx::TypeProto::VALUE_NOT_SET);
  onnx::ValueInfoProto &input = *model.mutable_graph()->mutable_input(0);
  input.mutable_type()->mutable_tensor_type()->set_elem_type(99);
  CHECK(readBad(model).code == "BRN1114");
  input.clear_type();
  CHECK(readBad(model).code == "BRN1114");
  input.clear_name();
  CHECK(readBad(model).code == "BRN1115");
}

TEST_CASE("types may nest, but not without bounds") {
  auto nested = [](int depth) {
    onnx::ModelProto model = smallModel();
    onnx::TypeProto *type = model.mutable_graph()->mutable_output(0)->mutable_type();
    for (int i = 0; i < depth; ++i)
      type = i % 2 ? type->mutable_sequence_type()->mutable_elem_type()
                   : type->mutable_optional_type()->mutable_elem_type();
    type->mutable_tensor_type()->set_elem_type(1);
    return model;
  };
  readGood(nested(maxNesting));
  CHECK(readBad(nested(maxNesting + 1)).code == "BRN1109");
}

//===------------------------------------------------------------------------------------------------------------------
// Sparse tensors
//===------------------------------------------------------------------------------------------------------------------

namespace {
/// richModel's sparse tensor: float32[3,4] with values at [0,1] and [2,3].
struct Sparse {
  onnx::ModelProto model = richModel();
  onnx::SparseTensorProto &tensor = *model.mutable_graph()->mutable_sparse_initializer(0);
  onnx::TensorProto &indices = *tensor.mutable_indices();

  std::string problem() {
    Diagnostic diagnostic = readBad(model);
    CHECK(diagnostic.code == "BRN1113");
    return diagnostic.facts.at(0);
  }
};
} // namespace

TEST_CASE_METHOD(Sparse, "indices of a sparse tensor") {
  indices.set_int64_data(3, 4);
  CHECK(problem() == "the index of entry 1 lies outside the tensor");
  indices.set_int64_data(3, -1);
  CHECK(problem() == "the index of entry 1 lies outside the tensor");
  indices.set_int64_data(2, 0);
  indices.set_int64_data(3, 1);
  CHECK(problem() == "the index of entry 1 doesn't ascend");
}

TEST_CASE_METHOD(Sparse, "row-major positions of a sparse tensor") {
  indices.mutable_dims()->RemoveLast();
  indices.clear_int64_data();
  indices.add_int64_data(1);
  indices.add_int64_data(11);
  readGood(model);
  indices.set_int64_data(1, 12);
  CHECK(problem() == "the index of entry 1 lies outside the tensor");
  indices.set_int64_data(0, -1);
  CHECK(problem() == "the index of entry 0 lies outside the tensor");
}

TEST_CASE_METHOD(Sparse, "shapes of a sparse tensor") {
  tensor.set_dims(0, -3);
  CHECK(problem() == "its dims are not those of a tensor");
  tensor.set_dims(0, 3);
  tensor.add_dims(1);
  CHECK(problem() == "its indices are not int64[values] or int64[values,rank]");
  tensor.mutable_dims()->RemoveLast();
  tensor.mutable_values()->add_dims(1);
  CHECK(problem() == "its values are not a vector of numbers");
}

TEST_CASE_METHOD(Sparse, "a sparse tensor may not expand without bounds") {
  tensor.set_dims(0, int64_t{1} << 40);
  CHECK(readBad(model).code == "BRN1005");
}

TEST_CASE_METHOD(Sparse, "a sparse tensor needs whole parts and a name") {
  tensor.mutable_values()->add_float_data(3);
  CHECK(readBad(model).code == "BRN1105");
  tensor.clear_values();
  CHECK(readBad(model).code == "BRN1115");
}
