#include "compiler/quantize/Measure.h"

#include "compiler/Boundary.h"
#include "frontend/tensors/Compare.h"

#include <cmath>

namespace burin::quantize {

void Deviation::add(std::span<const float> reference, std::span<const float> got) {
  if (reference.size() != got.size())
    return;
  for (size_t i = 0; i < reference.size(); ++i) {
    const double x = reference[i], y = got[i];
    if (!std::isfinite(x) || !std::isfinite(y))
      continue;
    signal += x * x;
    error += (y - x) * (y - x);
    product += x * y;
    energy += y * y;
  }
}

void Deviation::add(const Deviation &other) {
  signal += other.signal;
  error += other.error;
  product += other.product;
  energy += other.energy;
}

double Deviation::snrDb() const {
  constexpr double equal = 200;
  if (error == 0)
    return equal;
  return signal == 0 ? -equal : std::min(equal, 10 * std::log10(signal / error));
}

double Deviation::cosine() const {
  if (signal == 0 || energy == 0)
    return signal == energy ? 1 : 0;
  return product / std::sqrt(signal * energy);
}

namespace {

std::vector<float> realValues(const HostTensor &host) {
  std::vector<float> values(static_cast<size_t>(host.size()));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(valueAt(host, static_cast<int64_t>(i)));
  return values;
}

/// Index of the largest element, the first of several; -1 without one.
int64_t top(const HostTensor &tensor) {
  const std::vector<float> values = realValues(tensor);
  return values.empty() ? -1 : std::max_element(values.begin(), values.end()) - values.begin();
}

} // namespace

std::optional<TensorValues> collect(Program &program, const std::vector<SampleInputs> &samples,
                                    const std::vector<std::string> &names,
                                    std::vector<std::vector<HostTensor>> &outputs, DiagnosticSink &sink,
                                    const StepObserver &also) {
  TensorValues values(names.size(), std::vector<std::vector<float>>(samples.size()));
  std::multimap<size_t, size_t> tensorsOfStep;
  const std::vector<codegen::Tensor> inputs = functionInputs(program.function());
  for (size_t t = 0; t < names.size(); ++t) {
    if (const int step = program.stepOf(names[t]); step >= 0)
      tensorsOfStep.emplace(static_cast<size_t>(step), t);
    for (size_t i = 0; i < inputs.size(); ++i)
      for (size_t s = 0; s < samples.size() && inputs[i].onnxName == names[t]; ++s)
        values[t][s] = realValues(samples[s][i]);
  }
  auto results = program.run(samples, sink, [&](size_t sample, size_t step, llvm::ArrayRef<char> bytes) {
    if (also)
      also(sample, step, bytes);
    auto [begin, end] = tensorsOfStep.equal_range(step);
    for (auto it = begin; it != end; ++it)
      values[it->second][sample] = realValues(fromLibrary(bytes, program.resultOf(step), DType::Float32));
  });
  if (!results)
    return std::nullopt;
  outputs = std::move(*results);
  return values;
}

double accuracy(const std::vector<std::vector<HostTensor>> &outputs, const std::vector<int64_t> &labels) {
  size_t right = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    right += top(outputs[i].front()) == labels[i];
  return 100.0 * static_cast<double>(right) / static_cast<double>(std::max<size_t>(labels.size(), 1));
}

double agreement(const std::vector<std::vector<HostTensor>> &a, const std::vector<std::vector<HostTensor>> &b) {
  size_t equal = 0;
  for (size_t i = 0; i < a.size(); ++i)
    equal += top(a[i].front()) == top(b[i].front());
  return 100.0 * static_cast<double>(equal) / static_cast<double>(std::max<size_t>(a.size(), 1));
}

Deviation outputDeviation(const std::vector<std::vector<HostTensor>> &reference,
                          const std::vector<std::vector<HostTensor>> &got) {
  Deviation d;
  for (size_t i = 0; i < reference.size(); ++i)
    for (size_t k = 0; k < reference[i].size(); ++k)
      d.add(realValues(reference[i][k]), realValues(got[i][k]));
  return d;
}

} // namespace burin::quantize
