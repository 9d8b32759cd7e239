#include "compiler/Boundary.h"
#include "compiler/quantize/Report.h"
#include "frontend/tensors/Compare.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"

#include <algorithm>

namespace burin::quantize {
using namespace mlir;

namespace {

constexpr size_t maxSamples = 16;

class LayerMeter {
public:
  LayerMeter(Result &result, const std::vector<SampleInputs> &all)
      : result(result), program(*result.compiled),
        samples(all.begin(), all.begin() + static_cast<ptrdiff_t>(std::min(all.size(), maxSamples))) {
    for (const auto &[tensor, stored] : result.names.quantised)
      tensors[stored] = tensor;
  }

  std::optional<std::vector<LayerFacts>> run(DiagnosticSink &sink) {
    std::vector<std::string> names, stored;
    for (const auto &[tensor, integers] : result.names.quantised) {
      names.push_back(tensor);
      stored.push_back(integers);
    }
    Outputs outputs;
    auto floats = collect(*result.floatProgram, samples, names, outputs, sink);
    auto got = floats ? collect(program, samples, stored, outputs, sink) : std::nullopt;
    if (!got)
      return std::nullopt;
    for (size_t t = 0; t < names.size(); ++t) {
      real[names[t]] = std::move((*floats)[t]);
      running[names[t]] = std::move((*got)[t]);
    }
    std::vector<LayerFacts> facts;
    for (size_t i = 0; i < program.lowered().size(); ++i)
      addLayer(i, facts);
    auto key = [](const LayerFacts &f) {
      return std::pair((f.hasAlone ? f.alone : f.running).snrDb(), std::string_view(f.tensor));
    };
    llvm::sort(facts, [&](const LayerFacts &a, const LayerFacts &b) { return key(a) < key(b); });
    return facts;
  }

private:
  void addLayer(size_t i, std::vector<LayerFacts> &facts) {
    Operation *op = program.lowered().step(i);
    auto found = tensors.find(program.resultOf(i).onnxName);
    if (found == tensors.end() || isa<nn::QuantizeOp, nn::DequantizeOp>(op) || cast<nn::NnOp>(op).isView())
      return;
    const std::string &tensor = found->second;
    const auto group = static_cast<size_t>(result.choice.groupOf.at(tensor));
    LayerFacts f;
    f.tensor = tensor;
    const std::vector<std::string> nodes = nodeNames(op->getLoc());
    f.node = nodes.empty() ? "" : nodes.front();
    f.bits = result.choice.groups[group].bits;
    for (const WeightedLayer &layer : result.choice.layers)
      if (layer.name == f.node)
        f.weightBits = layer.scheme.weights;
    f.range = result.ranges[group];
    f.affine = result.parameters.groups[group];
    for (size_t s = 0; s < samples.size(); ++s) {
      f.running.add(real[tensor][s], running[tensor][s]);
      if (std::optional<std::vector<float>> alone = runAlone(i, op, s)) {
        f.alone.add(real[tensor][s], *alone);
        f.hasAlone = true;
      }
    }
    facts.push_back(std::move(f));
  }

  /// The float net's values of operand `v` in sample `s`, as the operator takes them.
  std::optional<std::vector<char>> operandBytes(Value v, size_t s) {
    if (program.isConstant(v)) {
      ArrayRef<char> bytes = program.lowered().value(v, {});
      return std::vector<char>(bytes.begin(), bytes.end());
    }
    nn::OriginAttr origin = nn::getOrigin(v.getDefiningOp());
    if (!origin)
      return std::nullopt;
    auto found = tensors.find(origin.getTensor().str());
    if (found == tensors.end() || real[found->second][s].empty())
      return std::nullopt;
    codegen::Tensor as;
    as.type = nn::tensorType(v);
    as.quant = nn::perTensorQuant(v);
    as.perm.assign(origin.getPerm().begin(), origin.getPerm().end());
    HostTensor host = makeFloats(found->second, {}, real[found->second][s]);
    host.shape.assign(as.type.getShape().begin(), as.type.getShape().end());
    for (size_t i = 0; i < as.perm.size(); ++i)
      host.shape[static_cast<size_t>(as.perm[i])] = as.type.getDimSize(static_cast<unsigned>(i));
    CollectingSink quiet; // a tensor that isn't as it was named can't be fed
    return as.quant ? toLibrary(host, as, quiet) : std::nullopt;
  }

  std::optional<std::vector<float>> runAlone(size_t i, Operation *op, size_t s) {
    std::vector<std::vector<char>> storage;
    for (Value v : op->getOperands()) {
      std::optional<std::vector<char>> bytes = operandBytes(v, s);
      if (!bytes)
        return std::nullopt;
      storage.push_back(std::move(*bytes));
    }
    SmallVector<ArrayRef<char>> operands(storage.begin(), storage.end());
    FailureOr<std::vector<TensorBytes>> results = program.lowered().evaluateStep(i, operands);
    if (failed(results))
      return std::nullopt;
    const HostTensor host = fromLibrary(results->front(), program.resultOf(i), DType::Float32);
    std::vector<float> values(static_cast<size_t>(host.size()));
    for (size_t k = 0; k < values.size(); ++k)
      values[k] = static_cast<float>(valueAt(host, static_cast<int64_t>(k)));
    return values;
  }

  Result &result;
  Program &program;
  std::vector<SampleInputs> samples;
  std::map<std::string, std::string> tensors;                           ///< name of the integers -> the float tensor
  std::map<std::string, std::vector<std::vector<float>>> real, running; ///< by float tensor: of each sample
};

} // namespace

std::optional<std::vector<LayerFacts>> layerFacts(Result &result, const std::vector<SampleInputs> &samples,
                                                  DiagnosticSink &sink) {
  return LayerMeter(result, samples).run(sink);
}

} // namespace burin::quantize
