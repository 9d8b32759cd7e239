// Each way in which a node can be wrong has its number, names the node, and says what to do.
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>

using namespace burin;

namespace {

/// The error of node "n" with inputs x float32[2,3,4] and y float32[4,5].
std::string errorOf(const char *op, std::vector<const char *> inputs,
                    const std::function<void(NodeRef &)> &attributes = {}, int64_t opset = 17) {
  ModelBuilder b(opset);
  b.input("x", {2, 3, 4}).input("y", {4, 5}).output("z").ints("five", {5}).ints("one", {1});
  b.input("run", {1}, DType::Int64);
  NodeRef node = b.node(op, std::move(inputs), {"z"});
  node.name("n");
  if (attributes)
    attributes(node);
  return Imported(b).error();
}

} // namespace

TEST_CASE("BRN1201: unknown operators, each reported once") {
  CHECK(errorOf("ImageDecoder", {"x"}) == "BRN1201 n");
  ModelBuilder b;
  b.input("x", {1}).output("y");
  b.node("Foo", {"x"}, {"a"}).name("a");
  b.node("Foo", {"a"}, {"b"}).name("b");
  b.node("Bar", {"b"}, {"y"}).name("c");
  Imported m(b);
  CHECK(m.error() == "BRN1201 a, BRN1201 c");
  CHECK(m.errorText() == "operator \"Foo\" is not supported / \"burin ops\" lists what is supported");
}

TEST_CASE("BRN1201: what no compiled library can do says why") {
  ModelBuilder b(22);
  b.input("x", {2}).output("y").node("RandomNormalLike", {"x"}, {"y"}).name("n");
  Imported m(b);
  CHECK(m.error() == "BRN1201 n");
  CHECK(m.errorText().find("draws random numbers") != std::string::npos);
}

TEST_CASE("BRN1201: versions") {
  CHECK(errorOf("Upsample", {"x", "y"}, {}, 17) == "BRN1201 n");
  ModelBuilder b(17);
  b.input("x", {1}).output("y").node("Upsample", {"x", "x"}, {"y"}).name("n");
  CHECK(Imported(b).errorText() == "operator \"Upsample\" is not supported in opset 17 / it is known up to opset 9");
}

TEST_CASE("BRN1202: forms that aren't supported") {
  ModelBuilder b(17);
  b.input("x", {1, 1, 4, 4, 4, 4}).output("y");
  b.node("MaxPool", {"x"}, {"y"}).name("n").ints("kernel_shape", {2, 2, 2, 2});
  CHECK(Imported(b).error() == "BRN1202 n");
}

TEST_CASE("BRN1202: constants that would be huge, and operators without end") {
  const int64_t large = (int64_t(1) << 31) - 1;
  ModelBuilder reverse; // would number the places
  reverse.input("x", {large, 1}, DType::Int8).input("lengths", {1}, DType::Int64).output("y");
  reverse.node("ReverseSequence", {"x", "lengths"}, {"y"}).name("n");
  CHECK(Imported(reverse).error() == "BRN1202 n");

  ModelBuilder grams;
  grams.input("x", {2}, DType::Int64).output("y");
  grams.node("TfIdfVectorizer", {"x"}, {"y"})
      .name("n")
      .ints("ngram_counts", {0})
      .ints("ngram_indexes", {INT64_MAX})
      .ints("pool_int64s", {1});
  CHECK(Imported(grams).error() == "BRN1202 n");

  ModelBuilder skips;
  skips.input("x", {1 << 20}, DType::Int64).output("y");
  skips.node("TfIdfVectorizer", {"x"}, {"y"})
      .name("n")
      .i("min_gram_length", 2)
      .i("max_gram_length", 2)
      .i("max_skip_count", INT64_MAX)
      .ints("ngram_counts", {0, 0})
      .ints("ngram_indexes", {0})
      .ints("pool_int64s", {1, 2});
  CHECK(Imported(skips).error() == "BRN1202 n");

  ModelBuilder bands;
  bands.output("y").ints("bands", {60000}).ints("length", {1 << 20}).ints("rate", {1 << 20});
  bands.floats("low", {}, {0}).floats("high", {}, {1});
  bands.node("MelWeightMatrix", {"bands", "length", "rate", "low", "high"}, {"y"}).name("n");
  CHECK(Imported(bands).error() == "BRN1202 n");

  ModelBuilder tree; // a single leaf
  tree.imports("ai.onnx.ml", 3).input("x", {1, 1}).output("y");
  NodeRef node = tree.node("TreeEnsembleRegressor", {"x"}, {"y"}).name("n").domain("ai.onnx.ml");
  for (const char *name : {"nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids",
                           "nodes_falsenodeids", "target_treeids", "target_nodeids", "target_ids"})
    node.ints(name, {0});
  node.strings("nodes_modes", {"LEAF"}).floats("nodes_values", {0}).floats("target_weights", {1});
  node.floats("base_values", {1}).i("n_targets", large);
  CHECK(Imported(tree).error() == "BRN1202 n");

  ModelBuilder deep;
  deep.input("x", {1, 1, 1 << 20, 1, 1}).input("w", {1, 1, 1 << 20, 1, 1}).output("y");
  deep.node("Conv", {"x", "w"}, {"y"}).name("n");
  CHECK(Imported(deep).error() == "BRN1202 n");
  deep.proto.mutable_graph()->mutable_node(0)->set_op_type("ConvTranspose");
  CHECK(Imported(deep).error() == "BRN1202 n");

  ModelBuilder sparse;
  sparse.output("y");
  onnx::SparseTensorProto &s = *sparse.proto.mutable_graph()->add_sparse_initializer();
  s.add_dims(int64_t(1) << 28);
  s.mutable_values()->set_name("s");
  s.mutable_values()->set_data_type(onnx::TensorProto::FLOAT);
  s.mutable_values()->add_dims(1);
  s.mutable_values()->add_float_data(1);
  s.mutable_indices()->set_data_type(onnx::TensorProto::INT64);
  s.mutable_indices()->add_dims(1);
  s.mutable_indices()->add_int64_data(0);
  sparse.node("Relu", {"s"}, {"y"});
  CHECK(Imported(sparse).error() == "BRN1202 s");
}

