// Operator sets, local functions and their calls.
#include "tests/frontend/reader/Models.h"

#include <catch2/catch.hpp>

using namespace burin;

/// Adds a call local::name(x, w) → name to the main graph.
static onnx::NodeProto &addCall(onnx::ModelProto &model, const char *name) {
  onnx::NodeProto &call = addNode(*model.mutable_graph(), name, {"x", "w"}, {name}, "call");
  call.set_domain("local");
  return call;
}

TEST_CASE("an operator set that isn't imported") {
  onnx::ModelProto none = smallModel(), other = smallModel();
  none.clear_opset_import();
  none.mutable_graph()->mutable_node()->RemoveLast();
  none.mutable_graph()->mutable_output(0)->set_name("sum");
  CHECK(readBad(none).code == "BRN1104");
  addNode(*other.mutable_graph(), "Scaler", {"y"}, {"s"}, "scaler").set_domain("ai.onnx.ml");
  Diagnostic diagnostic = readBad(other);
  CHECK(diagnostic.code == "BRN1104");
  CHECK(diagnostic.node == "scaler");
}

TEST_CASE("impossible versions") {
  for (int64_t version : {int64_t{0}, int64_t{-1}, int64_t{1001}, INT64_MAX}) {
    onnx::ModelProto model = smallModel();
    model.mutable_opset_import(0)->set_version(version);
    CHECK(readBad(model).code == "BRN1118");
  }
  onnx::ModelProto unset = smallModel();
  unset.mutable_opset_import(0)->clear_version();
  CHECK(readBad(unset).code == "BRN1118");
}

TEST_CASE("one domain under two names") {
  onnx::ModelProto model = smallModel();
  onnx::OperatorSetIdProto &again = *model.add_opset_import();
  again.set_domain("ai.onnx");
  again.set_version(17);
  CHECK(readGood(model).opsets == OpsetVersions{{"", 17}});
  again.set_version(18);
  CHECK(readBad(model).code == "BRN1118");
}

TEST_CASE("a call finds its function without an import") {
  onnx::ModelProto model = smallModel();
  addFunction(model, "f", "Add");
  addCall(model, "f");
  Model read = readGood(model);
  const LocalFunction *function = read.functionFor(read.graph().node(2));
  REQUIRE(function);
  CHECK(function->proto == &read.proto.functions(0));
  CHECK(function->opsets == OpsetVersions{{"", 17}});
}

TEST_CASE("overloads are different functions") { // NodeProto.overload = 8, FunctionProto.overload = 13
  onnx::ModelProto model = smallModel();
  onnx::FunctionProto &first = addFunction(model, "f", "Add"), &second = addFunction(model, "f", "Mul");
  first.GetReflection()->MutableUnknownFields(&first)->AddLengthDelimited(13, "one");
  second.GetReflection()->MutableUnknownFields(&second)->AddLengthDelimited(13, "two");
  onnx::NodeProto &call = addCall(model, "f");
  call.GetReflection()->MutableUnknownFields(&call)->AddLengthDelimited(8, "two");
  Model read = readGood(model);
  REQUIRE(read.functionFor(read.graph().node(2)));
  CHECK(read.functionFor(read.graph().node(2))->proto->node(0).op_type() == "Mul");
}

TEST_CASE("default attributes are read") { // FunctionProto.attribute_proto = 11
  onnx::AttributeProto alpha;
  alpha.set_name("alpha");
  alpha.set_f(0.5f);
  onnx::ModelProto model = smallModel();
  onnx::FunctionProto &function = addFunction(model, "f", "Add");
  google::protobuf::UnknownFieldSet &unknown = *function.GetReflection()->MutableUnknownFields(&function);
  unknown.AddLengthDelimited(11, alpha.SerializeAsString());
  Model read = readGood(model);
  const LocalFunction &local = read.functions.at({"local", "f", ""});
  REQUIRE(local.defaults.size() == 1);
  CHECK(local.defaults[0].f() == 0.5f);
  CHECK(local.defaults[0].type() == onnx::AttributeProto::FLOAT);

  unknown.AddLengthDelimited(11, "\xff");
  CHECK(readBad(model).code == "BRN1111");
}

TEST_CASE("default attributes may be neither graphs nor malformed") {
  onnx::AttributeProto graph, nameless;
  graph.set_name("body");
  graph.mutable_g();
  nameless.set_f(1);
  auto codeWith = [](const onnx::AttributeProto &attribute) {
    onnx::ModelProto model = smallModel();
    onnx::FunctionProto &function = addFunction(model, "f", "Add");
    function.GetReflection()->MutableUnknownFields(&function)->AddLengthDelimited(11, attribute.SerializeAsString());
    return readBad(model).code;
  };
  CHECK(codeWith(graph) == "BRN1111");
  CHECK(codeWith(nameless) == "BRN1112");
}

