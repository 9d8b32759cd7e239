// The right classes of samples.
#pragma once

#include "frontend/tensors/HostTensor.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burin::samples {

/// Classes as numbers from 0; in text, perhaps with the files that they are for.
struct Labels {
  std::vector<int64_t> values;
  std::vector<std::string> files; ///< as many as values, or none
};

/// Labels from a `.npy` of integers (of any shape that has one axis above 1), or from text: a number a line, or
/// `file,number` (comma, semicolon, tab or spaces between). Empty lines don't count, nor does a first line without a
/// number. Nothing, and BRN1001, BRN1010 or BRN1017.
std::optional<Labels> readLabels(const std::filesystem::path &path, DiagnosticSink &sink);

/// The same for a text in memory.
std::optional<Labels> parseLabels(std::string_view text, const std::string &from, DiagnosticSink &sink);

/// The elements as labels. BRN1017 if they aren't whole numbers from 0.
std::optional<std::vector<int64_t>> labelsOf(const HostTensor &tensor, const std::string &from, DiagnosticSink &sink);

/// False, and BRN1808, if there aren't as many labels as samples.
bool checkLabelCount(size_t labels, size_t samples, const std::string &from, DiagnosticSink &sink);

} // namespace burin::samples
