// What a file is that does not parse as an ONNX model.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <string_view>

namespace burin {

/// The diagnostic for bytes that protobuf rejected, or that it accepted without finding a model: BRN1003 if they are
/// the beginning of a model, else BRN1002.
Diagnostic explainUnparsable(std::string_view bytes);

} // namespace burin
