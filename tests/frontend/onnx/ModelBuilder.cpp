#include "tests/frontend/onnx/ModelBuilder.h"

#include "frontend/onnx/NnBuilder.h"
#include "frontend/onnx/reader/Reader.h"
#include "ir/interpreter/Interpreter.h"
#include "ir/nn/ops/Constant.h"

#include <cstring>

namespace burin {
using onnx::AttributeProto;

onnx::AttributeProto &NodeRef::add(const char *attribute, AttributeProto::AttributeType type) {
  AttributeProto &a = *node.add_attribute();
  a.set_name(attribute);
  a.set_type(type);
  return a;
}

NodeRef &NodeRef::name(const char *text) { return node.set_name(text), *this; }
NodeRef &NodeRef::domain(const char *text) { return node.set_domain(text), *this; }
NodeRef &NodeRef::i(const char *attribute, int64_t value) {
  return add(attribute, AttributeProto::INT).set_i(value), *this;
}
NodeRef &NodeRef::f(const char *attribute, float value) {
  return add(attribute, AttributeProto::FLOAT).set_f(value), *this;
}
NodeRef &NodeRef::s(const char *attribute, const char *value) {
  return add(attribute, AttributeProto::STRING).set_s(value), *this;
}
NodeRef &NodeRef::ints(const char *attribute, std::vector<int64_t> values) {
  AttributeProto &a = add(attribute, AttributeProto::INTS);
  for (int64_t v : values)
    a.add_ints(v);
  return *this;
}
NodeRef &NodeRef::floats(const char *attribute, std::vector<float> values) {
  AttributeProto &a = add(attribute, AttributeProto::FLOATS);
  for (float v : values)
    a.add_floats(v);
  return *this;
}
NodeRef &NodeRef::strings(const char *attribute, std::vector<const char *> values) {
  AttributeProto &a = add(attribute, AttributeProto::STRINGS);
  for (const char *v : values)
    a.add_strings(v);
  return *this;
}
NodeRef &NodeRef::ref(const char *attribute, const char *of, AttributeProto::AttributeType type) {
  return add(attribute, type).set_ref_attr_name(of), *this;
}
onnx::GraphProto &NodeRef::graph(const char *attribute) { return *add(attribute, AttributeProto::GRAPH).mutable_g(); }

NodeRef addNode(google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, const char *op,
                std::vector<const char *> inputs, std::vector<const char *> outputs) {
  onnx::NodeProto &node = *nodes.Add();
  node.set_op_type(op);
  for (const char *name : inputs)
    node.add_input(name);
  for (const char *name : outputs)
    node.add_output(name);
  return NodeRef(node);
}

ModelBuilder::ModelBuilder(int64_t opset) {
  proto.set_ir_version(8);
  proto.mutable_graph()->set_name("test");
  imports("", opset);
}

ModelBuilder &ModelBuilder::imports(const char *domain, int64_t version) {
  onnx::OperatorSetIdProto &import = *proto.add_opset_import();
  import.set_domain(domain);
  import.set_version(version);
  return *this;
}

namespace {

onnx::ValueInfoProto &declare(onnx::ValueInfoProto &info, const char *name, DType type) {
  info.set_name(name);
  info.mutable_type()->mutable_tensor_type()->set_elem_type(toOnnx(type));
  return info;
}

void setDims(onnx::ValueInfoProto &info, const std::vector<Dim> &dims) {
  auto &shape = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
  for (const Dim &dim : dims) {
    auto &d = *shape.add_dim();
    if (const int64_t *size = std::get_if<int64_t>(&dim))
      d.set_dim_value(*size);
    else if (!std::get<std::string>(dim).empty())
      d.set_dim_param(std::get<std::string>(dim));
  }
}

} // namespace

ModelBuilder &ModelBuilder::input(const char *name, std::vector<Dim> dims, DType type) {
  setDims(declare(*proto.mutable_graph()->add_input(), name, type), dims);
  return *this;
}

ModelBuilder &ModelBuilder::inputOfAnyShape(const char *name) {
  declare(*proto.mutable_graph()->add_input(), name, DType::Float32);
  return *this;
}

ModelBuilder &ModelBuilder::output(const char *name) {
  declare(*proto.mutable_graph()->add_output(), name, DType::Float32);
  return *this;
}

ModelBuilder &ModelBuilder::output(const char *name, std::vector<Dim> dims) {
  setDims(declare(*proto.mutable_graph()->add_output(), name, DType::Float32), dims);
  return *this;
}

NodeRef ModelBuilder::node(const char *op, std::vector<const char *> inputs, std::vector<const char *> outputs) {
  return addNode(*proto.mutable_graph()->mutable_node(), op, std::move(inputs), std::move(outputs));
}

ModelBuilder &ModelBuilder::ints(const char *name, std::vector<int64_t> values) {
  const auto *p = reinterpret_cast<const uint8_t *>(values.data());
  return bytes(name, DType::Int64, {static_cast<int64_t>(values.size())}, {p, p + values.size() * sizeof(int64_t)});
}

ModelBuilder &ModelBuilder::floats(const char *name, std::vector<int64_t> dims, std::vector<float> values) {
  const auto *p = reinterpret_cast<const uint8_t *>(values.data());
  return bytes(name, DType::Float32, std::move(dims), {p, p + values.size() * sizeof(float)});
}

ModelBuilder &ModelBuilder::bytes(const char *name, DType type, std::vector<int64_t> dims,
                                  std::vector<uint8_t> values) {
  onnx::TensorProto &t = *proto.mutable_graph()->add_initializer();
  t.set_name(name);
  t.set_data_type(toOnnx(type));
  for (int64_t d : dims)
    t.add_dims(d);
  t.set_raw_data(std::string(values.begin(), values.end()));
  return *this;
}

onnx::FunctionProto &ModelBuilder::function(const char *name, std::vector<const char *> inputs,
                                            std::vector<const char *> outputs, int64_t opset) {
  if (proto.functions_size() == 0)
    imports("local", 1);
  onnx::FunctionProto &f = *proto.add_functions();
  f.set_name(name);
  f.set_domain("local");
  for (const char *input : inputs)
    f.add_input(input);
  for (const char *output : outputs)
    f.add_output(output);
  f.add_opset_import()->set_version(opset);
  return f;
}

Imported::Imported(const ModelBuilder &builder, ImportOptions options)
    : context(mlir::MLIRContext::Threading::DISABLED) {
  if (auto model = readModelFromBytes(builder.proto.SerializeAsString(), "test.onnx", sink))
    module = importModel(context, *model, options, sink);
}

mlir::func::FuncOp Imported::main() { return module->lookupSymbol<mlir::func::FuncOp>("main"); }

std::string Imported::argument(unsigned i) { return importer::describeType(main().getArgumentTypes()[i]); }
std::string Imported::result(unsigned i) { return importer::describeType(main().getResultTypes()[i]); }

std::string Imported::operators() {
  std::string text;
  for (mlir::Operation &op : main().getBody().front())
    if (!mlir::isa<nn::ConstantOp, mlir::func::ReturnOp>(op))
      text += (text.empty() ? "" : " ") + op.getName().stripDialect().str();
  return text;
}

std::vector<int64_t> Imported::folded(unsigned i) {
  auto values = nn::constantInts(main().getBody().front().getTerminator()->getOperand(i));
  return values ? std::vector<int64_t>(values->begin(), values->end()) : std::vector<int64_t>{};
}

std::vector<float> Imported::run(std::vector<std::vector<float>> inputs) {
  std::vector<llvm::ArrayRef<char>> storage;
  for (const std::vector<float> &input : inputs)
    storage.push_back({reinterpret_cast<const char *>(input.data()), input.size() * sizeof(float)});
  auto results = interpret(main(), storage);
  if (mlir::failed(results))
    return {};
  std::vector<float> out(results->front().size() / sizeof(float));
  std::memcpy(out.data(), results->front().data(), results->front().size());
  return out;
}

std::string Imported::error() const {
  std::string text;
  for (const Diagnostic &d : sink.diagnostics)
    if (d.severity == Severity::Error)
      text += (text.empty() ? "" : ", ") + d.code + (d.node.empty() ? "" : " " + d.node);
  return text;
}

std::string Imported::errorText() const {
  for (const Diagnostic &d : sink.diagnostics)
    if (d.severity == Severity::Error)
      return d.message + " / " + d.fix;
  return "";
}

} // namespace burin
