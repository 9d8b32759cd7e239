// Functions, branches, names and locations; which operators come out.
#include "tests/frontend/onnx/ModelBuilder.h"

#include "frontend/onnx/NnBuilder.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Unary.h"

#include <catch2/catch.hpp>

using namespace burin;
using onnx::AttributeProto;

namespace {

std::string origin(mlir::Operation *op) {
  nn::OriginAttr o = nn::getOrigin(op);
  if (!o)
    return "none";
  std::string text = o.getTensor().getValue().str();
  for (int64_t axis : o.getPerm())
    text += " " + std::to_string(axis);
  return text;
}

} // namespace

TEST_CASE("a local function is inlined; its nodes have the name of the call in front") {
  ModelBuilder b;
  b.input("x", {1, 4}).output("y");
  b.node("Scaled", {"x"}, {"y"}).domain("local").name("call").f("slope", 0.25f);
  auto &f = b.function("Scaled", {"in"}, {"out"}, 17);
  addNode(*f.mutable_node(), "LeakyRelu", {"in"}, {"out"}).name("leaky").ref("alpha", "slope", AttributeProto::FLOAT);
  f.add_attribute("slope");
  Imported m(b);
  REQUIRE(m.succeeded());
  CHECK(m.operators() == "unary");
  CHECK(nodeName(m.first<nn::UnaryOp>().getLoc()) == "call/leaky");
  CHECK(m.run({{-4, -2, 0, 8}}) == std::vector<float>{-1, -0.5, 0, 8});
}

TEST_CASE("an attribute that the call leaves out is absent in the function") {
  ModelBuilder b;
  b.input("x", {1, 1}).output("y");
  b.node("F", {"x"}, {"y"}).domain("local");
  auto &f = b.function("F", {"in"}, {"out"}, 17);
  addNode(*f.mutable_node(), "ThresholdedRelu", {"in"}, {"out"}).ref("alpha", "limit", AttributeProto::FLOAT);
  f.add_attribute("limit");
  CHECK(Imported(b).run({{0.5f}}) == std::vector<float>{0}); // ONNX's default is 1
}

TEST_CASE("functions call functions, and see neither the caller's names nor its opset") {
  ModelBuilder b(17);
  b.input("x", {2, 1, 3}).output("y").ints("axes", {0});
  b.node("Outer", {"x"}, {"y"}).domain("local").name("a");
  auto &outer = b.function("Outer", {"t"}, {"u"}, 17);
  outer.mutable_opset_import(0)->set_domain("");
  onnx::OperatorSetIdProto &local = *outer.add_opset_import();
  local.set_domain("local");
  local.set_version(1);
  addNode(*outer.mutable_node(), "Inner", {"t"}, {"u"}).domain("local").name("b");
  auto &inner = b.function("Inner", {"x"}, {"y"}, 11); // Squeeze-11 takes the axes as an attribute
  addNode(*inner.mutable_node(), "Squeeze", {"x"}, {"y"}).name("c").ints("axes", {1});
  Imported m(b);
  REQUIRE(m.succeeded());
  CHECK(m.result() == "float32[2,3]");
  CHECK(nodeName(m.first<nn::ReshapeOp>().getLoc()) == "a/b/c");
}

TEST_CASE("an absent optional input of a function is absent inside") {
  ModelBuilder b;
  b.input("x", {1, 2}).output("y").floats("lo", {}, {-1});
  b.node("Limit", {"x", "lo"}, {"y"}).domain("local");
  auto &f = b.function("Limit", {"v", "a", "b"}, {"w"}, 17);
  addNode(*f.mutable_node(), "Clip", {"v", "a", "b"}, {"w"});
  CHECK(Imported(b).run({{-5, 5}}) == std::vector<float>{-1, 5});
}

TEST_CASE("an If with a constant condition is its branch") {
  for (bool condition : {true, false}) {
    ModelBuilder b;
    b.input("x", {1, 2}).output("y").bytes("c", DType::Bool, {}, {condition});
    NodeRef node = b.node("If", {"c"}, {"y"});
    for (const char *branch : {"then_branch", "else_branch"}) {
      onnx::GraphProto &g = node.graph(branch);
      g.set_name(branch);
      addNode(*g.mutable_node(), branch[0] == 't' ? "Neg" : "Abs", {"x"}, {"r"});
      g.add_output()->set_name("r");
    }
    CHECK(Imported(b).run({{-3, 2}}) == (condition ? std::vector<float>{3, -2} : std::vector<float>{3, 2}));
  }
}

