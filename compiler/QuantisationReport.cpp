#include "compiler/QuantisationReport.h"

#include "codegen/Quantisation.h"

#include <cstdio>
#include <fmt/format.h>

namespace burin {

namespace {

size_t countOf(const std::vector<codegen::Layer> &layers) {
  size_t count = 0;
  for (const codegen::Layer &layer : layers)
    count += layer.inner.empty() ? 1 : countOf(layer.inner);
  return count;
}

std::string nodeOf(const codegen::Layer &layer) { return layer.nodes.empty() ? layer.kind : layer.nodes.front(); }

void printLayer(const codegen::Layer &layer, const std::vector<const codegen::Layer *> &floats) {
  for (const codegen::Layer &inner : layer.inner)
    printLayer(inner, floats);
  if (!layer.inner.empty())
    return;
  const bool isFloat = llvm::is_contained(floats, &layer);
  std::printf("  %-20s %-8s %s\n", layer.name.c_str(), isFloat ? "float" : "integer", nodeOf(layer).c_str());
  const codegen::LayerTypes types = codegen::typesOf(layer);
  for (auto [i, element] : llvm::enumerate(types.operands))
    std::printf("    %s  %s\n", i == 0 ? "in " : "   ", codegen::describeElement(element).c_str());
  std::printf("    out  %s\n", codegen::describeElement(types.result).c_str());
  if (isFloat)
    std::printf("    why  %s\n", codegen::whyFloat(layer).c_str());
  auto op = layer.op;
  if (auto inexact = op->getAttrOfType<mlir::StringAttr>("nn.inexact"))
    std::printf("    but  %s\n", inexact.str().c_str());
}

} // namespace

void printQuantisation(const codegen::Library &library) {
  const std::vector<const codegen::Layer *> floats = codegen::floatLayers(library);
  const size_t count = countOf(library.layers);
  std::printf("arithmetic  %zu layers of integers, %zu of floats%s\n", count - floats.size(), floats.size(),
              floats.empty() ? ": integer only" : "");
  for (const codegen::Layer &layer : library.layers)
    printLayer(layer, floats);
}

void remarkFloatLayers(const codegen::Library &library, const std::string &model, DiagnosticSink &sink) {
  const std::vector<const codegen::Layer *> floats = codegen::floatLayers(library);
  if (floats.empty() || !codegen::hasQuantised(library))
    return;
  Diagnostic remark{.severity = Severity::Remark,
                    .model = model,
                    .message =
                        fmt::format("{} of {} layers compute with floats", floats.size(), countOf(library.layers))};
  for (const codegen::Layer *layer : floats)
    remark.facts.push_back(
        fmt::format("{}  {}: {}", layer->name, quoteName(nodeOf(*layer)), codegen::whyFloat(*layer)));
  sink.handle(remark);
}

} // namespace burin
