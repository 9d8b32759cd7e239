// Source: PKWARE's APPNOTE.TXT 6.3.10, "Overall .ZIP file format".
#include "frontend/samples/Zip.h"
#include "frontend/samples/FilePart.h"
#include "frontend/tensors/Files.h"

#include <algorithm>
#include <fmt/format.h>
#include <span>
#include <string_view>
#include <zlib.h>

namespace burin::samples {

namespace {

constexpr uint32_t localSignature = 0x04034B50, directorySignature = 0x02014B50, endSignature = 0x06054B50;
constexpr uint64_t localBytes = 30, directoryBytes = 46, endBytes = 22, longestComment = 0xFFFF;
constexpr uint32_t inZip64 = 0xFFFFFFFF; ///< a size or place that the entry's zip64 field has instead
constexpr uint64_t mostRatio = 1032;     ///< that deflate can reach
constexpr size_t mostEntries = 65536;

/// Little-endian numbers at places that the caller has checked.
uint32_t number16(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]) | static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}
uint32_t number32(std::string_view bytes, size_t at) { return number16(bytes, at) | number16(bytes, at + 2) << 16; }
uint64_t number64(std::string_view bytes, size_t at) {
  return number32(bytes, at) | static_cast<uint64_t>(number32(bytes, at + 4)) << 32;
}

std::string_view textOf(const std::vector<std::byte> &bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::nullopt_t damaged(const std::filesystem::path &path, DiagnosticSink &sink, std::string message) {
  sink.handle({.code = "BRN1014",
               .model = path.filename().string(),
               .message = std::move(message),
               .fix = "write it again with numpy.savez"});
  return std::nullopt;
}

struct Directory {
  uint64_t start = 0, bytes = 0;
  size_t entries = 0;
};

/// Finds the end record, which a comment may follow.
std::optional<Directory> findDirectory(const std::filesystem::path &path, uint64_t fileBytes, DiagnosticSink &sink) {
  const uint64_t tailBytes = std::min(fileBytes, endBytes + longestComment);
  std::optional<std::vector<std::byte>> tail = readFilePart(path, fileBytes - tailBytes, tailBytes, sink);
  if (!tail)
    return std::nullopt;
  const std::string_view text = textOf(*tail);
  for (size_t at = text.size() < endBytes ? 0 : text.size() - endBytes + 1; at-- > 0;) {
    if (number32(text, at) != endSignature)
      continue;
    if (number16(text, at + 4) != 0 || number16(text, at + 6) != 0)
      return damaged(path, sink, "the archive is one of several parts");
    Directory directory{
        .start = number32(text, at + 16), .bytes = number32(text, at + 12), .entries = number16(text, at + 10)};
    const uint64_t end = fileBytes - tailBytes + at;
    if (directory.start > end || directory.bytes > end - directory.start)
      return damaged(path, sink, "the archive's directory lies outside the file");
    return directory;
  }
  return damaged(path, sink, "the file is not a zip archive");
}

/// Puts the numbers of the zip64 field in the places that refer to it; false if they aren't there.
bool applyZip64(std::string_view extra, ZipEntry &entry) {
  std::string_view field;
  while (extra.size() >= 4 && field.empty()) {
    const size_t bytes = std::min<size_t>(number16(extra, 2), extra.size() - 4);
    if (number16(extra, 0) == 1)
      field = extra.substr(4, bytes);
    extra.remove_prefix(4 + bytes);
  }
  for (uint64_t *value : {&entry.bytes, &entry.packedBytes, &entry.start}) {
    if (*value != inZip64)
      continue;
    if (field.size() < 8)
      return false;
    *value = number64(field, 0);
    field.remove_prefix(8);
  }
  return true;
}

/// Empty, or what is wrong with an entry. `entry.start` becomes the place of its bytes.
std::string_view resolve(const std::filesystem::path &path, uint64_t fileBytes, uint32_t flags, uint32_t method,
                         ZipEntry &entry) {
  if ((flags & 1) != 0)
    return "is encrypted";
  if (method != 0 && method != 8)
    return "is neither stored nor deflated";
  entry.isDeflated = method == 8;
  if (entry.bytes > maxFileBytes)
    return "is too large";
  if (entry.isDeflated ? entry.bytes / mostRatio > entry.packedBytes : entry.bytes != entry.packedBytes)
    return "states sizes that can't be right";
  if (entry.start > fileBytes || fileBytes - entry.start < localBytes)
    return "lies outside the file";
  CollectingSink quiet;
  std::optional<std::vector<std::byte>> local = readFilePart(path, entry.start, localBytes, quiet);
  if (!local || number32(textOf(*local), 0) != localSignature)
    return "isn't where the directory says";
  entry.start += localBytes + number16(textOf(*local), 26) + number16(textOf(*local), 28);
  if (entry.start > fileBytes || fileBytes - entry.start < entry.packedBytes)
    return "goes on behind the file's end";
  return {};
}

/// Inflates all of `packed` into all of `bytes`.
bool inflateAll(std::span<const std::byte> packed, std::vector<std::byte> &bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  std::byte more{}; // so that an empty entry has a place to end at
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<std::byte *>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef *>(bytes.empty() ? &more : bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.empty() ? 1 : bytes.size());
  const int end = inflate(&stream, Z_FINISH);
  const bool isWhole = end == Z_STREAM_END && stream.total_out == bytes.size();
  inflateEnd(&stream);
  return isWhole;
}

} // namespace

