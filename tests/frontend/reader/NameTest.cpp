// Definitions, uses and order of values.
#include "tests/frontend/reader/Models.h"

#include <catch2/catch.hpp>

using namespace burin;

TEST_CASE("a value that nothing defines") {
  onnx::ModelProto model = smallModel();
  model.mutable_graph()->mutable_node(1)->set_input(0, "nothing");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1102");
  CHECK(diagnostic.node == "relu");
  CHECK(diagnostic.message == "value \"nothing\" is used, but nothing defines it");
}

TEST_CASE("an output that nothing defines") {
  onnx::ModelProto model = smallModel();
  model.mutable_graph()->add_output()->set_name("nothing");
  CHECK(readBad(model).code == "BRN1102");
  model = smallModel();
  model.mutable_graph()->add_output();
  CHECK(readBad(model).code == "BRN1102");
}

TEST_CASE("optional inputs and outputs are empty names") {
  onnx::ModelProto model = smallModel();
  addNode(*model.mutable_graph(), "LSTM", {"y", "", ""}, {"", "", "h"});
  readGood(model);
}

TEST_CASE("a value that is defined twice") {
  for (const char *name : {"x", "w", "sum"}) {
    INFO(name);
    onnx::ModelProto model = smallModel();
    addNode(*model.mutable_graph(), "Neg", {"y"}, {name}, "neg");
    Diagnostic diagnostic = readBad(model);
    CHECK(diagnostic.code == "BRN1103");
    CHECK(diagnostic.node == "neg");
  }
  onnx::ModelProto inputs = smallModel(), constants = smallModel();
  addValue(*inputs.mutable_graph()->mutable_input(), "x", {1, 4});
  CHECK(readBad(inputs).code == "BRN1103");
  addInitializer(*constants.mutable_graph(), "w", {1});
  CHECK(readBad(constants).code == "BRN1103");
  onnx::ModelProto twice = smallModel();
  twice.mutable_graph()->mutable_node(1)->add_output("y");
  CHECK(readBad(twice).code == "BRN1103");
}

TEST_CASE("an initialiser listed among the inputs is a constant") {
  onnx::ModelProto model = smallModel();
  addValue(*model.mutable_graph()->mutable_input(), "w", {4});
  Model read = readGood(model);
  REQUIRE(read.runtimeInputs().size() == 1);
  CHECK(read.runtimeInputs()[0]->name() == "x");
  addInitializer(*model.mutable_graph(), "w", {1, 2, 3, 4});
  CHECK(readBad(model).code == "BRN1103");
}

TEST_CASE("nodes are sorted as little as needed") {
  onnx::ModelProto model = smallModel();
  onnx::GraphProto &graph = *model.mutable_graph();
  addNode(graph, "Neg", {"late"}, {"n"}, "uses late");
  addNode(graph, "Abs", {"x"}, {"a"}, "independent");
  addNode(graph, "Exp", {"y"}, {"late"}, "makes late");
  addNode(graph, "Abs", {"x"}, {"b"}, "last");
  Model read = readGood(model);
  CHECK(nodeNames(read.graph()) ==
        std::vector<std::string>{"add", "relu", "independent", "makes late", "uses late", "last"});
  CHECK(read.graph().node(4).op_type() == "Neg");
}

TEST_CASE("nameless nodes are named by their place in the file") {
  onnx::ModelProto model = smallModel();
  onnx::GraphProto &graph = *model.mutable_graph();
  graph.mutable_node(0)->clear_name();
  graph.mutable_node(1)->clear_name();
  graph.mutable_node()->SwapElements(0, 1); // Relu first: the reader sorts
  addNode(graph, "Neg", {"y"}, {"n"}, "Add_1");
  CHECK(nodeNames(readGood(model).graph()) == std::vector<std::string>{"Add_1_", "Relu_0", "Add_1"});
}

