#include "compiler/quantize/Quantize.h"

#include "compiler/Progress.h"
#include "compiler/quantize/Backoff.h"
#include "compiler/quantize/Calibrate.h"
#include "compiler/quantize/EqualiseNet.h"
#include "compiler/quantize/Prepare.h"
#include "compiler/quantize/Reconstruct.h"
#include "compiler/quantize/Score.h"

#include <algorithm>
#include <utility>

namespace burin::quantize {
using namespace quantization;

namespace {

/// Operators that models have which are quantised already; a DequantizeLinear of constants only stores them small.
bool isQuantised(const onnx::NodeProto &node, const GraphIndex &index) {
  static const std::set<std::string, std::less<>> ops = {"QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger",
                                                         "DynamicQuantizeLinear"};
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

} // namespace

Quantizer::Quantizer(const Model &model, const Request &request, bool equalised, DiagnosticSink &sink)
    : model(model), request(request), sink(&sink) {
  state.spec = request.spec;
  state.spec.equalise = equalised ? Toggle::On : Toggle::Off;
}

Quantizer::~Quantizer() = default;

bool Quantizer::run() {
  if (!prepare() || !chooseNodes() || !chooseRanges() || !chooseWeights())
    return false;
  for (const TensorGroup &group : state.choice.groups)
    state.ranges.push_back(calibration->extremesOf(group));
  state.floatOutputs = reference->outputs();
  return true;
}

/// The float net in the form that is quantised, and as a program.
bool Quantizer::prepare() {
  const Progress progress("preparing the float model");
  if (!foldConstants(model, request.setting, *sink))
    return false;
  std::unique_ptr<Program> imported = Program::make(model.proto, request.setting, Form::Imported, *sink);
  if (!imported)
    return false;
  foldAffine(*model.proto.mutable_graph(), imported->types());
  if (state.spec.equalise == Toggle::On)
    equaliseNet(*model.proto.mutable_graph());
  state.prepared = model.proto;
  state.floatProgram = Program::make(state.prepared, request.setting, Form::Imported, *sink);
  if (!state.floatProgram)
    return false;
  state.types = state.floatProgram->types();
  calibration = std::make_unique<Calibration>(*state.floatProgram, request.samples);
  std::optional<Reference> made =
      Reference::make(*state.floatProgram, state.prepared.graph(), request.samples, calibration->extremes(), *sink);
  reference = made ? std::make_unique<Reference>(std::move(*made)) : nullptr;
  return reference != nullptr;
}

/// Chooses, asks the compiler, and chooses again without what it can't, until all that is chosen is integers.
bool Quantizer::chooseNodes() {
  for (;;) {
    state.choice = choose(state.prepared.graph(), state.types, state.spec, state.floats);
    if (state.choice.layers.empty() && state.choice.blockLayers.empty())
      return refuseEmpty();
    FloatNodes more;
    if (!observe(more))
      return false;
    if (more.empty()) {
      setRanges(RangeMethod::MinMax);
      roundToNearest();
      if (!build())
        return false;
      more = stayedFloat(*state.compiled, state.prepared.graph(), state.choice);
    }
    const size_t before = state.floats.size();
    state.floats.insert(more.begin(), more.end());
    if (state.floats.size() == before)
      return true;
  }
}

/// Statistics of the chosen tensors; `more`: nodes whose results can't be observed.
bool Quantizer::observe(FloatNodes &more) {
  const Progress progress("observing " + std::to_string(request.samples.size()) + " samples");
  std::vector<std::string> missing;
  if (!calibration->observe(state.choice, state.prepared.graph(), missing, *sink))
    return false;
  more = makersOf(missing);
  return true;
}

bool Quantizer::refuseEmpty() {
  std::vector<std::string> facts;
  for (const auto &[name, why] : state.floats)
    if (facts.size() < 5)
      facts.push_back(quoteName(name) + ": " + why);
  sink->handle({.code = "BRN1522",
                .model = model.name,
                .message = "nothing of the model can be quantised: no convolution or product with constant weights",
                .facts = std::move(facts),
                .fix = "compile it as it is"});
  return false;
}

/// Nodes that make tensors which no value of the program holds.
FloatNodes Quantizer::makersOf(const std::vector<std::string> &tensors) const {
  FloatNodes nodes;
  for (const onnx::NodeProto &node : state.prepared.graph().node())
    for (const std::string &name : node.output())
      if (std::find(tensors.begin(), tensors.end(), name) != tensors.end())
        nodes[node.name()] = "its result can't be observed";
  return nodes;
}

void Quantizer::setRanges(RangeMethod method) {
  state.parameters.groups.clear();
  for (const TensorGroup &group : state.choice.groups)
    state.parameters.groups.push_back(calibration->parametersOf(group, state.spec, method));
}

void Quantizer::roundToNearest() {
  state.parameters.layers.clear();
  const GraphIndex index(state.prepared.graph());
  for (const WeightedLayer &layer : state.choice.layers)
    roundLayer(layer, state.spec, state.parameters.layers.emplace_back(readLayer(layer, index)));
  state.parameters.blockLayers.clear();
  for (const WeightedLayer &layer : state.choice.blockLayers)
    roundLayer(layer, state.spec, state.parameters.blockLayers.emplace_back(readLayer(layer, index)));
}

/// Writes the model with the parameters as they are, and compiles it.
bool Quantizer::build() {
  state.proto = state.prepared;
  state.names = {};
  if (!writeQdq(state.proto, state.choice, state.spec, state.parameters, state.types, state.names, *sink))
    return false;
  state.compiled = Program::make(state.proto, request.setting, Form::Compiled, *sink);
  return state.compiled != nullptr;
}

/// Builds, and measures on the samples.
bool Quantizer::measure() {
  if (!build())
    return false;
  auto deviation = reference->compare(*state.compiled, state.names.quantised, request.samples, state.outputs, *sink);
  if (deviation)
    state.deviation = *deviation;
  return deviation.has_value();
}

/// An output SNR of a fraction of a dB more says little about other samples.
constexpr double telling = 1.0;

/// The method that the spec names; else all values, unless the least squared error leaves clearly less in the outputs.
bool Quantizer::chooseRanges() {
  if (state.spec.range) {
    setRanges(*state.spec.range);
    return measure();
  }
  const Progress progress("choosing ranges");
  setRanges(RangeMethod::MinMax);
  if (!measure())
    return false;
  const double all = state.deviation.snrDb();
  setRanges(RangeMethod::Mse);
  if (!measure())
    return false;
  state.spec.range = RangeMethod::Mse;
  if (state.deviation.snrDb() > all + telling)
    return true;
  state.spec.range = RangeMethod::MinMax;
  setRanges(RangeMethod::MinMax);
  return measure();
}

/// Learned or second-order rounding and bias correction, where the spec wants them or they help.
bool Quantizer::chooseWeights() {
  Reconstruction what;
  for (const WeightedLayer &layer : state.choice.layers)
    what.round |= state.spec.roundingFor(layer.scheme) != Rounding::Nearest;
  what.correctBias = state.spec.biasCorrection != Toggle::Off;
  if (!what.round && !what.correctBias)
    return true;
  // Means need few samples; moments take what they need of all.
  constexpr size_t enoughForMeans = 32;
  std::vector<SampleInputs> few;
  const size_t n = request.samples.size();
  for (size_t i = 0; i < std::min(n, enoughForMeans); ++i)
    few.push_back(request.samples[i * n / std::min(n, enoughForMeans)]);
  const Parameters before = state.parameters;
  const double snrBefore = state.deviation.snrDb();
  if (!reconstructLayers(state.prepared, request.setting, state.choice, state.spec, state.types, what,
                         what.round ? request.samples : few, state.parameters, *sink) ||
      !measure())
    return false;
  if (what.round || state.spec.biasCorrection == Toggle::On || state.deviation.snrDb() > snrBefore + telling) {
    state.spec.biasCorrection = what.correctBias ? Toggle::On : Toggle::Off;
    return true;
  }
  state.spec.biasCorrection = Toggle::Off;
  state.parameters = before;
  return measure();
}

std::optional<Trial> Quantizer::tryScheme(const std::string &node, const Scheme &scheme) {
  CollectingSink quiet; // what fails is no alternative
  DiagnosticSink *const usual = std::exchange(sink, &quiet);
  Result base = std::move(state);
  state = {};
  state.prepared = base.prepared;
  state.types = base.types;
  state.spec = base.spec;
  state.spec.overrides.push_back({node, scheme});
  state.floats = base.floats;
  std::optional<Trial> trial;
  if (runTrial(base))
    trial = Trial{std::move(state.outputs), state.deviation};
  state = std::move(base);
  sink = usual;
  return trial;
}

/// Layers that stay as they were in `base` keep their integers.
bool Quantizer::runTrial(const Result &base) {
  state.choice = choose(state.prepared.graph(), state.types, state.spec, state.floats);
  FloatNodes more;
  if (state.choice.layers.empty() || !observe(more) || !more.empty())
    return false;
  setRanges(state.spec.range.value_or(RangeMethod::MinMax));
  roundToNearest();
  for (size_t l = 0; l < state.choice.layers.size(); ++l)
    for (size_t b = 0; b < base.choice.layers.size(); ++b)
      if (base.choice.layers[b].name == state.choice.layers[l].name &&
          base.choice.layers[b].scheme.weights == state.choice.layers[l].scheme.weights)
        state.parameters.layers[l] = base.parameters.layers[b];
  return measure() && stayedFloat(*state.compiled, state.prepared.graph(), state.choice).empty();
}

std::unique_ptr<Quantizer> quantizeModel(const Model &model, const Request &request, DiagnosticSink &sink) {
  if (!checkModel(model, request.spec, sink))
    return nullptr;
  auto attempt = [&](bool equalised) {
    auto quantizer = std::make_unique<Quantizer>(model, request, equalised, sink);
    return quantizer->run() ? std::move(quantizer) : nullptr;
  };
  const Toggle equalise = request.spec.equalise;
  std::unique_ptr<Quantizer> plain = attempt(equalise == Toggle::On);
  // With a scale for each channel there is hardly anything to gain.
  if (!plain || equalise != Toggle::Auto || request.spec.granularity != Granularity::Tensor)
    return plain;
  std::unique_ptr<Quantizer> equalised = attempt(true);
  const bool helps = equalised && equalised->result().deviation.snrDb() > plain->result().deviation.snrDb();
  return helps ? std::move(equalised) : std::move(plain);
}

} // namespace burin::quantize
