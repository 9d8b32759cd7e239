#include "compiler/quantize/Reconstruct.h"

#include "compiler/Boundary.h"
#include "compiler/Progress.h"
#include "compiler/quantize/Placeholders.h"
#include "compiler/quantize/Rows.h"
#include "quantization/Reconstruct.h"

#include <numeric>

namespace burin::quantize {
using namespace quantization;

bool takesCorrection(const WeightedLayer &layer, const onnx::GraphProto &graph) {
  return !layer.bias.empty() || !isOp(graph.node(layer.node), "MatMul");
}

namespace {

/// One net that all samples run through together, up to one tensor after the other.
class Walk {
public:
  static std::optional<Walk> begin(Program &program, const std::vector<SampleInputs> &samples, DiagnosticSink &sink) {
    Walk walk(program);
    for (const SampleInputs &sample : samples) {
      auto storage = program.storageOf(sample, sink);
      if (!storage)
        return std::nullopt;
      llvm::SmallVector<llvm::ArrayRef<char>> views(storage->begin(), storage->end());
      walk.runs.push_back(program.lowered().begin(views));
    }
    return walk;
  }

  /// Runs until step `end` is done, whose results stay until the next call.
  bool advance(size_t end) {
    LoweredProgram &lowered = program.lowered();
    if (end + 1 <= at)
      return true;
    if (failed(lowered.prepare(end + 1)))
      return false;
    const bool good = runAll(runs.size(), program.threads(), [&](size_t sample) {
      for (size_t i = at; i <= end; ++i) {
        if (i > 0)
          lowered.release(i - 1, runs[sample]);
        if (failed(lowered.runStep(i, runs[sample])))
          return false;
      }
      return true;
    });
    at = end + 1;
    return good;
  }

  std::span<const float> value(size_t step, size_t sample) const {
    llvm::ArrayRef<char> bytes = program.lowered().value(program.lowered().step(step)->getResult(0), runs[sample]);
    return {reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float)};
  }

private:
  explicit Walk(Program &program) : program(program) {}
  Program &program;
  std::vector<LoweredProgram::Run> runs;
  size_t at = 0;
};

/// Weights of group `g` of `groups`.
struct Group {
  std::span<const float> real;
  int64_t channels, first; ///< first channel
};

Group groupOf(const WeightedLayer &layer, const LayerWeights &weights, int64_t g) {
  const int64_t channels = layer.channels / layer.groups;
  return {std::span<const float>(weights.real)
              .subspan(static_cast<size_t>(g * channels * layer.depth), static_cast<size_t>(channels * layer.depth)),
          channels, g * channels};
}

/// The part of `whole` that belongs to a group, and back.
QuantisedWeights partOf(const QuantisedWeights &whole, const Group &group) {
  QuantisedWeights part = whole;
  part.channels = group.channels;
  part.values.assign(whole.values.begin() + group.first * whole.depth,
                     whole.values.begin() + (group.first + group.channels) * whole.depth);
  if (whole.grid.granularity == Granularity::Channel) {
    part.scales.assign(whole.scales.begin() + group.first, whole.scales.begin() + group.first + group.channels);
    part.zeros.assign(whole.zeros.begin() + group.first, whole.zeros.begin() + group.first + group.channels);
  }
  return part;
}

void putPart(QuantisedWeights &whole, const QuantisedWeights &part, const Group &group) {
  std::copy(part.values.begin(), part.values.end(), whole.values.begin() + group.first * whole.depth);
  if (whole.grid.granularity == Granularity::Channel) {
    std::copy(part.scales.begin(), part.scales.end(), whole.scales.begin() + group.first);
    std::copy(part.zeros.begin(), part.zeros.end(), whole.zeros.begin() + group.first);
  } else if (whole.channels == group.channels) {
    whole.scales = part.scales;
  }
}

class Reconstructor {
public:
  Reconstructor(const onnx::ModelProto &prepared, const Choice &choice, const Spec &spec, const TensorTypes &types,
                const Reconstruction &what, const std::vector<SampleInputs> &samples, Parameters &parameters)
      : graph(prepared.graph()), index(graph), choice(choice), spec(spec), types(types), what(what), samples(samples),
        parameters(parameters) {}

