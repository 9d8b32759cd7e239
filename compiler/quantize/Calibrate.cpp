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

Calibration::Calibration(Program &program, const std::vector<SampleInputs> &samples)
    : program(program), samples(samples), byStep(program.lowered().size()) {
  const std::vector<codegen::Tensor> takes = functionInputs(program.function());
  for (size_t i = 0; i < takes.size(); ++i) {
    if (!takes[i].type.getElementType().isF32())
      continue;
    inputs[takes[i].onnxName] = i;
    TensorStatistics &s = statistics[takes[i].onnxName];
    for (const SampleInputs &sample : samples)
      s.perSample.emplace_back().add(floats(sample[i]));
  }
  for (size_t i = 0; i < byStep.size(); ++i) {
    const codegen::Tensor &t = program.resultOf(i);
    if (t.onnxName.empty() || !t.type.getElementType().isF32() || program.stepOf(t.onnxName) != static_cast<int>(i))
      continue;
    byStep[i] = &statistics[t.onnxName];
    byStep[i]->perSample.resize(samples.size());
  }
}

StepObserver Calibration::extremes() {
  return [this](size_t sample, size_t step, llvm::ArrayRef<char> bytes) {
    if (TensorStatistics *s = byStep[step])
      s->perSample[sample].add(floats(bytes)); // its own place: no other thread writes there
  };
}

bool Calibration::observe(const Choice &choice, const onnx::GraphProto &graph, std::vector<std::string> &missing,
                          DiagnosticSink &sink) {
  const GraphIndex index(graph);
  std::vector<std::string> wanted;
  for (const TensorGroup &group : choice.groups)
    for (const std::string &name : group.roots) {
      if (finished.contains(name))
        continue;
      if (const onnx::TensorProto *constant = index.initializer(name)) {
        const std::vector<float> values = floatsOf(*constant).value_or(std::vector<float>());
        TensorStatistics &s = statistics[name];
        s.perSample.emplace_back().add(values);
        s.histogram = Histogram(s.perSample[0].min, s.perSample[0].max);
        s.histogram.add(values);
        finished.insert(name);
      } else if (statistics.contains(name)) {
        wanted.push_back(name);
        finished.insert(name);
      } else {
        missing.push_back(name);
      }
    }
  return wanted.empty() || fillHistograms(wanted, sink);
}

bool Calibration::fillHistograms(const std::vector<std::string> &names, DiagnosticSink &sink) {
  std::vector<TensorStatistics *> wanted(byStep.size());
  for (const std::string &name : names) {
    TensorStatistics &s = statistics[name];
    const Extent all = s.all();
    s.histogram = Histogram(all.min, all.max);
    if (auto input = inputs.find(name); input != inputs.end())
      for (const SampleInputs &sample : samples)
        s.histogram.add(floats(sample[input->second]));
    else
      wanted[static_cast<size_t>(program.stepOf(name))] = &s;
  }
  std::mutex merging;
  return program
      .run(samples, sink,
           [&](size_t, size_t step, llvm::ArrayRef<char> bytes) {
             TensorStatistics *s = wanted[step];
             if (!s)
               return;
             Histogram own(static_cast<float>(s->histogram.low()), static_cast<float>(s->histogram.high()));
             own.add(floats(bytes));
             const std::lock_guard<std::mutex> lock(merging);
             s->histogram.merge(own); // counts are integers: in any order the same
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
