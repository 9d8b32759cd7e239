#include "compiler/quantize/Roles.h"

#include <algorithm>
#include <numeric>

namespace burin::quantize {

namespace {

/// Elements of their first input, or of all, moved or picked.
const std::set<std::string, std::less<>> movesFirst = {
    "Reshape",      "Flatten",   "Squeeze", "Unsqueeze",      "Transpose", "Slice",
    "Split",        "Identity",  "Dropout", "GlobalMaxPool",  "MaxPool",   "DepthToSpace",
    "SpaceToDepth", "Pad",       "Expand",  "Tile",           "Resize",    "Upsample",
    "ReduceMax",    "ReduceMin", "Gather",  "GatherElements", "GatherND"};
/// Functions of one activation whose integer form is a table, or a sum. Not those with a pole, or of a range that 8
/// bits can't hold (Exp, Log, Sqrt, Reciprocal): they are parts of normalisations, whose error would be the net's.
const std::set<std::string, std::less<>> computesFirst = {"AveragePool",
                                                          "GlobalAveragePool",
                                                          "ReduceMean",
                                                          "Softmax",
                                                          "Sigmoid",
                                                          "Tanh",
                                                          "HardSigmoid",
                                                          "HardSwish",
                                                          "Elu",
                                                          "Selu",
                                                          "Celu",
                                                          "LeakyRelu",
                                                          "Softplus",
                                                          "Mish",
                                                          "Softsign",
                                                          "Gelu",
                                                          "Erf",
                                                          "Abs",
                                                          "ThresholdedRelu",
                                                          "Swish",
                                                          "Neg",
                                                          "Sin",
                                                          "Cos",
                                                          "Floor",
                                                          "Ceil",
                                                          "Round",
                                                          "Sign"};

const onnx::TensorProto *constantInput(const onnx::NodeProto &node, int i, const GraphIndex &index) {
  return node.input_size() > i ? index.initializer(node.input(i)) : nullptr;
}

bool isAbsent(const onnx::NodeProto &node, int i) { return node.input_size() <= i || node.input(i).empty(); }

int64_t elements(const onnx::TensorProto &t) {
  return std::accumulate(t.dims().begin(), t.dims().end(), int64_t{1}, std::multiplies<>());
}

bool isScalar(const onnx::TensorProto *t) { return t && elements(*t) == 1; }

bool isFloat32(const TensorTypes &types, const GraphIndex &index, const std::string &name) {
  if (const onnx::TensorProto *t = index.initializer(name))
    return t->data_type() == toOnnx(DType::Float32);
  auto type = types.find(name);
  return type != types.end() && type->second.dtype == DType::Float32;
}

bool isNearest(const onnx::NodeProto &node) {
  const onnx::AttributeProto *mode = attribute(node, "mode");
  return !mode || mode->s() == "nearest";
}

bool isClamp(const onnx::NodeProto &node, const GraphIndex &index) {
  if (isOp(node, "Relu"))
    return true;
  if (isOp(node, "Clip"))
    return (isAbsent(node, 1) || constantInput(node, 1, index)) && (isAbsent(node, 2) || constantInput(node, 2, index));
  return (isOp(node, "Max") || isOp(node, "Min")) && node.input_size() == 2 &&
         isScalar(constantInput(node, 0, index)) != isScalar(constantInput(node, 1, index));
}

/// A constant that differs only along the last axis, of `channels` entries.
bool isRow(const onnx::TensorProto *t, int64_t channels) {
  return t && t->dims_size() > 0 && t->dims(t->dims_size() - 1) == channels && elements(*t) == channels;
}

/// An Add of one constant per channel to the result of a MatMul with constant weights.
bool isBias(const onnx::GraphProto &graph, const onnx::NodeProto &node, const GraphIndex &index) {
  if (!isOp(node, "Add") || node.input_size() != 2)
    return false;
  for (int k : {0, 1}) {
    const int producer = index.producer(node.input(k));
    if (producer < 0 || !isOp(graph.node(producer), "MatMul") || index.onlyConsumer(node.input(k)) < 0)
      continue;
    const onnx::TensorProto *weights = constantInput(graph.node(producer), 1, index);
    if (weights && weights->dims_size() == 2 && isRow(constantInput(node, 1 - k, index), weights->dims(1)))
      return true;
  }
  return false;
}

NodeRole all(Role role, const onnx::NodeProto &node) {
  NodeRole r{role, std::vector<int>(static_cast<size_t>(node.input_size()))};
  std::iota(r.data.begin(), r.data.end(), 0);
  return r;
}

/// Conv, Gemm and MatMul.
NodeRole productRole(const onnx::NodeProto &node, const GraphIndex &index, const TensorTypes &types) {
  const onnx::TensorProto *w = constantInput(node, 1, index);
  if (isOp(node, "MatMul") && !w)
    return constantInput(node, 0, index) ? NodeRole{} : NodeRole{Role::Product, {0, 1}};
  const bool bias = isAbsent(node, 2) || constantInput(node, 2, index);
  if (!w || !bias || index.initializer(node.input(0)))
    return {};
  if (isOp(node, "Conv"))
    return w->dims_size() >= 3 ? NodeRole{Role::Layer, {0}} : NodeRole{};
  if (isOp(node, "Gemm")) {
    const int64_t channels = w->dims_size() == 2 ? w->dims(intAttribute(node, "transB", 0) != 0 ? 0 : 1) : -1;
    const bool plain = intAttribute(node, "transA", 0) == 0 && floatAttribute(node, "alpha", 1) == 1 &&
                       floatAttribute(node, "beta", 1) == 1;
    return plain && (isAbsent(node, 2) || isRow(constantInput(node, 2, index), channels)) ? NodeRole{Role::Layer, {0}}
                                                                                          : NodeRole{};
  }
  auto x = types.find(node.input(0));
  const bool matrix = w->dims_size() == 2 && x != types.end() && x->second.shape.size() >= 2;
  return matrix ? NodeRole{Role::Layer, {0}} : NodeRole{};
}

NodeRole roleByOperator(const onnx::GraphProto &graph, const onnx::NodeProto &node, const GraphIndex &index,
                        const TensorTypes &types) {
  const std::string &op = node.op_type();
  if (op == "Conv" || op == "Gemm" || op == "MatMul")
    return productRole(node, index, types);
  if (isBias(graph, node, index))
    return all(Role::Bias, node);
  if (isClamp(node, index))
    return op == "Max" || op == "Min" ? all(Role::Clamp, node) : NodeRole{Role::Clamp, {0}};
  if (op == "Concat" || op == "Max" || op == "Min")
    return all(Role::Move, node);
  if (op == "Where")
    return {Role::Move, {1, 2}};
  if (op == "Add" || op == "Sub" || op == "Mul" || (op == "Sum" && node.input_size() == 2))
    return all(Role::Compute, node);
  if (op == "Div" && isScalar(constantInput(node, 1, index)))
    return {Role::Compute, {0}};
  if ((op == "Resize" || op == "Upsample") && !isNearest(node))
    return {};
  if (op == "Pad" && !isAbsent(node, 2)) {
    const onnx::TensorProto *value = constantInput(node, 2, index);
    std::optional<std::vector<float>> real = value ? floatsOf(*value) : std::nullopt;
    return real && real->size() == 1 && real->front() == 0 ? NodeRole{Role::Move, {0}} : NodeRole{};
  }
  if (movesFirst.contains(op))
    return {Role::Move, {0}};
  return computesFirst.contains(op) ? NodeRole{Role::Compute, {0}} : NodeRole{};
}

} // namespace

NodeRole roleOf(const onnx::GraphProto &graph, int i, const GraphIndex &index, const TensorTypes &types) {
  const onnx::NodeProto &node = graph.node(i);
  if (!canonicalDomain(node.domain()).empty() || node.output_size() == 0)
    return {};
  NodeRole r = roleByOperator(graph, node, index, types);
  for (const std::string &name : node.output())
    if (!name.empty() && !isFloat32(types, index, name))
      return {};
  bool activation = false;
  for (int k : r.data) {
    if (k >= node.input_size() || !isFloat32(types, index, node.input(k)))
      return {};
    activation |= !index.initializer(node.input(k));
  }
  return activation ? r : NodeRole{};
}

} // namespace burin::quantize