  bool run(const onnx::ModelProto &prepared, const Setting &setting, DiagnosticSink &sink) {
    // Every layer that may get a correction has a bias to take it.
    for (size_t l = 0; l < choice.layers.size(); ++l)
      if (what.correctBias && takesCorrection(choice.layers[l], graph))
        parameters.layers[l].correction.assign(static_cast<size_t>(choice.layers[l].channels), 0.0);
    onnx::ModelProto proto = prepared;
    if (!writeQdq(proto, choice, spec, parameters, types, names, sink))
      return false;
    placeholders.put(proto, choice.layers, names);
    floatProgram = Program::make(prepared, setting, Form::Imported, sink);
    bool found = true;
    simulated = Program::make(proto, setting, Form::Imported, sink, [&](mlir::func::FuncOp function) {
      found = placeholders.find(function, graph, choice.layers);
    });
    if (!floatProgram || !simulated)
      return false;
    if (!found) {
      sink.handle({.code = "BRN1901", .message = "the weights of a layer aren't found in the imported model"});
      return false;
    }
    for (size_t l = 0; l < choice.layers.size(); ++l)
      replaceInProgram(choice.layers[l], parameters.layers[l]);
    std::optional<Walk> original = Walk::begin(*floatProgram, samples, sink),
                        replaced = Walk::begin(*simulated, samples, sink);
    if (!original || !replaced)
      return false;
    Progress progress("choosing the weights layer by layer");
    size_t done = 0;
    for (auto &[step, layers] : layersByInput()) {
      if (!reconstructReaders(static_cast<size_t>(step), layers, *original, *replaced))
        return false;
      progress.finished(static_cast<double>(done += layers.size()) / static_cast<double>(choice.layers.size()));
    }
    return true;
  }

private:
  /// The layers in the order in which the replaced net computes their inputs.
  std::map<int, std::vector<size_t>> layersByInput() {
    std::map<int, std::vector<size_t>> order;
    for (size_t l = 0; l < choice.layers.size(); ++l)
      if (const int step = simulated->stepOf(names.real.at(choice.layers[l].input)); step >= 0)
        order[step].push_back(l);
    return order;
  }

  bool reconstructReaders(size_t step, const std::vector<size_t> &layers, Walk &original, Walk &replaced) {
    const std::string &input = choice.layers[layers.front()].input;
    const int floatStep = floatProgram->stepOf(input);
    if (!replaced.advance(step) || (floatStep >= 0 && !original.advance(static_cast<size_t>(floatStep))))
      return false;
    const Values values = [&](size_t sample) {
      return std::pair(replaced.value(step, sample), floatStep >= 0
                                                         ? original.value(static_cast<size_t>(floatStep), sample)
                                                         : inputOf(sample, input));
    };
    for (size_t l : layers) {
      reconstructLayer(choice.layers[l], parameters.layers[l], values);
      replaceInProgram(choice.layers[l], parameters.layers[l]);
    }
    return true;
  }

  /// x^ and x of a sample.
  using Values = std::function<std::pair<std::span<const float>, std::span<const float>>(size_t sample)>;

