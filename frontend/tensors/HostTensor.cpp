#include "frontend/tensors/HostTensor.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace burin;

std::optional<int64_t> burin::elementCount(std::span<const int64_t> shape) {
  constexpr int64_t limit = int64_t{1} << 55;
  if (shape.size() > maxRank)
    return std::nullopt;
  int64_t product = 1;
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0 || (dim > 0 && product > limit / dim))
      return std::nullopt;
    empty |= dim == 0;
    product *= dim == 0 ? 1 : dim;
  }
  return empty ? 0 : product;
}

std::string burin::typeText(DType dtype, std::span<const int64_t> shape) {
  return fmt::format("{}[{}]", info(dtype).name, fmt::join(shape, ","));
}

//===------------------------------------------------------------------------------------------------------------------
// Where a TensorProto keeps its data
//===------------------------------------------------------------------------------------------------------------------

namespace {
enum class Field { None, Raw, Float, Int32, Int64, Double, UInt64, String };

constexpr std::string_view fieldNames[] = {"none",       "raw_data",    "float_data",  "int32_data",
                                           "int64_data", "double_data", "uint64_data", "string_data"};

struct Layout {
  Field field;   ///< the typed field for the element type
  int64_t count; ///< the number of values there
};
} // namespace

/// The typed field of `dtype`. Source: comments of TensorProto in onnx.proto (IR 13).
static Layout typedLayout(DType dtype, int64_t elements) {
  switch (dtype) {
  case DType::Float32:
    return {Field::Float, elements};
  case DType::Complex64: // real and imaginary parts alternate
    return {Field::Float, 2 * elements};
  case DType::Int64:
    return {Field::Int64, elements};
  case DType::Float64:
    return {Field::Double, elements};
  case DType::Complex128:
    return {Field::Double, 2 * elements};
  case DType::UInt32:
  case DType::UInt64:
    return {Field::UInt64, elements};
  case DType::String:
    return {Field::String, elements};
  default: // types under 8 bits: each int32 holds one byte of the packed form
    return {Field::Int32, info(dtype).bits < 8 ? packedBytes(dtype, elements) : elements};
  }
}

static int64_t countIn(const onnx::TensorProto &tensor, Field field) {
  switch (field) {
  case Field::None:
    return 0;
  case Field::Raw:
    return static_cast<int64_t>(tensor.raw_data().size());
  case Field::Float:
    return tensor.float_data_size();
  case Field::Int32:
    return tensor.int32_data_size();
  case Field::Int64:
    return tensor.int64_data_size();
  case Field::Double:
    return tensor.double_data_size();
  case Field::UInt64:
    return tensor.uint64_data_size();
  case Field::String:
    return tensor.string_data_size();
  }
  return 0;
}

//===------------------------------------------------------------------------------------------------------------------
// Checks
//===------------------------------------------------------------------------------------------------------------------

static void error(DiagnosticSink &sink, const char *code, std::string message, std::vector<std::string> facts = {},
                  std::string fix = {}) {
  sink.handle({.code = code, .message = std::move(message), .facts = std::move(facts), .fix = std::move(fix)});
}

static std::string label(const onnx::TensorProto &tensor) {
  return tensor.name().empty() ? "a nameless tensor" : "tensor " + quoteName(tensor.name());
}

/// Only the shape's start: a hostile tensor may have millions of dims.
static std::string dimsText(const onnx::TensorProto &tensor) {
  int shown = std::min(tensor.dims_size(), maxRank);
  std::span dims(tensor.dims().data(), static_cast<size_t>(shown));
  return fmt::format("dims  [{}{}]", fmt::join(dims, ","), shown < tensor.dims_size() ? ",…" : "");
}

