// Post-training quantisation: a float model and samples in, a QDQ model out.
#ifndef BURIN_COMPILER_QUANTIZE_QUANTIZE_H
#define BURIN_COMPILER_QUANTIZE_QUANTIZE_H

#include "compiler/quantize/Measure.h"
#include "compiler/quantize/WriteQdq.h"

namespace burin::quantize {

/// What is to be done.
struct Request {
  CompileOptions compile; ///< model, dims, shapes
  Spec spec;
  std::vector<SampleInputs> samples;
  std::vector<int64_t> labels; ///< as many as samples, or none
};

/// What came out, with all that a report needs.
struct Result {
  onnx::ModelProto original, prepared, proto; ///< float as given, float as quantised, QDQ
  TensorTypes types;                          ///< of `prepared`
  Spec spec;                                  ///< with what was chosen in place of "auto"
  Choice choice;
  Parameters parameters;
  QdqNames names;
  FloatNodes floats; ///< nodes that could have been integers but for the reason given
  std::vector<quantization::Interval> ranges; ///< of all values, by group
};

/// Quantises `model`. Nothing, with a diagnostic: BRN1521 (quantised already), BRN1522 (nothing to quantise), BRN1523
/// (operator set), BRN1524 (a name that the spec gives matches no node), and those of import.
std::optional<Result> quantizeModel(Model model, const Request &request, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
