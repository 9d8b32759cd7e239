#include "frontend/samples/ArrayFile.h"
#include "frontend/samples/FilePart.h"

#include <algorithm>

namespace burin::samples {

static std::string_view textOf(const std::vector<std::byte> &bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::optional<ArrayFile> ArrayFile::open(const std::filesystem::path &path, DiagnosticSink &sink) {
  const std::optional<uint64_t> bytes = fileSize(path, sink);
  if (!bytes)
    return std::nullopt;
  const auto beginning = readFilePart(path, 0, std::min<uint64_t>(*bytes, mostNpyHeaderBytes), sink);
  std::optional<NpyHeader> header =
      beginning ? readNpyHeader(textOf(*beginning), *bytes, path, sink) : std::optional<NpyHeader>();
  if (!header)
    return std::nullopt;
  ArrayFile file;
  file.path = path;
  file.label = path.filename().string();
  file.start = header->dataStart;
  file.header = std::move(*header);
  if (file.header.isFortranOrder && file.header.shape.size() > 1) { // a sample's elements lie far apart
    std::optional<HostTensor> tensor = readNpy(path, sink);
    if (!tensor)
      return std::nullopt;
    file.header.isBigEndian = false;
    file.memory = std::make_shared<const std::vector<std::byte>>(std::move(tensor->data));
  }
  return file;
}

std::optional<ArrayFile> ArrayFile::open(const std::filesystem::path &archive, const ZipEntry &entry,
                                         DiagnosticSink &sink) {
  ArrayFile file;
  file.path = archive;
  file.label = archive.filename().string() + ":" + std::filesystem::path(entry.name).stem().string();
  const uint64_t beginningBytes = std::min<uint64_t>(entry.bytes, mostNpyHeaderBytes);
  std::optional<std::vector<std::byte>> bytes =
      entry.isDeflated ? readZipEntry(archive, entry, sink) : readFilePart(archive, entry.start, beginningBytes, sink);
  std::optional<NpyHeader> header =
      bytes ? readNpyHeader(textOf(*bytes), entry.bytes, file.label, sink) : std::optional<NpyHeader>();
  if (!header)
    return std::nullopt;
  file.header = std::move(*header);
  file.start = entry.start + file.header.dataStart;
  const bool isTurned = file.header.isFortranOrder && file.header.shape.size() > 1;
  if (isTurned && !entry.isDeflated)
    bytes = readZipEntry(archive, entry, sink);
  if (!bytes)
    return std::nullopt;
  if (isTurned || entry.isDeflated) {
    std::optional<HostTensor> tensor = readNpyBytes(textOf(*bytes), file.label, sink);
    if (!tensor)
      return std::nullopt;
    file.header.isBigEndian = false;
    file.memory = std::make_shared<const std::vector<std::byte>>(std::move(tensor->data));
  }
  return file;
}

std::optional<HostTensor> ArrayFile::read(uint64_t firstByte, std::vector<int64_t> shape, DiagnosticSink &sink) const {
  HostTensor tensor{.dtype = header.dtype, .shape = std::move(shape), .data = {}, .name = label};
  const auto bytes = static_cast<uint64_t>(tensor.size()) * static_cast<uint64_t>(info(header.dtype).bytes());
  if (memory) {
    const auto begin = memory->begin() + static_cast<ptrdiff_t>(firstByte);
    tensor.data.assign(begin, begin + static_cast<ptrdiff_t>(bytes));
    return tensor;
  }
  std::optional<std::vector<std::byte>> data = readFilePart(path, start + firstByte, bytes, sink);
  if (!data)
    return std::nullopt;
  tensor.data = std::move(*data);
  normaliseNpy(header, tensor.data);
  return tensor;
}

std::optional<HostTensor> ArrayFile::whole(DiagnosticSink &sink) const { return read(0, header.shape, sink); }

std::optional<HostTensor> ArrayFile::slice(size_t index, DiagnosticSink &sink) const {
  std::vector<int64_t> shape(header.shape.begin() + 1, header.shape.end());
  const int64_t bytes = elementCount(shape).value() * info(header.dtype).bytes();
  return read(index * static_cast<uint64_t>(bytes), std::move(shape), sink);
}

} // namespace burin::samples
