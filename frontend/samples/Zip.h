// The files inside a zip archive, such as numpy's `.npz`.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burin::samples {

struct ZipEntry {
  std::string name;
  bool isDeflated = false;  ///< otherwise stored
  uint64_t start = 0;       ///< of its bytes in the archive
  uint64_t packedBytes = 0; ///< there
  uint64_t bytes = 0;       ///< unpacked; at most 1032 times as many and `maxFileBytes`
  uint32_t checksum = 0;    ///< CRC-32 of the unpacked bytes
};

/// The directory of an archive, in its order. Zip64 is read as far as numpy writes it: for sizes of entries. Nothing,
/// and BRN1001 or BRN1014 (no archive, damaged, encrypted, in parts, other methods than stored and deflated).
std::optional<std::vector<ZipEntry>> readZipDirectory(const std::filesystem::path &path, DiagnosticSink &sink);

/// The bytes of one entry. Nothing, and BRN1001 or BRN1014 (damaged).
std::optional<std::vector<std::byte>> readZipEntry(const std::filesystem::path &path, const ZipEntry &entry,
                                                   DiagnosticSink &sink);

} // namespace burin::samples
