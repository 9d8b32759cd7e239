// Operator sets, local functions, and their calls.
#include "frontend/onnx/reader/Checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>

using namespace burin;
using google::protobuf::RepeatedPtrField;

/// Versions beyond this are damage: ONNX adds one or two a year, and stands at 26.
static constexpr int64_t maxOpset = 1000;
static constexpr uint64_t maxExpandedNodes = 1'000'000;
static constexpr uint64_t maxExpandedBytes = 0x7FFFFFFF;

static bool readOpsets(const RepeatedPtrField<onnx::OperatorSetIdProto> &imports, OpsetVersions &opsets,
                       const std::string &owner, DiagnosticSink &sink) {
  for (const onnx::OperatorSetIdProto &import : imports) {
    std::string domain(canonicalDomain(import.domain()));
    auto [entry, isNew] = opsets.emplace(domain, import.version());
    bool sane = import.version() >= 1 && import.version() <= maxOpset;
    if (sane && (isNew || entry->second == import.version()))
      continue;
    sink.handle({.code = "BRN1118",
                 .message = fmt::format("{} imports operator set {} in {}", owner,
                                        quoteName(domain.empty() ? "ai.onnx" : domain),
                                        sane ? "two versions" : "an impossible version"),
                 .facts = {sane ? fmt::format("versions  {} and {}", entry->second, import.version())
                                : fmt::format("version  {}", import.version())}});
    return false;
  }
  return true;
}

/// Field 11 of `function`, `attribute_proto`, which libonnx's class is too old to know.
static bool readDefaults(const onnx::FunctionProto &function, ExternalData &external, LocalFunction &local,
                         DiagnosticSink &sink) {
  constexpr int attributeProto = 11;
  const google::protobuf::Reflection &reflection = *function.GetReflection();
  RepeatedPtrField<onnx::AttributeProto> defaults;
  bool good = true;
  if (const google::protobuf::FieldDescriptor *field = function.GetDescriptor()->FindFieldByNumber(attributeProto)) {
    for (int i = 0; i < reflection.FieldSize(function, field); ++i)
      defaults.Add()->CopyFrom(reflection.GetRepeatedMessage(function, field, i));
  } else {
    const google::protobuf::UnknownFieldSet &unknown = reflection.GetUnknownFields(function);
    for (int i = 0; i < unknown.field_count(); ++i)
      if (unknown.field(i).number() == attributeProto)
        good &= unknown.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED &&
                defaults.Add()->ParseFromString(unknown.field(i).length_delimited());
  }
  for (const onnx::AttributeProto &attribute : defaults)
    good &= !attribute.has_g() && attribute.graphs_size() == 0; // a graph would have no scope here
  if (!good) {
    sink.handle({.code = "BRN1111",
                 .message = fmt::format("function {} has malformed default attributes", quoteName(function.name()))});
    return false;
  }
  if (!checkAttributes(defaults, function.name(), /*inFunction=*/false, external, sink))
    return false;
  local.defaults.assign(std::make_move_iterator(defaults.begin()), std::make_move_iterator(defaults.end()));
  return true;
}

bool burin::collectFunctions(Model &model, ExternalData &external, DiagnosticSink &sink) {
  bool good = readOpsets(model.proto.opset_import(), model.opsets, "the model", sink);
  for (const onnx::FunctionProto &function : model.proto.functions()) {
    if (function.name().empty()) {
      sink.handle({.code = "BRN1115", .message = "a function has no name"});
      return false;
    }
    std::string label = "function " + quoteName(function.name());
    auto [entry, isNew] = model.functions.try_emplace(functionKey(function));
    LocalFunction &local = entry->second;
    if (!isNew) {
      sink.handle({.code = "BRN1111",
                   .message = label + " is defined twice",
                   .facts = {"domain  " + quoteName(function.domain())}});
      return false;
    }
    local.proto = &function;
    good &= readOpsets(function.opset_import(), local.opsets, label, sink);
    good &= readDefaults(function, external, local, sink);
  }
  return good;
}

//===------------------------------------------------------------------------------------------------------------------
// Calls
//===------------------------------------------------------------------------------------------------------------------

namespace {
/// One body: a function's, or the main graph (whose `function` is null).
struct Body {
  const LocalFunction *function;
  struct Call {
    size_t callee;
    int depth; ///< of the subgraph with the call
  };
  std::vector<Call> calls;
  uint64_t nodes = 0, bytes = 0; ///< expanded, once all callees are
  int nesting = 0;
};

class CallChecker {
public:
  CallChecker(const Model &model, DiagnosticSink &sink) : model(model), sink(sink) {}
  bool run();

private:
  bool collect(const RepeatedPtrField<onnx::NodeProto> &nodes, Body &body, int depth);
  bool collectNode(const onnx::NodeProto &node, Body &body, int depth);
  std::vector<size_t> calleesFirst() const;
  bool reportRecursion(const std::vector<size_t> &order);
  bool expand(Body &body);

  const Model &model;
  DiagnosticSink &sink;
  std::vector<Body> bodies; ///< the functions, then the main graph
  std::unordered_map<const LocalFunction *, size_t> index;
};
} // namespace

