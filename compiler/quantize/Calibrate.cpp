#include "compiler/quantize/Calibrate.h"

#include "compiler/Boundary.h"

#include <mutex>

namespace burin::quantize {
using namespace quantization;

Grid activationGrid(const Spec &spec, int bits) {
  return {.bits = bits,
          .isSigned = true,
          // 16 bits are symmetric as everywhere: a zero point would cost every product a correction.
          .symmetric = spec.activations != ActivationGrid::Asymmetric || bits > 8,
          .powerOfTwo = spec.activations == ActivationGrid::PowerOfTwo};
}

namespace {

std::span<const float> floats(llvm::ArrayRef<char> bytes) {
  return {reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float)};
}

std::span<const float> floats(const HostTensor &tensor) {
  return {reinterpret_cast<const float *>(tensor.data.data()), tensor.data.size() / sizeof(float)};
}

} // namespace

bool Calibration::observe(const Choice &choice, const onnx::GraphProto &graph, std::vector<std::string> &missing,
                          DiagnosticSink &sink) {
  const GraphIndex index(graph);
  const std::vector<codegen::Tensor> inputs = functionInputs(program.function());
  pending.clear();
  for (const TensorGroup &group : choice.groups)
    for (const std::string &name : group.roots) {
      if (statistics.contains(name))
        continue;
      Source source;
      for (size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].onnxName == name)
          source.input = static_cast<int>(i);
      source.step = source.input < 0 ? program.stepOf(name) : -1;
      if (const onnx::TensorProto *constant = index.initializer(name)) {
        const std::vector<float> values = floatsOf(*constant).value_or(std::vector<float>());
        TensorStatistics &s = statistics[name];
        s.perSample.resize(1);
        s.perSample[0].add(values);
        s.histogram = Histogram(s.perSample[0].min, s.perSample[0].max);
        s.histogram.add(values);
      } else if (source.step < 0 && source.input < 0) {
        missing.push_back(name);
      } else {
        pending[name] = source;
        statistics[name].perSample.resize(samples.size());
      }
    }
  return pending.empty() || (pass(false, sink) && pass(true, sink));
}

bool Calibration::pass(bool histograms, DiagnosticSink &sink) {
  std::mutex merging;
  std::multimap<int, std::string> bySteps;
  auto take = [&](const std::string &name, size_t sample, std::span<const float> values) {
    TensorStatistics &s = statistics.find(name)->second;
    if (!histograms)
      return s.perSample[sample].add(values); // its own place: no other thread writes there
    Histogram own(static_cast<float>(s.histogram.low()), static_cast<float>(s.histogram.high()));
    own.add(values);
    const std::lock_guard<std::mutex> lock(merging);
    s.histogram.merge(own); // counts are integers: in any order the same
  };
  for (const auto &[name, source] : pending) {
    if (histograms) {
      TensorStatistics &s = statistics[name];
      const Extent all = s.all();
      s.histogram = Histogram(all.min, all.max);
    }
    if (source.step >= 0)
      bySteps.emplace(source.step, name);
    else
      for (size_t i = 0; i < samples.size(); ++i)
        take(name, i, floats(samples[i][static_cast<size_t>(source.input)]));
  }
  if (bySteps.empty())
    return true;
  return program
      .run(samples, sink,
           [&](size_t sample, size_t step, llvm::ArrayRef<char> bytes) {
             auto [begin, end] = bySteps.equal_range(static_cast<int>(step));
             for (auto it = begin; it != end; ++it)
               take(it->second, sample, floats(bytes));
           })
      .has_value();
}

TensorStatistics Calibration::statisticsOf(const TensorGroup &group) const {
  if (group.roots.size() == 1)
    return statistics.at(group.roots.front());
  // Several: their extremes together. The finer methods see each root's bins as values at their middles.
  TensorStatistics joint;
  Extent all;
  for (const std::string &name : group.roots) {
    const TensorStatistics &s = statistics.at(name);
    all.merge(s.all());
    if (joint.perSample.size() < s.perSample.size())
      joint.perSample.resize(s.perSample.size());
    for (size_t i = 0; i < s.perSample.size(); ++i)
      joint.perSample[i].merge(s.perSample[i]);
  }
  joint.histogram = Histogram(all.min, all.max);
  int64_t total = 0;
  for (const std::string &name : group.roots)
    total += statistics.at(name).histogram.total();
  const int64_t share = (total >> 20) + 1; // a million values tell as much as more
  for (const std::string &name : group.roots) {
    const Histogram &h = statistics.at(name).histogram;
    std::vector<float> values(static_cast<size_t>(h.zeros() / share), 0.0f);
    for (size_t b = 0; b < h.bins().size(); ++b)
      values.insert(values.end(), static_cast<size_t>((h.bins()[b] + share - 1) / share),
                    static_cast<float>(h.low() + (static_cast<double>(b) + 0.5) * h.binWidth()));
    joint.histogram.add(values);
  }
  return joint;
}

Affine Calibration::parametersOf(const TensorGroup &group, const Spec &spec, RangeMethod method) const {
  if (group.fixed)
    return *group.fixed;
  const Grid grid = activationGrid(spec, group.bits);
  RangeOptions options;
  options.percentile = spec.percentile;
  return affineFor(chooseInterval(method, options, statisticsOf(group), grid), grid);
}

Interval Calibration::extremesOf(const TensorGroup &group) const {
  Extent all;
  for (const std::string &name : group.roots)
    all.merge(statistics.at(name).all());
  return {std::min(all.min, 0.0f), std::max(all.max, 0.0f)};
}

} // namespace burin::quantize
