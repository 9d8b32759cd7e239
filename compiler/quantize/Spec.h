// How a model is to be quantised, as plain values: what SPEC and the flags of `burin quantize` say.
#ifndef BURIN_COMPILER_QUANTIZE_SPEC_H
#define BURIN_COMPILER_QUANTIZE_SPEC_H

#include "ir/diagnostics/Diagnostics.h"
#include "quantization/Ranges.h"
#include "quantization/Weights.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::quantize {

/// "w4a8": 4 bits for weights, 8 for activations. "float": not quantised.
struct Scheme {
  int weights = 8, activations = 8; ///< 4 or 8, and 8 or 16
  bool isFloat = false;
  bool operator==(const Scheme &) const = default;
};

enum class Rounding { Nearest, Hessian, Learned };
/// Of what may help or not: `Auto` does it if the calibration data say so.
enum class Toggle { Auto, On, Off };
enum class ActivationGrid { Asymmetric, Symmetric, PowerOfTwo };

/// Another scheme for the nodes whose names match `pattern` ('*' any characters, '?' one).
struct SchemeOverride {
  std::string pattern;
  Scheme scheme;
};

struct Spec {
  Scheme scheme;
  std::optional<quantization::RangeMethod> range; ///< none: minmax, or mse where that is clearly better
  double percentile = 99.99;
  quantization::Granularity granularity = quantization::Granularity::Channel;
  int64_t block = 32;
  ActivationGrid activations = ActivationGrid::Asymmetric;
  std::vector<SchemeOverride> overrides;       ///< the last one that matches counts
  std::optional<Scheme> firstLayer, lastLayer; ///< of the layers with weights
  std::optional<Rounding> rounding;            ///< none: nearest for 8 bits, learned for fewer
  Toggle equalise = Toggle::Auto, biasCorrection = Toggle::Auto;
  bool clip = true; ///< scales of weights below 8 bits clip where that lowers the error

  /// The scheme of node `name`, layer `number` of `layers` with weights, or none of them (-1).
  Scheme schemeOf(const std::string &name, int number, int layers) const;
  Rounding roundingFor(const Scheme &scheme) const {
    return rounding.value_or(scheme.weights < 8 ? Rounding::Learned : Rounding::Nearest);
  }
};

/// Adds one item, a scheme or key=value, to `spec`. False, with BRN1520, where it can't be understood:
///
///     w8a8 w4a8 w8a16 w4a16
///     range=minmax|moving|percentile[:P]|mse|entropy|auto
///     weights=tensor|channel|block:N             activations=asymmetric|symmetric|power-of-two
///     skip=NAME   keep=NAME=SCHEME               first-layer=SCHEME   last-layer=SCHEME
///     rounding=nearest|learned|hessian|auto      equalise, bias-correction, clip[=on|off|auto]
///
/// A SCHEME is float, w8, w4, or one of the first line.
bool addItem(Spec &spec, const std::string &item, DiagnosticSink &sink);

/// Items with commas between: "w4a8,range=mse".
std::optional<Spec> parseSpec(const std::string &text, DiagnosticSink &sink);

/// Whether `name` matches `pattern`, in which '*' stands for any characters and '?' for one.
bool matches(const std::string &pattern, const std::string &name);

} // namespace burin::quantize

#endif