/// Integers in `int32_data` and `uint64_data` must fit the element type. Some writers store bytes of signed types as
/// 0…255, others those of unsigned ones as −128…127; both say the same bits.
static bool checkValues(const onnx::TensorProto &tensor, DType dtype, DiagnosticSink &sink) {
  auto outside = [&](auto value, size_t index) {
    error(sink, "BRN1117", fmt::format("{} holds a value outside its element type", label(tensor)),
          {fmt::format("type   {}", info(dtype).name), fmt::format("value  {} at element {}", value, index)});
    return false;
  };
  Field field = typedLayout(dtype, 0).field;
  if (field == Field::Int32 && info(dtype).bits < 32) {
    int bits = std::max(info(dtype).bits, 8);
    int32_t low = -(1 << (bits - 1)), high = (1 << bits) - 1;
    for (int i = 0; i < tensor.int32_data_size(); ++i)
      if (int32_t value = tensor.int32_data(i); value < low || value > high)
        return outside(value, static_cast<size_t>(i));
  }
  if (dtype == DType::UInt32)
    for (int i = 0; i < tensor.uint64_data_size(); ++i)
      if (uint64_t value = tensor.uint64_data(i); value > UINT32_MAX)
        return outside(value, static_cast<size_t>(i));
  return true;
}

/// The field with the data, if it is the only one and has the right length.
static std::optional<Field> checkData(const onnx::TensorProto &tensor, DType dtype, int64_t elements,
                                      DiagnosticSink &sink) {
  Layout typed = typedLayout(dtype, elements);
  bool isRaw = tensor.has_raw_data() && (!tensor.raw_data().empty() || countIn(tensor, typed.field) == 0);
  Field used = isRaw && dtype != DType::String ? Field::Raw : typed.field;
  int64_t expected = used == Field::Raw ? packedBytes(dtype, elements) : typed.count;

  std::vector<std::string> facts = {"type  " +
                                    typeText(dtype, {tensor.dims().data(), static_cast<size_t>(tensor.dims_size())})};
  for (Field field :
       {Field::Raw, Field::Float, Field::Int32, Field::Int64, Field::Double, Field::UInt64, Field::String})
    if (field != used && countIn(tensor, field) != 0) {
      error(
          sink, "BRN1105",
          fmt::format("{} has data in {}, where its type has none", label(tensor), fieldNames[static_cast<int>(field)]),
          facts);
      return std::nullopt;
    }
  if (int64_t found = countIn(tensor, used); found != expected) {
    const char *unit = used == Field::Raw ? "bytes" : "values";
    facts.push_back(
        fmt::format("needs {} {}, has {} in {}", expected, unit, found, fieldNames[static_cast<int>(used)]));
    error(sink, "BRN1105", fmt::format("{} has data of the wrong length", label(tensor)), facts,
          "export the model again: the file was cut or edited");
    return std::nullopt;
  }
  return used;
}

namespace {
struct Checked {
  DType dtype;
  int64_t elements;
  Field field;
};
} // namespace

static std::optional<Checked> check(const onnx::TensorProto &tensor, DiagnosticSink &sink) {
  std::optional<DType> dtype = dtypeFromOnnx(tensor.data_type());
  if (!dtype) {
    error(sink, "BRN1108", fmt::format("{} has the unknown element type {}", label(tensor), tensor.data_type()));
    return std::nullopt;
  }
  std::optional<int64_t> elements = elementCount({tensor.dims().data(), static_cast<size_t>(tensor.dims_size())});
  if (!elements) {
    error(sink, "BRN1106", fmt::format("{} has dims that no tensor can have", label(tensor)), {dimsText(tensor)});
    return std::nullopt;
  }
  if (tensor.has_segment()) {
    error(sink, "BRN1105", fmt::format("{} is a segment of a tensor, which ONNX never defined", label(tensor)));
    return std::nullopt;
  }
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    error(sink, "BRN1006", fmt::format("{} has external data, which can't be used here", label(tensor)), {},
          "store the data in the file itself");
    return std::nullopt;
  }
  std::optional<Field> field = checkData(tensor, *dtype, *elements, sink);
  if (!field || !checkValues(tensor, *dtype, sink))
    return std::nullopt;
  return Checked{*dtype, *elements, *field};
}

bool burin::checkTensor(const onnx::TensorProto &tensor, DiagnosticSink &sink) {
  return check(tensor, sink).has_value();
}

//===------------------------------------------------------------------------------------------------------------------
// Conversion
//===------------------------------------------------------------------------------------------------------------------

template <typename Stored, typename Values> static void append(std::vector<std::byte> &data, const Values &values) {
  data.resize(static_cast<size_t>(values.size()) * sizeof(Stored));
  std::byte *out = data.data();
  for (auto value : values) {
    auto stored = static_cast<Stored>(value);
    std::memcpy(out, &stored, sizeof stored);
    out += sizeof stored;
  }
}

