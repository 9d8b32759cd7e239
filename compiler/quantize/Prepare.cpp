#include "compiler/quantize/Prepare.h"

#include "compiler/Boundary.h"
#include "compiler/State.h"

#include <algorithm>
#include <cmath>

namespace burin::quantize {

namespace {

bool isRandom(const onnx::NodeProto &node) {
  return node.op_type().starts_with("Random") || node.op_type() == "Multinomial" || node.op_type() == "Bernoulli";
}

bool hasBody(const onnx::NodeProto &node) {
  return std::any_of(node.attribute().begin(), node.attribute().end(),
                     [](const auto &a) { return a.has_g() || a.graphs_size() > 0; });
}

/// Nodes that only depend on constants, by number.
std::vector<bool> constantNodes(const onnx::GraphProto &graph, const GraphIndex &index) {
  std::set<std::string> known;
  std::vector<bool> constant;
  for (const onnx::NodeProto &node : graph.node()) {
    const bool folds = !isRandom(node) && !hasBody(node) &&
                       std::all_of(node.input().begin(), node.input().end(), [&](const std::string &name) {
                         return name.empty() || known.contains(name) || index.initializer(name);
                       });
    constant.push_back(folds);
    if (folds)
      known.insert(node.output().begin(), node.output().end());
  }
  return constant;
}

/// The graph of the constant nodes alone, which gives the tensors that others need; without outputs if there are none.
onnx::ModelProto constantModel(const onnx::ModelProto &proto) {
  const onnx::GraphProto &graph = proto.graph();
  const GraphIndex index(graph);
  const std::vector<bool> constant = constantNodes(graph, index);
  onnx::ModelProto part = proto;
  onnx::GraphProto &out = *part.mutable_graph();
  out.clear_node();
  out.clear_input();
  out.clear_output();
  out.clear_value_info();
  for (int i = 0; i < graph.node_size(); ++i) {
    if (!constant[static_cast<size_t>(i)])
      continue;
    *out.add_node() = graph.node(i);
    for (const std::string &name : graph.node(i).output()) {
      const std::vector<int> &readers = index.consumers(name);
      if (std::any_of(readers.begin(), readers.end(), [&](int r) { return !constant[static_cast<size_t>(r)]; }))
        out.add_output()->set_name(name);
    }
  }
  removeUnused(out);
  return part;
}

void unlistInitializers(onnx::GraphProto &graph, const std::vector<std::string> &kept) {
  std::set<std::string> constants;
  for (const onnx::TensorProto &t : graph.initializer())
    if (std::find(kept.begin(), kept.end(), t.name()) == kept.end())
      constants.insert(t.name());
  auto *inputs = graph.mutable_input();
  inputs->erase(std::remove_if(inputs->begin(), inputs->end(),
                               [&](const onnx::ValueInfoProto &input) { return constants.contains(input.name()); }),
                inputs->end());
}

} // namespace

bool foldConstants(Model &model, const Setting &setting, DiagnosticSink &sink) {
  onnx::GraphProto &graph = *model.proto.mutable_graph();
  unlistInitializers(graph, stateInputNames(setting.compile.state));
  const onnx::ModelProto part = constantModel(model.proto);
  if (part.graph().output_size() == 0)
    return true;
  Setting plain; // the part has no inputs
  plain.compile.model = setting.compile.model;
  plain.compile.state = {"none"};
  std::unique_ptr<Program> program = Program::make(part, plain, Form::Imported, sink);
  if (!program)
    return false;
  auto outputs = program->run({{}}, sink);
  if (!outputs)
    return false;
  std::set<std::string> folded;
  for (size_t k = 0; k < outputs->front().size(); ++k) {
    HostTensor tensor = std::move(outputs->front()[k]);
    tensor.name = part.graph().output(static_cast<int>(k)).name();
    if (tensor.dtype != DType::Float32)
      continue;
    folded.insert(tensor.name);
    *graph.add_initializer() = toTensorProto(tensor);
  }
  // Whoever made them makes them no longer; a node with other results keeps those.
  for (onnx::NodeProto &node : *graph.mutable_node())
    for (std::string &name : *node.mutable_output())
      if (folded.contains(name))
        name.clear();
  removeUnused(graph);
  return true;
}

namespace {

/// y = factor[c] * x + shift[c] by channel.
struct ChannelAffine {
  std::vector<float> factor, shift;
};

/// `constant` broadcast against a tensor of rank `rank`: its values along `axis`, `channels` of them, if it varies
/// along no other.
std::optional<std::vector<float>> alongAxis(const onnx::TensorProto *constant, int64_t rank, int64_t axis,
                                            int64_t channels) {
  std::optional<std::vector<float>> values = constant ? floatsOf(*constant) : std::nullopt;
  if (!values || constant->dims_size() > rank)
    return std::nullopt;
  const int64_t missing = rank - constant->dims_size();
  for (int i = 0; i < constant->dims_size(); ++i)
    if (constant->dims(i) != 1 && (i + missing != axis || constant->dims(i) != channels))
      return std::nullopt;
  if (values->size() == 1)
    values->resize(static_cast<size_t>(channels), values->front());
  return values->size() == static_cast<size_t>(channels) ? values : std::nullopt;
}

std::optional<ChannelAffine> affineOfNormalization(const onnx::NodeProto &node, const GraphIndex &index) {
  std::vector<std::vector<float>> p;
  for (int i = 1; i < 5; ++i) {
    const onnx::TensorProto *t = node.input_size() > i ? index.initializer(node.input(i)) : nullptr;
    std::optional<std::vector<float>> values = t ? floatsOf(*t) : std::nullopt;
    if (!values || (!p.empty() && values->size() != p[0].size()))
      return std::nullopt;
    p.push_back(std::move(*values));
  }
  const float epsilon = floatAttribute(node, "epsilon", 1e-5f);
  ChannelAffine a;
  for (size_t c = 0; c < p[0].size(); ++c) {
    const double factor = p[0][c] / std::sqrt(static_cast<double>(p[3][c]) + static_cast<double>(epsilon));
    a.factor.push_back(static_cast<float>(factor));
    a.shift.push_back(static_cast<float>(p[1][c] - p[2][c] * factor));
  }
  return a;
}

bool isNormalization(const onnx::NodeProto &node) {
  return isOp(node, "BatchNormalization") && node.output_size() == 1 && intAttribute(node, "training_mode", 0) == 0;
}

/// What `node` does to the channels of its input `x`, if it is an affine function with constants.
std::optional<ChannelAffine> affineOf(const onnx::NodeProto &node, const std::string &x, const GraphIndex &index,
                                      int64_t rank, int64_t axis, int64_t channels) {
  if (isNormalization(node))
    return node.input(0) == x && axis == 1 ? affineOfNormalization(node, index) : std::nullopt;
  const bool add = isOp(node, "Add"), sub = isOp(node, "Sub"), mul = isOp(node, "Mul"), div = isOp(node, "Div");
  if (!(add || sub || mul || div) || node.input_size() != 2)
    return std::nullopt;
  const bool first = node.input(0) == x;
  if (!first && (sub || div))
    return std::nullopt;
  std::optional<std::vector<float>> values =
      alongAxis(index.initializer(node.input(first ? 1 : 0)), rank, axis, channels);
  if (!values)
    return std::nullopt;
  ChannelAffine a{std::vector<float>(values->size(), 1.0f), std::vector<float>(values->size(), 0.0f)};
  for (size_t c = 0; c < values->size(); ++c) {
    const float v = (*values)[c];
    (add || sub ? a.shift : a.factor)[c] = add || mul ? v : sub ? -v : 1.0f / v;
  }
  return a;
}

/// A convolution or product with constant weights: where its channels are.
struct Layer {
  std::vector<float> weights, bias; ///< no bias: empty
  std::vector<int64_t> shape;       ///< of the weights
  int64_t rank = 0, axis = 0;       ///< of the result, and its channels' axis
  int64_t channels = 0;
  int64_t inner = 1; ///< weights that follow each other with one channel
};

std::optional<Layer> layerOf(const onnx::NodeProto &node, const GraphIndex &index, const TensorTypes &types) {
  const bool conv = isOp(node, "Conv"), gemm = isOp(node, "Gemm"), matmul = isOp(node, "MatMul");
  const onnx::TensorProto *w =
      (conv || gemm || matmul) && node.input_size() > 1 ? index.initializer(node.input(1)) : nullptr;
  std::optional<std::vector<float>> values = w ? floatsOf(*w) : std::nullopt;
  auto type = types.find(node.output_size() > 0 ? node.output(0) : "");
  if (!values || type == types.end() || w->dims_size() < 2 || (!conv && w->dims_size() != 2))
    return std::nullopt;
  Layer l;
  l.weights = std::move(*values);
  l.shape = shapeOf(*w);
  l.rank = static_cast<int64_t>(type->second.shape.size());
  const bool rows = conv || (gemm && intAttribute(node, "transB", 0) != 0); // one row of weights per channel
  l.axis = conv ? 1 : l.rank - 1;
  l.channels = rows ? l.shape[0] : l.shape[1];
  l.inner = rows ? static_cast<int64_t>(l.weights.size()) / std::max<int64_t>(l.channels, 1) : 1;
  if (node.input_size() > 2 && !node.input(2).empty()) {
    const int64_t biasRank = conv ? 1 : 2;
    auto bias = alongAxis(index.initializer(node.input(2)), biasRank, biasRank - 1, l.channels);
    if (!bias)
      return std::nullopt;
    l.bias = std::move(*bias);
  }
  return l;
}

void apply(const ChannelAffine &a, Layer &layer) {
  for (size_t i = 0; i < layer.weights.size(); ++i)
    layer.weights[i] *= a.factor[i / static_cast<size_t>(layer.inner) % static_cast<size_t>(layer.channels)];
  if (layer.bias.empty())
    layer.bias.assign(static_cast<size_t>(layer.channels), 0.0f);
  for (size_t c = 0; c < layer.bias.size(); ++c)
    layer.bias[c] = layer.bias[c] * a.factor[c] + a.shift[c];
}

/// Gives `node` the layer's weights and bias, under fresh names: others may read the old ones.
void writeLayer(onnx::GraphProto &graph, onnx::NodeProto &node, const Layer &layer, FreshNames &fresh) {
  const std::string weights = fresh(node.input(1) + "_folded");
  *graph.add_initializer() = toTensorProto(makeFloats(weights, layer.shape, layer.weights));
  node.set_input(1, weights);
  if (layer.bias.empty())
    return;
  const std::string bias = fresh(weights + "_bias");
  *graph.add_initializer() = toTensorProto(makeFloats(bias, {layer.channels}, layer.bias));
  while (node.input_size() < 3)
    node.add_input();
  node.set_input(2, bias);
}

/// Gemm's alpha and beta become 1.
void foldGemmFactors(onnx::GraphProto &graph, onnx::NodeProto &node, const TensorTypes &types, FreshNames &fresh) {
  const float alpha = floatAttribute(node, "alpha", 1), beta = floatAttribute(node, "beta", 1);
  if (alpha == 1 && beta == 1)
    return;
  std::optional<Layer> layer = layerOf(node, GraphIndex(graph), types);
  if (!layer)
    return;
  for (float &w : layer->weights)
    w *= alpha;
  for (float &b : layer->bias)
    b *= beta;
  writeLayer(graph, node, *layer, fresh);
  removeAttribute(node, "alpha");
  removeAttribute(node, "beta");
}

/// A product of matrices, the second constant, is a Gemm: that takes a bias.
void makeGemm(onnx::NodeProto &node, const GraphIndex &index, const TensorTypes &types) {
  auto x = types.find(node.input(0));
  if (layerOf(node, index, types) && x != types.end() && x->second.shape.size() == 2)
    node.set_op_type("Gemm");
}

bool takesBias(const onnx::NodeProto &node) { return !isOp(node, "MatMul"); }

/// Folds the node behind layer `i` into it. False if there is nothing to fold.
bool foldBehind(onnx::GraphProto &graph, int i, const TensorTypes &types, FreshNames &fresh) {
  const GraphIndex index(graph);
  onnx::NodeProto &node = *graph.mutable_node(i);
  std::optional<Layer> layer = layerOf(node, index, types);
  const int next = layer ? index.onlyConsumer(node.output(0)) : -1;
  if (next < 0)
    return false;
  onnx::NodeProto &behind = *graph.mutable_node(next);
  auto result = types.find(behind.output(0));
  if (result == types.end() || result->second.shape.size() != static_cast<size_t>(layer->rank))
    return false;
  std::optional<ChannelAffine> a = affineOf(behind, node.output(0), index, layer->rank, layer->axis, layer->channels);
  const bool shifts = a && std::any_of(a->shift.begin(), a->shift.end(), [](float s) { return s != 0; });
  if (!a || a->factor.size() != static_cast<size_t>(layer->channels) || (shifts && !takesBias(node)))
    return false;
  apply(*a, *layer);
  if (isOp(node, "MatMul"))
    layer->bias.clear();
  writeLayer(graph, node, *layer, fresh);
  node.set_output(0, behind.output(0));
  behind.clear_output(); // nobody needs it now
  return true;
}

/// A normalisation by itself is a convolution of one tap for each channel.
void convolutionOf(onnx::GraphProto &graph, onnx::NodeProto &node, const TensorTypes &types, FreshNames &fresh) {
  auto type = types.find(node.output(0));
  std::optional<ChannelAffine> a = affineOfNormalization(node, GraphIndex(graph));
  if (type == types.end() || type->second.shape.size() < 3 || type->second.shape.size() > 4 || !a)
    return;
  const auto channels = static_cast<int64_t>(a->factor.size());
  std::vector<int64_t> shape(type->second.shape.size(), 1);
  shape[0] = channels;
  const std::string weights = fresh(node.name() + "_weights"), bias = fresh(node.name() + "_bias");
  *graph.add_initializer() = toTensorProto(makeFloats(weights, shape, a->factor));
  *graph.add_initializer() = toTensorProto(makeFloats(bias, {channels}, a->shift));
  const std::string x = node.input(0);
  node.set_op_type("Conv");
  node.clear_input();
  for (const std::string &name : {x, weights, bias})
    node.add_input(name);
  node.clear_attribute();
  addAttribute(node, "group", channels);
}

} // namespace

void foldAffine(onnx::GraphProto &graph, const TensorTypes &types) {
  FreshNames fresh(graph);
  for (int i = 0; i < graph.node_size(); ++i) {
    if (isOp(graph.node(i), "MatMul"))
      makeGemm(*graph.mutable_node(i), GraphIndex(graph), types);
    if (isOp(graph.node(i), "Gemm"))
      foldGemmFactors(graph, *graph.mutable_node(i), types, fresh);
    while (foldBehind(graph, i, types, fresh)) {
    }
  }
  removeUnused(graph);
  for (onnx::NodeProto &node : *graph.mutable_node())
    if (isNormalization(node))
      convolutionOf(graph, node, types, fresh);
  removeUnused(graph);
}

} // namespace burin::quantize
