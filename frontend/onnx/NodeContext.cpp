#include "frontend/onnx/NodeContext.h"

#include "frontend/onnx/OpTable.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <utility>

namespace burin::importer {
using namespace mlir;
using onnx::AttributeProto;

Type elementTypeFor(MLIRContext *context, DType type) {
  auto unsignedInt = [&](unsigned bits) { return IntegerType::get(context, bits, IntegerType::Unsigned); };
  switch (type) {
  case DType::Float32:
    return Float32Type::get(context);
  case DType::Float64:
    return Float64Type::get(context);
  case DType::Float16:
    return Float16Type::get(context);
  case DType::BFloat16:
    return BFloat16Type::get(context);
  case DType::Bool:
    return IntegerType::get(context, 1);
  case DType::Int8:
    return IntegerType::get(context, 8);
  case DType::Int16:
    return IntegerType::get(context, 16);
  case DType::Int32:
    return IntegerType::get(context, 32);
  case DType::Int64:
    return IntegerType::get(context, 64);
  case DType::UInt8:
    return unsignedInt(8);
  case DType::UInt16:
    return unsignedInt(16);
  case DType::UInt32:
    return unsignedInt(32);
  case DType::UInt64:
    return unsignedInt(64);
  case DType::Int4:
    return IntegerType::get(context, 4);
  case DType::UInt4:
    return unsignedInt(4);
  case DType::Int2:
    return IntegerType::get(context, 2);
  case DType::UInt2:
    return unsignedInt(2);
  case DType::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case DType::Float8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case DType::Float8E5M2:
    return Float8E5M2Type::get(context);
  case DType::Float8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case DType::Float8E8M0:
    return Float8E8M0FNUType::get(context);
  case DType::Float4E2M1:
    return Float4E2M1FNType::get(context);
  case DType::String:
  case DType::Complex64:
  case DType::Complex128:
    return {};
  }
  return {};
}

DType dtypeFor(Type elementType) {
  const Type t = nn::storageType(elementType);
  for (int64_t number = 1; auto type = dtypeFromOnnx(number); ++number)
    if (elementTypeFor(t.getContext(), *type) == t)
      return *type;
  return DType::Float32;
}

namespace {

int64_t versionOf(const OpsetVersions &opsets, const onnx::NodeProto &node) {
  auto it = opsets.find(canonicalDomain(node.domain()));
  return it == opsets.end() ? 1 : it->second;
}

const char *attributeTypeName(AttributeProto::AttributeType type) {
  switch (type) {
  case AttributeProto::FLOAT:
    return "a float";
  case AttributeProto::INT:
    return "an int";
  case AttributeProto::STRING:
    return "a string";
  case AttributeProto::TENSOR:
    return "a tensor";
  case AttributeProto::GRAPH:
    return "a graph";
  case AttributeProto::FLOATS:
    return "a list of floats";
  case AttributeProto::INTS:
    return "a list of ints";
  case AttributeProto::STRINGS:
    return "a list of strings";
  default:
    return "of another type";
  }
}

} // namespace

NodeContext::NodeContext(const Where &where, const onnx::NodeProto &node, std::vector<Value> inputs)
    : NnBuilder(where.builder, NameLoc::get(StringAttr::get(where.builder.getContext(), where.nodeName)), where.budget),
      proto(node), inputs(std::move(inputs)), outputs(static_cast<size_t>(node.output_size())), sink(where.sink),
      bindings(where.bindings), nodeName(where.nodeName), version(versionOf(where.opsets, node)) {}

void NodeContext::report(StringRef code, const std::string &message, std::vector<std::string> facts,
                         const std::string &fix) {
  sink.handle({.code = code.str(),
               .node = nodeName,
               .message = proto.op_type() + ": " + message,
               .facts = std::move(facts),
               .fix = fix});
}

std::vector<std::string> NodeContext::inputFacts() const {
  constexpr size_t maxFacts = 8; // a Concat may have thousands
  std::vector<std::string> facts;
  for (size_t i = 0; i < inputs.size() && i < maxFacts; ++i)
    if (inputs[i])
      facts.push_back("input " + std::to_string(i) + "  " + describeType(inputs[i].getType()));
  return facts;
}

SmallVector<Value> NodeContext::allInputs() {
  require(!inputs.empty() && !llvm::is_contained(inputs, Value()), "an input is absent that the operator requires");
  return failed() ? SmallVector<Value>() : SmallVector<Value>(inputs.begin(), inputs.end());
}

void NodeContext::failNotConstant(unsigned i, StringRef what) {
  const std::string name = i < numInputs() ? proto.input(static_cast<int>(i)) : "";
  fail("BRN1203",
       "input " + Twine(i) + " " + quoteName(name) + " decides " + what + ", and isn't known at compile time",
       "make it a constant of the model, or simplify the model so that it follows from the shapes");
}

std::optional<Shape> NodeContext::constantInts(unsigned i, StringRef what) {
  auto values = hasInput(i) ? nn::constantInts(input(i)) : std::nullopt;
  if (!values)
    failNotConstant(i, what);
  return values ? std::optional<Shape>(Shape(values->begin(), values->end())) : std::nullopt;
}

std::optional<SmallVector<double>> NodeContext::constantNumbers(unsigned i, StringRef what) {
  auto values = hasInput(i) ? numbers(input(i)) : std::nullopt;
  if (!values)
    failNotConstant(i, what);
  return values;
}

std::optional<double> NodeContext::constantNumber(unsigned i, StringRef what, double absent) {
  if (!hasInput(i))
    return absent;
  auto values = constantNumbers(i, what);
  if (!values || !require(values->size() == 1, "input " + Twine(i) + " must have one element"))
    return std::nullopt;
  return values->front();
}

const AttributeProto *NodeContext::findAttr(StringRef name) const {
  for (const AttributeProto &a : proto.attribute()) {
    if (StringRef(a.name()) != name)
      continue;
    if (a.ref_attr_name().empty())
      return &a;
    // Inside a function: the caller's value, the function's default, or absent.
    if (!bindings)
      return nullptr;
    auto bound = bindings->find(a.ref_attr_name());
    return bound == bindings->end() ? nullptr : bound->second;
  }
  return nullptr;
}

const AttributeProto *NodeContext::typedAttr(StringRef name, AttributeProto::AttributeType type) {
  const AttributeProto *a = findAttr(name);
  if (!a || a->type() == type)
    return a;
  fail("BRN1208", "attribute " + quoteName(name.str()) + " must be " + attributeTypeName(type) + ", and is " +
                      attributeTypeName(a->type()));
  return nullptr;
}

const AttributeProto *NodeContext::requiredAttr(StringRef name, AttributeProto::AttributeType type) {
  const AttributeProto *a = typedAttr(name, type);
  if (!a)
    fail("BRN1208", "attribute " + quoteName(name.str()) + " is missing");
  return a;
}

int64_t NodeContext::intAttr(StringRef name, int64_t absent) {
  const AttributeProto *a = typedAttr(name, AttributeProto::INT);
  return a ? a->i() : absent;
}

double NodeContext::floatAttr(StringRef name, double absent) {
  const AttributeProto *a = typedAttr(name, AttributeProto::FLOAT);
  return a ? a->f() : absent;
}

std::string NodeContext::stringAttr(StringRef name, StringRef absent) {
  const AttributeProto *a = typedAttr(name, AttributeProto::STRING);
  return a ? a->s() : absent.str();
}

std::optional<Shape> NodeContext::intsAttr(StringRef name) {
  const AttributeProto *a = typedAttr(name, AttributeProto::INTS);
  return a ? std::optional<Shape>(Shape(a->ints().begin(), a->ints().end())) : std::nullopt;
}

Shape NodeContext::intsAttr(StringRef name, Shape absent) { return intsAttr(name).value_or(absent); }

std::optional<SmallVector<double>> NodeContext::floatsAttr(StringRef name) {
  const AttributeProto *a = typedAttr(name, AttributeProto::FLOATS);
  return a ? std::optional(SmallVector<double>(a->floats().begin(), a->floats().end())) : std::nullopt;
}

std::optional<std::vector<std::string>> NodeContext::stringsAttr(StringRef name) {
  const AttributeProto *a = typedAttr(name, AttributeProto::STRINGS);
  return a ? std::optional(std::vector<std::string>(a->strings().begin(), a->strings().end())) : std::nullopt;
}

Value NodeContext::tensorAttr(StringRef name) {
  const AttributeProto *a = typedAttr(name, AttributeProto::TENSOR);
  return a ? constant(a->t()) : Value();
}

SmallVector<Value> NodeContext::subgraph(StringRef name, ArrayRef<Value> inputs) {
  const AttributeProto *a = requiredAttr(name, AttributeProto::GRAPH);
  if (!a || failed() ||
      !require(a->g().input_size() == static_cast<int>(inputs.size()),
               "subgraph " + quoteName(name.str()) + " must have " + Twine(inputs.size()) + " inputs") ||
      !require(a->g().output_size() > 0, "subgraph " + quoteName(name.str()) + " has no output"))
    return {};
  SmallVector<Value> results = importSubgraph(a->g(), inputs);
  if (results.empty())
    failReported();
  return results;
}

int64_t NodeContext::axis(int64_t value, int64_t rank) {
  if (value >= -rank && value < rank)
    return value < 0 ? value + rank : value;
  fail("BRN1208", "axis " + Twine(value) + " is outside a tensor of rank " + Twine(rank));
  return 0;
}

std::optional<Shape> NodeContext::axes(ArrayRef<int64_t> values, int64_t rank) {
  Shape out;
  for (int64_t v : values)
    out.push_back(axis(v, rank));
  llvm::sort(out);
  if (std::adjacent_find(out.begin(), out.end()) != out.end())
    fail("BRN1208", "an axis is named twice");
  return failed() ? std::nullopt : std::optional<Shape>(out);
}

bool NodeContext::require(bool condition, const Twine &message) {
  if (!condition)
    fail("BRN1206", message);
  return !failed();
}

bool NodeContext::support(bool condition, const Twine &message, const Twine &fix) {
  if (!condition)
    fail("BRN1202", message, fix);
  return !failed();
}

void NodeContext::remark(const Twine &message) {
  if (!failed())
    sink.handle({.severity = Severity::Remark, .node = nodeName, .message = proto.op_type() + ": " + message.str()});
}

void NodeContext::output(unsigned i, Value v) {
  const bool narrow = v && halfType && element(v).isF32();
  outputWide(i, narrow ? cast(v, halfType) : v);
}

void NodeContext::outputWide(unsigned i, Value v) {
  if (i < outputs.size())
    outputs[i] = v;
}

Value NodeContext::resultOf(StringRef op, int64_t opset, std::vector<Value> operands) {
  if (failed())
    return {};
  const OpImporter *otherVersion = nullptr;
  const OpImporter *row = findOp("", op, opset, &otherVersion);
  assert(row && "an operator that this one stands for");
  std::vector<Value> hidden(std::max<size_t>(outputs.size(), 1));
  const Type narrow = std::exchange(halfType, Type());
  const int64_t own = std::exchange(version, opset);
  std::swap(inputs, operands);
  std::swap(outputs, hidden);
  row->import(*this);
  std::swap(inputs, operands);
  std::swap(outputs, hidden);
  version = own;
  halfType = narrow;
  return failed() ? Value() : hidden.front();
}

void NodeContext::computeHalfInFloat() {
  auto isHalf = [&](Value v) { return v && (element(v).isF16() || element(v).isBF16()); };
  if (!inputs.empty() && isHalf(inputs[0]))
    halfType = element(inputs[0]);
  for (Value &v : inputs)
    if (isHalf(v))
      v = cast(v, f32());
}

Value NodeContext::constant(const onnx::TensorProto &t) {
  std::optional<HostTensor> host = fromTensorProto(t, sink);
  return host ? constant(std::move(*host)) : failReported();
}

Value NodeContext::constant(const onnx::SparseTensorProto &t) {
  std::optional<HostTensor> values = fromTensorProto(t.values(), sink), indices = fromTensorProto(t.indices(), sink);
  if (!values || !indices)
    return failReported();
  HostTensor dense{values->dtype, {t.dims().begin(), t.dims().end()}, {}, {}};
  if (!tensor(dense.shape, f32()) || !support(dense.size() <= maxGenerated, "the sparse tensor is too large"))
    return {};
  const size_t bytes = static_cast<size_t>(info(dense.dtype).bytes());
  dense.data.resize(static_cast<size_t>(dense.size()) * bytes);
  // Indices are positions in row-major order, or one tuple per value.
  const SmallVector<int64_t> strides =
      indices->shape.size() == 1 ? SmallVector<int64_t>{1} : nn::rowMajorStrides(dense.shape);
  const auto *index = reinterpret_cast<const int64_t *>(indices->data.data());
  for (size_t i = 0, count = values->data.size() / bytes; i < count; ++i) {
    int64_t position = 0;
    for (int64_t stride : strides)
      position += *index++ * stride;
    std::memcpy(dense.data.data() + static_cast<size_t>(position) * bytes, values->data.data() + i * bytes, bytes);
  }
  return constant(std::move(dense));
}

Value NodeContext::constant(HostTensor t) {
  Type type = elementTypeFor(context(), t.dtype);
  if (!type)
    return fail("BRN1205", "constants of type " + Twine(StringRef(info(t.dtype).name)) + " are not supported");
  // Vectors of bytes and of chars can't be moved into each other: this is the one copy of the weights.
  const char *p = reinterpret_cast<const char *>(t.data.data());
  return constant(tensor(t.shape, type), std::vector<char>(p, p + t.data.size()));
}

/// "scores_count": a C identifier that no other count of the model has.
std::string NodeContext::countName() {
  std::string stem;
  for (char c : numOutputs() > 0 && hasOutput(0) ? proto.output(0) : nodeName) {
    if (llvm::isAlnum(c))
      stem += llvm::toLower(c);
    else if (!stem.empty() && stem.back() != '_')
      stem += '_';
  }
  while (!stem.empty() && stem.back() == '_')
    stem.pop_back();
  if (stem.empty() || llvm::isDigit(stem[0]))
    stem = "n" + stem;
  stem = stem.substr(0, 40) + "_count";
  std::string name = stem;
  for (int i = 2; !shared().countNames.insert(name).second; ++i)
    name = stem + std::to_string(i);
  return name;
}

} // namespace burin::importer
