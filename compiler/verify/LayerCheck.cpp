#include "compiler/verify/LayerCheck.h"

#include "compiler/Boundary.h"
#include "compiler/verify/Driver.h"
#include "compiler/verify/Ties.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Constant.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

namespace burin {
using namespace mlir;
using codegen::Layer;

namespace {

/// The ONNX tensor behind a value of the plan: its name, and how to convert it. No name: it isn't one.
struct OnnxTensor : codegen::Tensor {
  std::vector<int64_t> kept; ///< the value has only these indices of axis `keptAxis`; empty: all
  int64_t keptAxis = 0;
};

OnnxTensor onnxTensor(Type type, Attribute origin) {
  OnnxTensor t;
  t.type = cast<RankedTensorType>(type);
  t.quant = dyn_cast<quant::UniformQuantizedType>(t.type.getElementType());
  if (auto o = dyn_cast_or_null<nn::OriginAttr>(origin)) {
    t.onnxName = o.getTensor().str();
    t.perm.assign(o.getPerm().begin(), o.getPerm().end());
    t.kept.assign(o.getKept().begin(), o.getKept().end());
    t.keptAxis = o.getAxis();
  }
  return t;
}

OnnxTensor resultOf(const Layer &layer) {
  auto op = layer.op;
  return onnxTensor(op.getType(), op->getAttr(nn::originAttrName));
}

std::vector<OnnxTensor> readsOf(const Layer &layer) {
  std::vector<OnnxTensor> out;
  auto op = layer.op;
  auto origins = op->getAttrOfType<ArrayAttr>("nn.read_origins");
  for (auto [i, type] : llvm::enumerate(op.getReadTypes()))
    out.push_back(onnxTensor(cast<TypeAttr>(type).getValue(), origins ? origins[i] : Attribute()));
  return out;
}

/// The slices `kept` of `host` along `axis`; false if it has no such ones.
bool takeSlices(HostTensor &host, ArrayRef<int64_t> kept, int64_t axis) {
  if (axis >= static_cast<int64_t>(host.shape.size()) || kept.back() >= host.shape[axis] || host.size() == 0)
    return false;
  const ArrayRef<int64_t> shape = host.shape;
  const int64_t outer = nn::numElements(shape.take_front(axis)), count = shape[axis];
  const ArrayRef<std::byte> data = host.data;
  const size_t slice = data.size() / static_cast<size_t>(outer * count);
  std::vector<std::byte> taken;
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t k : kept)
      llvm::append_range(taken, data.slice(static_cast<size_t>(i * count + k) * slice, slice));
  host.data = std::move(taken);
  host.shape[axis] = static_cast<int64_t>(kept.size());
  return true;
}

/// `host` brought to the shape that `t`'s permutation expects; false if the two can't hold the same tensor.
bool fits(HostTensor &host, const codegen::Tensor &t) {
  const DType wanted = hostType(t.type.getElementType());
  if (host.dtype != wanted || host.size() != t.elements())
    return false;
  if (t.perm.empty()) {
    host.shape.assign(t.type.getShape().begin(), t.type.getShape().end());
    return true;
  }
  if (host.shape.size() != t.perm.size())
    return false;
  for (size_t i = 0; i < t.perm.size(); ++i)
    if (host.shape[t.perm[i]] != t.type.getDimSize(static_cast<unsigned>(i)))
      return false;
  return true;
}

/// The reference's tensors and the model's inputs, by name.
class Known {
public:
  Known(const ReferenceRun &reference, const std::map<std::string, HostTensor> &inputs)
      : reference(reference), inputs(inputs) {}

