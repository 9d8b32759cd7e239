// Parts of files that need not fit in memory.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace burin::samples {

/// The size of a regular file. Nothing, and BRN1001, for anything else.
std::optional<uint64_t> fileSize(const std::filesystem::path &path, DiagnosticSink &sink);

/// `bytes` bytes from place `start` on. Nothing, and BRN1001, if the file can't be read or has fewer.
std::optional<std::vector<std::byte>> readFilePart(const std::filesystem::path &path, uint64_t start, uint64_t bytes,
                                                   DiagnosticSink &sink);

} // namespace burin::samples
