#include "compiler/Golden.h"

#include "compiler/Boundary.h"
#include "compiler/Progress.h"
#include "compiler/TimeStream.h"
#include "compiler/verify/Reference.h"

#include <cmath>
#include <cstring>

namespace burin {
using namespace mlir;

namespace {

using Bytes = std::vector<std::vector<char>>;

/// `tensors` in the library's form, or nothing where one doesn't fit.
std::optional<Bytes> toLibrary(const std::vector<HostTensor> &tensors, const std::vector<codegen::Tensor> &as,
                               DiagnosticSink &sink) {
  if (tensors.size() != as.size()) {
    sink.handle({.code = "BRN1802",
                 .message = "there are " + std::to_string(tensors.size()) + " tensors, the model has " +
                            std::to_string(as.size()),
                 .fix = "give one input_k.pb for each input, and one output_k.pb for each output of the model"});
    return std::nullopt;
  }
  Bytes out;
  for (size_t i = 0; i < as.size(); ++i) {
    std::optional<std::vector<char>> bytes = burin::toLibrary(tensors[i], as[i], sink);
    if (!bytes)
      return std::nullopt;
    out.push_back(std::move(*bytes));
  }
  return out;
}

/// Of a stream, the window as the steps that the test takes.
void splitWindow(Compilation &c, Bytes &inputs) {
  if (c.stream)
    inputs.front() = stepsOf(*c.stream, modelInputs(c).front(), inputs.front());
}

std::optional<codegen::GoldenVectors> fromData(Compilation &c, const TestDataSet &data, std::string source,
                                               DiagnosticSink &sink) {
  std::optional<Bytes> inputs = toLibrary(data.inputs, modelInputs(c), sink);
  std::optional<Bytes> outputs =
      inputs ? toLibrary(deliveredRows(c, data.outputs), functionOutputs(c.function()), sink) : std::nullopt;
  if (!outputs)
    return std::nullopt;
  splitWindow(c, *inputs);
  codegen::GoldenVectors golden;
  golden.inputs = std::move(*inputs);
  golden.outputs = std::move(*outputs);
  golden.source = std::move(source);
  return golden;
}

/// splitmix64: a position of a stream of random bits, without state.
uint64_t randomBits(uint64_t seed, uint64_t stream, uint64_t position) {
  uint64_t z = (seed * 0x632BE59BD9B4E019u + stream) * 0x9E3779B97F4A7C15u + position * 0xD1B54A32D192ED03u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// Nearly normal(0, 1), the same on every machine: the sum of twelve uniforms needs no libm.
float normal(uint64_t seed, uint64_t stream, uint64_t position) {
  double sum = -6.0;
  for (uint64_t k = 0; k < 12; ++k)
    sum += static_cast<double>(randomBits(seed, stream, position * 12 + k) >> 11) * 0x1p-53;
  return static_cast<float>(sum);
}

void appendValue(std::vector<std::byte> &out, DType type, uint64_t seed, uint64_t stream, uint64_t position) {
  auto put = [&](auto value) {
    const auto *p = reinterpret_cast<const std::byte *>(&value);
    out.insert(out.end(), p, p + sizeof value);
  };
  const float x = normal(seed, stream, position);
  const uint64_t bits = randomBits(seed, stream, position);
  uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  switch (type) {
  case DType::Float32:
    return put(x);
  case DType::Float64:
    return put(static_cast<double>(x));
  case DType::BFloat16:
    return put(static_cast<uint16_t>(word >> 16));
  case DType::Float16: {
    bool lossy;
    llvm::APFloat half(x);
    half.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    return put(static_cast<uint16_t>(half.bitcastToAPInt().getZExtValue()));
  }
  case DType::Int8:
  case DType::UInt8:
    return put(static_cast<uint8_t>(bits));
  case DType::Int4: // the low bits, extended to a byte
    return put(static_cast<int8_t>(static_cast<int8_t>(bits << 4) >> 4));
  case DType::Int2:
    return put(static_cast<int8_t>(static_cast<int8_t>(bits << 6) >> 6));
  case DType::UInt4:
  case DType::Float4E2M1:
    return put(static_cast<uint8_t>(bits & 15u));
  case DType::UInt2:
    return put(static_cast<uint8_t>(bits & 3u));
  case DType::Float8E4M3FN:
  case DType::Float8E4M3FNUZ:
  case DType::Float8E5M2:
  case DType::Float8E5M2FNUZ: // without the codes at the end of each sign, Inf and NaN, and that of -0
    return put(static_cast<uint8_t>((bits & 0x80u) | (1u + (bits & 0x7fu) % 0x7bu)));
  case DType::Float8E8M0: // 2^-8 … 2^7
    return put(static_cast<uint8_t>(119u + (bits & 15u)));
  default:
    break;
  }
  // Wider integers are often indices: 0 and 1 are legal ones.
  out.push_back(static_cast<std::byte>(bits >> 63));
  out.insert(out.end(), static_cast<size_t>(info(type).bytes() - 1), std::byte{0});
}

/// Larger vectors than that are not made into a C file unless they are given.
constexpr int64_t maxVectorBytes = int64_t{32} << 20;
constexpr const char *tooLarge = "none: inputs and outputs are too large for a C file (burin verify compares them)";

int64_t boundaryBytes(func::FuncOp function) {
  int64_t bytes = 0;
  for (TypeRange types : {TypeRange(function.getArgumentTypes()), TypeRange(function.getResultTypes())})
    for (Type type : types)
      bytes += nn::byteSize(cast<RankedTensorType>(type));
  return bytes;
}

} // namespace

/// The element type that `model` declares for an input, which the library may take in another.
static std::optional<DType> declaredType(const Model &model, StringRef input) {
  for (const onnx::ValueInfoProto *value : model.runtimeInputs())
    if (value->name() == input)
      return dtypeFromOnnx(value->type().tensor_type().elem_type());
  return std::nullopt;
}

std::vector<HostTensor> seededInputs(const Model &model, const std::vector<codegen::Tensor> &inputs, unsigned seed) {
  std::vector<HostTensor> out;
  for (const codegen::Tensor &t : inputs) {
    HostTensor tensor;
    tensor.name = t.onnxName;
    tensor.dtype = declaredType(model, t.onnxName).value_or(hostType(t.type.getElementType()));
    tensor.shape.assign(t.type.getShape().begin(), t.type.getShape().end());
    for (auto [i, axis] : llvm::enumerate(t.perm))
      tensor.shape[static_cast<size_t>(axis)] = t.type.getDimSize(static_cast<unsigned>(i));
    for (int64_t i = 0; i < t.elements(); ++i)
      appendValue(tensor.data, tensor.dtype, seed, out.size(), static_cast<uint64_t>(i));
    out.push_back(std::move(tensor));
  }
  return out;
}

namespace {

/// Vectors for inputs without expected outputs. `on`: "on seeded inputs".
std::optional<codegen::GoldenVectors> fromInputs(Compilation &c, TestDataSet data, const std::string &on,
                                                 DiagnosticSink &sink) {
  if (!c.options.python.empty()) {
    std::map<std::string, HostTensor> byName = c.importOptions.constants;
    for (const HostTensor &t : data.inputs)
      byName[t.name] = t;
    std::optional<ReferenceRun> run = runReference(c.model, byName, {}, c.options.python, sink);
    if (!run)
      return std::nullopt;
    data.outputs = std::move(run->outputs);
    return fromData(c, data, run->version + " " + on, sink);
  }
  std::optional<Bytes> inputs = toLibrary(data.inputs, modelInputs(c), sink);
  if (!inputs)
    return std::nullopt;
  const Progress progress("interpreting the model");
  std::optional<Bytes> outputs = interpretModel(c, *inputs);
  if (!outputs)
    return std::nullopt;
  splitWindow(c, *inputs);
  codegen::GoldenVectors golden;
  golden.inputs = std::move(*inputs);
  golden.outputs = std::move(*outputs);
  golden.source = "burin's own interpreter " + on;
  golden.steps = 0;
  return golden;
}

/// One vector for each sample.
std::vector<codegen::GoldenVectors> fromSamples(Compilation &c, DiagnosticSink &sink) {
  const std::string name = c.options.samples.data.filename().string() + " (--data)";
  std::vector<codegen::GoldenVectors> all;
  for (size_t i = 0; i < c.samples->size(); ++i) {
    std::optional<TestDataSet> data = c.sample(i, sink);
    if (!data)
      return {};
    const bool hasOutputs = !data->outputs.empty() || c.function().getNumResults() == 0;
    auto golden = hasOutputs ? fromData(c, *data, name, sink)
                             : fromInputs(c, std::move(*data), "on " + name + ", which has no outputs", sink);
    if (!golden)
      return {};
    all.push_back(std::move(*golden));
  }
  return all;
}

} // namespace

std::optional<codegen::GoldenVectors> goldenVector(Compilation &c, std::vector<HostTensor> inputs,
                                                   const std::string &on, DiagnosticSink &sink) {
  if (boundaryBytes(c.function()) <= maxVectorBytes)
    return fromInputs(c, {.inputs = std::move(inputs), .outputs = {}}, on, sink);
  codegen::GoldenVectors none;
  none.source = tooLarge;
  return none;
}

std::vector<codegen::GoldenVectors> goldenVectors(Compilation &c, DiagnosticSink &sink) {
  if (c.data)
    return fromSamples(c, sink);

  CollectingSink quiet; // what lies beside the model may be made for other shapes
  const std::filesystem::path beside = c.options.model.parent_path() / "test_data_set_0";
  std::error_code error;
  if (std::filesystem::is_directory(beside, error))
    if (std::optional<TestDataSet> data = readTestDataSet(beside, quiet))
      if (auto golden = fromData(c, *data, "test_data_set_0 beside the model", quiet))
        return {std::move(*golden)};

  const bool isOwn = c.options.python.empty();
  auto golden =
      goldenVector(c, seededInputs(c.model, modelInputs(c), 1),
                   isOwn ? "on seeded inputs (no data and no reference were given)" : "on seeded inputs", sink);
  return golden ? std::vector{std::move(*golden)} : std::vector<codegen::GoldenVectors>();
}

namespace {

/// Bytes of the inputs and outputs at these sizes, computed ones aside.
int64_t vectorBytes(Compilation &c, const std::vector<int64_t> &sizes) {
  int64_t bytes = 0;
  for (const auto &tensors : {programInputs(c.program(), sizes), programOutputs(c.program(), sizes)})
    for (const codegen::Tensor &t : tensors)
      bytes += nn::byteSize(t.type);
  return bytes;
}

/// Vectors at `sizes`; without expected outputs those of the interpreter.
std::optional<codegen::GoldenVectors> vectorsAt(Compilation &c, const std::vector<HostTensor> &inputs,
                                                const std::vector<HostTensor> *expected,
                                                const std::vector<int64_t> &sizes, std::string source,
                                                DiagnosticSink &sink) {
  codegen::GoldenVectors golden;
  std::optional<ProgramRun> run = runProgram(c.program(), sizes, inputs, sink);
  std::optional<Bytes> in = toLibrary(inputs, programInputs(c.program(), sizes), sink);
  if (!run || !in)
    return std::nullopt;
  golden.inputs = std::move(*in);
  golden.outputs = std::move(run->outputs);
  golden.sizes = run->sizes;
  golden.source = std::move(source);
  golden.steps = 0;
  if (expected) {
    std::optional<Bytes> out = toLibrary(*expected, programOutputs(c.program(), run->sizes), sink);
    if (!out)
      return std::nullopt;
    golden.outputs = std::move(*out);
    golden.steps = 2;
  }
  return golden;
}

} // namespace

std::vector<codegen::GoldenVectors> sizedVectors(Compilation &c, DiagnosticSink &sink) {
  std::vector<codegen::GoldenVectors> all;
  auto add = [&](std::optional<codegen::GoldenVectors> golden) {
    if (golden)
      all.push_back(std::move(*golden));
    return golden.has_value();
  };
  const std::string data = c.options.samples.data.filename().string() + " (--data)";
  const bool hasOutputs = c.data && !c.data->outputs.empty();
  if (c.data &&
      !add(vectorsAt(c, c.data->inputs, hasOutputs ? &c.data->outputs : nullptr, c.dataSizes,
                     hasOutputs ? data : "burin's own interpreter on " + data + ", which has no outputs", sink)))
    return {};
  for (const bool largest : {true, false}) {
    std::vector<int64_t> sizes;
    for (const InputSize &s : c.inputSizes)
      sizes.push_back(largest ? s.range.max : s.range.min);
    if (!largest && sizes.empty())
      break; // the same again
    if (vectorBytes(c, sizes) > maxVectorBytes)
      continue;
    const std::vector<HostTensor> inputs = seededInputs(c.model, programInputs(c.program(), sizes), largest ? 1 : 2);
    std::vector<HostTensor> outputs;
    std::string source = "burin's own interpreter on seeded inputs (no data and no reference were given)";
    if (!c.options.python.empty()) {
      std::map<std::string, HostTensor> byName = c.importOptions.constants;
      for (const HostTensor &t : inputs)
        byName[t.name] = t;
      std::optional<ReferenceRun> run = runReference(c.model, byName, {}, c.options.python, sink);
      if (!run)
        return {};
      outputs = std::move(run->outputs);
      source = run->version + " on seeded inputs";
    }
    if (!add(vectorsAt(c, inputs, outputs.empty() ? nullptr : &outputs, sizes, std::move(source), sink)))
      return {};
  }
  if (all.empty()) {
    all.emplace_back();
    all[0].source = tooLarge;
    for (const InputSize &s : c.inputSizes)
      all[0].sizes.push_back(s.range.min);
  }
  return all;
}

} // namespace burin
