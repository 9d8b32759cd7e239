#include "tests/frontend/reader/Mutate.h"

#include "frontend/tensors/DType.h"

#include <algorithm>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <vector>

using namespace burin;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

static void mutateBytesOnce(std::string &bytes, Random &random) {
  size_t place = random.below(bytes.size()), length = std::min(bytes.size() - place, 1 + random.below(64));
  switch (random.below(7)) {
  case 0:
    bytes[place] = static_cast<char>(bytes[place] ^ 1 << random.below(8));
    break;
  case 1:
    bytes[place] = static_cast<char>(random.bits());
    break;
  case 2: // as a length or tag: a huge varint
    bytes.replace(place, length, std::string(1 + random.below(9), '\xff') + '\x01');
    break;
  case 3:
    bytes.resize(1 + place);
    break;
  case 4:
    bytes.erase(place, length);
    break;
  case 5:
    bytes.insert(place, bytes.substr(random.below(bytes.size()), length));
    break;
  default:
    bytes.replace(place, length, bytes.substr(random.below(bytes.size()), length));
  }
  if (bytes.empty())
    bytes = "\x08";
}

void burin::mutateBytes(std::string &bytes, Random &random) {
  for (size_t times = 1 + random.below(4); times-- > 0;)
    mutateBytesOnce(bytes, random);
}

namespace {
/// One field of one message inside the model; also fields that are absent.
struct Place {
  Message *message;
  const FieldDescriptor *field;
};
} // namespace

static void collect(Message &message, std::vector<Place> &places) {
  const Reflection &reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor *field = message.GetDescriptor()->field(i);
    places.push_back({&message, field});
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      continue;
    if (field->is_repeated())
      for (int k = 0; k < reflection.FieldSize(message, field); ++k)
        collect(*reflection.MutableRepeatedMessage(&message, field, k), places);
    else if (reflection.HasField(message, field))
      collect(*reflection.MutableMessage(&message, field), places);
  }
}

static int64_t interestingNumber(Random &random) {
  constexpr int64_t numbers[] = {0,
                                 1,
                                 -1,
                                 2,
                                 3,
                                 4,
                                 7,
                                 16,
                                 22,
                                 26,
                                 27,
                                 64,
                                 INT32_MAX,
                                 INT32_MIN,
                                 INT64_MAX,
                                 INT64_MIN,
                                 int64_t{1} << 32,
                                 int64_t{1} << 55};
  return random.oneIn(4) ? static_cast<int64_t>(random.bits()) : numbers[random.below(std::size(numbers))];
}

/// A string that occurs elsewhere: names that suddenly agree make duplicates, cycles and recursion.
static std::string otherString(const std::vector<Place> &places, Random &random) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    const Place &place = places[random.below(places.size())];
    const Reflection &reflection = *place.message->GetReflection();
    if (place.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
      continue;
    if (!place.field->is_repeated())
      return reflection.GetString(*place.message, place.field);
    if (int size = reflection.FieldSize(*place.message, place.field))
      return reflection.GetRepeatedString(*place.message, place.field, static_cast<int>(random.below(size_t(size))));
  }
  return "";
}

static void setSingle(const Place &place, const std::vector<Place> &places, Random &random) {
  const auto [message, field] = place;
  const Reflection &reflection = *message->GetReflection();
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT64:
    return reflection.SetInt64(message, field, interestingNumber(random));
  case FieldDescriptor::CPPTYPE_INT32:
    return reflection.SetInt32(message, field, static_cast<int32_t>(interestingNumber(random)));
  case FieldDescriptor::CPPTYPE_ENUM:
    return reflection.SetEnumValue(message, field, static_cast<int>(interestingNumber(random)));
  case FieldDescriptor::CPPTYPE_FLOAT:
    return reflection.SetFloat(message, field, static_cast<float>(interestingNumber(random)));
  case FieldDescriptor::CPPTYPE_STRING:
    return reflection.SetString(message, field, otherString(places, random));
  case FieldDescriptor::CPPTYPE_MESSAGE:
    reflection.MutableMessage(message, field);
    return;
  default: // ONNX has no other single fields
    return;
  }
}

