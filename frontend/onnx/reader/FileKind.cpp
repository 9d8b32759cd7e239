#include "frontend/onnx/reader/FileKind.h"
#include "frontend/onnx/reader/Wire.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>
#include <optional>

using namespace burin;

namespace {
struct KnownKind {
  size_t offset;
  std::string_view magic, name, fix;
};
} // namespace

static constexpr KnownKind knownKinds[] = {
    {0, "version https://git-lfs", "a Git LFS pointer", "run \"git lfs pull\" in the folder of the model"},
    {0, "<!DOCTYPE", "a web page", "download the file itself, not the page that shows it"},
    {0, "<!doctype", "a web page", "download the file itself, not the page that shows it"},
    {0, "<html", "a web page", "download the file itself, not the page that shows it"},
    {4, "TFL3", "a TensorFlow Lite model", "convert it with \"tf2onnx --tflite\""},
    {4, "ORTM", "an ONNX Runtime model", "use the .onnx file that it was made from"},
    {0, "PK\x03\x04", "a zip archive, perhaps of PyTorch or Keras", "export the model to ONNX, or unpack the archive"},
    {0, "\x89HDF", "an HDF5 file, perhaps of Keras", "convert it with tf2onnx"},
    {0, "\x1f\x8b", "a gzip archive", "unpack it first"},
    {0, "\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first"},
    {0, "\x93NUMPY", "a numpy array", ""},
    {0,
     "\x7f"
     "ELF",
     "a program or library", ""},
};

/// The fact about a file that consists of whole fields of ModelProto up to one that is longer than the rest; nothing
/// for other files.
static std::optional<std::string> truncation(std::string_view bytes) {
  constexpr uint64_t varint = 0, lengthDelimited = 2;
  const google::protobuf::Descriptor &descriptor = *onnx::ModelProto::descriptor();
  for (bool first = true; !bytes.empty(); first = false) {
    std::optional<uint64_t> tag = takeVarint(bytes);
    if (!tag || *tag >> 3 == 0 || *tag >> 3 > 1000)
      return std::nullopt;
    const google::protobuf::FieldDescriptor *field = descriptor.FindFieldByNumber(static_cast<int>(*tag >> 3));
    bool isInteger = field && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT64;
    if ((first && !field) || (*tag & 7) != (isInteger ? varint : lengthDelimited))
      return std::nullopt;
    std::optional<uint64_t> value = takeVarint(bytes);
    if (!value)
      return std::nullopt;
    if (isInteger)
      continue;
    if (*value > bytes.size())
      return fmt::format("{}  {} bytes announced, {} left in the file", field ? field->name() : "field", *value,
                         bytes.size());
    bytes.remove_prefix(*value);
  }
  return std::nullopt;
}

Diagnostic burin::explainUnparsable(std::string_view bytes) {
  Diagnostic diagnostic{.code = "BRN1002", .message = "not an ONNX model"};
  auto found = [&](std::string_view what, std::string_view fix) {
    diagnostic.facts = {fmt::format("found  {}, {} bytes", what, bytes.size())};
    diagnostic.fix = fix;
    return diagnostic;
  };
  if (bytes.empty())
    return found("an empty file", "copy or export the file again");
  for (const KnownKind &kind : knownKinds)
    if (bytes.size() > kind.offset && bytes.substr(kind.offset).starts_with(kind.magic))
      return found(kind.name, kind.fix);
  if (std::optional<std::string> fact = truncation(bytes)) {
    diagnostic = {.code = "BRN1003", .message = "the file is truncated", .facts = {*fact}};
    diagnostic.fix = "copy or export the file again";
    return diagnostic;
  }
  onnx::TensorProto tensor;
  if (tensor.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && tensor.has_data_type() &&
      tensor.has_raw_data())
    return found("a single tensor", "give the model, not its test data");
  return found("damaged or other data", "copy or export the file again, and compare its checksum with its source");
}
