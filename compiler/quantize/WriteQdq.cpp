#include "compiler/quantize/WriteQdq.h"

#include "compiler/quantize/Calibrate.h"
#include "compiler/quantize/Opset.h"

#include <algorithm>

namespace burin::quantize {
using namespace quantization;

namespace {

/// `values` as integers of `bits` bits.
template <typename T>
HostTensor integers(std::string name, std::vector<int64_t> shape, const std::vector<T> &values, int bits) {
  if (bits > 8) {
    const std::vector<int16_t> wide(values.begin(), values.end());
    return makeTensor<int16_t>(std::move(name), DType::Int16, std::move(shape), wide);
  }
  const std::vector<int8_t> narrow(values.begin(), values.end()); // below 8 bits the file packs them
  return makeTensor<int8_t>(std::move(name), bits == 4 ? DType::Int4 : DType::Int8, std::move(shape), narrow);
}

class Writer {
public:
  Writer(onnx::GraphProto &graph, const Choice &choice, const Spec &spec, Parameters &parameters, QdqNames &names)
      : graph(graph), choice(choice), spec(spec), parameters(parameters), names(names), index(graph), fresh(graph) {}

  void run() {
    for (size_t g = 0; g < choice.groups.size(); ++g)
      addGroup(g);
    for (const auto &[name, group] : choice.constants)
      addConstant(name, static_cast<size_t>(group));
    for (size_t l = 0; l < choice.layers.size(); ++l)
      addLayer(choice.layers[l], parameters.layers[l]);
    for (size_t l = 0; l < choice.blockLayers.size(); ++l)
      addWeights(choice.blockLayers[l], parameters.blockLayers[l]);
    const onnx::GraphProto before = graph; // who makes what, before names change
    for (const onnx::ValueInfoProto &input : before.input())
      quantise(input.name(), false);
    for (int i = 0; i < before.node_size(); ++i) {
      const bool isInteger = choice.isInteger[static_cast<size_t>(i)];
      onnx::NodeProto &node = *nodes.Add();
      node = before.node(i);
      readWeights(i, node);
      if (isInteger)
        readIntegers(i, node);
      for (int k = 0; k < node.output_size(); ++k) {
        const std::string name = node.output(k);
        if (!choice.groupOf.contains(name))
          continue;
        if (isInteger)
          node.set_output(k, floatName(name)); // messages don't move when others are added
        quantise(name, isInteger);
      }
    }
    graph.mutable_node()->Swap(&nodes);
    for (const HostTensor &t : initializers)
      *graph.add_initializer() = toTensorProto(t);
    removeUnused(graph);
  }

private:
  void addGroup(size_t g) {
    const TensorGroup &group = choice.groups[g];
    const std::string base = group.roots.empty() ? group.members.front() : group.roots.front();
    scales.push_back(fresh(base + "_scale"));
    zeros.push_back(fresh(base + "_zero_point"));
    initializers.push_back(makeFloats(scales.back(), {}, {parameters.groups[g].scale}));
    initializers.push_back(integers<int32_t>(zeros.back(), {}, {parameters.groups[g].zero}, group.bits));
  }

  onnx::NodeProto &addNode(const char *op, const std::string &name, const std::vector<std::string> &inputs,
                           const std::string &output) {
    onnx::NodeProto &node = *nodes.Add();
    node.set_op_type(op);
    node.set_name(fresh(name));
    for (const std::string &input : inputs)
      node.add_input(input);
    node.add_output(output);
    return node;
  }

  void addConstant(const std::string &name, size_t group) {
    const onnx::TensorProto &tensor = *index.initializer(name);
    const Grid grid = activationGrid(spec, choice.groups[group].bits);
    std::vector<int32_t> steps;
    const std::vector<float> values = *floatsOf(tensor);
    for (float x : values)
      steps.push_back(parameters.groups[group].quantise(x, grid));
    const std::string stored = fresh(name + "_quantized");
    initializers.push_back(integers(stored, shapeOf(tensor), steps, grid.bits));
    dequantised[name] = fresh(name + "_dequantized");
    addNode("DequantizeLinear", name + "_DequantizeLinear", {stored, scales[group], zeros[group]}, dequantised[name]);
  }

  /// Integers, and their scales, behind a DequantizeLinear along `axis`; its result.
  std::string addDequantised(const std::string &name, HostTensor stored, const std::vector<float> &values,
                             std::vector<int64_t> scaleShape, const HostTensor *zero, int64_t axis, int64_t block) {
    stored.name = fresh(name + "_quantized");
    const std::string scale = fresh(name + "_scale"), result = fresh(name + "_dequantized");
    std::vector<std::string> inputs{stored.name, scale};
    initializers.push_back(makeFloats(scale, scaleShape, values));
    if (zero) {
      inputs.push_back(fresh(name + "_zero_point"));
      initializers.push_back(*zero);
      initializers.back().name = inputs.back();
    }
    initializers.push_back(std::move(stored));
    onnx::NodeProto &node = addNode("DequantizeLinear", name + "_DequantizeLinear", inputs, result);
    if (!scaleShape.empty())
      addAttribute(node, "axis", axis);
    if (block > 0)
      addAttribute(node, "block_size", block);
    return result;
  }

  void addLayer(const WeightedLayer &layer, LayerWeights &weights) {
    const float inputScale = parameters.groups[static_cast<size_t>(choice.groupOf.at(layer.input))].scale;
    const std::vector<int32_t> bias = integerBias(layer, weights, inputScale); // may raise scales of weights
    addWeights(layer, weights);
    if (weights.hasBias || !weights.correction.empty())
      addBias(layer, weights, bias, inputScale, weights.quantised.grid.granularity == Granularity::Tensor);
  }

