#include "compiler/quantize/Placeholders.h"

#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/Constants.h"
#include "ir/nn/ops/Reshape.h"

#include <cmath>

namespace burin::quantize {

namespace {

/// Numbers begin where no constant of a model is likely to be, and stay exact in float32.
constexpr float firstNumber = 1 << 22;
constexpr int64_t maxWeights = 1 << 23;

/// `name` becomes a float initialiser of these shape and numbers.
void putNumbers(onnx::GraphProto &graph, const std::string &name, std::vector<int64_t> shape, size_t count,
                float sign) {
  std::vector<float> numbers;
  for (size_t i = 0; i < count; ++i)
    numbers.push_back(sign * (firstNumber + static_cast<float>(i)));
  *graph.add_initializer() = toTensorProto(makeFloats(name, std::move(shape), numbers));
}

} // namespace

void Placeholders::put(onnx::ModelProto &proto, const std::vector<WeightedLayer> &layers, const QdqNames &names) {
  onnx::GraphProto &graph = *proto.mutable_graph();
  const GraphIndex index(graph);
  auto replace = [&](const std::string &name, float sign) {
    onnx::NodeProto &dequantize = *graph.mutable_node(index.producer(name));
    const std::vector<int64_t> shape = shapeOf(*index.initializer(dequantize.input(0)));
    int64_t count = 1;
    for (int64_t dim : shape)
      count *= dim;
    dequantize.clear_output(); // nobody needs it now
    putNumbers(graph, name, shape, static_cast<size_t>(count), sign);
  };
  for (const WeightedLayer &layer : layers) {
    if (layer.channels * layer.depth > maxWeights)
      continue;
    replace(names.weights.at(layer.name), 1);
    if (auto bias = names.biases.find(layer.name); bias != names.biases.end())
      replace(bias->second, -1);
    places[layer.name];
  }
  removeUnused(graph);
}

std::optional<Placeholders::Place> Placeholders::placeOf(mlir::Value v) {
  nn::ConstantOp constant = nn::definingConstant(v);
  if (!constant || !nn::elementTypeOf(v).isF32() || constant.bytes().empty())
    return std::nullopt;
  const llvm::ArrayRef<char> bytes = constant.bytes();
  const std::span<const float> numbers(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float));
  Place place{v, numbers.front() < 0, {}};
  for (float number : numbers) {
    const float from = std::abs(number) - firstNumber;
    if (!(from >= 0 && from < static_cast<float>(maxWeights)) || (number < 0) != place.isBias)
      return std::nullopt;
    place.from.push_back(static_cast<size_t>(from));
  }
  return place;
}

bool Placeholders::find(mlir::func::FuncOp function, const onnx::GraphProto &graph,
                        const std::vector<WeightedLayer> &layers) {
  std::map<std::string, std::string> layerOfNode;
  for (const WeightedLayer &layer : layers) {
    layerOfNode[layer.name] = layer.name;
    if (layer.biasNode >= 0)
      layerOfNode[graph.node(layer.biasNode).name()] = layer.name;
  }
  for (mlir::Operation &op : llvm::make_early_inc_range(function.getBody().front()))
    for (const std::string &node : nodeNames(op.getLoc())) {
      auto layer = layerOfNode.find(node);
      if (layer == layerOfNode.end() || !places.contains(layer->second))
        continue;
      for (mlir::OpOperand &operand : op.getOpOperands())
        if (std::optional<Place> place = placeOf(operand.get())) {
          mlir::OpBuilder b(&op);
          place->value = nn::ReshapeOp::create(b, op.getLoc(), operand.get().getType(), operand.get());
          operand.set(place->value);
          places[layer->second].push_back(std::move(*place));
        }
    }
  // Every layer's weights must have been found, or the program would compute with numbers.
  return llvm::all_of(places, [](const auto &entry) {
    return llvm::any_of(entry.second, [](const Place &place) { return !place.isBias; });
  });
}

void Placeholders::set(Program &program, const std::string &layer, const std::vector<float> &weights,
                       const std::vector<float> &biases) const {
  auto found = places.find(layer);
  if (found == places.end())
    return;
  for (const Place &place : found->second) {
    const std::vector<float> &source = place.isBias ? biases : weights;
    std::vector<float> values;
    for (size_t from : place.from)
      values.push_back(source[from]);
    const char *p = reinterpret_cast<const char *>(values.data());
    program.lowered().setConstant(place.value, TensorBytes(p, p + values.size() * sizeof(float)));
  }
}

} // namespace burin::quantize
