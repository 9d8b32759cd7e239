#include "compiler/quantize/Graph.h"

#include <algorithm>

namespace burin::quantize {

namespace {

/// Calls `f` with every name that nodes of `graph`'s bodies read, at any depth.
template <typename F> void eachName(const onnx::GraphProto &graph, F f);

template <typename F> void eachBody(const onnx::NodeProto &node, F f) {
  for (const onnx::AttributeProto &a : node.attribute()) {
    if (a.has_g())
      f(a.g());
    for (const onnx::GraphProto &g : a.graphs())
      f(g);
  }
}

template <typename F> void eachName(const onnx::GraphProto &graph, F f) {
  for (const onnx::NodeProto &node : graph.node()) {
    for (const std::string &name : node.input())
      f(name);
    for (const std::string &name : node.output())
      f(name);
    eachBody(node, [&](const onnx::GraphProto &body) { eachName(body, f); });
  }
  for (const onnx::ValueInfoProto &output : graph.output())
    f(output.name());
}

} // namespace

GraphIndex::GraphIndex(const onnx::GraphProto &graph) {
  for (const onnx::ValueInfoProto &input : graph.input())
    inputs.insert(input.name());
  for (const onnx::TensorProto &t : graph.initializer())
    if (!inputs.contains(t.name()))
      constants[t.name()] = &t;
  for (const onnx::ValueInfoProto &output : graph.output())
    outputs.insert(output.name());
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto &node = graph.node(i);
    for (const std::string &name : node.output())
      if (!name.empty())
        producers[name] = i;
    for (const std::string &name : node.input())
      if (!name.empty())
        readers[name].push_back(i);
    eachBody(node, [&](const onnx::GraphProto &body) {
      eachName(body, [&](const std::string &name) { captured.insert(name); });
    });
  }
}

int GraphIndex::producer(const std::string &tensor) const {
  auto found = producers.find(tensor);
  return found == producers.end() ? -1 : found->second;
}

const std::vector<int> &GraphIndex::consumers(const std::string &tensor) const {
  static const std::vector<int> none;
  auto found = readers.find(tensor);
  return found == readers.end() ? none : found->second;
}

const onnx::TensorProto *GraphIndex::initializer(const std::string &tensor) const {
  auto found = constants.find(tensor);
  return found == constants.end() ? nullptr : found->second;
}

int GraphIndex::onlyConsumer(const std::string &tensor) const {
  const std::vector<int> &all = consumers(tensor);
  return all.size() == 1 && !isOutput(tensor) && !isCaptured(tensor) ? all[0] : -1;
}

FreshNames::FreshNames(const onnx::GraphProto &graph) {
  for (const onnx::TensorProto &t : graph.initializer())
    used.insert(t.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    used.insert(input.name());
  for (const onnx::NodeProto &node : graph.node())
    used.insert(node.name());
  eachName(graph, [&](const std::string &name) { used.insert(name); });
}

std::string FreshNames::operator()(const std::string &wish) {
  std::string name = wish;
  for (int i = 1; !used.insert(name).second; ++i)
    name = wish + "_" + std::to_string(i);
  return name;
}

const onnx::AttributeProto *attribute(const onnx::NodeProto &node, std::string_view name) {
  for (const onnx::AttributeProto &a : node.attribute())
    if (a.name() == name)
      return &a;
  return nullptr;
}

int64_t intAttribute(const onnx::NodeProto &node, std::string_view name, int64_t otherwise) {
  const onnx::AttributeProto *a = attribute(node, name);
  return a ? a->i() : otherwise;
}

float floatAttribute(const onnx::NodeProto &node, std::string_view name, float otherwise) {
  const onnx::AttributeProto *a = attribute(node, name);
  return a ? a->f() : otherwise;
}

std::vector<int64_t> intsAttribute(const onnx::NodeProto &node, std::string_view name) {
  const onnx::AttributeProto *a = attribute(node, name);
  return a ? std::vector<int64_t>(a->ints().begin(), a->ints().end()) : std::vector<int64_t>();
}

void removeAttribute(onnx::NodeProto &node, std::string_view name) {
  for (int i = node.attribute_size(); i-- > 0;)
    if (node.attribute(i).name() == name)
      node.mutable_attribute()->DeleteSubrange(i, 1);
}

onnx::AttributeProto &addAttribute(onnx::NodeProto &node, const std::string &name, int64_t value) {
  onnx::AttributeProto &a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INT);
  a.set_i(value);
  return a;
}

bool isOp(const onnx::NodeProto &node, std::string_view op) {
  return node.op_type() == op && canonicalDomain(node.domain()).empty();
}

HostTensor makeFloats(std::string name, std::vector<int64_t> shape, const std::vector<float> &values) {
  return makeTensor<float>(std::move(name), DType::Float32, std::move(shape), values);
}

std::optional<std::vector<float>> floatsOf(const onnx::TensorProto &tensor) {
  CollectingSink quiet;
  std::optional<HostTensor> host = fromTensorProto(tensor, quiet);
  if (!host || host->dtype != DType::Float32)
    return std::nullopt;
  const auto *p = reinterpret_cast<const float *>(host->data.data());
  return std::vector<float>(p, p + host->data.size() / sizeof(float));
}

std::vector<int64_t> shapeOf(const onnx::TensorProto &tensor) { return {tensor.dims().begin(), tensor.dims().end()}; }

void putInitializer(onnx::GraphProto &graph, const HostTensor &tensor) {
  for (onnx::TensorProto &t : *graph.mutable_initializer())
    if (t.name() == tensor.name)
      return void(t = toTensorProto(tensor));
  *graph.add_initializer() = toTensorProto(tensor);
}

void removeUnused(onnx::GraphProto &graph) {
  std::set<std::string> needed;
  for (const onnx::ValueInfoProto &output : graph.output())
    needed.insert(output.name());
  std::vector<bool> keep(static_cast<size_t>(graph.node_size()));
  for (int i = graph.node_size(); i-- > 0;) {
    const onnx::NodeProto &node = graph.node(i);
    keep[static_cast<size_t>(i)] = std::any_of(node.output().begin(), node.output().end(),
                                               [&](const auto &name) { return needed.contains(name); });
    if (!keep[static_cast<size_t>(i)])
      continue;
    needed.insert(node.input().begin(), node.input().end());
    eachBody(node, [&](const onnx::GraphProto &body) {
      eachName(body, [&](const std::string &name) { needed.insert(name); });
    });
  }
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  for (int i = 0; i < graph.node_size(); ++i)
    if (keep[static_cast<size_t>(i)])
      nodes.Add()->Swap(graph.mutable_node(i));
  graph.mutable_node()->Swap(&nodes);
  auto *tensors = graph.mutable_initializer();
  tensors->erase(std::remove_if(tensors->begin(), tensors->end(),
                                [&](const onnx::TensorProto &t) { return !needed.contains(t.name()); }),
                 tensors->end());
}

} // namespace burin::quantize
