#include "compiler/quantize/EqualiseNet.h"

#include "quantization/Equalise.h"

#include <numeric>

namespace burin::quantize {
using namespace quantization;

namespace {

/// A convolution whose weights nobody else uses.
struct Convolution {
  std::vector<int64_t> shape;
  std::string weightName, biasName;
  std::vector<float> weights, bias;
  int64_t groups = 1;
  int64_t inner() const { return std::accumulate(shape.begin() + 2, shape.end(), int64_t{1}, std::multiplies<>()); }
  bool isDepthwise() const { return groups == shape[0] && shape[1] == 1; }

  ChannelView outputs() {
    return {weights, 1, shape[0], static_cast<int64_t>(weights.size()) / std::max<int64_t>(shape[0], 1)};
  }
  ChannelView inputs() {
    return isDepthwise() ? ChannelView{weights, 1, shape[0], inner()}
                         : ChannelView{weights, shape[0], shape[1], inner()};
  }
};

std::optional<Convolution> convolutionAt(const onnx::NodeProto &node, const GraphIndex &index) {
  if (!isOp(node, "Conv"))
    return std::nullopt;
  Convolution c;
  auto read = [&](int i, std::string &name, std::vector<float> &values) {
    const onnx::TensorProto *t = index.initializer(node.input(i));
    std::optional<std::vector<float>> floats = t ? floatsOf(*t) : std::nullopt;
    if (!floats || index.onlyConsumer(node.input(i)) < 0)
      return false;
    name = node.input(i);
    values = std::move(*floats);
    return true;
  };
  if (!read(1, c.weightName, c.weights))
    return std::nullopt;
  if (node.input_size() > 2 && !node.input(2).empty() && !read(2, c.biasName, c.bias))
    return std::nullopt;
  c.shape = shapeOf(*index.initializer(c.weightName));
  c.groups = intAttribute(node, "group", 1);
  return c;
}

/// The convolution that alone reads what node `i` makes, through at most a Relu; -1 if there is none.
int followerOf(const onnx::GraphProto &graph, int i, const GraphIndex &index) {
  int next = index.onlyConsumer(graph.node(i).output(0));
  if (next >= 0 && isOp(graph.node(next), "Relu"))
    next = index.onlyConsumer(graph.node(next).output(0));
  return next >= 0 && isOp(graph.node(next), "Conv") ? next : -1;
}

} // namespace

int equaliseNet(onnx::GraphProto &graph) {
  const GraphIndex index(graph);
  std::map<int, Convolution> all;
  for (int i = 0; i < graph.node_size(); ++i)
    if (std::optional<Convolution> c = convolutionAt(graph.node(i), index))
      all.emplace(i, std::move(*c));
  std::vector<Edge> edges;
  for (auto &[i, first] : all) {
    auto second = all.find(followerOf(graph, i, index));
    if (second == all.end() || (second->second.groups != 1 && !second->second.isDepthwise()))
      continue;
    edges.push_back({first.outputs(), ChannelView{first.bias, 1, first.bias.empty() ? 0 : first.shape[0], 1},
                     second->second.inputs()});
  }
  equalise(edges);
  for (const auto &[i, c] : all) {
    putInitializer(graph, makeFloats(c.weightName, c.shape, c.weights));
    if (!c.biasName.empty())
      putInitializer(graph, makeFloats(c.biasName, {c.shape[0]}, c.bias));
  }
  return static_cast<int>(edges.size());
}

} // namespace burin::quantize
