// Post-training quantisation: a float model and samples in, a QDQ model out.
#ifndef BURIN_COMPILER_QUANTIZE_QUANTIZE_H
#define BURIN_COMPILER_QUANTIZE_QUANTIZE_H

#include "compiler/quantize/Measure.h"
#include "compiler/quantize/WriteQdq.h"

namespace burin::quantize {

class Calibration;
class Reference;

/// What is to be done.
struct Request {
  Setting setting;
  Spec spec;
  std::vector<SampleInputs> samples;
  std::vector<int64_t> labels; ///< as many as samples, or none
};

/// The outputs of all samples.
using Outputs = std::vector<std::vector<HostTensor>>;

/// What came out, with all that a report needs.
struct Result {
  onnx::ModelProto prepared, proto; ///< the float model as it is quantised; QDQ
  TensorTypes types;                ///< of `prepared`
  Spec spec;                        ///< with what was chosen in place of "auto"
  Choice choice;
  Parameters parameters;
  QdqNames names;
  FloatNodes floats;                               ///< nodes that could have been integers but for the reason given
  std::unique_ptr<Program> floatProgram, compiled; ///< `prepared` as imported, `proto` after all nn passes
  std::vector<quantization::Interval> ranges;      ///< of all values, by group
  Outputs floatOutputs, outputs;
  Deviation deviation; ///< of the outputs, or of what they are a softmax of
};

/// What another scheme for one node would give.
struct Trial {
  Outputs outputs;
  Deviation deviation;
};

/// One way from the float model to integers, step by step.
class Quantizer {
public:
  /// `request` must outlive this. `equalised`: with equal ranges of channels.
  Quantizer(const Model &model, const Request &request, bool equalised, DiagnosticSink &sink);
  ~Quantizer();

  bool run();
  Result &result() { return state; }

  /// All as it is but for node `node`. Nothing where it isn't quantised, or stays float at that scheme.
  std::optional<Trial> tryScheme(const std::string &node, const Scheme &scheme);

private:
  bool prepare();
  bool chooseNodes();
  bool observe(FloatNodes &more);
  bool refuseEmpty();
  FloatNodes makersOf(const std::vector<std::string> &tensors) const;
  bool chooseRanges();
  void setRanges(quantization::RangeMethod method);
  void roundToNearest();
  bool chooseWeights();
  bool build();
  bool measure();
  bool runTrial(const Result &base);

  Model model;
  const Request &request;
  DiagnosticSink *sink;
  Result state;
  std::unique_ptr<Calibration> calibration;
  std::unique_ptr<Reference> reference;
};

/// Quantises `model`, the float net. Null, with a diagnostic: BRN1521 (quantised already), BRN1522 (nothing to
/// quantise), BRN1523 (operator set), BRN1524 (a name in the spec matches no node), and those of import.
std::unique_ptr<Quantizer> quantizeModel(const Model &model, const Request &request, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
