#include "frontend/onnx/OpTable.h"

#include "frontend/onnx/Importer.h"

#include "llvm/ADT/StringExtras.h"

#include <fmt/format.h>

namespace burin::importer {

namespace {

/// All families, and the files they come from. No static constructors: the linker may drop those of archives.
constexpr struct {
  llvm::ArrayRef<OpImporter> (*list)();
  const char *source;
} families[] = {
    {elementwiseOps, "frontend/onnx/ops/Elementwise.cpp"},
    {activationOps, "frontend/onnx/ops/Activations.cpp"},
    {attentionOps, "frontend/onnx/ops/Attention.cpp"},
    {castOps, "frontend/onnx/ops/Cast.cpp"},
    {constantOps, "frontend/onnx/ops/Constants.cpp"},
    {contribAttentionOps, "frontend/onnx/ops/ContribAttention.cpp"},
    {contribFusedOps, "frontend/onnx/ops/ContribFused.cpp"},
    {contribQuantOps, "frontend/onnx/ops/ContribQuant.cpp"},
    {controlFlowOps, "frontend/onnx/ControlFlow.cpp"},
    {convOps, "frontend/onnx/ops/Conv.cpp"},
    {countOps, "frontend/onnx/ops/Counts.cpp"},
    {einsumOps, "frontend/onnx/ops/Einsum.cpp"},
    {gatherOps, "frontend/onnx/ops/Gather.cpp"},
    {lossOps, "frontend/onnx/ops/Loss.cpp"},
    {matmulOps, "frontend/onnx/ops/Matmul.cpp"},
    {mlFeatureOps, "frontend/onnx/ops/MlFeatures.cpp"},
    {mlLinearOps, "frontend/onnx/ops/MlLinear.cpp"},
    {mlTreeOps, "frontend/onnx/ops/MlTrees.cpp"},
    {normalizationOps, "frontend/onnx/ops/Normalization.cpp"},
    {padOps, "frontend/onnx/ops/Pad.cpp"},
    {poolOps, "frontend/onnx/ops/Pool.cpp"},
    {qlinearOps, "frontend/onnx/ops/QLinear.cpp"},
    {qonnxOps, "frontend/onnx/ops/Qonnx.cpp"},
    {quantizeOps, "frontend/onnx/ops/Quantize.cpp"},
    {recurrentOps, "frontend/onnx/ops/Recurrent.cpp"},
    {linearAttentionOps, "frontend/onnx/ops/LinearAttention.cpp"},
    {reduceOps, "frontend/onnx/ops/Reduce.cpp"},
    {resizeOps, "frontend/onnx/ops/Resize.cpp"},
    {samplingOps, "frontend/onnx/ops/Sampling.cpp"},
    {shapeOps, "frontend/onnx/ops/Shape.cpp"},
    {signalOps, "frontend/onnx/ops/Signal.cpp"},
    {sliceOps, "frontend/onnx/ops/Slice.cpp"},
    {softmaxOps, "frontend/onnx/ops/Softmax.cpp"},
    {tfIdfOps, "frontend/onnx/ops/TfIdf.cpp"},
    {topKOps, "frontend/onnx/ops/TopK.cpp"},
    {unpoolOps, "frontend/onnx/ops/Unpool.cpp"},
};

constexpr Refusal random = {"it draws random numbers, and a compiled library gives equal outputs for equal inputs",
                            "make the random values an input of the model, or export it for inference"};
constexpr Refusal strings = {"it works on strings, and a compiled library knows numbers only",
                             "do this step before or behind the network, in the calling program"};
constexpr Refusal images = {"it decodes compressed images", "give the model decoded pixels as its input"};
constexpr Refusal training = {"it trains, and a compiled library only infers", "export the model for inference"};

constexpr struct {
  const char *domain, *op;
  Refusal refusal;
} refusals[] = {
    {"", "Bernoulli", random},
    {"", "ImageDecoder", images},
    {"", "Multinomial", random},
    {"", "RandomNormal", random},
    {"", "RandomNormalLike", random},
    {"", "RandomUniform", random},
    {"", "RandomUniformLike", random},
    {"", "RegexFullMatch", strings},
    {"", "StringConcat", strings},
    {"", "StringNormalizer", strings},
    {"", "StringSplit", strings},
    {"ai.onnx.preview.training", "Adagrad", training},
    {"ai.onnx.preview.training", "Adam", training},
    {"ai.onnx.preview.training", "Gradient", training},
    {"ai.onnx.preview.training", "Momentum", training},
};

/// Sets that have a name, each before its parts.
constexpr struct {
  Types set;
  const char *name, *meaning;
} typeGroups[] = {
    {types::all, "all", "numbers, bool, float8, float8e8m0, float4e2m1, and integers of 2 and 4 bits"},
    {types::numbers, "numbers", "floats and integers"},
    {types::floats, "floats", "float16, bfloat16, float32 and float64"},
    {types::integers, "integers", "int8 to int64 and uint8 to uint64"},
    {types::floats8, "float8", "float8e4m3fn, float8e4m3fnuz, float8e5m2 and float8e5m2fnuz"},
};

std::tuple<llvm::StringRef, llvm::StringRef, int> key(const OpImporter &row) {
  return {row.domain, row.op, row.sinceOpset};
}

} // namespace

llvm::ArrayRef<OpImporter> allOps() {
  static const std::vector<OpImporter> table = [] {
    std::vector<OpImporter> rows;
    for (const auto &family : families)
      for (OpImporter row : family.list()) {
        row.source = family.source;
        rows.push_back(row);
      }
    llvm::sort(rows, [](const OpImporter &a, const OpImporter &b) { return key(a) < key(b); });
    return rows;
  }();
  return table;
}

const OpImporter *findOp(llvm::StringRef domain, llvm::StringRef op, int64_t opset, const OpImporter **otherVersion) {
  *otherVersion = nullptr;
  llvm::ArrayRef<OpImporter> table = allOps();
  const OpImporter *row =
      llvm::partition_point(table, [&](const OpImporter &r) { return key(r) < std::tuple(domain, op, 0); });
  for (; row != table.end() && domain == row->domain && op == row->op; ++row) {
    if (opset >= row->sinceOpset && (row->untilOpset == 0 || opset <= row->untilOpset))
      return row;
    *otherVersion = row;
  }
  return nullptr;
}

std::string describeTypes(Types set) {
  std::vector<std::string> names;
  for (const auto &group : typeGroups)
    if (contains(set, group.set)) {
      names.emplace_back(group.name);
      set = set - group.set;
    }
  for (int64_t number = 1; auto type = dtypeFromOnnx(number); ++number)
    if (contains(set, only(*type)))
      names.emplace_back(info(*type).name);
  return llvm::join(names, ", ");
}

const Refusal *refusalOf(llvm::StringRef domain, llvm::StringRef op) {
  for (const auto &entry : refusals)
    if (domain == entry.domain && op == entry.op)
      return &entry.refusal;
  return nullptr;
}

} // namespace burin::importer

namespace burin {

std::vector<OpSupport> supportedOps() {
  std::vector<OpSupport> out;
  for (const importer::OpImporter &row : importer::allOps())
    out.push_back({row.domain, row.op, row.sinceOpset, row.untilOpset, importer::describeTypes(row.types),
                   row.restrictions, row.source});
  return out;
}

std::string typesLegend() {
  std::string text =
      "The types are those of the elements that the operator works on, as the newest opset that has it permits them: "
      "of its first input, or of the values where that is a condition, indices or a scale.";
  for (const auto &group : importer::typeGroups)
    text += fmt::format(" {}: {}.", group.name, group.meaning);
  return text;
}

} // namespace burin
