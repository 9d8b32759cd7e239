#include "compiler/SampleInputs.h"

#include "frontend/tensors/Compare.h"

#include "llvm/ADT/StringSet.h"

#include <set>

namespace burin {

namespace {

/// Finds the scales by which a model dequantises its inputs.
class ScaleFinder {
public:
  explicit ScaleFinder(const Model &model) {
    for (const onnx::TensorProto &tensor : model.graph().initializer())
      constants[tensor.name()] = &tensor;
    for (const onnx::NodeProto &node : model.graph().node()) {
      if (node.op_type() == "Constant" && node.attribute_size() == 1 && node.attribute(0).has_t())
        constants[node.output(0)] = &node.attribute(0).t();
      for (const std::string &name : node.input())
        readers[name].push_back(&node);
    }
  }

  /// Of tensor `name`: nothing if it isn't dequantised by everyone who reads it, or by different scales.
  std::optional<InputScale> scaleOf(const std::string &name) {
    std::optional<InputScale> found;
    if (!seen.insert(name).second)
      return std::nullopt;
    for (const onnx::NodeProto *node : readers[name]) {
      const std::optional<InputScale> scale = readBy(*node, name);
      if (!scale || (found && (found->scale != scale->scale || found->zero != scale->zero)))
        return std::nullopt;
      found = scale;
    }
    return found;
  }

private:
  std::optional<InputScale> readBy(const onnx::NodeProto &node, const std::string &name) {
    static const llvm::StringSet<> movers = {"Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"};
    if (node.input(0) != name)
      return std::nullopt;
    if (movers.contains(node.op_type()) && node.output_size() == 1)
      return scaleOf(node.output(0));
    // DequantizeLinear, and the QLinear operators, have the scale and the zero point of input 0 next to it.
    if (node.input_size() < 2 || (node.op_type() != "DequantizeLinear" && !node.op_type().starts_with("QLinear")))
      return std::nullopt;
    const std::optional<double> scale = constant(node.input(1));
    const std::optional<double> zero =
        node.input_size() > 2 && !node.input(2).empty() ? constant(node.input(2)) : std::optional(0.0);
    if (!scale || !(*scale > 0) || !zero)
      return std::nullopt;
    return InputScale{static_cast<float>(*scale), static_cast<int64_t>(*zero)};
  }

  /// The one element of a constant.
  std::optional<double> constant(const std::string &name) const {
    const auto found = constants.find(name);
    if (found == constants.end())
      return std::nullopt;
    CollectingSink quiet;
    const std::optional<HostTensor> tensor = fromTensorProto(*found->second, quiet);
    return tensor && tensor->size() == 1 ? std::optional(valueAt(*tensor, 0)) : std::nullopt;
  }

  std::map<std::string, const onnx::TensorProto *> constants;
  std::map<std::string, std::vector<const onnx::NodeProto *>> readers;
  std::set<std::string> seen;
};

std::vector<int64_t> declaredShape(const onnx::TensorShapeProto &shape, const ImportOptions &options) {
  std::vector<int64_t> dims;
  for (const auto &dim : shape.dim()) {
    const auto bound = options.dims.find(dim.dim_param());
    dims.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value()
                   : bound != options.dims.end()               ? bound->second
                                                               : anySize);
  }
  return dims;
}

} // namespace

std::vector<SampleInput> sampleInputs(const Model &model, const ImportOptions &options,
                                      const std::vector<InputSize> &sizes) {
  std::vector<SampleInput> wanted;
  for (const onnx::ValueInfoProto *value : model.runtimeInputs()) {
    const onnx::TypeProto::Tensor &type = value->type().tensor_type();
    SampleInput input{.name = value->name(), .dtype = dtypeFromOnnx(type.elem_type()).value_or(DType::Float32)};
    if (type.has_shape())
      input.shape = declaredShape(type.shape(), options);
    if (const auto given = options.shapes.find(input.name); given != options.shapes.end())
      input.shape = given->second;
    for (const InputSize &size : sizes)
      for (const auto &[name, axis] : size.axes)
        if (name == input.name && input.shape && axis < input.shape->size())
          (*input.shape)[axis] = anySize;
    const DTypeKind kind = info(input.dtype).kind;
    if (kind == DTypeKind::SignedInt || kind == DTypeKind::UnsignedInt)
      input.quantised = ScaleFinder(model).scaleOf(input.name);
    wanted.push_back(std::move(input));
  }
  return wanted;
}

} // namespace burin
