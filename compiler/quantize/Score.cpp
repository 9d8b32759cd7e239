#include "compiler/quantize/Score.h"

namespace burin::quantize {

namespace {

/// What output `name` is a softmax or sigmoid of; empty if it is neither.
std::string behindSquashing(const onnx::GraphProto &graph, const GraphIndex &index, const std::string &name) {
  const int producer = index.producer(name);
  if (producer < 0)
    return "";
  const onnx::NodeProto &node = graph.node(producer);
  return isOp(node, "Softmax") || isOp(node, "Sigmoid") ? node.input(0) : "";
}

} // namespace

std::optional<Reference> Reference::make(Program &program, const onnx::GraphProto &graph,
                                         const std::vector<SampleInputs> &samples, const StepObserver &observer,
                                         DiagnosticSink &sink) {
  Reference r;
  const GraphIndex index(graph);
  for (const onnx::ValueInfoProto &output : graph.output())
    r.tensors.push_back(behindSquashing(graph, index, output.name()));
  auto values = collect(program, samples, r.tensors, r.results, sink, observer);
  if (!values)
    return std::nullopt;
  r.values = std::move(*values);
  return r;
}

std::optional<Deviation> Reference::compare(Program &quantisedNet, const std::map<std::string, std::string> &quantised,
                                            const std::vector<SampleInputs> &samples,
                                            std::vector<std::vector<HostTensor>> &outputsOfNet,
                                            DiagnosticSink &sink) const {
  std::vector<std::string> names = tensors;
  for (std::string &name : names)
    if (auto found = quantised.find(name); found != quantised.end())
      name = found->second;
  auto got = collect(quantisedNet, samples, names, outputsOfNet, sink);
  if (!got)
    return std::nullopt;
  Deviation total;
  for (size_t k = 0; k < names.size(); ++k)
    for (size_t s = 0; s < samples.size(); ++s) {
      if (!values[k][s].empty() && values[k][s].size() == (*got)[k][s].size())
        total.add(values[k][s], (*got)[k][s]);
      else if (k < results[s].size())
        total.add(outputDeviation({{results[s][k]}}, {{outputsOfNet[s][k]}}));
    }
  return total;
}

} // namespace burin::quantize
