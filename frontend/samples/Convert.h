// The values of samples: arithmetic, and the input's element type.
#pragma once

#include "frontend/samples/Preparation.h"
#include "frontend/tensors/HostTensor.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::samples {

/// What is done to the values of one input.
struct ValueSteps {
  bool hasArithmetic = false;
  float scale = 1;
  std::vector<float> mean{}, std{}; ///< one value, or one for each index along `axis`
  size_t axis = 0;                  ///< of the input
  bool rounds = false;              ///< an integer input takes values that aren't whole
};

/// The arithmetic that `preparation` asks for on an input of this shape. `channelAxis`: where it is known; otherwise
/// several means belong to axis 1 if it has their number, else to the last axis. `rounds`: the values were computed.
/// Nothing, and BRN1512, if no axis has their number.
std::optional<ValueSteps> valueSteps(const Preparation &preparation, const std::string &input,
                                     const std::vector<int64_t> &shape, std::optional<size_t> channelAxis, bool rounds,
                                     DiagnosticSink &sink);

/// Applies `steps` to all values and gives them the element type `wanted`. Integers to integers stay exact; floats are
/// rounded to nearest. Nothing, and BRN1802, if a value doesn't fit an integer type, or for types that have no such
/// values (complex numbers, and floats below 16 bits other than the same).
std::optional<HostTensor> convertValues(HostTensor tensor, DType wanted, const ValueSteps &steps, DiagnosticSink &sink);

} // namespace burin::samples
