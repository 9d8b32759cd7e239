// Damaged models: the reader must reject each with a diagnostic, or accept it and keep every promise of Model.
#include "frontend/onnx/reader/Wire.h"
#include "frontend/tensors/HostTensor.h"
#include "tests/frontend/reader/Models.h"
#include "tests/frontend/reader/Mutate.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

using namespace burin;

namespace {
/// Model's invariants, stated again in the simplest way; shares nothing with the reader.
class InvariantCheck {
public:
  explicit InvariantCheck(const Model &model) : model(model) {}

  void run() {
    graph(model.graph(), {});
    for (const onnx::FunctionProto &function : model.proto.functions()) {
      std::set<std::string> names(function.input().begin(), function.input().end());
      nodes(function.node(), names);
      for (const std::string &output : function.output())
        expect(names.contains(output));
    }
    for (const onnx::ValueInfoProto *input : model.runtimeInputs())
      expect(input->type().value_case() != onnx::TypeProto::VALUE_NOT_SET);
    expect(model.proto.training_info_size() == 0);
    expect(model.sha256.size() == 64);
  }

private:
  static void expect(bool condition) { REQUIRE(condition); }

  void tensor(const onnx::TensorProto &tensor) {
    CollectingSink sink;
    expect(tensor.data_location() == onnx::TensorProto::DEFAULT);
    expect(tensor.data_type() == onnx::TensorProto::STRING || fromTensorProto(tensor, sink));
  }

  void nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, std::set<std::string> &names) {
    for (const onnx::NodeProto &node : nodes) {
      expect(!node.name().empty() && !node.op_type().empty());
      for (const std::string &input : node.input())
        expect(input.empty() || names.contains(input));
      std::set<std::string> attributes;
      for (const onnx::AttributeProto &attribute : node.attribute()) {
        expect(attributes.insert(attribute.name()).second);
        expect(!attribute.ref_attr_name().empty() || attribute.type() != onnx::AttributeProto::UNDEFINED);
        if (attribute.has_t())
          tensor(attribute.t());
        if (attribute.has_g())
          graph(attribute.g(), names);
        for (const onnx::GraphProto &subgraph : attribute.graphs())
          graph(subgraph, names);
      }
      names.insert(node.output().begin(), node.output().end());
    }
  }

  /// `names`: what is visible from outside.
  void graph(const onnx::GraphProto &graph, std::set<std::string> names) {
    std::set<std::string> own;
    for (const onnx::ValueInfoProto &input : graph.input())
      expect(own.insert(input.name()).second);
    for (const onnx::TensorProto &constant : graph.initializer()) {
      tensor(constant);
      own.insert(constant.name());
    }
    for (const onnx::SparseTensorProto &constant : graph.sparse_initializer())
      own.insert(constant.values().name());
    names.insert(own.begin(), own.end());
    for (const onnx::NodeProto &node : graph.node())
      for (const std::string &output : node.output())
        expect(output.empty() || own.insert(output).second);
    nodes(graph.node(), names);
    for (const onnx::ValueInfoProto &output : graph.output())
      expect(names.contains(output.name()));
  }

  const Model &model;
};

struct Tally {
  size_t accepted = 0, rejected = 0;
  std::set<std::string> codes;
};
} // namespace

static void readMutant(const std::string &bytes, Tally &tally) {
  // The reader estimates only large files, which mutants aren't.
  REQUIRE(parsedBytes(bytes, *onnx::ModelProto::descriptor(), UINT64_MAX) < 300 * bytes.size());
  CollectingSink sink;
  std::optional<Model> model = readModelFromBytes(bytes, "mutant.onnx", sink);
  if (!model) {
    ++tally.rejected;
    REQUIRE(sink.errorCount() > 0);
    for (const Diagnostic &diagnostic : sink.diagnostics) {
      REQUIRE(findPage(diagnostic.code));
      REQUIRE(!format(diagnostic).empty());
      tally.codes.insert(diagnostic.code);
    }
    return;
  }
  ++tally.accepted;
  REQUIRE(sink.diagnostics.empty());
  InvariantCheck(*model).run();
  // What was read is a model of its own, already in order.
  std::optional<Model> again = readModelFromBytes(model->proto.SerializeAsString(), "mutant.onnx", sink);
  REQUIRE(again);
  REQUIRE(nodeNames(again->graph()) == nodeNames(model->graph()));
}

static Tally fuzz(const onnx::ModelProto &original, uint64_t firstSeed, size_t count) {
  std::string bytes = original.SerializeAsString();
  Tally tally;
  for (uint64_t seed = firstSeed; seed < firstSeed + count; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    std::string mutant;
    if (random.oneIn(2)) {
      mutant = bytes;
      mutateBytes(mutant, random);
    } else {
      onnx::ModelProto model = original;
      mutateModel(model, random);
      mutant = model.SerializeAsString();
    }
    readMutant(mutant, tally);
  }
  return tally;
}

TEST_CASE("mutants of small models are rejected or whole") {
  Tally small = fuzz(smallModel(), 1, 4'000), rich = fuzz(richModel(), 10'000, 6'000);
  // The mutants are worth their time only if both outcomes and most diagnostics occur.
  CHECK(small.accepted > 400);
  CHECK(small.rejected > 400);
  CHECK(rich.accepted > 600);
  CHECK(rich.rejected > 600);
  CHECK(rich.codes.size() >= 15);
}

TEST_CASE("many mutants of small models", "[.full]") {
  fuzz(smallModel(), 1'000'000, 50'000);
  fuzz(richModel(), 2'000'000, 100'000);
}

/// The shared models, smallest first; none where the data are absent.
static std::vector<std::filesystem::path> sharedModels(uintmax_t maxBytes) {
  const char *given = std::getenv("BURIN_TEST_DATA");
  std::filesystem::path data = given ? given : BURIN_SOURCE_DIR "/../shared/data";
  std::vector<std::filesystem::path> paths;
  std::error_code failure;
  for (const auto &entry : std::filesystem::directory_iterator(data / "models", failure)) {
    std::filesystem::path path = entry.path() / "model.onnx";
    if (std::filesystem::exists(path) && std::filesystem::file_size(path) <= maxBytes)
      paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

static void fuzzShared(uintmax_t maxBytes, size_t count) {
  for (const std::filesystem::path &path : sharedModels(maxBytes)) {
    INFO(path);
    std::ifstream file(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    onnx::ModelProto model;
    REQUIRE(model.ParseFromString(bytes));
    Tally tally;
    readMutant(bytes, tally);
    CHECK(tally.accepted == 1);
    fuzz(model, 1, count);
  }
}

TEST_CASE("mutants of shared models are rejected or whole") { fuzzShared(100'000, 50); }

TEST_CASE("many mutants of shared models", "[.full]") { fuzzShared(1 << 22, 500); }
