// Reads an ONNX file and checks all that later code relies on.
#pragma once

#include "frontend/onnx/reader/Model.h"
#include "ir/diagnostics/Diagnostics.h"

namespace burin {

/// Reads `path`, with its external data, and establishes the invariants of `Model`. Any bytes are safe to read: what is
/// wrong is reported to `sink` (BRN10xx, BRN11xx; the first ten errors), and then nothing is returned. At most 2 GiB of
/// protobuf, and 4 GiB of external data.
std::optional<Model> readModel(const std::filesystem::path &path, DiagnosticSink &sink);

/// The same for bytes in memory, as if they were read from `path`; its folder is where external data are looked for.
std::optional<Model> readModelFromBytes(std::string_view bytes, const std::filesystem::path &path,
                                        DiagnosticSink &sink);

} // namespace burin