TEST_CASE("a function that is defined twice, or has no name") {
  onnx::ModelProto twice = smallModel(), nameless = smallModel();
  addFunction(twice, "f", "Add");
  addFunction(twice, "f", "Mul");
  CHECK(readBad(twice).code == "BRN1111");
  addFunction(nameless, "", "Add");
  CHECK(readBad(nameless).code == "BRN1115");
}

TEST_CASE("a function sees only its own values") {
  onnx::ModelProto model = smallModel();
  onnx::FunctionProto &function = addFunction(model, "f", "Add");
  function.mutable_node(0)->set_input(1, "w");
  CHECK(readBad(model).code == "BRN1102");
  function.mutable_node(0)->set_input(1, "b");
  readGood(model);
  function.add_output("d");
  CHECK(readBad(model).code == "BRN1102");
  function.set_output(1, "c");
  function.add_input("a");
  CHECK(readBad(model).code == "BRN1103");
}

TEST_CASE("a function imports its own operator sets") {
  onnx::ModelProto model = smallModel();
  addFunction(model, "f", "Add").clear_opset_import();
  CHECK(readBad(model).code == "BRN1104");
}

TEST_CASE("recursion names the calls") {
  onnx::ModelProto direct = smallModel(), mutual = smallModel();
  addFunction(direct, "f", "f", "local", "local");
  Diagnostic diagnostic = readBad(direct);
  CHECK(diagnostic.code == "BRN1110");
  CHECK(diagnostic.facts == std::vector<std::string>{"calls  \"f\" -> \"f\""});

  addFunction(mutual, "f", "g", "local", "local");
  addFunction(mutual, "g", "h", "local", "local");
  addFunction(mutual, "h", "g", "local", "local");
  addCall(mutual, "f");
  CHECK(readBad(mutual).facts == std::vector<std::string>{"calls  \"g\" -> \"h\" -> \"g\""});
}

TEST_CASE("recursion through a subgraph") {
  onnx::ModelProto model = smallModel();
  onnx::FunctionProto &function = addFunction(model, "f", "If");
  onnx::GraphProto &body = addSubgraph(*function.mutable_node(0), "then_branch");
  addNode(body, "f", {"a", "b"}, {"r"}).set_domain("local");
  body.add_output()->set_name("r");
  CHECK(readBad(model).code == "BRN1110");
}

TEST_CASE("a call with too many operands") {
  onnx::ModelProto model = smallModel();
  addFunction(model, "f", "Add");
  onnx::NodeProto &call = addCall(model, "f");
  call.mutable_input()->RemoveLast(); // fewer are fine
  readGood(model);
  for (int i = 0; i < 2; ++i)
    call.add_input("x");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1116");
  CHECK(diagnostic.node == "call");
}

/// Functions f0 … f<count − 1>, each of which calls the one before it `calls` times.
static onnx::ModelProto chain(int count, int calls) {
  onnx::ModelProto model = smallModel();
  for (int i = 0; i < count; ++i) {
    std::string name = "f" + std::to_string(i), callee = i == 0 ? "Add" : "f" + std::to_string(i - 1);
    onnx::FunctionProto &function = addFunction(model, name.c_str(), callee.c_str(), "local", i == 0 ? "" : "local");
    for (int call = 1; call < calls; ++call) {
      onnx::NodeProto &node = *function.add_node();
      node = function.node(0);
      node.set_output(0, "c" + std::to_string(call));
    }
  }
  addCall(model, ("f" + std::to_string(count - 1)).c_str());
  return model;
}

TEST_CASE("calls may nest, but not without bounds") {
  readGood(chain(maxNesting, 1));
  CHECK(readBad(chain(maxNesting + 1, 1)).code == "BRN1109");
  CHECK(readBad(chain(20'000, 1)).code == "BRN1109");
}

TEST_CASE("calls may not multiply without bounds") {
  readGood(chain(18, 2)); // 2^18 nodes
  CHECK(readBad(chain(20, 2)).code == "BRN1005");
  CHECK(readBad(chain(64, 2)).code == "BRN1005");
}

TEST_CASE("graphs may nest, but not without bounds") {
  auto nested = [](int depth) {
    onnx::ModelProto model = smallModel();
    onnx::GraphProto *graph = model.mutable_graph();
    for (int i = 0; i < depth; ++i)
      graph = &addSubgraph(addNode(*graph, "If", {"x"}, {""}), "then_branch");
    return model;
  };
  readGood(nested(maxNesting));
  CHECK(readBad(nested(maxNesting + 1)).code == "BRN1109");
  CHECK(readBad(nested(5'000)).code == "BRN1002"); // protobuf itself gives up
}
