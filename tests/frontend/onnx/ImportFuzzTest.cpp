// Nonsense for every operator: a model is imported whole, or refused with a numbered diagnostic. Nothing else happens.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/reader/Reader.h"
#include "mlir/IR/Verifier.h"
#include "tests/frontend/onnx/ModelBuilder.h"
#include "tests/frontend/reader/Models.h"
#include "tests/frontend/reader/Mutate.h"

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace burin;

namespace {

/// BURIN_FUZZ_SEED repeats a failing run, BURIN_FUZZ_ROUNDS makes it longer.
uint64_t fromEnvironment(const char *name, uint64_t absent) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : absent;
}

void importOrRefuse(const onnx::ModelProto &proto) {
  CollectingSink sink;
  auto model = readModelFromBytes(proto.SerializeAsString(), "test.onnx", sink);
  if (!model)
    return;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  unsigned leaked = 0; // what MLIR says must have become a diagnostic of ours
  context.getDiagEngine().registerHandler([&](mlir::Diagnostic &) { return ++leaked, mlir::success(); });
  inputsNeededAsConstants(*model);
  mlir::OwningOpRef<mlir::ModuleOp> module = importModel(context, *model, {}, sink);
  CHECK(leaked == 0);
  if (module)
    CHECK(mlir::succeeded(mlir::verify(*module)));
  CHECK((sink.errorCount() == 0) == static_cast<bool>(module));
  for (const Diagnostic &d : sink.diagnostics)
    CHECK((d.severity == Severity::Remark || (d.code.starts_with("BRN1") && findPage(d.code) != nullptr)));
}

int64_t wildInt(Random &random) {
  static const int64_t values[] = {0,     1,         2,  3,         -1,         -2, 4, 16, 255, 65536, int64_t(1) << 31,
                                   -1000, INT64_MAX, 10, INT64_MIN, -(1 << 20), 7,  1, 1,  2};
  return values[random.below(std::size(values))];
}

std::vector<int64_t> wildInts(Random &random) {
  std::vector<int64_t> values(random.below(6));
  for (int64_t &v : values)
    v = random.oneIn(3) ? wildInt(random) : static_cast<int64_t>(random.below(4));
  return values;
}

void addWildAttribute(NodeRef &node, Random &random) {
  static const char *names[] = {"allowzero",
                                "alpha",
                                "antialias",
                                "approximate",
                                "auto_pad",
                                "axes",
                                "axis",
                                "batch_axis",
                                "batch_dims",
                                "block_size",
                                "blocksize",
                                "broadcast",
                                "ceil_mode",
                                "detect_negative",
                                "dilations",
                                "direction",
                                "dtype",
                                "end",
                                "ends",
                                "epsilon",
                                "equation",
                                "fmod",
                                "group",
                                "is_causal",
                                "k",
                                "keepdims",
                                "kernel_shape",
                                "kv_num_heads",
                                "mode",
                                "nearest_mode",
                                "num_groups",
                                "num_heads",
                                "output_dtype",
                                "output_padding",
                                "output_shape",
                                "p",
                                "pads",
                                "perm",
                                "q_num_heads",
                                "reduction",
                                "scales",
                                "shape",
                                "size",
                                "split",
                                "start",
                                "starts",
                                "stash_type",
                                "steps",
                                "strides",
                                "time_axis",
                                "to",
                                "upper",
                                "value",
                                "value_ints",
                                "roi",
                                "exclusive"};
  static const char *words[] = {"",        "SAME_UPPER", "LEFT",   "cubic", "linear", "CRD",
                                "reflect", "ij,jk->ik",  "...i,i", "tanh",  "add"};
  const char *name = names[random.below(std::size(names))];
  switch (random.below(4)) {
  case 0:
    node.i(name, wildInt(random));
    break;
  case 1:
    node.ints(name, wildInts(random));
    break;
  case 2:
    node.f(name, static_cast<float>(wildInt(random)));
    break;
  default:
    node.s(name, words[random.below(std::size(words))]);
  }
}

/// Adds a value of random type and shape: an input, or a constant of few elements.
void addWildValue(ModelBuilder &b, const char *name, Random &random) {
  static const DType types[] = {DType::Float32, DType::Float32, DType::Float32, DType::Int64,     DType::Int64,
                                DType::UInt8,   DType::Int8,    DType::Bool,    DType::Float16,   DType::Int32,
                                DType::Float64, DType::UInt16,  DType::Int4,    DType::Float8E5M2};
  const DType type = types[random.below(std::size(types))];
  std::vector<Dim> dims;
  std::vector<int64_t> sizes;
  int64_t count = 1;
  for (size_t rank = random.below(6); rank > 0; --rank) {
    sizes.push_back(static_cast<int64_t>(random.oneIn(12) ? 0 : 1 + random.below(4)));
    dims.push_back(sizes.back());
    count *= sizes.back();
  }
  if (random.oneIn(2)) {
    b.input(name, dims, type);
    return;
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(count * info(type).bytes()));
  for (uint8_t &v : bytes)
    v = type == DType::Bool ? random.below(2) : random.oneIn(3) ? static_cast<uint8_t>(random.below(256)) : 0;
  b.bytes(name, type, sizes, bytes);
}

onnx::ModelProto wildNode(const importer::OpImporter &op, Random &random) {
  static const char *names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
  ModelBuilder b(static_cast<int64_t>(1 + random.below(28)));
  std::vector<const char *> inputs;
  const size_t most = std::min<size_t>(op.maxInputs, std::size(names));
  for (size_t i = 0, n = random.oneIn(8) ? random.below(std::size(names))
                                         : op.minInputs + random.below(most - op.minInputs + 1);
       i < n; ++i) {
    addWildValue(b, names[i], random);
    inputs.push_back(random.oneIn(10) ? "" : names[random.oneIn(10) ? random.below(i + 1) : i]);
  }
  b.output("y");
  std::vector<const char *> outputs{"y"};
  if (random.oneIn(4))
    outputs.push_back("z");
  NodeRef node = b.node(op.op, inputs, outputs);
  if (*op.domain) {
    node.domain(op.domain);
    b.imports(op.domain, static_cast<int64_t>(1 + random.below(5)));
  }
  for (size_t n = random.below(5); n > 0; --n)
    addWildAttribute(node, random);
  return b.proto;
}

} // namespace

TEST_CASE("every operator with random inputs and attributes") {
  const uint64_t seed = fromEnvironment("BURIN_FUZZ_SEED", 1), rounds = fromEnvironment("BURIN_FUZZ_ROUNDS", 40);
  for (const importer::OpImporter &op : importer::allOps())
    for (uint64_t round = 0; round < rounds; ++round) {
      INFO(op.op << ", BURIN_FUZZ_SEED=" << seed << ", round " << round);
      Random random(seed * 1000003 + round);
      importOrRefuse(wildNode(op, random));
    }
}

TEST_CASE("damaged models with functions and branches") {
  const uint64_t seed = fromEnvironment("BURIN_FUZZ_SEED", 1), rounds = fromEnvironment("BURIN_FUZZ_ROUNDS", 40) * 50;
  for (uint64_t round = 0; round < rounds; ++round) {
    INFO("BURIN_FUZZ_SEED=" << seed << ", round " << round);
    Random random(seed * 1000003 + round);
    onnx::ModelProto model = random.oneIn(2) ? richModel() : smallModel();
    mutateModel(model, random);
    importOrRefuse(model);
  }
}
