// An ONNX graph looked at and edited at the level of its protobuf.
#ifndef BURIN_COMPILER_QUANTIZE_GRAPH_H
#define BURIN_COMPILER_QUANTIZE_GRAPH_H

#include "frontend/onnx/reader/Model.h"
#include "frontend/tensors/HostTensor.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace burin::quantize {

/// Type and static shape of a tensor.
struct TensorType {
  DType dtype = DType::Float32;
  std::vector<int64_t> shape;
};
/// Of every tensor that the importer made a value of, by ONNX name.
using TensorTypes = std::map<std::string, TensorType>;

/// Who makes and who reads each tensor of the main graph: valid until the graph is edited.
class GraphIndex {
public:
  explicit GraphIndex(const onnx::GraphProto &graph);

  /// The number of the node that makes `tensor`; -1 for inputs and initialisers.
  int producer(const std::string &tensor) const;
  /// The nodes of the main graph that read it, each as often as it does.
  const std::vector<int> &consumers(const std::string &tensor) const;
  /// The initialiser of that name, or null; one that the caller may override isn't constant.
  const onnx::TensorProto *initializer(const std::string &tensor) const;
  bool isInput(const std::string &tensor) const { return inputs.contains(tensor); }
  bool isOutput(const std::string &tensor) const { return outputs.contains(tensor); }
  /// Whether a body of If, Loop or Scan reads it.
  bool isCaptured(const std::string &tensor) const { return captured.contains(tensor); }
  /// The one node that reads `tensor`, if nobody else sees it; -1 otherwise.
  int onlyConsumer(const std::string &tensor) const;

private:
  std::map<std::string, int> producers;
  std::map<std::string, std::vector<int>> readers;
  std::map<std::string, const onnx::TensorProto *> constants;
  std::set<std::string> inputs, outputs, captured;
};

/// A name that no tensor of the graph has, its bodies included; begins with `wish`.
class FreshNames {
public:
  explicit FreshNames(const onnx::GraphProto &graph);
  std::string operator()(const std::string &wish);

private:
  std::set<std::string> used;
};

const onnx::AttributeProto *attribute(const onnx::NodeProto &node, std::string_view name);
int64_t intAttribute(const onnx::NodeProto &node, std::string_view name, int64_t otherwise);
float floatAttribute(const onnx::NodeProto &node, std::string_view name, float otherwise);
std::vector<int64_t> intsAttribute(const onnx::NodeProto &node, std::string_view name);
void removeAttribute(onnx::NodeProto &node, std::string_view name);
onnx::AttributeProto &addAttribute(onnx::NodeProto &node, const std::string &name, int64_t value);

/// Whether `node` is operator `op` of ONNX's own set.
bool isOp(const onnx::NodeProto &node, std::string_view op);

/// A tensor of these elements.
template <typename T>
HostTensor makeTensor(std::string name, DType dtype, std::vector<int64_t> shape, std::span<const T> values) {
  const auto *p = reinterpret_cast<const std::byte *>(values.data());
  return {dtype, std::move(shape), std::vector<std::byte>(p, p + values.size_bytes()), std::move(name)};
}
HostTensor makeFloats(std::string name, std::vector<int64_t> shape, const std::vector<float> &values);

/// The elements of a float32 tensor; nothing if it is of another type or not whole.
std::optional<std::vector<float>> floatsOf(const onnx::TensorProto &tensor);
std::vector<int64_t> shapeOf(const onnx::TensorProto &tensor);

/// Replaces the initialiser of the same name, or adds one.
void putInitializer(onnx::GraphProto &graph, const HostTensor &tensor);
/// Removes nodes whose results nobody needs, and then initialisers that nobody reads.
void removeUnused(onnx::GraphProto &graph);

} // namespace burin::quantize

#endif