TEST_CASE("a cycle names its nodes") {
  onnx::ModelProto model = smallModel();
  onnx::GraphProto &graph = *model.mutable_graph();
  addNode(graph, "Add", {"y", "c"}, {"a"}, "first");
  addNode(graph, "Neg", {"a"}, {"b"}, "second");
  addNode(graph, "Neg", {"b"}, {"c"}, "third");
  addNode(graph, "Neg", {"c"}, {"d"}, "behind");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1101");
  CHECK(diagnostic.facts == std::vector<std::string>{"cycle  \"first\" -> \"second\" -> \"third\" -> \"first\""});
}

TEST_CASE("a node that needs itself") {
  onnx::ModelProto model = smallModel();
  addNode(*model.mutable_graph(), "Add", {"y", "a"}, {"a"}, "loop");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1101");
  CHECK(diagnostic.node == "loop");
}

/// A model with an If whose then-branch is `body`.
static onnx::ModelProto withBranch(onnx::GraphProto **body) {
  onnx::ModelProto model = smallModel();
  onnx::NodeProto &node = addNode(*model.mutable_graph(), "If", {"y"}, {"chosen"}, "if");
  *body = &addSubgraph(node, "then_branch");
  return model;
}

TEST_CASE("a subgraph takes values from outside, also of later nodes") {
  onnx::GraphProto *body;
  onnx::ModelProto model = withBranch(&body);
  addNode(*body, "Neg", {"late"}, {"r"}, "inner");
  body->add_output()->set_name("r");
  addNode(*model.mutable_graph(), "Exp", {"y"}, {"late"}, "exp");
  CHECK(nodeNames(readGood(model).graph()) == std::vector<std::string>{"add", "relu", "exp", "if"});
}

TEST_CASE("a subgraph may return a value from outside") {
  onnx::GraphProto *body;
  onnx::ModelProto model = withBranch(&body);
  body->add_output()->set_name("y");
  readGood(model);
}

TEST_CASE("a subgraph that takes its own node's result is a cycle") {
  onnx::GraphProto *body;
  onnx::ModelProto model = withBranch(&body);
  addNode(*body, "Neg", {"chosen"}, {"r"}, "inner");
  body->add_output()->set_name("r");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1101");
  CHECK(diagnostic.node == "if");
}

TEST_CASE("values of a subgraph stay inside") {
  onnx::GraphProto *body;
  onnx::ModelProto model = withBranch(&body);
  addNode(*body, "Neg", {"y"}, {"r"}, "inner");
  body->add_output()->set_name("r");
  addNode(*model.mutable_graph(), "Neg", {"r"}, {"n"}, "outer");
  Diagnostic diagnostic = readBad(model);
  CHECK(diagnostic.code == "BRN1102");
  CHECK(diagnostic.node == "outer");
}

TEST_CASE("a subgraph's own name hides the same name outside") {
  onnx::GraphProto *body;
  onnx::ModelProto model = withBranch(&body);
  addNode(*body, "Neg", {"sum"}, {"r"}, "uses the inner one");
  addNode(*body, "Exp", {"x"}, {"sum"}, "defines it");
  body->add_output()->set_name("r");
  Model read = readGood(model);
  CHECK(nodeNames(read.graph().node(2).attribute(0).g()) ==
        std::vector<std::string>{"defines it", "uses the inner one"});
}

TEST_CASE("a large reversed chain is sorted quickly") {
  onnx::ModelProto model = smallModel();
  onnx::GraphProto &graph = *model.mutable_graph();
  constexpr int count = 50'000;
  for (int i = count; i-- > 0;) {
    std::string input = i == 0 ? "y" : "v" + std::to_string(i - 1), output = "v" + std::to_string(i);
    addNode(graph, "Neg", {input.c_str()}, {output.c_str()}, output.c_str());
  }
  Model read = readGood(model);
  CHECK(read.graph().node(2).name() == "v0");
  CHECK(read.graph().node(count + 1).name() == "v" + std::to_string(count - 1));
}