TEST_CASE("an If that only data decide keeps both branches, which agree in what they give") {
  for (bool agree : {true, false}) {
    ModelBuilder b;
    b.input("x", {1, 2}).input("c", {1}, DType::Bool).output("y");
    NodeRef node = b.node("If", {"c"}, {"y"});
    for (const char *branch : {"then_branch", "else_branch"}) {
      onnx::GraphProto &g = node.name("if").graph(branch);
      g.set_name(branch);
      const bool other = branch[0] == 'e' && !agree;
      addNode(*g.mutable_node(), other ? "Squeeze" : branch[0] == 't' ? "Neg" : "Abs", {"x"}, {"r"});
      g.add_output()->set_name("r");
    }
    if (agree)
      CHECK(Imported(b).operators() == "if");
    else
      CHECK(Imported(b).error() == "BRN1202 if");
  }
}

TEST_CASE("loops within loops: whether they can be computed now isn't tried without end") {
  ModelBuilder b;
  b.input("x", {1}).output("y").ints("turns", {1});
  b.bytes("true", DType::Bool, {}, {1});
  onnx::GraphProto *g = b.proto.mutable_graph();
  const char *result = "y";
  for (int depth = 0; depth < 40; ++depth) { // each level is tried, and then made a loop
    g = &addNode(*g->mutable_node(), "Loop", {"turns", "true"}, {result}).graph("body");
    g->set_name("body");
    const std::string level = std::to_string(depth);
    for (auto [name, type] : {std::pair("i", DType::Int64), std::pair("c", DType::Bool)}) {
      onnx::ValueInfoProto &info = *g->add_input();
      info.set_name(name + level);
      info.mutable_type()->mutable_tensor_type()->set_elem_type(toOnnx(type));
    }
    addNode(*g->mutable_node(), "Identity", {("c" + level).c_str()}, {("d" + level).c_str()});
    g->add_output()->set_name("d" + level);
    g->add_output()->set_name("r");
    result = "r";
  }
  addNode(*g->mutable_node(), "Neg", {"x"}, {"r"});
  CHECK(Imported(b).result() == "float32" + importer::describeShape(importer::Shape(41, 1)));
}

TEST_CASE("spatial operators are NHWC inside, and both forms name their ONNX tensor") {
  ModelBuilder b;
  b.input("x", {1, 2, 5, 5}).output("y").floats("w", {3, 2, 3, 3}, std::vector<float>(54, 1));
  b.node("Conv", {"x", "w"}, {"y"}).name("conv1");
  Imported m(b);
  CHECK(m.operators() == "transpose conv2d transpose");
  auto conv = m.first<nn::Conv2dOp>();
  CHECK(importer::describeShape(nn::shapeOf(conv.getW())) == "[3,3,3,2]");
  CHECK(origin(conv) == "y 0 2 3 1");
  CHECK(origin(m.main().getBody().front().getTerminator()->getOperand(0).getDefiningOp()) == "y");
  CHECK(nodeName(conv.getLoc()) == "conv1");
}

TEST_CASE("quantised values enter and leave as plain integers") {
  ModelBuilder b;
  b.input("x", {1, 4}).output("y").floats("s", {}, {0.5f}).bytes("z", DType::UInt8, {}, {10});
  b.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  b.node("DequantizeLinear", {"q", "s", "z"}, {"y"});
  Imported m(b);
  CHECK(m.operators() == "quantize storage_cast storage_cast dequantize");
  auto type = nn::perTensorQuant(m.first<nn::QuantizeOp>().getY());
  REQUIRE(type);
  CHECK(type.getScale() == 0.5);
  CHECK(type.getZeroPoint() == 10);
  CHECK_FALSE(type.isSigned());
  CHECK(origin(m.first<nn::QuantizeOp>()) == "q");
  // (-6 / 0.5 + 10) saturates at 0; 0.3 / 0.5 rounds to 1; 0.25 / 0.5 is a tie that goes to even; 200 saturates at 255.
  CHECK(m.run({{-6, 0.3f, 0.25f, 200}}) == std::vector<float>{-5, 0.5, 0, 122.5});
}

TEST_CASE("quantised weights stay quantised when their layout changes") {
  ModelBuilder b;
  b.input("x", {1, 2, 3, 3}).output("y").floats("s", {4}, {0.5f, 1, 2, 4});
  b.bytes("w", DType::Int8, {4, 2, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}).bytes("z", DType::Int8, {4}, {0, 0, 0, 0});
  b.node("DequantizeLinear", {"w", "s", "z"}, {"wf"}).i("axis", 0);
  b.node("Conv", {"x", "wf"}, {"y"});
  Imported m(b);
  auto weights = m.first<nn::Conv2dOp>().getW().getDefiningOp<nn::DequantizeOp>();
  REQUIRE(weights);
  CHECK(nn::definingConstant(weights.getX()));
  CHECK(nn::quantParams(nn::quantType(weights.getX())).axis == 0);
}