  std::optional<HostTensor> find(const OnnxTensor &t) const {
    const HostTensor *found = nullptr;
    if (auto it = reference.tensors.find(t.onnxName); it != reference.tensors.end())
      found = &it->second;
    else if (auto in = inputs.find(t.onnxName); in != inputs.end())
      found = &in->second;
    if (!found)
      return std::nullopt;
    HostTensor copy = *found;
    if (!t.kept.empty() && !takeSlices(copy, t.kept, t.keptAxis))
      return std::nullopt;
    return fits(copy, t) ? std::optional(std::move(copy)) : std::nullopt;
  }

private:
  const ReferenceRun &reference;
  const std::map<std::string, HostTensor> &inputs;
};

void append(std::vector<char> &out, const void *p, size_t n) {
  const auto *c = static_cast<const char *>(p);
  out.insert(out.end(), c, c + n);
}

std::vector<char> header(DriverMode mode) {
  const uint32_t head[2] = {static_cast<uint32_t>(mode), 1};
  std::vector<char> out;
  append(out, head, sizeof head);
  return out;
}

/// Per layer a flag and, if it can be fed, its operands.
std::vector<char> feedFile(const codegen::Library &library, const Known &known, std::vector<bool> &ran,
                           DiagnosticSink &sink) {
  std::vector<char> file = header(DriverMode::Feed);
  for (const Layer &layer : library.layers) {
    std::vector<char> operands;
    bool complete = known.find(resultOf(layer)).has_value();
    for (const OnnxTensor &read : readsOf(layer)) {
      std::optional<HostTensor> tensor = complete ? known.find(read) : std::nullopt;
      std::optional<std::vector<char>> bytes = tensor ? toLibrary(*tensor, read, sink) : std::nullopt;
      complete &= bytes.has_value();
      if (bytes)
        operands.insert(operands.end(), bytes->begin(), bytes->end());
    }
    ran.push_back(complete);
    file.push_back(complete ? 1 : 0);
    if (complete)
      file.insert(file.end(), operands.begin(), operands.end());
  }
  return file;
}

std::vector<char> traceFile(const codegen::Library &library, const std::map<std::string, HostTensor> &inputs,
                            DiagnosticSink &sink) {
  std::vector<char> file = header(DriverMode::Trace);
  for (const codegen::Tensor &t : library.inputs)
    if (auto it = inputs.find(t.onnxName); it != inputs.end())
      if (std::optional<std::vector<char>> bytes = toLibrary(it->second, t, sink))
        file.insert(file.end(), bytes->begin(), bytes->end());
  return file;
}

bool isInteger(const HostTensor &t) {
  const DTypeKind kind = info(t.dtype).kind;
  return kind == DTypeKind::SignedInt || kind == DTypeKind::UnsignedInt || kind == DTypeKind::Bool;
}

/// The operator behind each layer, null for the copies between: LowerToPlan makes a layer of each operator that isn't a
/// view or a constant.
std::vector<Operation *> operatorsOf(func::FuncOp function, const codegen::Library &library) {
  std::vector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    if (auto node = dyn_cast<nn::NnOp>(&op); node && !isa<nn::ConstantOp>(op) && !node.isView())
      ops.push_back(&op);
  for (auto [i, layer] : llvm::enumerate(library.layers))
    if (layer.kind == "copy" && i <= ops.size())
      ops.insert(ops.begin() + static_cast<ptrdiff_t>(i), nullptr);
  return ops;
}

/// How many of the elements that differ are ties: the layer is computed again from the operands it was fed with.
int64_t countTies(Operation *op, const Layer &layer, const Known &known, const HostTensor &got,
                  const HostTensor &expected, const codegen::Tensor &result, DiagnosticSink &sink) {
  std::vector<std::vector<char>> storage;
  std::vector<OnnxTensor> reads = readsOf(layer);
  auto read = reads.begin();
  for (Value v : op->getOperands()) {
    nn::ConstantOp constant = nn::definingConstant(v);
    if (constant) {
      storage.emplace_back(constant.bytes().begin(), constant.bytes().end());
      continue;
    }
    if (read == reads.end())
      return 0;
    std::optional<HostTensor> tensor = known.find(*read);
    std::optional<std::vector<char>> bytes = tensor ? toLibrary(*tensor, *read, sink) : std::nullopt;
    if (!bytes)
      return 0;
    storage.push_back(std::move(*bytes));
    ++read;
  }
  SmallVector<ArrayRef<char>> operands(storage.begin(), storage.end());
  const std::vector<bool> ties = findTies(op, operands);
  std::optional<std::vector<char>> ours = toLibrary(got, result, sink), theirs = toLibrary(expected, result, sink);
  if (!ours || !theirs || ties.size() != ours->size())
    return 0;
  int64_t count = 0;
  for (size_t i = 0; i < ties.size(); ++i)
    count += ties[i] && (*ours)[i] != (*theirs)[i];
  return count;
}

std::string layerLine(const Layer &layer, const HostTensor &expected, const Comparison &c, bool fed) {
  std::string text = std::string(fed ? "fed   " : "free  ") + layer.name + " \"" + expected.name + "\" ";
  char numbers[160];
  if (isInteger(expected))
    std::snprintf(numbers, sizeof numbers, "%lld of %lld differ, at most %llu steps",
                  static_cast<long long>(c.mismatches), static_cast<long long>(c.elements),
                  static_cast<unsigned long long>(c.maxSteps));
  else
    std::snprintf(numbers, sizeof numbers, "SNR %.1f dB, largest difference %.3g, %lld of %lld outside the tolerance",
                  c.snrDb, c.maxAbsDiff, static_cast<long long>(c.mismatches), static_cast<long long>(c.elements));
  return text + numbers;
}

void printFirst(const Layer &layer, const HostTensor &got, const HostTensor &expected, const Comparison &c, bool fed) {
  std::string index;
  int64_t rest = c.firstMismatch;
  for (size_t i = expected.shape.size(); i-- > 0;) {
    index = std::to_string(rest % expected.shape[i]) + (index.empty() ? "" : ",") + index;
    rest /= expected.shape[i];
  }
  std::printf("first layer that differs (%s): %s <- onnx %s, element [%s]: %.9g, reference %.9g\n",
              fed ? "fed with the reference's inputs" : "free-running", layer.name.c_str(),
              layer.nodes.empty() ? "?" : layer.nodes.front().c_str(), index.c_str(), valueAt(got, c.firstMismatch),
              valueAt(expected, c.firstMismatch));
}

} // namespace