static void addElement(const Place &place, const std::vector<Place> &places, Random &random) {
  const auto [message, field] = place;
  const Reflection &reflection = *message->GetReflection();
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT64:
    return reflection.AddInt64(message, field, interestingNumber(random));
  case FieldDescriptor::CPPTYPE_INT32:
    return reflection.AddInt32(message, field, static_cast<int32_t>(interestingNumber(random)));
  case FieldDescriptor::CPPTYPE_UINT64:
    return reflection.AddUInt64(message, field, random.bits());
  case FieldDescriptor::CPPTYPE_FLOAT:
    return reflection.AddFloat(message, field, 1);
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return reflection.AddDouble(message, field, 1);
  case FieldDescriptor::CPPTYPE_STRING:
    return reflection.AddString(message, field, otherString(places, random));
  case FieldDescriptor::CPPTYPE_MESSAGE: {
    Message *added = reflection.AddMessage(message, field);
    int size = reflection.FieldSize(*message, field);
    if (size > 1) // mostly a copy of a sibling
      added->CopyFrom(reflection.GetRepeatedMessage(*message, field, static_cast<int>(random.below(size_t(size - 1)))));
    return;
  }
  default:
    return;
  }
}

static void mutatePlace(const Place &place, const std::vector<Place> &places, Random &random) {
  const auto [message, field] = place;
  const Reflection &reflection = *message->GetReflection();
  if (random.oneIn(5))
    return reflection.ClearField(message, field);
  if (!field->is_repeated())
    return setSingle(place, places, random);
  int size = reflection.FieldSize(*message, field);
  if (size == 0 || random.oneIn(3))
    return addElement(place, places, random);
  int last = size - 1, other = static_cast<int>(random.below(size_t(size)));
  reflection.SwapElements(message, field, other, last);
  if (random.oneIn(2))
    reflection.RemoveLast(message, field);
  else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    reflection.SetRepeatedString(message, field, last, otherString(places, random));
  else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64)
    reflection.SetRepeatedInt64(message, field, last, interestingNumber(random));
}

/// Gives a tensor another type or shape, and as many bytes as that takes: what a reader has no reason to refuse.
static void replaceTensor(onnx::TensorProto &tensor, Random &random) {
  auto type = dtypeFromOnnx(random.oneIn(3) ? tensor.data_type() : static_cast<int64_t>(1 + random.below(26)));
  if (!type || info(*type).bits == 0)
    return;
  std::vector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  if (random.oneIn(2) && !dims.empty())
    dims.erase(dims.begin() + static_cast<ptrdiff_t>(random.below(dims.size())));
  if (random.oneIn(2))
    dims.insert(dims.begin() + static_cast<ptrdiff_t>(random.below(dims.size() + 1)),
                static_cast<int64_t>(random.below(4)));
  size_t bits = static_cast<size_t>(info(*type).bits);
  for (int64_t dim : dims)
    bits = dim < 0 || dim > 1000 || bits > 100'000 ? SIZE_MAX / 1000 : bits * static_cast<size_t>(dim);
  if (bits > 100'000)
    return;
  const std::string name = tensor.name();
  tensor.Clear();
  tensor.set_name(name);
  tensor.set_data_type(toOnnx(*type));
  tensor.mutable_dims()->Add(dims.begin(), dims.end());
  std::string bytes((bits + 7) / 8, '\0');
  if (const size_t kind = random.below(4)) // zeros, small integers, or anything
    for (char &byte : bytes)
      byte = static_cast<char>(kind == 1 ? random.bits() : random.oneIn(8) ? random.below(4) : 0);
  tensor.set_raw_data(std::move(bytes));
}

void burin::mutateModel(onnx::ModelProto &model, Random &random) {
  for (size_t times = 1 + random.below(4); times-- > 0;) {
    std::vector<Place> places; // anew: a change may remove messages
    collect(model, places);
    const Place place = places[random.below(places.size())];
    if (place.message->GetDescriptor() == onnx::TensorProto::descriptor() && random.oneIn(2))
      replaceTensor(*static_cast<onnx::TensorProto *>(place.message), random);
    else
      mutatePlace(place, places, random);
  }
}
