// What quantising did, layer by layer, and what it cost: for the terminal, and as JSON.
#ifndef BURIN_COMPILER_QUANTIZE_REPORT_H
#define BURIN_COMPILER_QUANTIZE_REPORT_H

#include "compiler/quantize/Advice.h"

namespace burin::quantize {

/// One operator of the library.
struct LayerFacts {
  std::string tensor;           ///< the ONNX tensor that it makes
  std::string node;             ///< the ONNX node it comes from
  int bits = 8, weightBits = 0; ///< no weights: 0
  quantization::Interval range; ///< of all values in the samples
  quantization::Affine affine;
  Deviation running; ///< from the float net, in the quantised net
  Deviation alone;   ///< the same with the float net's values as its inputs
  bool hasAlone = false;
};

/// The integer operators, worst first: by the error that they add themselves. Measured on at most 16 samples.
std::optional<std::vector<LayerFacts>> layerFacts(Result &result, const std::vector<SampleInputs> &samples,
                                                  DiagnosticSink &sink);

struct Report {
  std::vector<LayerFacts> layers;
  std::vector<Advice> advice;
  size_t samples = 0;
  std::optional<double> floatAccuracy, accuracy; ///< percent, where there are labels
};

/// Measures the layers and tries what would help.
std::optional<Report> makeReport(Quantizer &net, const Request &request, DiagnosticSink &sink);

std::string asText(const Report &report, const Result &result);
std::string asJson(const Report &report, const Result &result);

} // namespace burin::quantize

#endif
