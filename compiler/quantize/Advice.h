// What would lower the loss, tried out.
#ifndef BURIN_COMPILER_QUANTIZE_ADVICE_H
#define BURIN_COMPILER_QUANTIZE_ADVICE_H

#include "compiler/quantize/Quantize.h"

namespace burin::quantize {

/// A flag, and what it was measured to give.
struct Advice {
  std::string flag;    ///< "--keep /head/conv3=w8a16"
  double snrDb = 0;    ///< gained
  double accuracy = 0; ///< percent points gained; 0 without labels
  bool hasLabels = false;
};

/// Tries each of `nodes` at 16 bits (or, where that isn't integer, in float) with all else as it is in `net`, which is
/// left as it was; those that gain more than a quarter of a dB, most gain first.
std::vector<Advice> tryAlternatives(Quantizer &net, const std::vector<std::string> &nodes,
                                    const std::vector<int64_t> &labels);

} // namespace burin::quantize

#endif
