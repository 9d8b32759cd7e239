// Ranges of activations, observed on the compiler's own kernels.
#ifndef BURIN_COMPILER_QUANTIZE_CALIBRATE_H
#define BURIN_COMPILER_QUANTIZE_CALIBRATE_H

#include "compiler/quantize/Choose.h"
#include "compiler/quantize/Program.h"

namespace burin::quantize {

/// Statistics of the tensors of the float net, by ONNX name: the extremes of all, from a first run of the net; the
/// histograms of those asked for, from another.
class Calibration {
public:
  /// `program` is the float net as imported; it and the samples must outlive this.
  Calibration(Program &program, const std::vector<SampleInputs> &samples);

  /// Observer of the first run, over all samples.
  StepObserver extremes();

  /// Observes the tensors that groups of `choice` begin with and that haven't been yet. Tensors that can't be observed
  /// are named in `missing`.
  bool observe(const Choice &choice, const onnx::GraphProto &graph, std::vector<std::string> &missing,
               DiagnosticSink &sink);

  /// Scale and zero point of a group.
  quantization::Affine parametersOf(const TensorGroup &group, const Spec &spec, quantization::RangeMethod method) const;
  /// The range of all values of a group.
  quantization::Interval extremesOf(const TensorGroup &group) const;

private:
  quantization::TensorStatistics statisticsOf(const TensorGroup &group) const;
  bool fillHistograms(const std::vector<std::string> &names, DiagnosticSink &sink);

  Program &program;
  const std::vector<SampleInputs> &samples;
  std::map<std::string, quantization::TensorStatistics> statistics;
  std::map<std::string, size_t> inputs;                 ///< number of the model's input
  std::vector<quantization::TensorStatistics *> byStep; ///< null: not a float tensor of the model
  std::set<std::string> finished;                       ///< those with histograms
};

/// The integers of an activation.
quantization::Grid activationGrid(const Spec &spec, int bits);

} // namespace burin::quantize

#endif
