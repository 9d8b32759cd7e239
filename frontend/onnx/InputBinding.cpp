#include "frontend/onnx/InputBinding.h"

#include "frontend/onnx/NnBuilder.h"

#include <fmt/format.h>

namespace burin::importer {

namespace {

/// A dim as the model declares it, and what is known of it so far.
struct Dim {
  std::optional<int64_t> size;
  std::string name; ///< empty: anonymous
};

struct Input {
  std::string name;
  DType dtype = DType::Float32;
  std::optional<std::vector<Dim>> dims; ///< nothing: the model doesn't even give the rank
  bool isConstant = false;
};

Dim readDim(const onnx::TensorShapeProto::Dimension &d) {
  Dim dim;
  if (d.has_dim_value() && d.dim_value() > 0)
    dim.size = d.dim_value();
  // Exporters write "?", "-1" and 0 for "I don't know": such dims have nothing to do with each other.
  else if (d.has_dim_param() && d.dim_param() != "?" && d.dim_param() != "-1")
    dim.name = d.dim_param();
  return dim;
}

class Binder {
public:
  Binder(const Model &model, const ImportOptions &options, DiagnosticSink &sink)
      : model(model), options(options), sink(sink) {}

  std::optional<std::vector<BoundInput>> run() {
    if (!readInputs() || !checkFlags())
      return std::nullopt;
    for (const auto &[name, size] : options.dims)
      bindName(name, size, "--dim " + name);
    for (Input &input : inputs)
      bindWholeShape(input);
    if (failed)
      return std::nullopt;
    bindLeadingDims();
    return collect();
  }

private:
  void error(const char *code, std::string message, std::string fix = "") {
    failed = true;
    sink.handle({.code = code, .message = std::move(message), .fix = std::move(fix)});
  }

  bool readInputs() {
    for (const onnx::ValueInfoProto *info : model.runtimeInputs()) {
      const onnx::TypeProto &type = info->type();
      if (!type.has_tensor_type()) {
        error("BRN1213", fmt::format("input {} is not a tensor", quoteName(info->name())),
              "export the model with tensors as inputs");
        continue;
      }
      Input input;
      input.name = info->name();
      const auto dtype = dtypeFromOnnx(type.tensor_type().elem_type());
      if (!dtype) {
        error("BRN1205", fmt::format("input {} has an unknown element type", quoteName(info->name())));
        continue;
      }
      input.dtype = *dtype;
      if (type.tensor_type().has_shape()) {
        input.dims.emplace();
        for (const auto &d : type.tensor_type().shape().dim())
          input.dims->push_back(readDim(d));
      }
      inputs.push_back(std::move(input));
    }
    return !failed;
  }

  Input *findInput(const std::string &name) {
    auto it = llvm::find_if(inputs, [&](const Input &i) { return i.name == name; });
    return it == inputs.end() ? nullptr : &*it;
  }

  /// Every flag has to name something, or it is a typing error.
  bool checkFlags() {
    std::string known, dimNames;
    for (const Input &i : inputs) {
      known += (known.empty() ? "" : ", ") + i.name;
      for (const Dim &d : i.dims.value_or(std::vector<Dim>()))
        if (!d.name.empty() && dimNames.find(d.name) == std::string::npos)
          dimNames += (dimNames.empty() ? "" : ", ") + d.name;
    }
    for (const auto &[name, shape] : options.shapes)
      if (!findInput(name))
        error("BRN1304", fmt::format("--shape names {}, which is no input of the model", quoteName(name)),
              "the inputs are: " + known);
    for (const auto &[name, tensor] : options.constants) {
      if (Input *input = findInput(name))
        input->isConstant = true;
      else
        error("BRN1304", fmt::format("{} is to be a constant, but is no input of the model", quoteName(name)),
              "the inputs are: " + known);
    }
    for (const auto &[name, size] : options.dims)
      if (!isDimName(name))
        error("BRN1304", fmt::format("--dim names {}, which is no dim of an input", quoteName(name)),
              dimNames.empty() ? "the inputs have no named dims; use --shape" : "the named dims are: " + dimNames);
    return !failed;
  }

  bool isDimName(const std::string &name) const {
    for (const Input &i : inputs)
      for (const Dim &d : i.dims.value_or(std::vector<Dim>()))
        if (!name.empty() && d.name == name)
          return true;
    return false;
  }

  void bindName(const std::string &name, int64_t size, const std::string &source) {
    if (name.empty())
      return;
    if (size < 0 || size >= maxTensorElements)
      return error("BRN1302", fmt::format("{} asks for size {}", source, size), "sizes are at least 1");
    auto [it, isNew] = named.try_emplace(name, size);
    if (!isNew && it->second != size)
      error("BRN1303",
            fmt::format("dim {} is bound to {} and, by {}, to {}", quoteName(name), it->second, source, size));
  }

