// One number for how close a quantised net is to the float one: what choices are made by.
#ifndef BURIN_COMPILER_QUANTIZE_SCORE_H
#define BURIN_COMPILER_QUANTIZE_SCORE_H

#include "compiler/quantize/Measure.h"

namespace burin::quantize {

/// The float net's results on the samples, to compare others with: its outputs; where one is a softmax or a sigmoid of
/// something, that something, since near 0 and 1 they hide differences.
class Reference {
public:
  /// Runs the float net; `observer` sees all of its steps.
  static std::optional<Reference> make(Program &program, const onnx::GraphProto &graph,
                                       const std::vector<SampleInputs> &samples, const StepObserver &observer,
                                       DiagnosticSink &sink);

  /// Runs the quantised net; `quantised` names the integers of tensors.
  std::optional<Deviation> compare(Program &quantisedNet, const std::map<std::string, std::string> &quantised,
                                   const std::vector<SampleInputs> &samples,
                                   std::vector<std::vector<HostTensor>> &outputsOfNet, DiagnosticSink &sink) const;

  const std::vector<std::vector<HostTensor>> &outputs() const { return results; }

private:
  std::vector<std::string> tensors; ///< one an output; empty: the output itself
  TensorValues values;
  std::vector<std::vector<HostTensor>> results;
};

} // namespace burin::quantize

#endif