std::vector<std::string> layerTensors(const codegen::Library &library) {
  std::vector<std::string> names;
  auto add = [&](const codegen::Tensor &t) {
    if (!t.onnxName.empty() && !llvm::is_contained(names, t.onnxName))
      names.push_back(t.onnxName);
  };
  for (const Layer &layer : library.layers) {
    add(resultOf(layer));
    for (const OnnxTensor &read : readsOf(layer))
      add(read);
  }
  return names;
}

std::optional<LayerTotals> compareLayers(Compilation &compilation, const codegen::Library &library,
                                         const ReferenceRun &reference, const std::map<std::string, HostTensor> &inputs,
                                         const TemporaryFolder &program, const Tolerance &tolerance, bool fed,
                                         DiagnosticSink &sink) {
  const Known known(reference, inputs);
  std::vector<bool> ran;
  const std::vector<char> in = fed ? feedFile(library, known, ran, sink) : traceFile(library, inputs, sink);
  if (!fed)
    ran.assign(library.layers.size(), true);
  std::optional<std::vector<char>> out = TargetProgram::run(*compilation.target, program, in, sink);
  if (!out)
    return std::nullopt;

  LayerTotals totals;
  totals.minSnrDb = std::numeric_limits<double>::infinity();
  const std::vector<Operation *> ops = operatorsOf(compilation.function(), library);
  bool first = true;
  size_t at = 0;
  for (const auto &[index, layer] : llvm::enumerate(library.layers)) {
    const bool didRun = ran[index];
    const size_t bytes = static_cast<size_t>(resultBytes(layer));
    const OnnxTensor result = resultOf(layer);
    std::optional<HostTensor> expected = known.find(result);
    if (!didRun || !expected || at + bytes > out->size()) {
      ++totals.skipped;
      at += didRun ? bytes : 0;
      continue;
    }
    HostTensor got = fromLibrary(ArrayRef<char>(*out).slice(at, bytes), result, hostType(result.type.getElementType()));
    at += bytes;
    expected->name = result.onnxName;
    ++totals.layers;
    Tolerance exact = tolerance;
    exact.steps = 0; // every integer that differs is counted; how far is judged below
    const Comparison c = compareTensors(got, *expected, exact);
    if (isInteger(*expected)) {
      const int64_t ties = fed && c.mismatches > 0 && index < ops.size() && ops[index] && !nn::hasBodies(ops[index])
                               ? countTies(ops[index], layer, known, got, *expected, result, sink)
                               : 0;
      const bool isWord = info(expected->dtype).bits == 16;
      (isWord ? totals.wordElements : totals.elements) += c.elements;
      (isWord ? totals.wordDiffer : totals.differ) += c.mismatches - ties;
      totals.ties += ties;
      totals.maxSteps = std::max(totals.maxSteps, c.maxSteps);
      totals.failed += c.maxSteps > 1;
    } else {
      totals.minSnrDb = std::min(totals.minSnrDb, c.snrDb);
      totals.failed += c.mismatches > 0;
    }
    if (c.mismatches == 0)
      continue;
    std::printf("%s\n", layerLine(layer, *expected, c, fed).c_str());
    if (first)
      printFirst(layer, got, *expected, c, fed);
    first = false;
  }
  return totals;
}

} // namespace burin
