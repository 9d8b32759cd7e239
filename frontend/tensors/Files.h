// Whole files, in and out, with diagnostics.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <filesystem>
#include <llvm/Support/MemoryBuffer.h>
#include <memory>
#include <string_view>

namespace burin {

/// Protobuf's and Burin's limit for one file: 2 GiB − 1.
inline constexpr uint64_t maxFileBytes = 0x7FFFFFFF;

inline std::string_view textOf(const llvm::MemoryBuffer &buffer) {
  return {buffer.getBufferStart(), buffer.getBufferSize()};
}

/// The bytes of the regular file `path`, copied to memory (a mapped file that somebody truncates would crash us). Null,
/// and BRN1001 or BRN1005, if it can't be read or has more than `maxFileBytes`.
std::unique_ptr<llvm::MemoryBuffer> readFileBytes(const std::filesystem::path &path, DiagnosticSink &sink);

/// Replaces the file `path`. False, and BRN1601, if it can't be written.
bool writeFileBytes(const std::filesystem::path &path, std::string_view bytes, DiagnosticSink &sink);

} // namespace burin
