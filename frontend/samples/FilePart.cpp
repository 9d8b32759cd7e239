#include "frontend/samples/FilePart.h"

#include <fmt/format.h>
#include <fstream>

namespace burin::samples {

static std::nullopt_t unreadable(const std::filesystem::path &path, std::string_view reason, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1001",
               .model = path.filename().string(),
               .message = fmt::format("cannot read {}: {}", quoteName(path.string()), reason)});
  return std::nullopt;
}

std::optional<uint64_t> fileSize(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(path, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return unreadable(path, "Not a regular file", sink); // a pipe or a device may never end
  const uint64_t size = std::filesystem::file_size(path, failure);
  if (failure)
    return unreadable(path, failure.message(), sink);
  return size;
}

std::optional<std::vector<std::byte>> readFilePart(const std::filesystem::path &path, uint64_t start, uint64_t bytes,
                                                   DiagnosticSink &sink) {
  std::vector<std::byte> data(bytes);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(start));
  file.read(reinterpret_cast<char *>(data.data()), static_cast<std::streamsize>(bytes));
  if (!file || file.gcount() != static_cast<std::streamsize>(bytes))
    return unreadable(path, file.eof() ? "the file became shorter" : "it can't be opened or read", sink);
  return data;
}

} // namespace burin::samples