  void addWeights(const WeightedLayer &layer, const LayerWeights &weights) {
    const QuantisedWeights &q = weights.quantised;
    const std::vector<int64_t> shape = shapeOf(*index.initializer(layer.weights));
    std::vector<int8_t> stored = q.values;
    std::vector<float> scaleValues = q.scales;
    if (layer.isTransposed) {
      transpose(stored, q.values, layer.channels, layer.depth);
      if (q.grid.granularity == Granularity::Block)
        transpose(scaleValues, q.scales, layer.channels, q.blocksPerChannel());
    }
    const bool blocks = q.grid.granularity == Granularity::Block;
    const int64_t channelAxis = layer.isTransposed ? 1 : 0, count = static_cast<int64_t>(q.scales.size());
    std::vector<int64_t> scaleShape;
    if (blocks)
      scaleShape = layer.isTransposed ? std::vector<int64_t>{q.blocksPerChannel(), layer.channels}
                                      : std::vector<int64_t>{layer.channels, q.blocksPerChannel()};
    else if (q.grid.granularity == Granularity::Channel)
      scaleShape = {count};
    const HostTensor zero = integers("", scaleShape, std::vector<int32_t>(static_cast<size_t>(count), 0), q.grid.bits);
    names.weights[layer.name] = layerInputs[{layer.node, 1}] =
        addDequantised(layer.weights, integers("", shape, stored, q.grid.bits), scaleValues, scaleShape, &zero,
                       blocks ? 1 - channelAxis : channelAxis, blocks ? q.grid.block : 0);
  }

  void addBias(const WeightedLayer &layer, const LayerWeights &weights, const std::vector<int32_t> &bias,
               float inputScale, bool perTensor) {
    std::vector<float> scale = biasScales(layer, weights, inputScale);
    if (perTensor)
      scale.resize(1);
    const std::vector<int64_t> shape =
        weights.hasBias ? shapeOf(*index.initializer(layer.bias)) : std::vector<int64_t>{layer.channels};
    const std::vector<int64_t> scaleShape = perTensor ? std::vector<int64_t>() : std::vector<int64_t>{layer.channels};
    const auto place = layer.biasNode < 0 ? std::pair(layer.node, 2) : std::pair(layer.biasNode, layer.biasInput);
    names.biases[layer.name] = layerInputs[place] = addDequantised(
        weights.hasBias ? layer.bias : layer.name + "_bias", makeTensor<int32_t>("", DType::Int32, shape, bias), scale,
        scaleShape, nullptr, static_cast<int64_t>(shape.size()) - 1, 0);
  }

  template <typename T>
  static void transpose(std::vector<T> &to, const std::vector<T> &from, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        to[static_cast<size_t>(c * rows + r)] = from[static_cast<size_t>(r * columns + c)];
  }

  std::string floatName(const std::string &name) {
    auto [found, isNew] = floats.try_emplace(name);
    if (isNew)
      found->second = fresh(name + "_float");
    return found->second;
  }

  /// Q and DQ behind tensor `name`. `replaces`: DQ's result has the name that the float tensor had.
  void quantise(const std::string &name, bool replaces) {
    auto found = choice.groupOf.find(name);
    if (found == choice.groupOf.end())
      return;
    const auto group = static_cast<size_t>(found->second);
    const std::string stored = names.quantised[name] = fresh(name + "_quantized");
    const std::string real = replaces ? name : dequantised[name] = fresh(name + "_dequantized");
    names.real[name] = real;
    addNode("QuantizeLinear", name + "_QuantizeLinear",
            {replaces ? floatName(name) : name, scales[group], zeros[group]}, stored);
    addNode("DequantizeLinear", name + "_DequantizeLinear", {stored, scales[group], zeros[group]}, real);
  }

  /// Node `i` reads dequantised weights and biases.
  void readWeights(int i, onnx::NodeProto &node) const {
    for (int k = 0; k < 3; ++k)
      if (auto weight = layerInputs.find({i, k}); weight != layerInputs.end()) {
        while (node.input_size() <= k)
          node.add_input();
        node.set_input(k, weight->second);
      }
  }

  /// Node `i` reads dequantised tensors.
  void readIntegers(int i, onnx::NodeProto &node) const {
    for (int k : choice.data[static_cast<size_t>(i)])
      if (auto real = dequantised.find(node.input(k)); real != dequantised.end())
        node.set_input(k, real->second);
  }

  onnx::GraphProto &graph;
  const Choice &choice;
  const Spec &spec;
  Parameters &parameters;
  QdqNames &names;
  GraphIndex index;
  FreshNames fresh;
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  std::vector<HostTensor> initializers;
  std::vector<std::string> scales, zeros;                 ///< by group
  std::map<std::string, std::string> dequantised;         ///< tensor -> what integer nodes read in its place
  std::map<std::string, std::string> floats;              ///< tensor -> the name before it is quantised
  std::map<std::pair<int, int>, std::string> layerInputs; ///< (node, input) -> dequantised weights or bias
};

} // namespace

bool writeQdq(onnx::ModelProto &proto, const Choice &choice, const Spec &spec, Parameters &parameters,
              const TensorTypes &types, QdqNames &names, DiagnosticSink &sink) {
  bool isNew = !choice.blockLayers.empty();
  for (const TensorGroup &group : choice.groups)
    isNew |= group.bits != 8;
  for (const WeightedLayer &layer : choice.layers)
    isNew |= layer.scheme.weights != 8;
  // The nodes keep their numbers.
  if (!raiseOpset(proto, isNew ? 21 : 13, types, sink))
    return false;
  Writer(*proto.mutable_graph(), choice, spec, parameters, names).run();
  return true;
}

} // namespace burin::quantize
