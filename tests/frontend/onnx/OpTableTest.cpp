// The table of operators, and which inputs have to be known at compile time.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/reader/Reader.h"
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>
#include <fstream>

using namespace burin;

TEST_CASE("operators are sorted, and their versions don't overlap") {
  const std::vector<OpSupport> ops = supportedOps();
  REQUIRE(ops.size() > 100);
  for (size_t i = 1; i < ops.size(); ++i) {
    const OpSupport &a = ops[i - 1], &b = ops[i];
    INFO(b.op);
    CHECK(std::tie(a.domain, a.op) <= std::tie(b.domain, b.op));
    if (a.domain == b.domain && a.op == b.op)
      CHECK((a.untilOpset != 0 && a.untilOpset < b.sinceOpset));
  }
}

TEST_CASE("every operator's source exists") {
  for (const OpSupport &op : supportedOps()) {
    INFO(op.op << " in " << op.source);
    CHECK(std::ifstream(std::string(BURIN_SOURCE_DIR "/") + op.source).good());
  }
}

TEST_CASE("sets of types are named by their groups") {
  using namespace importer;
  CHECK(describeTypes(types::all) == "all");
  CHECK(describeTypes(types::scalars) == "numbers, bool");
  CHECK(describeTypes(types::floats | types::int32) == "floats, int32");
  CHECK(describeTypes(types::wideNumbers) == "floats, int32, int64, uint32, uint64");
  CHECK(describeTypes(types::floats8 | types::int2) == "float8, int2");
  for (const OpSupport &op : supportedOps()) {
    INFO(op.op);
    CHECK_FALSE(op.types.empty());
  }
}

TEST_CASE("operators are found by version") {
  const importer::OpImporter *other = nullptr;
  CHECK(importer::findOp("", "Relu", 1, &other));
  CHECK(importer::findOp("", "Scatter", 10, &other));
  CHECK_FALSE(importer::findOp("", "Scatter", 11, &other));
  CHECK(other != nullptr);
  CHECK_FALSE(importer::findOp("", "Reluu", 17, &other));
  CHECK(other == nullptr);
  CHECK_FALSE(importer::findOp("com.acme", "Relu", 1, &other));
}

namespace {

std::vector<std::string> needed(const ModelBuilder &b) {
  CollectingSink sink;
  auto model = readModelFromBytes(b.proto.SerializeAsString(), "test.onnx", sink);
  REQUIRE(model);
  return inputsNeededAsConstants(*model);
}

} // namespace

TEST_CASE("inputs that decide shapes, directly or through arithmetic") {
  ModelBuilder b;
  b.input("x", {2, 3}).input("a", {1}, DType::Int64).input("b", {1}, DType::Int64).input("w", {2, 3}).output("y");
  b.node("Concat", {"a", "b"}, {"to"}).i("axis", 0);
  b.node("Add", {"x", "w"}, {"s"});
  b.node("Reshape", {"s", "to"}, {"y"});
  CHECK(needed(b) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("an input whose shape alone is read stays an input") {
  ModelBuilder b;
  b.input("x", {2, 3}).input("like", {3, 2}).output("y");
  b.node("Shape", {"like"}, {"to"});
  b.node("Reshape", {"x", "to"}, {"y"});
  CHECK(needed(b).empty());
}

TEST_CASE("inputs that decide shapes inside functions and branches") {
  ModelBuilder b;
  b.input("x", {2, 3}).input("to", {2}, DType::Int64).input("c", {}, DType::Bool).output("z");
  b.node("F", {"x", "to"}, {"y"}).domain("local");
  auto &f = b.function("F", {"p", "q"}, {"r"}, 17);
  addNode(*f.mutable_node(), "Reshape", {"p", "q"}, {"r"});
  NodeRef node = b.node("If", {"c"}, {"z"});
  for (const char *branch : {"then_branch", "else_branch"}) {
    onnx::GraphProto &g = node.graph(branch);
    g.set_name(branch);
    addNode(*g.mutable_node(), "Neg", {"y"}, {"n"});
    g.add_output()->set_name("n");
  }
  CHECK(needed(b) == std::vector<std::string>{"to"});
}
