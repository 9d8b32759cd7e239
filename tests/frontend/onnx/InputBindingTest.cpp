// How the dims of inputs are bound.
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>

using namespace burin;

namespace {

/// y = Relu(x) with x of the given shape.
ModelBuilder relu(std::vector<Dim> dims) {
  ModelBuilder b;
  b.input("x", std::move(dims)).output("y").node("Relu", {"x"}, {"y"}).name("relu");
  return b;
}

HostTensor int64Tensor(std::vector<int64_t> values) {
  HostTensor t;
  t.dtype = DType::Int64;
  t.shape = {static_cast<int64_t>(values.size())};
  const auto *p = reinterpret_cast<const std::byte *>(values.data());
  t.data.assign(p, p + values.size() * sizeof(int64_t));
  return t;
}

} // namespace

TEST_CASE("an open leading dim is 1, with a remark") {
  Imported m(relu({"batch", 4}));
  CHECK(m.argument(0) == "float32[1,4]");
  REQUIRE(m.sink.diagnostics.size() == 1);
  CHECK(m.sink.diagnostics[0].severity == Severity::Remark);
  CHECK(m.sink.diagnostics[0].message == "input \"x\": the leading dim \"batch\" is open; 1 is taken");
  CHECK(m.sink.diagnostics[0].fix == "--dim batch=N binds it");
}

TEST_CASE("anonymous leading dims are 1, too") {
  for (Dim dim : {Dim(""), Dim("?"), Dim("-1"), Dim(0), Dim(-1)}) {
    Imported m(relu({dim, 4}));
    REQUIRE(m.succeeded());
    CHECK(m.argument(0) == "float32[1,4]");
    CHECK(m.sink.diagnostics[0].fix == "--shape x=… binds it");
  }
}

TEST_CASE("a leading dim that became 1 is 1 wherever its name occurs") {
  ModelBuilder b;
  b.input("a", {"n", 4}).input("b", {3, "n"}).output("y").node("MatMul", {"b", "a"}, {"y"});
  CHECK(Imported(b).result() == "float32[3,4]");
}

TEST_CASE("--dim binds a name") {
  CHECK(Imported(relu({"batch", "len"}), {.dims = {{"batch", 2}, {"len", 7}}}).argument(0) == "float32[2,7]");
}

TEST_CASE("--shape binds a whole input, and the names in it elsewhere") {
  ModelBuilder b;
  b.input("a", {"n", "k"}).input("b", {"k", 5}).output("y").node("MatMul", {"a", "b"}, {"y"});
  CHECK(Imported(b, {.shapes = {{"a", {2, 3}}}}).argument(1) == "float32[3,5]");
  CHECK(Imported(relu({"?", 3, "?", "?"}), {.shapes = {{"x", {1, 3, 48, 192}}}}).argument(0) == "float32[1,3,48,192]");
}

TEST_CASE("--shape gives an input the rank that the model leaves open") {
  ModelBuilder b;
  b.inputOfAnyShape("x").output("y").node("Relu", {"x"}, {"y"});
  CHECK(Imported(b).error() == "BRN1301");
  CHECK(Imported(b, {.shapes = {{"x", {2, 5}}}}).argument(0) == "float32[2,5]");
}

TEST_CASE("another open dim is an error that names the flag") {
  Imported named(relu({1, "len"}));
  CHECK(named.error() == "BRN1301");
  CHECK(named.errorText() == "dim \"len\" of input \"x\" (axis 1) is open / --dim len=N binds it; "
                             "--dim len=MIN..MAX leaves it open to the library's caller");
  Imported anonymous(relu({1, 3, "?", 8}));
  CHECK(anonymous.error() == "BRN1301");
  CHECK(anonymous.errorText() == "axis 2 of input \"x\" is open, and has no name / --shape x=1,3,N,8 binds it; "
                                 "MIN..MAX for N leaves it open to the library's caller");
}

TEST_CASE("flags that contradict the model, or each other") {
  CHECK(Imported(relu({1, 4}), {.shapes = {{"x", {1, 5}}}}).error() == "BRN1302");
  CHECK(Imported(relu({1, 4}), {.shapes = {{"x", {4}}}}).error() == "BRN1302");
  CHECK(Imported(relu({"n", 4}), {.shapes = {{"x", {-1, 4}}}}).error() == "BRN1302");
  CHECK(Imported(relu({"n", 4}), {.dims = {{"n", int64_t(1) << 40}}}).error() == "BRN1302");
  CHECK(Imported(relu({"n", 4}), {.dims = {{"n", 2}}, .shapes = {{"x", {3, 4}}}}).error() == "BRN1303");
  CHECK(Imported(relu({"n", "n"}), {.shapes = {{"x", {3, 4}}}}).error() == "BRN1303");
}

TEST_CASE("flags that name nothing") {
  CHECK(Imported(relu({"n", 4}), {.dims = {{"m", 2}}}).error() == "BRN1304");
  CHECK(Imported(relu({"n", 4}), {.shapes = {{"z", {1, 4}}}}).error() == "BRN1304");
  CHECK(Imported(relu({"n", 4}), {.constants = {{"z", int64Tensor({1})}}}).error() == "BRN1304");
  CHECK(Imported(relu({"n", 4}), {.dims = {{"m", 2}}}).errorText() ==
        "--dim names \"m\", which is no dim of an input / the named dims are: n");
}

TEST_CASE("an input fixed at compile time is no argument") {
  ModelBuilder b;
  b.input("x", {2, 6}).input("to", {2}, DType::Int64).output("y").node("Reshape", {"x", "to"}, {"y"});
  Imported m(b, {.constants = {{"to", int64Tensor({3, 4})}}});
  REQUIRE(m.succeeded());
  CHECK(m.main().getNumArguments() == 1);
  CHECK(m.result() == "float32[3,4]");
  HostTensor wrongType = int64Tensor({3});
  wrongType.dtype = DType::Float64;
  CHECK(Imported(b, {.constants = {{"to", wrongType}}}).error() == "BRN1305, BRN1302");
}

TEST_CASE("an initialiser listed among the inputs is a constant") {
  ModelBuilder b;
  b.input("x", {1, 2}).input("w", {2}).output("y").floats("w", {2}, {3, 4}).node("Mul", {"x", "w"}, {"y"});
  Imported m(b);
  REQUIRE(m.main().getNumArguments() == 1);
  CHECK(m.run({{1, 2}}) == std::vector<float>{3, 8});
}

TEST_CASE("arguments and results carry the names of the model") {
  ModelBuilder b = relu({1, 2});
  Imported m(b);
  auto name = [](mlir::Attribute a) { return mlir::cast<mlir::StringAttr>(a).getValue().str(); };
  CHECK(name(m.main().getArgAttr(0, "nn.name")) == "x");
  CHECK(name(m.main().getResultAttr(0, "nn.name")) == "y");
}

TEST_CASE("inputs of a type without kernels") {
  ModelBuilder text;
  text.input("x", {1}, DType::String).output("y").node("Identity", {"x"}, {"y"});
  CHECK(Imported(text).error() == "BRN1205 x");
  ModelBuilder sequence;
  sequence.output("y").node("SequenceAt", {"x", "i"}, {"y"});
  sequence.ints("i", {0}).proto.mutable_graph()->add_input()->set_name("x");
  sequence.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_sequence_type()->mutable_elem_type();
  CHECK(Imported(sequence).error() == "BRN1213");
}