  /// What `--shape`, or the constant, says of the input.
  void bindWholeShape(Input &input) {
    const std::vector<int64_t> *shape = nullptr;
    std::string source = "--shape " + input.name;
    if (input.isConstant) {
      const HostTensor &value = options.constants.at(input.name);
      shape = &value.shape;
      source = "the constant for " + quoteName(input.name);
      if (value.dtype != input.dtype)
        error("BRN1305", fmt::format("input {} has type {}, its constant {}", quoteName(input.name),
                                     info(input.dtype).name, info(value.dtype).name));
    } else if (auto it = options.shapes.find(input.name); it != options.shapes.end()) {
      shape = &it->second;
    } else {
      return;
    }
    if (input.dims && input.dims->size() != shape->size())
      return error("BRN1302",
                   fmt::format("{} has rank {}, the model's input {}", source, shape->size(), input.dims->size()));
    if (!input.dims)
      input.dims.emplace(shape->size());
    for (size_t i = 0; i < shape->size(); ++i) {
      Dim &dim = (*input.dims)[i];
      const int64_t size = (*shape)[i];
      if (size < 0 || size >= maxTensorElements)
        return error("BRN1302", fmt::format("{} has size {} on axis {}", source, size, i), "sizes are at least 1");
      if (dim.size && *dim.size != size)
        return error("BRN1302",
                     fmt::format("{} has size {} on axis {}, where the model says {}", source, size, i, *dim.size));
      bindName(dim.name, size, source);
      dim.size = size;
    }
  }

  void bindLeadingDims() {
    for (const Input &input : inputs) {
      if (input.isConstant || !input.dims || input.dims->empty())
        continue;
      const Dim &dim = input.dims->front();
      if (dim.size || named.count(dim.name))
        continue;
      if (!dim.name.empty())
        named[dim.name] = 1;
      const std::string flag = dim.name.empty() ? "--shape " + input.name + "=…" : "--dim " + dim.name + "=N";
      sink.handle({.severity = Severity::Remark,
                   .message = fmt::format("input {}: the leading dim {}is open; 1 is taken", quoteName(input.name),
                                          dim.name.empty() ? "" : quoteName(dim.name) + " "),
                   .fix = flag + " binds it"});
    }
  }

  std::optional<int64_t> sizeOf(const Dim &dim, size_t axis) const {
    if (dim.size)
      return dim.size;
    if (auto it = named.find(dim.name); !dim.name.empty() && it != named.end())
      return it->second;
    return axis == 0 && dim.name.empty() ? std::optional<int64_t>(1) : std::nullopt;
  }

  std::optional<std::vector<BoundInput>> collect() {
    std::vector<BoundInput> out;
    for (const Input &input : inputs) {
      if (input.isConstant)
        continue;
      BoundInput bound{input.name, input.dtype, {}};
      if (!input.dims)
        error("BRN1301", fmt::format("the model doesn't give the shape of input {}", quoteName(input.name)),
              "--shape " + input.name + "=N,… gives it");
      for (size_t axis = 0; axis < input.dims.value_or(std::vector<Dim>()).size(); ++axis) {
        const Dim &dim = (*input.dims)[axis];
        if (auto size = sizeOf(dim, axis))
          bound.shape.push_back(*size);
        else
          openDim(input, dim, axis);
      }
      out.push_back(std::move(bound));
    }
    return failed ? std::nullopt : std::optional(out);
  }

  void openDim(const Input &input, const Dim &dim, size_t axis) {
    if (!dim.name.empty())
      return error(
          "BRN1301",
          fmt::format("dim {} of input {} (axis {}) is open", quoteName(dim.name), quoteName(input.name), axis),
          "--dim " + dim.name + "=N binds it; --dim " + dim.name + "=MIN..MAX leaves it open to the library's caller");
    error("BRN1301", fmt::format("axis {} of input {} is open, and has no name", axis, quoteName(input.name)),
          "--shape " + input.name + "=" + exampleShape(input) +
              " binds it; MIN..MAX for N leaves it open to the library's caller");
  }

  /// The shape with what is known filled in: "1,3,H,W" as "1,3,?,?".
  std::string exampleShape(const Input &input) const {
    std::string text;
    for (size_t axis = 0; axis < input.dims->size(); ++axis) {
      auto size = sizeOf((*input.dims)[axis], axis);
      text += (axis ? "," : "") + (size ? std::to_string(*size) : "N");
    }
    return text;
  }

  const Model &model;
  const ImportOptions &options;
  DiagnosticSink &sink;
  std::vector<Input> inputs;
  std::map<std::string, int64_t> named;
  bool failed = false;
};

} // namespace

std::optional<std::vector<BoundInput>> bindInputs(const Model &model, const ImportOptions &options,
                                                  DiagnosticSink &sink) {
  return Binder(model, options, sink).run();
}

} // namespace burin::importer
