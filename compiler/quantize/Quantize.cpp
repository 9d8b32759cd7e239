#include "compiler/quantize/Quantize.h"

#include "compiler/Progress.h"
#include "compiler/quantize/Backoff.h"
#include "compiler/quantize/Calibrate.h"
#include "compiler/quantize/EqualiseNet.h"
#include "compiler/quantize/Prepare.h"
#include "compiler/quantize/Reconstruct.h"
#include "compiler/quantize/Score.h"

#include <algorithm>

namespace burin::quantize {
using namespace quantization;

namespace {

/// Operators that models have which are quantised already; a DequantizeLinear of constants only stores them small.
bool isQuantised(const onnx::NodeProto &node, const GraphIndex &index) {
  static const std::set<std::string, std::less<>> ops = {"QLinearConv", "QLinearMatMul", "ConvInteger",
                                                         "MatMulInteger", "DynamicQuantizeLinear"};
  if (isOp(node, "QuantizeLinear"))
    return !index.initializer(node.input(0));
  return canonicalDomain(node.domain()).empty() && ops.contains(node.op_type());
}

bool checkModel(const Model &model, const Spec &spec, DiagnosticSink &sink) {
  const GraphIndex index(model.graph());
  for (const onnx::NodeProto &node : model.graph().node())
    if (isQuantised(node, index)) {
      sink.handle({.code = "BRN1521",
                   .model = model.name,
                   .node = node.name(),
                   .message = "the model is quantised already: it has " + node.op_type(),
                   .fix = "compile it as it is, or quantise the float model"});
      return false;
    }
  for (const SchemeOverride &o : spec.overrides)
    if (std::none_of(model.graph().node().begin(), model.graph().node().end(),
                     [&](const onnx::NodeProto &node) { return matches(o.pattern, node.name()); })) {
      sink.handle({.code = "BRN1524",
                   .model = model.name,
                   .message = "no node is named " + quoteName(o.pattern),
                   .fix = "take a name that `burin inspect` shows; * stands for any characters"});
      return false;
    }
  return true;
}

/// One attempt, from the float model on.
class Quantizer {
public:
  Quantizer(const Model &model, const Request &request, bool equalised, DiagnosticSink &sink)
      : model(model), request(request), equalised(equalised), sink(sink) {
    result.spec = request.spec;
    result.spec.equalise = equalised ? Toggle::On : Toggle::Off;
  }

  std::optional<Result> run() {
    if (!prepare() || !chooseNodes() || !chooseRanges() || !chooseWeights())
      return std::nullopt;
    for (const TensorGroup &group : result.choice.groups)
      result.ranges.push_back(calibration->extremesOf(group));
    result.floatOutputs = reference->outputs();
    return std::move(result);
  }

private:
  /// The float net in the form that is quantised, and as a program.
  bool prepare() {
    const Progress progress("preparing the float model");
    if (!foldConstants(model, request.setting, sink))
      return false;
    std::unique_ptr<Program> imported = Program::make(model.proto, request.setting, Form::Imported, sink);
    if (!imported)
      return false;
    foldAffine(*model.proto.mutable_graph(), imported->types());
    if (equalised)
      equaliseNet(*model.proto.mutable_graph());
    result.prepared = model.proto;
    result.floatProgram = Program::make(result.prepared, request.setting, Form::Imported, sink);
    if (!result.floatProgram)
      return false;
    result.types = result.floatProgram->types();
    calibration = std::make_unique<Calibration>(*result.floatProgram, request.samples);
    reference = Reference::make(*result.floatProgram, result.prepared.graph(), request.samples, sink);
    return reference.has_value();
  }

  /// Chooses, asks the compiler, and chooses again without what it can't, until all that is chosen is integers.
  bool chooseNodes() {
    for (;;) {
      result.choice = choose(result.prepared.graph(), result.types, result.spec, result.floats);
      if (result.choice.layers.empty())
        return refuseEmpty();
      std::vector<std::string> missing;
      {
        const Progress progress("observing " + std::to_string(request.samples.size()) + " samples");
        if (!calibration->observe(result.choice, result.prepared.graph(), missing, sink))
          return false;
      }
      FloatNodes more = makersOf(missing);
      if (more.empty()) {
        roundToNearest(RangeMethod::MinMax);
        if (!build())
          return false;
        more = stayedFloat(*result.compiled, result.prepared.graph(), result.choice);
      }
      const size_t before = result.floats.size();
      result.floats.insert(more.begin(), more.end());
      if (result.floats.size() == before)
        return true;
    }
  }

  bool refuseEmpty() {
    std::vector<std::string> facts;
    for (const auto &[name, why] : result.floats)
      if (facts.size() < 5)
        facts.push_back(quoteName(name) + ": " + why);
    sink.handle({.code = "BRN1522",
                 .model = model.name,
                 .message = "nothing of the model can be quantised: no convolution or product with constant weights",
                 .facts = std::move(facts),
                 .fix = "compile it as it is"});
    return false;
  }

