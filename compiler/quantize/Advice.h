// What would lower the loss, tried out.
#ifndef BURIN_COMPILER_QUANTIZE_ADVICE_H
#define BURIN_COMPILER_QUANTIZE_ADVICE_H

#include "compiler/quantize/Quantize.h"

namespace burin::quantize {

/// A flag, and what it was measured to give.
struct Advice {
  std::string flag;      ///< "--keep /head/conv3=w8a16"
  double snrDb = 0;      ///< gained
  double accuracy = 0;   ///< percent points gained; 0 without labels
  bool hasLabels = false;
};

/// Tries each of `nodes` at 16 bits (or, where that isn't integer, in float) with all else as in `result`; those that
/// gain more than a quarter of a dB, most gain first.
std::optional<std::vector<Advice>> tryAlternatives(const Result &result, const Model &model, const Request &request,
                                                   const std::vector<std::string> &nodes, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
