#include "passes/share/ValueNumbers.h"

#include "ir/nn/PackedWeights.h"
#include "ir/nn/ops/Constant.h"

#include "llvm/Support/SHA256.h"

namespace burin::share {
using namespace mlir;

namespace {

/// Where an operator comes from and what became of it: nothing that it computes depends on that.
bool isAbout(StringRef attribute) {
  static constexpr StringRef names[] = {nn::originAttrName, "nn.float_because", "nn.inexact", "nn.removed"};
  return llvm::is_contained(names, attribute);
}

std::string digest(StringRef bytes) {
  const auto hash = llvm::SHA256::hash(ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
  return std::string(hash.begin(), hash.end());
}

void appendBits(std::string &key, double value) { key.append(reinterpret_cast<const char *>(&value), sizeof value); }

/// What the text of a type leaves out: it rounds the scales.
void appendExact(std::string &key, Type type) {
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type))
    appendBits(key, uniform.getScale());
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    for (double scale : perAxis.getScales())
      appendBits(key, scale);
}

/// Text alone is the same in all contexts.
template <typename T> std::string exactText(T typeOrAttribute) {
  std::string key;
  llvm::raw_string_ostream os(key);
  os << typeOrAttribute << '|';
  typeOrAttribute.walk([&](Type type) { appendExact(key, type); });
  typeOrAttribute.walk([&](Attribute attribute) {
    if (auto blob = dyn_cast<DenseResourceElementsAttr>(attribute)) // its text is a name
      key += digest(StringRef(blob.getData().data(), blob.getData().size()));
  });
  return key;
}

std::string constantKey(nn::ConstantOp constant) {
  const ArrayRef<char> bytes = constant.bytes();
  return "constant|" + exactText(Type(constant.getType())) + std::to_string(nn::packedBits(constant).value_or(0)) +
         digest(StringRef(bytes.data(), bytes.size()));
}

} // namespace

void ValueNumbers::addOperator(Operation &op) {
  std::string key;
  if (auto constant = dyn_cast<nn::ConstantOp>(&op)) {
    key = constantKey(constant);
  } else if (op.getNumRegions() > 0) {
    key = "body|" + std::to_string(next);
  } else {
    key = op.getName().getStringRef().str() + "|";
    for (Value v : op.getOperands())
      key += std::to_string(of(v)) + ",";
    for (Type type : op.getResultTypes())
      key += exactText(type);
    for (NamedAttribute attribute : op.getAttrDictionary())
      if (!isAbout(attribute.getName()))
        key += attribute.getName().str() + "=" + exactText(attribute.getValue());
  }
  const unsigned number = intern(key);
  operators[&op] = number;
  for (OpResult result : op.getResults())
    numbers[result] = intern("result|" + std::to_string(number) + "|" + std::to_string(result.getResultNumber()));
}

void ValueNumbers::add(func::FuncOp function) {
  for (BlockArgument arg : function.getArguments()) {
    DictionaryAttr attributes = function.getArgAttrDict(arg.getArgNumber());
    const bool isOwn = !attributes || attributes.contains("nn.state") || !attributes.contains("nn.name");
    numbers[arg] = intern(isOwn ? "own|" + std::to_string(next)
                                : "input|" + exactText(arg.getType()) + exactText(Attribute(attributes)));
  }
  for (Operation &op : function.getBody().front().without_terminator())
    addOperator(op);
}

} // namespace burin::share
