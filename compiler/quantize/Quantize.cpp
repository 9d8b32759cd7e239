#include "compiler/quantize/Quantize.h"

#include "compiler/Progress.h"
#include "compiler/quantize/Backoff.h"
#include "compiler/quantize/Calibrate.h"
#include "compiler/quantize/Prepare.h"

namespace burin::quantize {
using namespace quantization;

namespace {

bool fail(DiagnosticSink &sink, std::string code, std::string message, std::string fix) {
  sink.handle({.code = std::move(code), .message = std::move(message), .fix = std::move(fix)});
  return false;
}

/// Operators that models have which are quantised already; a DequantizeLinear of constants only stores them small.
bool isQuantised(const onnx::NodeProto &node, const GraphIndex &index) {
  static const std::set<std::string, std::less<>> ops = {"QLinearConv", "QLinearMatMul", "ConvInteger",
                                                         "MatMulInteger", "DynamicQuantizeLinear"};
  if (isOp(node, "QuantizeLinear"))
    return !index.initializer(node.input(0));
  return canonicalDomain(node.domain()).empty() && ops.contains(node.op_type());
}

class Quantizer {
public:
  Quantizer(Model model, const Request &request, DiagnosticSink &sink)
      : model(std::move(model)), request(request), sink(sink) {
    result.spec = request.spec;
  }

  std::optional<Result> run() {
    if (!checkModel() || !prepare() || !chooseNodes())
      return std::nullopt;
    return std::move(result);
  }

private:
  bool checkModel() {
    const GraphIndex index(model.graph());
    for (const onnx::NodeProto &node : model.graph().node())
      if (isQuantised(node, index)) {
        sink.handle({.code = "BRN1521",
                     .model = model.name,
                     .node = node.name(),
                     .message = "the model is quantised already: it has " + node.op_type(),
                     .fix = "compile it as it is, or quantise the float model"});
        return false;
      }
    return true;
  }

  bool prepare() {
    const Progress progress("preparing the float model");
    result.original = model.proto;
    if (!foldConstants(model, request.compile, sink))
      return false;
    std::unique_ptr<Program> imported = Program::make(model.proto, request.compile, Form::Imported, sink);
    if (!imported)
      return false;
    foldAffine(*model.proto.mutable_graph(), imported->types());
    result.prepared = model.proto;
    floatProgram = Program::make(result.prepared, request.compile, Form::Imported, sink);
    if (!floatProgram)
      return false;
    result.types = floatProgram->types();
    calibration = std::make_unique<Calibration>(*floatProgram, request.samples);
    return true;
  }

  /// Chooses, asks the compiler, and chooses again without what it can't, until all that is chosen is integers.
  bool chooseNodes() {
    for (;;) {
      result.choice = choose(result.prepared.graph(), result.types, result.spec, result.floats);
      if (result.choice.layers.empty())
        return refuseEmpty();
      std::vector<std::string> missing;
      const Progress progress("observing the ranges of " + std::to_string(request.samples.size()) + " samples");
      if (!calibration->observe(result.choice, result.prepared.graph(), missing, sink))
        return false;
      FloatNodes more = makersOf(missing);
      if (more.empty()) {
        std::unique_ptr<Program> compiled = build(RangeMethod::MinMax);
        if (!compiled)
          return false;
        more = stayedFloat(*compiled, result.prepared.graph(), result.choice);
      }
      if (more.empty())
        return true;
      result.floats.insert(more.begin(), more.end());
    }
  }

  bool refuseEmpty() {
    std::vector<std::string> facts;
    for (const auto &[name, why] : result.floats)
      if (facts.size() < 5)
        facts.push_back(quoteName(name) + ": " + why);
    sink.handle({.code = "BRN1522",
                 .model = model.name,
                 .message = "nothing of the model can be quantised: no convolution or product with constant weights",
                 .facts = std::move(facts),
                 .fix = "compile it as it is"});
    return false;
  }

  /// Nodes that make or read tensors which no value of the program holds.
  FloatNodes makersOf(const std::vector<std::string> &tensors) const {
    FloatNodes nodes;
    for (const onnx::NodeProto &node : result.prepared.graph().node())
      for (const std::string &name : node.output())
        if (std::find(tensors.begin(), tensors.end(), name) != tensors.end())
          nodes[node.name()] = "its result can't be observed";
    return nodes;
  }

  /// Weights rounded to nearest, ranges by `method`, written and compiled.
  std::unique_ptr<Program> build(RangeMethod method) {
    Parameters &p = result.parameters;
    p = {};
    for (const TensorGroup &group : result.choice.groups)
      p.groups.push_back(calibration->parametersOf(group, result.spec, method));
    const GraphIndex index(result.prepared.graph());
    for (const WeightedLayer &layer : result.choice.layers)
      roundLayer(layer, result.spec, p.layers.emplace_back(readLayer(layer, index)));
    return write();
  }

  std::unique_ptr<Program> write() {
    result.proto = result.prepared;
    result.names = {};
    if (!writeQdq(result.proto, result.choice, result.spec, result.parameters, result.types, result.names, sink))
      return nullptr;
    return Program::make(result.proto, request.compile, Form::Compiled, sink);
  }

  Model model;
  const Request &request;
  DiagnosticSink &sink;
  Result result;
  std::unique_ptr<Program> floatProgram;
  std::unique_ptr<Calibration> calibration;
};

} // namespace

std::optional<Result> quantizeModel(Model model, const Request &request, DiagnosticSink &sink) {
  return Quantizer(std::move(model), request, sink).run();
}

} // namespace burin::quantize