  /// Nodes that make or read tensors which no value of the program holds.
  FloatNodes makersOf(const std::vector<std::string> &tensors) const {
    FloatNodes nodes;
    for (const onnx::NodeProto &node : result.prepared.graph().node())
      for (const std::string &name : node.output())
        if (std::find(tensors.begin(), tensors.end(), name) != tensors.end())
          nodes[node.name()] = "its result can't be observed";
    return nodes;
  }

  void setRanges(RangeMethod method) {
    result.parameters.groups.clear();
    for (const TensorGroup &group : result.choice.groups)
      result.parameters.groups.push_back(calibration->parametersOf(group, result.spec, method));
  }

  void roundToNearest(RangeMethod method) {
    setRanges(method);
    result.parameters.layers.clear();
    const GraphIndex index(result.prepared.graph());
    for (const WeightedLayer &layer : result.choice.layers)
      roundLayer(layer, result.spec, result.parameters.layers.emplace_back(readLayer(layer, index)));
  }

  /// Writes the model with the parameters as they are, and compiles it.
  bool build() {
    result.proto = result.prepared;
    result.names = {};
    if (!writeQdq(result.proto, result.choice, result.spec, result.parameters, result.types, result.names, sink))
      return false;
    result.compiled = Program::make(result.proto, request.setting, Form::Compiled, sink);
    return result.compiled != nullptr;
  }

  /// Builds, and measures on the samples.
  bool measure() {
    if (!build())
      return false;
    auto deviation =
        reference->compare(*result.compiled, result.names.quantised, request.samples, result.outputs, sink);
    if (deviation)
      result.deviation = *deviation;
    return deviation.has_value();
  }

  /// The method that the spec names, or the one that leaves the least error of the outputs.
  bool chooseRanges() {
    if (result.spec.range) {
      setRanges(*result.spec.range);
      return measure();
    }
    Progress progress("choosing ranges");
    std::optional<RangeMethod> best;
    double bestSnr = 0;
    constexpr RangeMethod methods[] = {RangeMethod::MinMax, RangeMethod::Mse, RangeMethod::Percentile,
                                       RangeMethod::Entropy};
    for (const RangeMethod &method : methods) {
      setRanges(method);
      if (!measure())
        return false;
      if (!best || result.deviation.snrDb() > bestSnr) {
        best = method;
        bestSnr = result.deviation.snrDb();
      }
      progress.finished(static_cast<double>(&method + 1 - methods) / std::size(methods));
    }
    result.spec.range = best;
    setRanges(*best);
    return measure();
  }

  /// Learned or second-order rounding and bias correction, where the spec wants them or they help.
  bool chooseWeights() {
    Reconstruction what;
    for (const WeightedLayer &layer : result.choice.layers)
      what.round |= result.spec.roundingFor(layer.scheme) != Rounding::Nearest;
    what.correctBias = result.spec.biasCorrection != Toggle::Off;
    if (!what.round && !what.correctBias)
      return true;
    const Parameters before = result.parameters;
    const double snrBefore = result.deviation.snrDb();
    if (!reconstructLayers(result.prepared, request.setting, result.choice, result.spec, result.types, what,
                           request.samples, result.parameters, sink) ||
        !measure())
      return false;
    const bool isWanted = what.round || result.spec.biasCorrection == Toggle::On;
    if (isWanted || result.deviation.snrDb() > snrBefore) {
      result.spec.biasCorrection = what.correctBias ? Toggle::On : Toggle::Off;
      return true;
    }
    result.spec.biasCorrection = Toggle::Off;
    result.parameters = before;
    return measure();
  }

  Model model;
  const Request &request;
  const bool equalised;
  DiagnosticSink &sink;
  Result result;
  std::unique_ptr<Calibration> calibration;
  std::optional<Reference> reference;
};

} // namespace

std::optional<Result> quantizeModel(const Model &model, const Request &request, DiagnosticSink &sink) {
  if (!checkModel(model, request.spec, sink))
    return std::nullopt;
  const Toggle equalise = request.spec.equalise;
  std::optional<Result> result = Quantizer(model, request, equalise == Toggle::On, sink).run();
  // With a scale for each channel there is hardly anything to gain.
  if (!result || equalise != Toggle::Auto || request.spec.granularity != Granularity::Tensor)
    return result;
  std::optional<Result> equalised = Quantizer(model, request, true, sink).run();
  return equalised && equalised->deviation.snrDb() > result->deviation.snrDb() ? std::move(equalised)
                                                                               : std::move(result);
}

} // namespace burin::quantize
