// How far a quantised net is from the float one.
#ifndef BURIN_COMPILER_QUANTIZE_MEASURE_H
#define BURIN_COMPILER_QUANTIZE_MEASURE_H

#include "compiler/quantize/Program.h"

namespace burin::quantize {

/// Sums over elements of a reference x and of y, which should equal it.
struct Deviation {
  double signal = 0, error = 0, product = 0, energy = 0; ///< sum x², (y - x)², x y, y²
  void add(std::span<const float> reference, std::span<const float> got);
  void add(const Deviation &other);
  double snrDb() const;  ///< 10 log10(signal / error); 200 where they are equal
  double cosine() const; ///< 1 for two zero vectors
};

/// The real values of tensors, of each sample: [tensor][sample].
using TensorValues = std::vector<std::vector<std::vector<float>>>;

/// Runs `program` and keeps the real values of the tensors of these names (of integers: dequantised) that it has;
/// empty vectors for others. Names of inputs count as tensors. `outputs` gets the model's outputs; `also` sees all
/// steps.
std::optional<TensorValues> collect(Program &program, const std::vector<SampleInputs> &samples,
                                    const std::vector<std::string> &names,
                                    std::vector<std::vector<HostTensor>> &outputs, DiagnosticSink &sink,
                                    const StepObserver &also = nullptr);

/// The share of samples whose first output is largest at their label, in percent.
double accuracy(const std::vector<std::vector<HostTensor>> &outputs, const std::vector<int64_t> &labels);
/// The share of samples on which two nets agree in that, in percent.
double agreement(const std::vector<std::vector<HostTensor>> &a, const std::vector<std::vector<HostTensor>> &b);

/// Sums over all outputs of all samples.
Deviation outputDeviation(const std::vector<std::vector<HostTensor>> &reference,
                          const std::vector<std::vector<HostTensor>> &got);

} // namespace burin::quantize

#endif
