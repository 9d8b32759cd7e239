#include "frontend/onnx/reader/Model.h"

#include <unordered_set>

using namespace burin;

/// The string field `number` of `message`, also if libonnx's classes are too old to know it.
static std::string stringField(const google::protobuf::Message &message, int number) {
  const google::protobuf::Reflection &reflection = *message.GetReflection();
  if (const google::protobuf::FieldDescriptor *field = message.GetDescriptor()->FindFieldByNumber(number))
    return reflection.GetString(message, field);
  const google::protobuf::UnknownFieldSet &unknown = reflection.GetUnknownFields(message);
  for (int i = unknown.field_count(); i-- > 0;) // the last one counts
    if (unknown.field(i).number() == number &&
        unknown.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      return unknown.field(i).length_delimited();
  return {};
}

FunctionKey burin::functionKey(const onnx::FunctionProto &function) {
  return {std::string(canonicalDomain(function.domain())), function.name(), stringField(function, 13)};
}

FunctionKey burin::calleeKey(const onnx::NodeProto &node) {
  return {std::string(canonicalDomain(node.domain())), node.op_type(), stringField(node, 8)};
}

std::optional<int64_t> Model::opset(std::string_view domain) const {
  auto found = opsets.find(canonicalDomain(domain));
  return found == opsets.end() ? std::nullopt : std::optional(found->second);
}

std::vector<const onnx::ValueInfoProto *> Model::runtimeInputs() const {
  std::unordered_set<std::string_view> constants;
  for (const onnx::TensorProto &tensor : graph().initializer())
    constants.insert(tensor.name());
  for (const onnx::SparseTensorProto &tensor : graph().sparse_initializer())
    constants.insert(tensor.values().name());
  std::vector<const onnx::ValueInfoProto *> inputs;
  for (const onnx::ValueInfoProto &input : graph().input())
    if (!constants.contains(input.name()) || overridable.contains(input.name()))
      inputs.push_back(&input);
  return inputs;
}

const LocalFunction *Model::functionFor(const onnx::NodeProto &node) const {
  if (functions.empty())
    return nullptr;
  auto found = functions.find(calleeKey(node));
  return found == functions.end() ? nullptr : &found->second;
}