/// The bytes of `tensor` as `raw_data` would hold them.
static std::vector<std::byte> packedData(const onnx::TensorProto &tensor, const Checked &checked) {
  std::vector<std::byte> data;
  switch (checked.field) {
  case Field::Raw: {
    const auto *begin = reinterpret_cast<const std::byte *>(tensor.raw_data().data());
    data.assign(begin, begin + tensor.raw_data().size());
    break;
  }
  case Field::Float:
    append<float>(data, tensor.float_data());
    break;
  case Field::Int32:
    if (info(checked.dtype).bits == 32)
      append<int32_t>(data, tensor.int32_data());
    else if (info(checked.dtype).bits == 16)
      append<uint16_t>(data, tensor.int32_data());
    else
      append<uint8_t>(data, tensor.int32_data());
    break;
  case Field::Int64:
    append<int64_t>(data, tensor.int64_data());
    break;
  case Field::Double:
    append<double>(data, tensor.double_data());
    break;
  case Field::UInt64:
    if (checked.dtype == DType::UInt32)
      append<uint32_t>(data, tensor.uint64_data());
    else
      append<uint64_t>(data, tensor.uint64_data());
    break;
  case Field::None:
  case Field::String:
    assert(false && "strings have no bytes");
  }
  return data;
}

/// One byte per element from `bits`-bit fields, the first in the low bits; signed ones are sign-extended.
static std::vector<std::byte> unpacked(const std::vector<std::byte> &packed, const DTypeInfo &type, int64_t elements) {
  std::vector<std::byte> data(static_cast<size_t>(elements));
  int perByte = 8 / type.bits, mask = (1 << type.bits) - 1, sign = 1 << (type.bits - 1);
  for (size_t i = 0; i < data.size(); ++i) {
    int byte = std::to_integer<int>(packed[i / static_cast<size_t>(perByte)]);
    int value = (byte >> (static_cast<int>(i % static_cast<size_t>(perByte)) * type.bits)) & mask;
    if (type.kind == DTypeKind::SignedInt)
      value = (value ^ sign) - sign;
    data[i] = static_cast<std::byte>(value);
  }
  return data;
}

std::optional<HostTensor> burin::fromTensorProto(const onnx::TensorProto &tensor, DiagnosticSink &sink) {
  std::optional<Checked> checked = check(tensor, sink);
  if (!checked)
    return std::nullopt;
  if (checked->dtype == DType::String) {
    error(sink, "BRN1013", fmt::format("{} holds strings", label(tensor)), {dimsText(tensor)});
    return std::nullopt;
  }
  HostTensor host{
      checked->dtype, {tensor.dims().begin(), tensor.dims().end()}, packedData(tensor, *checked), tensor.name()};
  const DTypeInfo &type = info(host.dtype);
  if (type.bits < 8)
    host.data = unpacked(host.data, type, checked->elements);
  if (type.kind == DTypeKind::Bool)
    for (std::byte &value : host.data)
      value = std::byte{value != std::byte{0}};
  return host;
}

onnx::TensorProto burin::toTensorProto(const HostTensor &tensor) {
  const DTypeInfo &type = info(tensor.dtype);
  assert(type.kind != DTypeKind::String);
  assert(static_cast<int64_t>(tensor.data.size()) == tensor.size() * type.bytes());
  onnx::TensorProto proto;
  proto.set_name(tensor.name);
  proto.set_data_type(toOnnx(tensor.dtype));
  proto.mutable_dims()->Add(tensor.shape.begin(), tensor.shape.end());
  std::string &raw = *proto.mutable_raw_data();
  if (type.bits >= 8) {
    raw.assign(reinterpret_cast<const char *>(tensor.data.data()), tensor.data.size());
    return proto;
  }
  raw.assign(static_cast<size_t>(packedBytes(tensor.dtype, tensor.size())), '\0');
  size_t perByte = static_cast<size_t>(8 / type.bits);
  int mask = (1 << type.bits) - 1;
  for (size_t i = 0; i < tensor.data.size(); ++i) {
    int value = std::to_integer<int>(tensor.data[i]) & mask;
    raw[i / perByte] = static_cast<char>(raw[i / perByte] | value << (static_cast<int>(i % perByte) * type.bits));
  }
  return proto;
}