  std::span<const float> inputOf(size_t sample, const std::string &name) const {
    const std::vector<codegen::Tensor> inputs = functionInputs(floatProgram->function());
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].onnxName == name) {
        const std::vector<std::byte> &data = samples[sample][i].data;
        return {reinterpret_cast<const float *>(data.data()), data.size() / sizeof(float)};
      }
    return {};
  }

  void reconstructLayer(const WeightedLayer &layer, LayerWeights &weights, const Values &values) {
    auto type = types.find(layer.input);
    std::optional<RowReader> reader =
        type == types.end() ? std::nullopt
                            : RowReader::make(layer, graph.node(layer.node), shapeOf(*index.initializer(layer.weights)),
                                              type->second.shape);
    if (!reader)
      return;
    const auto elements = static_cast<size_t>(
        std::accumulate(type->second.shape.begin(), type->second.shape.end(), int64_t{1}, std::multiplies<>()));
    const auto [replaced, original] = values(0);
    if (replaced.size() != elements || reader->count() == 0)
      return;
    const bool hasFloat = original.size() == elements; // else the float net's value isn't one of its own
    for (int64_t g = 0; g < layer.groups; ++g) {
      const Group group = groupOf(layer, weights, g);
      if (what.round && spec.roundingFor(layer.scheme) != Rounding::Nearest)
        roundGroup(layer, weights, group, *reader, g, hasFloat, values);
      else if (!weights.correction.empty() && hasFloat)
        correctGroup(layer, weights, group, *reader, g, values);
    }
  }

  /// Calls `f` with rows of x^ and x of each sample; as many as tell enough, spread over all.
  template <typename F>
  void eachRows(const WeightedLayer &layer, const RowReader &reader, int64_t group, bool hasFloat, const Values &values,
                F f) const {
    const int64_t wanted = std::max<int64_t>(4096, 12 * layer.depth);
    const int64_t all = reader.count() * static_cast<int64_t>(samples.size());
    const int64_t step = std::min(std::max<int64_t>(1, all / wanted), reader.count());
    std::vector<float> x, xFloat;
    for (size_t s = 0; s < samples.size(); ++s) {
      auto [replaced, original] = values(s);
      x.clear();
      xFloat.clear();
      reader.read(replaced, group, static_cast<int64_t>(s) % step, step, x);
      if (hasFloat)
        reader.read(original, group, static_cast<int64_t>(s) % step, step, xFloat);
      f(x, xFloat);
    }
  }

  void roundGroup(const WeightedLayer &layer, LayerWeights &weights, const Group &group, const RowReader &reader,
                  int64_t g, bool hasFloat, const Values &values) const {
    const WeightMatrix matrix{group.real, group.channels, layer.depth};
    const int threads = static_cast<int>(processorCount());
    InputMoments collected = hasFloat ? InputMoments(matrix, threads) : InputMoments(layer.depth, threads);
    eachRows(layer, reader, g, hasFloat, values,
             [&](const std::vector<float> &x, const std::vector<float> &xFloat) { collected.add(x, xFloat); });
    const Moments moments = collected.moments();
    const QuantisedWeights part = rounded(layer, matrix, partOf(weights.quantised, group), moments);
    putPart(weights.quantised, part, group);
    if (weights.correction.empty())
      return;
    const std::vector<double> correction = biasCorrection(matrix, part, moments);
    std::copy(correction.begin(), correction.end(), weights.correction.begin() + group.first);
  }

  /// What each channel's mean is off by: w mean(x) - w^ mean(x^).
  void correctGroup(const WeightedLayer &layer, LayerWeights &weights, const Group &group, const RowReader &reader,
                    int64_t g, const Values &values) const {
    std::vector<double> mean(static_cast<size_t>(layer.depth)), meanFloat(mean.size());
    double count = 0;
    eachRows(layer, reader, g, true, values, [&](const std::vector<float> &x, const std::vector<float> &xFloat) {
      for (size_t i = 0; i < x.size(); ++i) {
        mean[i % mean.size()] += static_cast<double>(x[i]);
        meanFloat[i % mean.size()] += static_cast<double>(xFloat[i]);
      }
      count += static_cast<double>(x.size() / mean.size());
    });
    for (int64_t c = 0; c < group.channels; ++c) {
      double off = 0;
      for (int64_t d = 0; d < layer.depth; ++d)
        off += static_cast<double>(group.real[static_cast<size_t>(c * layer.depth + d)]) *
                   meanFloat[static_cast<size_t>(d)] -
               static_cast<double>(weights.quantised.dequantised(group.first + c, d)) * mean[static_cast<size_t>(d)];
      weights.correction[static_cast<size_t>(group.first + c)] = count > 0 ? off / count : 0;
    }
  }

  QuantisedWeights rounded(const WeightedLayer &layer, const WeightMatrix &matrix, const QuantisedWeights &start,
                           const Moments &collected) const {
    const Rounding rounding = spec.roundingFor(layer.scheme);
    const bool centre = what.correctBias && takesCorrection(layer, graph);
    const Moments moments = centre ? collected.centred() : collected;
    if (rounding == Rounding::Nearest)
      return start;
    if (rounding == Rounding::Hessian)
      return hessianRounding(matrix, start, moments);
    ReconstructOptions options;
    options.learn.threads = static_cast<int>(processorCount());
    if (start.grid.granularity == Granularity::Tensor && layer.groups > 1) // the scale is that of all groups
      return learnRounding(matrix, start, moments.damped(options.damping), options.learn);
    return reconstruct(matrix, start.grid, moments, options);
  }

  /// The replaced net goes on with the layer's new weights and bias.
  void replaceInProgram(const WeightedLayer &layer, LayerWeights &weights) {
    const float inputScale = parameters.groups[static_cast<size_t>(choice.groupOf.at(layer.input))].scale;
    const std::vector<int32_t> bias = integerBias(layer, weights, inputScale);
    const std::vector<float> scales = biasScales(layer, weights, inputScale);
    std::vector<float> real = weights.quantised.dequantised(), shifts;
    if (layer.isTransposed) {
      const std::vector<float> rows = real;
      for (int64_t c = 0; c < layer.channels; ++c)
        for (int64_t k = 0; k < layer.depth; ++k)
          real[static_cast<size_t>(k * layer.channels + c)] = rows[static_cast<size_t>(c * layer.depth + k)];
    }
    for (size_t c = 0; c < bias.size(); ++c)
      shifts.push_back(static_cast<float>(bias[c]) * scales[c]);
    placeholders.set(*simulated, layer.name, real, shifts);
  }

  const onnx::GraphProto &graph;
  GraphIndex index;
  const Choice &choice;
  const Spec &spec;
  const TensorTypes &types;
  const Reconstruction &what;
  const std::vector<SampleInputs> &samples;
  Parameters &parameters;
  QdqNames names;
  Placeholders placeholders;
  std::unique_ptr<Program> floatProgram, simulated;
};

} // namespace

bool reconstructLayers(const onnx::ModelProto &prepared, const Setting &setting, const Choice &choice, const Spec &spec,
                       const TensorTypes &types, const Reconstruction &what, const std::vector<SampleInputs> &samples,
                       Parameters &parameters, DiagnosticSink &sink) {
  return Reconstructor(prepared, choice, spec, types, what, samples, parameters).run(prepared, setting, sink);
}

} // namespace burin::quantize
