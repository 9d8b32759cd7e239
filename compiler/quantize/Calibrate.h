// Ranges of activations, observed on the compiler's own kernels.
#ifndef BURIN_COMPILER_QUANTIZE_CALIBRATE_H
#define BURIN_COMPILER_QUANTIZE_CALIBRATE_H

#include "compiler/quantize/Choose.h"
#include "compiler/quantize/Program.h"

namespace burin::quantize {

/// Statistics of tensors of the float net, by ONNX name. Each is observed once, whatever is asked of it later.
class Calibration {
public:
  /// `program` is the float net as imported; it and the samples must outlive this.
  Calibration(Program &program, const std::vector<SampleInputs> &samples) : program(program), samples(samples) {}

  /// Observes the tensors that groups of `choice` begin with and that haven't been yet: two passes over the samples.
  /// Tensors that can't be observed are named in `missing`.
  bool observe(const Choice &choice, const onnx::GraphProto &graph, std::vector<std::string> &missing,
               DiagnosticSink &sink);

  /// Scale and zero point of a group. `method` none: all values.
  quantization::Affine parametersOf(const TensorGroup &group, const Spec &spec, quantization::RangeMethod method) const;
  /// The range of all values of a group.
  quantization::Interval extremesOf(const TensorGroup &group) const;

private:
  struct Source {
    int step = -1, input = -1; ///< of the program, or of the model
  };
  bool pass(bool histograms, DiagnosticSink &sink);
  quantization::TensorStatistics statisticsOf(const TensorGroup &group) const;

  Program &program;
  const std::vector<SampleInputs> &samples;
  std::map<std::string, quantization::TensorStatistics> statistics;
  std::map<std::string, Source> pending;
};

/// The integers of an activation.
quantization::Grid activationGrid(const Spec &spec, int bits);

} // namespace burin::quantize

#endif
