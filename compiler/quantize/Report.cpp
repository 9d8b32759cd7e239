#include "compiler/quantize/Report.h"

#include "llvm/Support/JSON.h"

#include <fmt/format.h>

namespace burin::quantize {
using namespace quantization;

namespace {

std::string schemeText(const Scheme &s) {
  return s.isFloat ? "float" : "w" + std::to_string(s.weights) + "a" + std::to_string(s.activations);
}

/// The choices made, in the words of the flags.
std::string specText(const Spec &spec) {
  const bool correct = spec.biasCorrection == Toggle::On, equalise = spec.equalise == Toggle::On;
  return schemeText(spec.scheme) + ", range=" + std::string(nameOf(spec.range.value_or(RangeMethod::MinMax))) +
         (correct ? ", bias-correction" : "") + (equalise ? ", equalise" : "");
}

size_t integerNodes(const Choice &choice) {
  return static_cast<size_t>(std::count(choice.isInteger.begin(), choice.isInteger.end(), true));
}

/// A tensor's name cut to a column.
std::string column(const std::string &name, size_t width) {
  return name.size() <= width ? name : name.substr(0, width - 1) + "~";
}

std::string layerLine(const LayerFacts &f) {
  const std::string alone = f.hasAlone ? fmt::format("{:.1f}", f.alone.snrDb()) : "-";
  const std::string bits = f.weightBits > 0 ? fmt::format("w{}a{}", f.weightBits, f.bits) : fmt::format("a{}", f.bits);
  return fmt::format("{:<32} {:>6} {:>11.4g} {:>11.4g} {:>10.4g} {:>5} {:>8} {:>8.1f} {:>8.5f}\n",
                     column(f.node.empty() ? f.tensor : f.node, 32), bits, f.range.low, f.range.high, f.affine.scale,
                     f.affine.zero, alone, f.running.snrDb(), f.running.cosine());
}

std::string adviceLine(const Advice &a) {
  return a.hasLabels ? fmt::format("{}: {:+.2f} pp, {:+.1f} dB\n", a.flag, a.accuracy, a.snrDb)
                     : fmt::format("{}: {:+.1f} dB\n", a.flag, a.snrDb);
}

} // namespace

std::optional<Report> makeReport(Quantizer &net, const Request &request, DiagnosticSink &sink) {
  Result &result = net.result();
  Report report;
  report.samples = request.samples.size();
  auto layers = layerFacts(result, request.samples, sink);
  if (!layers)
    return std::nullopt;
  report.layers = std::move(*layers);
  if (!request.labels.empty()) {
    report.floatAccuracy = accuracy(result.floatOutputs, request.labels);
    report.accuracy = accuracy(result.outputs, request.labels);
  }
  std::vector<std::string> worst;
  for (const LayerFacts &f : report.layers)
    if (worst.size() < 3 && f.weightBits > 0)
      worst.push_back(f.node);
  report.advice = tryAlternatives(net, worst, request.labels);
  return report;
}

std::string asText(const Report &report, const Result &result) {
  const Choice &choice = result.choice;
  std::string text =
      fmt::format("quantised   {} of {} nodes, {} layers with weights; {} boundaries to float\n", integerNodes(choice),
                  choice.isInteger.size(), choice.layers.size(), choice.boundaries);
  for (const WeightedLayer &layer : choice.blockLayers)
    text += fmt::format("weights     {}: {} bits in blocks of {}, activations float\n", layer.name,
                        layer.scheme.weights, result.spec.block);
  text += fmt::format("how         {}\n", specText(result.spec));
  text += fmt::format("output      SNR {:.1f} dB, cosine {:.6f}, same class on {:.2f} % of {} samples\n",
                      result.deviation.snrDb(), result.deviation.cosine(),
                      agreement(result.floatOutputs, result.outputs), report.samples);
  if (report.accuracy)
    text += fmt::format("accuracy    float {:.2f} %, quantised {:.2f} % ({:+.2f} pp)\n", *report.floatAccuracy,
                        *report.accuracy, *report.accuracy - *report.floatAccuracy);
  text += fmt::format("{:<32} {:>6} {:>11} {:>11} {:>10} {:>5} {:>8} {:>8} {:>8}\n", "layer, worst first", "bits",
                      "min", "max", "scale", "zero", "own dB", "net dB", "cosine");
  for (const LayerFacts &f : report.layers)
    text += layerLine(f);
  for (const auto &[node, why] : result.floats)
    text += fmt::format("float       {}: {}\n", node, why);
  for (const Advice &a : report.advice)
    text += "try         " + adviceLine(a);
  return text;
}

std::string asJson(const Report &report, const Result &result) {
  using namespace llvm::json;
  auto name = [](const std::string &s) { return fixUTF8(s); };
  Array layers, blockLayers, floats, advice;
  for (const LayerFacts &f : report.layers) {
    Object o{{"node", name(f.node)},       {"tensor", name(f.tensor)},   {"bits", f.bits},
             {"min", f.range.low},         {"max", f.range.high},        {"scale", f.affine.scale},
             {"zeroPoint", f.affine.zero}, {"snrDb", f.running.snrDb()}, {"cosine", f.running.cosine()}};
    if (f.weightBits > 0)
      o["weightBits"] = f.weightBits;
    if (f.hasAlone) {
      o["aloneSnrDb"] = f.alone.snrDb();
      o["aloneCosine"] = f.alone.cosine();
    }
    layers.push_back(std::move(o));
  }
  for (const WeightedLayer &layer : result.choice.blockLayers)
    blockLayers.push_back(
        Object{{"node", name(layer.name)}, {"weightBits", layer.scheme.weights}, {"block", result.spec.block}});
  for (const auto &[node, why] : result.floats)
    floats.push_back(Object{{"node", name(node)}, {"because", name(why)}});
  for (const Advice &a : report.advice) {
    Object o{{"flag", name(a.flag)}, {"snrDb", a.snrDb}};
    if (a.hasLabels)
      o["accuracyPoints"] = a.accuracy;
    advice.push_back(std::move(o));
  }
  Object all{{"how", specText(result.spec)},
             {"samples", static_cast<int64_t>(report.samples)},
             {"nodes", static_cast<int64_t>(result.choice.isInteger.size())},
             {"integerNodes", static_cast<int64_t>(integerNodes(result.choice))},
             {"boundaries", result.choice.boundaries},
             {"outputSnrDb", result.deviation.snrDb()},
             {"outputCosine", result.deviation.cosine()},
             {"sameClassPercent", agreement(result.floatOutputs, result.outputs)},
             {"layers", std::move(layers)},
             {"blockLayers", std::move(blockLayers)},
             {"float", std::move(floats)},
             {"advice", std::move(advice)}};
  if (report.accuracy) {
    all["floatAccuracy"] = *report.floatAccuracy;
    all["accuracy"] = *report.accuracy;
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}", Value(std::move(all))) << "\n";
  return text;
}

} // namespace burin::quantize
