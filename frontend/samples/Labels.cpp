#include "frontend/samples/Labels.h"
#include "frontend/samples/NaturalOrder.h"
#include "frontend/tensors/Compare.h"
#include "frontend/tensors/Files.h"
#include "frontend/tensors/TensorFiles.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace burin::samples {

namespace {

constexpr std::string_view blanks = " \t\r";

std::nullopt_t unusable(const std::string &from, std::string message, DiagnosticSink &sink) {
  sink.handle(
      {.code = "BRN1017",
       .model = from,
       .message = std::move(message),
       .fix = "give whole numbers from 0: a .npy of integers, or text with one number, or `file,number`, a line"});
  return std::nullopt;
}

std::string_view trimmed(std::string_view text, std::string_view what) {
  const size_t first = std::min(text.find_first_not_of(what), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(what) + 1);
}

/// A line's label, and what stands before it.
struct Line {
  int64_t label = 0;
  std::string_view file;
};

std::optional<Line> parseLine(std::string_view line) {
  const size_t split = line.find_last_of(",; \t");
  const std::string_view number = split == std::string_view::npos ? line : line.substr(split + 1);
  Line result;
  auto [end, failure] = std::from_chars(number.begin(), number.end(), result.label);
  if (failure != std::errc() || end != number.end() || result.label < 0)
    return std::nullopt;
  if (split != std::string_view::npos)
    result.file = trimmed(trimmed(line.substr(0, split), " \t,;"), "\"");
  return result;
}

} // namespace

std::optional<Labels> parseLabels(std::string_view text, const std::string &from, DiagnosticSink &sink) {
  Labels labels;
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end), blanks);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty())
      continue;
    const std::optional<Line> parsed = parseLine(line);
    if (!parsed && number == 1)
      continue; // the columns' names
    if (!parsed)
      return unusable(from, fmt::format("line {} has no label: {}", number, quoteName(line, 60)), sink);
    if (!parsed->file.empty())
      labels.files.emplace_back(parsed->file);
    labels.values.push_back(parsed->label);
    if (!labels.files.empty() && labels.files.size() != labels.values.size())
      return unusable(from, fmt::format("some lines name a file, but not all up to line {}", number), sink);
  }
  if (labels.values.empty())
    return unusable(from, "there are no labels in it", sink);
  return labels;
}

std::optional<std::vector<int64_t>> labelsOf(const HostTensor &tensor, const std::string &from, DiagnosticSink &sink) {
  size_t axes = 0;
  for (int64_t dim : tensor.shape)
    axes += dim != 1;
  const DTypeKind kind = info(tensor.dtype).kind;
  const bool isInteger = kind == DTypeKind::SignedInt || kind == DTypeKind::UnsignedInt || kind == DTypeKind::Bool;
  if (axes > 1 || (!isInteger && kind != DTypeKind::Float))
    return unusable(from, fmt::format("{} is no list of labels", typeText(tensor.dtype, tensor.shape)), sink);
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const double value = valueAt(tensor, i);
    if (!(value >= 0 && value < 0x1p53) || value != std::floor(value))
      return unusable(from, fmt::format("element {} is {:.9g}, which is no class", i, value), sink);
    labels.push_back(static_cast<int64_t>(value));
  }
  return labels;
}

std::optional<Labels> readLabels(const std::filesystem::path &path, DiagnosticSink &sink) {
  if (extensionOf(path) == "npy") {
    std::optional<HostTensor> tensor = readNpy(path, sink);
    std::optional<std::vector<int64_t>> values =
        tensor ? labelsOf(*tensor, path.filename().string(), sink) : std::nullopt;
    return values ? std::optional(Labels{.values = std::move(*values), .files = {}}) : std::nullopt;
  }
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, sink);
  return buffer ? parseLabels(textOf(*buffer), path.filename().string(), sink) : std::nullopt;
}

bool checkLabelCount(size_t labels, size_t samples, const std::string &from, DiagnosticSink &sink) {
  if (labels == samples)
    return true;
  sink.handle({.code = "BRN1808",
               .model = from,
               .message = fmt::format("there are {} labels for {} samples", labels, samples),
               .fix = "give one label for each sample, in the samples' order"});
  return false;
}

} // namespace burin::samples
