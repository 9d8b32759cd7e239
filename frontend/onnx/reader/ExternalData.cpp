#include "frontend/onnx/reader/ExternalData.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

using namespace burin;

static constexpr int64_t maxTensorBytes = 0x7FFFFFFF;
static constexpr int64_t maxTotalBytes = int64_t{1} << 32;

struct ExternalData::Place {
  std::string location;
  int64_t offset = 0, length = -1; ///< length −1: not given
};

bool ExternalData::fail(const onnx::TensorProto &tensor, const char *code, std::string message,
                        std::vector<std::string> facts, std::string fix) {
  facts.insert(facts.begin(), "tensor  " + quoteName(tensor.name()));
  sink.handle({.code = code, .message = std::move(message), .facts = std::move(facts), .fix = std::move(fix)});
  return false;
}

bool ExternalData::parse(const onnx::TensorProto &tensor, Place &place) {
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    if (entry.key() == "location") {
      place.location = entry.value();
      continue;
    }
    if (entry.key() != "offset" && entry.key() != "length")
      continue; // "checksum", and keys of some exporters' own
    int64_t number = -1;
    const char *begin = entry.value().data(), *end = begin + entry.value().size();
    auto [stop, failure] = std::from_chars(begin, end, number);
    if (failure != std::errc() || stop != end || number < 0)
      return fail(
          tensor, "BRN1008",
          fmt::format("the {} of external data is {}, not a number of bytes", entry.key(), quoteName(entry.value())));
    (entry.key() == "offset" ? place.offset : place.length) = number;
  }
  return true;
}

bool ExternalData::resolve(const onnx::TensorProto &tensor, const std::string &location, std::filesystem::path &file) {
  auto outside = [&](const char *why) {
    return fail(tensor, "BRN1007", "external data must lie in the model's folder",
                {fmt::format("location  {}: {}", quoteName(location), why)},
                "copy the data beside the model, and store their file name only");
  };
  std::filesystem::path relative = location;
  if (location.empty() || location.find('\0') != std::string::npos)
    return outside("not a file name");
  if (relative.is_absolute())
    return outside("an absolute path");
  if (std::find(relative.begin(), relative.end(), "..") != relative.end())
    return outside("leaves the folder");

  std::error_code failure;
  std::filesystem::path root = std::filesystem::canonical(folder.empty() ? "." : folder, failure);
  file = std::filesystem::canonical(root / relative, failure);
  if (failure)
    return fail(tensor, "BRN1006",
                fmt::format("cannot read external data {}: {}", quoteName(location), failure.message()), {},
                "copy the file beside the model");
  if (std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end())
    return outside("a symbolic link that leaves the folder");
  if (!std::filesystem::is_regular_file(file, failure))
    return fail(tensor, "BRN1006", fmt::format("external data {} are not a regular file", quoteName(location)));
  return true;
}

bool ExternalData::fits(const onnx::TensorProto &tensor, const Place &place, int64_t bytes) {
  if (bytes > maxTensorBytes || totalBytes + bytes > maxTotalBytes)
    return fail(tensor, "BRN1005", "the external data are too large",
                {fmt::format("needs {} bytes, after {} bytes of other tensors", bytes, totalBytes),
                 fmt::format("limit {} bytes for one tensor, {} for all", maxTensorBytes, maxTotalBytes)});
  if (place.length >= 0 && place.length != bytes)
    return fail(tensor, "BRN1008", "external data have the wrong length for the tensor",
                {fmt::format("needs {} bytes, has {}", bytes, place.length)}, "export the model again");
  return true;
}

bool ExternalData::load(onnx::TensorProto &tensor, int64_t bytes) {
  Place place;
  std::filesystem::path file;
  if (!parse(tensor, place) || !resolve(tensor, place.location, file) || !fits(tensor, place, bytes))
    return false;
  std::error_code failure;
  uint64_t size = std::filesystem::file_size(file, failure);
  auto needed = static_cast<uint64_t>(place.offset) + static_cast<uint64_t>(bytes);
  if (failure || size < needed)
    return fail(tensor, "BRN1008", fmt::format("external data {} are too short", quoteName(place.location)),
                {fmt::format("needs {} bytes at offset {}, the file has {}", bytes, place.offset, failure ? 0 : size)},
                "copy the file again");
  if (file != openPath) {
    stream = std::ifstream(file, std::ios::binary);
    openPath = file;
  }
  std::string data(static_cast<size_t>(bytes), '\0');
  stream.clear();
  stream.seekg(place.offset);
  if (!stream.read(data.data(), bytes))
    return fail(tensor, "BRN1006", fmt::format("cannot read external data {}", quoteName(place.location)));
  totalBytes += bytes;
  tensor.set_raw_data(std::move(data));
  tensor.clear_external_data();
  tensor.clear_data_location();
  return true;
}