std::optional<std::vector<ZipEntry>> readZipDirectory(const std::filesystem::path &path, DiagnosticSink &sink) {
  const std::optional<uint64_t> fileBytes = fileSize(path, sink);
  const std::optional<Directory> directory =
      fileBytes ? findDirectory(path, *fileBytes, sink) : std::optional<Directory>();
  const std::optional<std::vector<std::byte>> bytes =
      directory ? readFilePart(path, directory->start, directory->bytes, sink) : std::nullopt;
  if (!bytes)
    return std::nullopt;
  std::string_view rest = textOf(*bytes);
  std::vector<ZipEntry> entries;
  while (entries.size() < directory->entries && entries.size() < mostEntries) {
    if (rest.size() < directoryBytes || number32(rest, 0) != directorySignature)
      return damaged(path, sink, "the archive's directory is damaged");
    const size_t nameBytes = number16(rest, 28), extraBytes = number16(rest, 30);
    const size_t recordBytes = directoryBytes + nameBytes + extraBytes + number16(rest, 32);
    if (rest.size() < recordBytes)
      return damaged(path, sink, "the archive's directory is damaged");
    ZipEntry entry{.name = std::string(rest.substr(directoryBytes, nameBytes)),
                   .isDeflated = false,
                   .start = number32(rest, 42),
                   .packedBytes = number32(rest, 20),
                   .bytes = number32(rest, 24),
                   .checksum = number32(rest, 16)};
    std::string_view problem = "lacks its zip64 field";
    if (applyZip64(rest.substr(directoryBytes + nameBytes, extraBytes), entry))
      problem = resolve(path, *fileBytes, number16(rest, 8), number16(rest, 10), entry);
    if (!problem.empty())
      return damaged(path, sink, fmt::format("entry {} {}", quoteName(entry.name), problem));
    entries.push_back(std::move(entry));
    rest.remove_prefix(recordBytes);
  }
  return entries;
}

std::optional<std::vector<std::byte>> readZipEntry(const std::filesystem::path &path, const ZipEntry &entry,
                                                   DiagnosticSink &sink) {
  std::optional<std::vector<std::byte>> packed = readFilePart(path, entry.start, entry.packedBytes, sink);
  if (!packed)
    return std::nullopt;
  std::vector<std::byte> bytes;
  if (!entry.isDeflated)
    bytes = std::move(*packed);
  else {
    bytes.resize(entry.bytes);
    if (!inflateAll(*packed, bytes))
      return damaged(path, sink, fmt::format("entry {} can't be decompressed", quoteName(entry.name)));
  }
  if (crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()) != entry.checksum)
    return damaged(path, sink, fmt::format("entry {} doesn't match its checksum", quoteName(entry.name)));
  return bytes;
}

} // namespace burin::samples
