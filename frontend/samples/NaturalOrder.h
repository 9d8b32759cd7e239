// Files of a folder in the order that people expect.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace burin::samples {

/// Runs of digits compare as numbers, all else byte by byte: "x9" < "x10" < "y1". Texts that are equal so ("7" and
/// "07") compare as bytes: a strict total order.
bool naturalLess(std::string_view a, std::string_view b);

/// What a folder holds, in natural order; names that begin with a dot are left out.
struct Listing {
  std::vector<std::filesystem::path> files, folders;
};

/// Nothing, and BRN1012, if the folder can't be listed.
std::optional<Listing> listFolder(const std::filesystem::path &folder, DiagnosticSink &sink);

/// "png" of "A.PNG": the extension in lower case, without its dot.
std::string extensionOf(const std::filesystem::path &file);

} // namespace burin::samples