bool CallChecker::collectNode(const onnx::NodeProto &node, Body &body, int depth) {
  ++body.nodes;
  body.nesting = std::max(body.nesting, depth);
  if (const LocalFunction *callee = model.functionFor(node)) {
    body.calls.push_back({index.at(callee), depth});
    const onnx::FunctionProto &function = *callee->proto;
    if (node.input_size() > function.input_size() || node.output_size() > function.output_size()) {
      sink.handle(
          {.code = "BRN1116",
           .node = node.name(),
           .message = fmt::format("the call of function {} has too many operands", quoteName(node.op_type())),
           .facts = {fmt::format("call      {} inputs, {} outputs", node.input_size(), node.output_size()),
                     fmt::format("function  {} inputs, {} outputs", function.input_size(), function.output_size())}});
      return false;
    }
  }
  bool good = true;
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      good &= collect(attribute.g().node(), body, depth + 1);
    for (const onnx::GraphProto &subgraph : attribute.graphs())
      good &= collect(subgraph.node(), body, depth + 1);
  }
  return good;
}

bool CallChecker::collect(const RepeatedPtrField<onnx::NodeProto> &nodes, Body &body, int depth) {
  bool good = true;
  for (const onnx::NodeProto &node : nodes)
    good &= collectNode(node, body, depth);
  return good;
}

/// The bodies such that callees come before their callers; those that call themselves, directly or not, are missing.
std::vector<size_t> CallChecker::calleesFirst() const {
  std::vector<size_t> waitingFor(bodies.size()), order;
  std::vector<std::vector<size_t>> callers(bodies.size());
  for (size_t caller = 0; caller < bodies.size(); ++caller) {
    waitingFor[caller] = bodies[caller].calls.size();
    for (const Body::Call &call : bodies[caller].calls)
      callers[call.callee].push_back(caller);
    if (waitingFor[caller] == 0)
      order.push_back(caller);
  }
  for (size_t next = 0; next < order.size(); ++next)
    for (size_t caller : callers[order[next]])
      if (--waitingFor[caller] == 0)
        order.push_back(caller);
  return order;
}

/// Every body that is missing in `order` calls one that is missing: following those calls must come around.
bool CallChecker::reportRecursion(const std::vector<size_t> &order) {
  std::vector<bool> isOrdered(bodies.size()), isSeen(bodies.size());
  for (size_t body : order)
    isOrdered[body] = true;
  auto current = static_cast<size_t>(std::find(isOrdered.begin(), isOrdered.end(), false) - isOrdered.begin());
  std::vector<size_t> path;
  while (!isSeen[current]) {
    isSeen[current] = true;
    path.push_back(current);
    for (const Body::Call &call : bodies[current].calls)
      if (!isOrdered[call.callee]) {
        current = call.callee;
        break;
      }
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), current));
  path.push_back(current);
  std::vector<std::string> names;
  for (size_t body : path)
    if (names.size() < 12)
      names.push_back(quoteName(bodies[body].function->proto->name()));
  sink.handle(
      {.code = "BRN1110",
       .message = fmt::format("function {} calls itself", names.front()),
       .facts = {fmt::format("calls  {}{}", fmt::join(names, " -> "), names.size() < path.size() ? " …" : "")}});
  return false;
}

/// Adds what the callees expand to. The sums saturate at a little over the limits.
bool CallChecker::expand(Body &body) {
  for (const Body::Call &call : body.calls) {
    const Body &callee = bodies[call.callee];
    body.nodes = std::min(body.nodes + callee.nodes, maxExpandedNodes + 1);
    body.bytes = std::min(body.bytes + callee.bytes, maxExpandedBytes + 1);
    body.nesting = std::max(body.nesting, call.depth + 1 + callee.nesting);
  }
  if (body.nesting > maxNesting) {
    sink.handle({.code = "BRN1109",
                 .message = fmt::format("functions and subgraphs are nested more than {} deep", maxNesting)});
    return false;
  }
  bool callsNone = body.calls.empty();
  if (callsNone || (body.nodes <= maxExpandedNodes && body.bytes <= maxExpandedBytes))
    return true;
  sink.handle({.code = "BRN1005",
               .message = "the model is too large once its functions are expanded",
               .facts = {fmt::format("limit  {} nodes, {} bytes", maxExpandedNodes, maxExpandedBytes)}});
  return false;
}

bool CallChecker::run() {
  for (const auto &[key, function] : model.functions) {
    index.emplace(&function, bodies.size());
    bodies.push_back({&function, {}, 0, function.proto->ByteSizeLong(), 0});
  }
  bodies.push_back({nullptr, {}, 0, 0, 0});
  bool good = collect(model.graph().node(), bodies.back(), 0);
  for (Body &body : bodies)
    if (body.function)
      good &= collect(body.function->proto->node(), body, 0);
  if (!good)
    return false;

  std::vector<size_t> order = calleesFirst();
  if (order.size() < bodies.size())
    return reportRecursion(order);
  return std::all_of(order.begin(), order.end(), [&](size_t body) { return expand(bodies[body]); });
}

bool burin::checkCalls(const Model &model, DiagnosticSink &sink) {
  return model.functions.empty() || CallChecker(model, sink).run();
}