TEST_CASE("BRN1206: a sum of embeddings that don't fit together") {
  ModelBuilder b;
  b.imports("com.microsoft", 1).input("ids", {2, 4}, DType::Int32).input("segments", {2, 3}, DType::Int32).output("y");
  b.input("word", {9, 8}).input("position", {6, 8}).input("segment", {2, 8}).input("gamma", {8}).input("beta", {8});
  b.node("EmbedLayerNormalization", {"ids", "segments", "word", "position", "segment", "gamma", "beta"}, {"y", "m"})
      .name("n")
      .domain("com.microsoft");
  CHECK(Imported(b).error() == "BRN1206 n");
}

TEST_CASE("BRN1206: a skip that would enlarge the input of a norm") {
  ModelBuilder b;
  b.imports("com.microsoft", 1).input("x", {1, 4, 8}).input("skip", {3, 4, 8}).input("gamma", {8}).output("y");
  b.node("SkipLayerNormalization", {"x", "skip", "gamma"}, {"y"}).name("n").domain("com.microsoft");
  CHECK(Imported(b).error() == "BRN1206 n");
}

TEST_CASE("BRN1206: mel bands without end") {
  ModelBuilder b;
  b.output("y").ints("bands", {2}).ints("length", {8}).ints("rate", {16});
  b.floats("low", {}, {0}).floats("high", {}, {std::numeric_limits<float>::infinity()});
  b.node("MelWeightMatrix", {"bands", "length", "rate", "low", "high"}, {"y"}).name("n");
  CHECK(Imported(b).error() == "BRN1206 n");
}

TEST_CASE("BRN1203: shapes that only a run decides") {
  CHECK(errorOf("Reshape", {"x", "run"}) == "BRN1203 n");
  CHECK(errorOf("ConstantOfShape", {"run"}) == "BRN1203 n");
  CHECK(errorOf("Unsqueeze", {"x", "run"}) == "BRN1203 n");
  CHECK(errorOf("Slice", {"x", "run", "one"}) == "BRN1203 n");
}

TEST_CASE("BRN1205: element types") {
  CHECK(errorOf("Cast", {"x"}, [](NodeRef &n) { n.i("to", toOnnx(DType::Complex64)); }) == "BRN1205 n");
  CHECK(errorOf("Cast", {"x"}, [](NodeRef &n) { n.i("to", INT64_MAX); }) == "BRN1205 n");
}

TEST_CASE("BRN1205: elements of another type than the operator's") {
  CHECK(errorOf("Softmax", {"run"}) == "BRN1205 n");
  CHECK(errorOf("ReduceLogSum", {"run"}) == "");
  CHECK(errorOf("ReduceLogSum", {"run"}, {}, 28) == "BRN1205 n"); // integers no longer
  ModelBuilder b;
  b.input("c", {2}, DType::Bool).input("x", {2}, DType::Int4).output("y");
  b.node("Where", {"c", "x", "x"}, {"y"}).name("n");
  Imported m(b);
  CHECK(m.error() == "BRN1205 n");
  CHECK(m.errorText() == "Where: input 1 of element type int4 is not supported / it takes numbers, bool");
}

