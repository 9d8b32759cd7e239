#include "frontend/tensors/Files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>

using namespace burin;

static std::unique_ptr<llvm::MemoryBuffer> unreadable(const std::filesystem::path &path, std::string_view reason,
                                                      DiagnosticSink &sink) {
  sink.handle({.code = "BRN1001",
               .model = path.filename().string(),
               .message = fmt::format("cannot read {}: {}", quoteName(path.string()), reason)});
  return nullptr;
}

std::unique_ptr<llvm::MemoryBuffer> burin::readFileBytes(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::error_code failure;
  std::filesystem::file_status status = std::filesystem::status(path, failure);
  if (std::filesystem::is_directory(status))
    return unreadable(path, "Is a directory", sink);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return unreadable(path, "Not a regular file", sink); // a pipe or a device may never end
  uint64_t size = std::filesystem::file_size(path, failure);
  if (failure)
    return unreadable(path, failure.message(), sink);
  if (size > maxFileBytes) {
    sink.handle({.code = "BRN1005",
                 .model = path.filename().string(),
                 .message = fmt::format("the file has {} bytes, more than the limit of {}", size, maxFileBytes),
                 .fix = "save the model with external data (onnx.save_model(..., save_as_external_data=True))"});
    return nullptr;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path.string(), /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true);
  if (!buffer)
    return unreadable(path, buffer.getError().message(), sink);
  return std::move(*buffer);
}

bool burin::writeFileBytes(const std::filesystem::path &path, std::string_view bytes, DiagnosticSink &sink) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  bool written = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  int reason = errno;
  if (file && std::fclose(file) != 0 && written) { // a full disk may show only here
    written = false;
    reason = errno;
  }
  if (!written)
    sink.handle({.code = "BRN1601",
                 .message = fmt::format("cannot write {}: {}", quoteName(path.string()), std::strerror(reason))});
  return written;
}
