#include "frontend/onnx/reader/Wire.h"
#include "frontend/onnx/reader/Model.h"

using namespace burin;
using google::protobuf::FieldDescriptor;

std::optional<uint64_t> burin::takeVarint(std::string_view &bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80)
      return value;
  }
  return std::nullopt;
}

namespace {
class Estimate {
public:
  explicit Estimate(uint64_t limit) : limit(limit) {}

  /// Adds the fields of a message; `type` is null inside unknown ones.
  void add(std::string_view bytes, const google::protobuf::Descriptor *type, int depth) {
    while (!bytes.empty() && total <= limit) {
      std::optional<uint64_t> tag = takeVarint(bytes);
      if (!tag || !addField(bytes, type, *tag, depth))
        return;
    }
  }

  uint64_t total = 0;

private:
  // What libprotobuf 3.21 allocates on a 64-bit machine for ONNX's messages (48 to 256 bytes each, and a pointer), for
  // a string (header, pointer), and for a field that it doesn't know.
  static constexpr uint64_t messageBytes = 256, stringBytes = 48, unknownBytes = 64, numberBytes = 8;

  bool addField(std::string_view &bytes, const google::protobuf::Descriptor *type, uint64_t tag, int depth) {
    enum { Varint, Fixed64, LengthDelimited, StartGroup, EndGroup, Fixed32 };
    const FieldDescriptor *field =
        type && tag >> 3 < 1000 ? type->FindFieldByNumber(static_cast<int>(tag >> 3)) : nullptr;
    total += field ? numberBytes : unknownBytes;
    switch (tag & 7) {
    case Varint:
      return takeVarint(bytes).has_value();
    case Fixed64:
    case Fixed32: {
      size_t width = (tag & 7) == Fixed64 ? 8 : 4;
      if (bytes.size() < width)
        return false;
      bytes.remove_prefix(width);
      return true;
    }
    case LengthDelimited: {
      std::optional<uint64_t> length = takeVarint(bytes);
      if (!length || *length > bytes.size())
        return false;
      addContents(bytes.substr(0, *length), field, depth);
      bytes.remove_prefix(*length);
      return true;
    }
    default: // groups hold fields like any others; ONNX has none
      return true;
    }
  }

  void addContents(std::string_view contents, const FieldDescriptor *field, int depth) {
    constexpr int maxDepth = 6 * maxNesting; // beyond it the parser refuses
    if (field && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      total += messageBytes;
      if (depth < maxDepth)
        add(contents, field->message_type(), depth + 1);
    } else if (field && field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      bool isFixed =
          field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT || field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
      total += isFixed ? contents.size() : contents.size() * numberBytes; // packed varints: at most one a byte
    } else {
      total += contents.size() + stringBytes;
    }
  }

  const uint64_t limit;
};
} // namespace

uint64_t burin::parsedBytes(std::string_view bytes, const google::protobuf::Descriptor &type, uint64_t limit) {
  Estimate estimate(limit);
  estimate.add(bytes, &type, 0);
  return estimate.total;
}