TEST_CASE("BRN1206: inputs that don't fit together") {
  CHECK(errorOf("Add", {"x", "y"}) == "BRN1206 n");
  CHECK(errorOf("MatMul", {"y", "y"}) == "BRN1206 n");
  CHECK(errorOf("Concat", {"x", "y"}, [](NodeRef &n) { n.i("axis", 0); }) == "BRN1206 n");
  CHECK(errorOf("Where", {"x", "x", "x"}) == "BRN1206 n"); // the condition must be bool
  CHECK(errorOf("Gemm", {"x", "y"}) == "BRN1206 n");
  CHECK(errorOf("Squeeze", {"x", "one"}) == "BRN1206 n");
  CHECK(errorOf("Transpose", {"x"}, [](NodeRef &n) { n.ints("perm", {0, 0, 1}); }) == "BRN1206 n");
  CHECK(errorOf("Split", {"x", "five"}, [](NodeRef &n) { n.i("axis", 2); }) == "BRN1206 n");
  CHECK(errorOf("Add", {"x", "run"}) == "BRN1206 n"); // float32 and int64
}

TEST_CASE("BRN1206: Split into no parts") {
  ModelBuilder b;
  b.input("x", {1, 64}).output("y");
  b.node("Split", {"x"}, {}).name("n");
  b.node("Relu", {"x"}, {"y"});
  CHECK(Imported(b).error() == "BRN1206 n");
}

TEST_CASE("BRN1206 lists the inputs") {
  ModelBuilder b;
  b.input("x", {1, 64}).input("w", {60, 10}).output("y").node("MatMul", {"x", "w"}, {"y"}).name("fc");
  Imported m(b);
  REQUIRE(m.sink.diagnostics.size() == 1);
  CHECK(m.sink.diagnostics[0].message == "MatMul: the inner dims differ");
  CHECK(m.sink.diagnostics[0].facts == std::vector<std::string>{"input 0  float32[1,64]", "input 1  float32[60,10]"});
  CHECK(m.sink.diagnostics[0].model == "test.onnx");
}

TEST_CASE("BRN1208: attributes") {
  CHECK(errorOf("Softmax", {"x"}, [](NodeRef &n) { n.i("axis", 3); }) == "BRN1208 n");
  CHECK(errorOf("Softmax", {"x"}, [](NodeRef &n) { n.i("axis", INT64_MIN); }) == "BRN1208 n");
  CHECK(errorOf("Softmax", {"x"}, [](NodeRef &n) { n.s("axis", "last"); }) == "BRN1208 n");
  CHECK(errorOf("Squeeze", {"x"}, [](NodeRef &n) { n.ints("axes", {0, 0}); }, 11) == "BRN1208 n");
  CHECK(errorOf("ReduceSum", {"x", "five"}) == "BRN1208 n");
}

TEST_CASE("BRN1209: the number of inputs") {
  CHECK(errorOf("Relu", {"x", "y"}) == "BRN1209 n");
  CHECK(errorOf("Add", {"x"}) == "BRN1209 n");
  CHECK(errorOf("Add", {"x", ""}) == "BRN1209 n");
}

TEST_CASE("BRN1210: tensors too large for the kernels") {
  ModelBuilder b;
  b.input("x", {1}).output("y").ints("to", {65536, 65536}).node("Expand", {"x", "to"}, {"y"}).name("n");
  CHECK(Imported(b).error() == "BRN1210 n");
  ModelBuilder bytes; // 2^29 floats are 2^31 bytes
  bytes.input("x", {1}).output("y").ints("to", {1 << 15, 1 << 14}).node("Expand", {"x", "to"}, {"y"}).name("n");
  CHECK(Imported(bytes).error() == "BRN1210 n");
  ModelBuilder zero; // a zero dim hides nothing
  zero.input("x", {1}).output("y").ints("to", {0, INT64_MAX, INT64_MAX}).node("Expand", {"x", "to"}, {"y"}).name("n");
  CHECK(Imported(zero).error() == "BRN1210 n");
}

TEST_CASE("nothing after the first error of a node is reported") {
  ModelBuilder b;
  b.input("x", {2, 3}).output("y");
  b.node("Softmax", {"x"}, {"a"}).name("n").i("axis", 7);
  b.node("Add", {"a", "x"}, {"y"}).name("m");
  CHECK(Imported(b).error() == "BRN1208 n");
}
