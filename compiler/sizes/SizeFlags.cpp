#include "compiler/sizes/SizeFlags.h"

#include "codegen/Library.h"

#include <algorithm>
#include <set>

namespace burin {

std::optional<SizeRange> parseSizeRange(std::string_view text) {
  llvm::StringRef rest(text.data(), text.size());
  auto [bounds, step] = rest.split(':');
  auto [low, high] = bounds.split("..");
  SizeRange r;
  if (low.getAsInteger(10, r.min) || high.getAsInteger(10, r.max) || r.min < 0 || r.max > INT32_MAX)
    return std::nullopt;
  if (rest.contains(':') && (step.getAsInteger(10, r.step) || r.step < 1))
    return std::nullopt;
  r.min = (r.min + r.step - 1) / r.step * r.step;
  r.max = r.max / r.step * r.step;
  return r.min <= r.max ? std::optional(r) : std::nullopt;
}

namespace {

/// The names of an input's dims; empty ones for dims that have none.
std::vector<std::string> dimNames(const onnx::ValueInfoProto &input) {
  std::vector<std::string> names;
  for (const auto &d : input.type().tensor_type().shape().dim())
    names.push_back(d.has_dim_param() && d.dim_param() != "?" && d.dim_param() != "-1" ? d.dim_param() : "");
  return names;
}

/// What the layer functions call their own variables, and words of C.
bool isTaken(const std::string &name) {
  static const std::set<std::string> taken = {
      "a",     "i",      "j",      "k",      "m",       "n",      "o",      "p",        "q",        "r",
      "s",     "row",    "rows",   "auto",   "break",   "case",   "char",   "const",    "continue", "default",
      "do",    "double", "else",   "enum",   "extern",  "float",  "for",    "goto",     "if",       "inline",
      "int",   "long",   "return", "short",  "signed",  "sizeof", "static", "struct",   "switch",   "typedef",
      "union", "void",   "while",  "class",  "new",     "delete", "this",   "template", "true",     "false",
      "arena", "step",   "steps",  "layers", "private", "public", "bool",   "operator", "register", "restrict"};
  return taken.count(name) != 0;
}

class Resolver {
public:
  Resolver(const std::vector<SizeFlag> &flags, const Model &model, DiagnosticSink &sink)
      : flags(flags), model(model), sink(sink) {}

  std::optional<std::vector<InputSize>> run() {
    for (const SizeFlag &flag : flags)
      if (!add(flag))
        return std::nullopt;
    for (InputSize &size : sizes)
      if (!size.dim.empty())
        findAxes(size);
    return std::move(sizes);
  }

private:
  bool fail(const char *code, std::string message, std::string fix) {
    sink.handle({.code = code, .model = model.name, .message = std::move(message), .fix = std::move(fix)});
    return false;
  }

  bool add(const SizeFlag &flag) {
    std::string dim = flag.dim;
    if (dim.empty()) {
      const onnx::ValueInfoProto *input = findInput(flag.input);
      if (!input)
        return fail("BRN1304", "--shape names " + quoteName(flag.input) + ", which is no input of the model",
                    "\"burin inspect\" lists the inputs");
      const std::vector<std::string> names = dimNames(*input);
      dim = flag.axis < names.size() ? names[flag.axis] : "";
    } else if (llvm::none_of(model.runtimeInputs(), [&](const onnx::ValueInfoProto *input) {
                 return llvm::is_contained(dimNames(*input), dim);
               })) {
      return fail("BRN1304", "--dim names " + quoteName(dim) + ", which is no dim of an input",
                  "use --shape for dims without a name");
    }
    for (const InputSize &known : sizes)
      if (!dim.empty() && known.dim == dim)
        return known.range == flag.range ||
               fail("BRN1303", "dim " + quoteName(dim) + " is given two ranges", "give one, with --dim");
    InputSize size{.name = unique(dim.empty() ? flag.input + "_" + std::to_string(flag.axis) : dim),
                   .dim = dim,
                   .range = flag.range,
                   .axes = {}};
    if (dim.empty())
      size.axes.emplace_back(flag.input, flag.axis);
    sizes.push_back(std::move(size));
    return true;
  }

  const onnx::ValueInfoProto *findInput(const std::string &name) const {
    for (const onnx::ValueInfoProto *input : model.runtimeInputs())
      if (input->name() == name)
        return input;
    return nullptr;
  }

  std::string unique(const std::string &from) const {
    std::string stem = codegen::identifier(from), name = isTaken(stem) ? stem + "_size" : stem;
    auto known = [&] { return llvm::any_of(sizes, [&](const InputSize &s) { return s.name == name; }); };
    for (int i = 2; known(); ++i)
      name = stem + "_size" + std::to_string(i);
    return name;
  }

  void findAxes(InputSize &size) const {
    for (const onnx::ValueInfoProto *input : model.runtimeInputs())
      for (auto [axis, name] : llvm::enumerate(dimNames(*input)))
        if (name == size.dim)
          size.axes.emplace_back(input->name(), axis);
  }

  const std::vector<SizeFlag> &flags;
  const Model &model;
  DiagnosticSink &sink;
  std::vector<InputSize> sizes;
};

} // namespace

std::optional<std::vector<InputSize>> resolveSizes(const std::vector<SizeFlag> &flags, const Model &model,
                                                   DiagnosticSink &sink) {
  return Resolver(flags, model, sink).run();
}

void bindSizes(const std::vector<InputSize> &sizes, const std::vector<int64_t> &values, ImportOptions &options) {
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (!sizes[i].dim.empty())
      options.dims[sizes[i].dim] = values[i];
    for (const auto &[input, axis] : sizes[i].axes)
      if (auto shape = options.shapes.find(input); shape != options.shapes.end() && axis < shape->second.size())
        shape->second[axis] = values[i];
  }
}

std::optional<std::vector<int64_t>> sizesOf(const std::vector<InputSize> &sizes,
                                            const std::map<std::string, std::vector<int64_t>> &shapes,
                                            DiagnosticSink &sink) {
  std::vector<int64_t> values;
  for (const InputSize &size : sizes) {
    std::optional<int64_t> found;
    auto fail = [&](std::string message, std::string fix) {
      sink.handle({.code = "BRN1306", .message = std::move(message), .fix = std::move(fix)});
      return std::nullopt;
    };
    for (const auto &[input, axis] : size.axes) {
      auto shape = shapes.find(input);
      if (shape == shapes.end() || axis >= shape->second.size())
        continue;
      const int64_t value = shape->second[axis];
      if (found && *found != value)
        return fail("size " + quoteName(size.name) + " is " + std::to_string(*found) + " and, by axis " +
                        std::to_string(axis) + " of input " + quoteName(input) + ", " + std::to_string(value),
                    "give tensors that agree");
      found = value;
    }
    if (!found)
      found = size.range.max;
    if (!size.range.contains(*found))
      return fail("size " + quoteName(size.name) + " of the data is " + std::to_string(*found) + ", its range is " +
                      std::to_string(size.range.min) + " to " + std::to_string(size.range.max) +
                      (size.range.step > 1 ? " in steps of " + std::to_string(size.range.step) : ""),
                  "give a larger range, or other data");
    values.push_back(*found);
  }
  return values;
}

} // namespace burin
