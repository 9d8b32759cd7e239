#include "compiler/sizes/SizedPlan.h"

#include "compiler/Boundary.h"
#include "compiler/Golden.h"
#include "compiler/sizes/SampleSizes.h"
#include "frontend/tensors/Compare.h"
#include "ir/plan/Execute.h"
#include "passes/sizes/Unify.h"

namespace burin {
using namespace mlir;

namespace {

// Work is bounded by counts, so that the result doesn't depend on the machine.
constexpr int maxRounds = 24;
constexpr int64_t parametersOfSlowModel = 4'000'000;
constexpr size_t manyChecks = 40, fewChecks = 10;
constexpr unsigned seedsPerPoint = 3;

class Planner {
public:
  Planner(Compilation &c, DiagnosticSink &sink) : c(c), sink(sink) {}
  bool run();

private:
  bool unifyAt(std::vector<std::vector<int64_t>> start);
  std::optional<PlanFacts> factsAt(const std::vector<int64_t> &sizes, bool quiet);
  bool apply();
  bool check();
  bool checkPoint(const std::vector<int64_t> &given);
  bool checkOutputs(const std::vector<int64_t> &given, unsigned seed);
  bool equal(const std::vector<HostTensor> &inputs, const std::vector<int64_t> &sizes,
             const std::vector<std::vector<char>> &expected);
  std::string describe(const std::vector<int64_t> &sizes) const;
  std::set<int64_t> modelDims() const;
  bool fail(const char *code, const std::string &node, std::string message, std::vector<std::string> facts = {});

  Compilation &c;
  DiagnosticSink &sink;
  std::vector<sizes::Quantity> symbols;
  std::vector<SampledSize> bounds; ///< of the symbols
  std::vector<std::vector<int64_t>> samples;
  std::vector<PlanFacts> facts;
  std::optional<UnifiedPlan> plan;
  SizeConflict conflict;
  std::vector<Diagnostic> failures; ///< of the last compilation that failed
};

bool Planner::fail(const char *code, const std::string &node, std::string message, std::vector<std::string> facts) {
  std::string names;
  for (const InputSize &s : c.inputSizes)
    names += (names.empty() ? "" : ", ") + quoteName(s.dim.empty() ? s.name : s.dim);
  sink.handle({.code = code,
               .model = c.model.name,
               .node = node,
               .message = std::move(message),
               .facts = std::move(facts),
               .fix = names.empty() ? "split the model before this node"
                                    : "bind " + names + " to one size, or give a smaller range"});
  return false;
}

/// "t = 53, u = 211".
std::string Planner::describe(const std::vector<int64_t> &sizes) const {
  std::string text;
  for (size_t i = 0; i < sizes.size() && i < symbols.size(); ++i)
    text += (i ? ", " : "") + symbols[i].name + " = " + std::to_string(sizes[i]);
  return text;
}

/// The dims that the model itself states: a size that equals one of them may be special.
std::set<int64_t> Planner::modelDims() const {
  std::set<int64_t> dims;
  for (const onnx::TensorProto &t : c.model.graph().initializer())
    dims.insert(t.dims().begin(), t.dims().end());
  for (const onnx::ValueInfoProto &info : c.model.graph().input())
    for (const auto &d : info.type().tensor_type().shape().dim())
      dims.insert(d.dim_value());
  return dims;
}

std::optional<PlanFacts> Planner::factsAt(const std::vector<int64_t> &sizes, bool quiet) {
  CollectingSink collected;
  std::unique_ptr<Compilation> sibling = c.sibling(collected);
  if (sibling->compileFor(sizes))
    return factsOf(sibling->program(), facts.empty() ? nullptr : &facts[0]);
  failures = collected.diagnostics;
  if (!quiet)
    for (const Diagnostic &d : collected.diagnostics)
      if (d.severity == Severity::Error)
        return fail("BRN1307", d.node, "the model can't have " + describe(sizes) + ": " + d.message, d.facts),
               std::nullopt;
  return std::nullopt;
}

bool Planner::unifyAt(std::vector<std::vector<int64_t>> start) {
  facts.clear();
  samples = std::move(start);
  for (const std::vector<int64_t> &sample : samples) {
    std::optional<PlanFacts> f = factsAt(sample, /*quiet=*/true);
    if (!f) {
      conflict = {
          failures.empty() ? "" : failures.back().node,
          "can't be compiled for " + describe(sample) + (failures.empty() ? "" : ": " + failures.back().message), 0};
      return false;
    }
    facts.push_back(std::move(*f));
  }
  for (int round = 0; round < maxRounds; ++round) {
    plan = unify(symbols, samples, facts, conflict);
    if (!plan)
      return false;
    if (plan->questions.empty())
      return true;
    // The first question is answered by a sample; the others may have gone then.
    std::vector<int64_t> sample = samples[1 + static_cast<size_t>(round) % (samples.size() - 1)];
    sample[plan->questions[0].symbol] = plan->questions[0].value;
    std::optional<PlanFacts> f = factsAt(sample, /*quiet=*/true);
    if (!f)
      return true; // what it would have told is checked below
    samples.push_back(std::move(sample));
    facts.push_back(std::move(*f));
  }
  return true;
}

bool Planner::apply() {
  std::vector<GivenSize> given;
  for (const InputSize &s : c.inputSizes)
    given.push_back({s.name, s.range.min, s.range.max, s.range.step});
  if (!c.compileFor(samples[0]))
    return false;
  if (!applySizes(c.program(), given, *plan, samples, facts, conflict))
    return fail("BRN1308", conflict.node, conflict.what);
  return c.assignOffsets();
}

bool Planner::equal(const std::vector<HostTensor> &inputs, const std::vector<int64_t> &sizes,
                    const std::vector<std::vector<char>> &outputs) {
  CollectingSink collected;
  std::unique_ptr<Compilation> sibling = c.sibling(collected);
  if (!sibling->compileFor(sizes) || !sibling->assignOffsets())
    return true; // only a computed size can be one that the model takes no other way
  std::optional<ProgramRun> expected = runProgram(sibling->program(), {}, inputs, collected);
  if (!expected || expected->outputs.size() != outputs.size())
    return false;
  const std::vector<codegen::Tensor> tensors = programOutputs(sibling->program(), {});
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].size() != expected->outputs[i].size())
      return false;
    const DType type = hostType(tensors[i].type.getElementType());
    Tolerance tolerance;
    tolerance.atol = 1e-4;
    if (!compareTensors(fromLibrary(outputs[i], tensors[i], type), fromLibrary(expected->outputs[i], tensors[i], type),
                        tolerance)
             .passed())
      return false;
  }
  return true;
}

bool Planner::checkOutputs(const std::vector<int64_t> &given, unsigned seed) {
  const std::vector<HostTensor> inputs = seededInputs(c.model, programInputs(c.program(), given), seed);
  CollectingSink collected;
  std::optional<ProgramRun> run = runProgram(c.program(), given, inputs, collected);
  return run && equal(inputs, run->sizes, run->outputs);
}

bool Planner::checkPoint(const std::vector<int64_t> &given) {
  if (c.computedSizes.empty()) {
    std::optional<PlanFacts> f = factsAt(given, /*quiet=*/false);
    if (!f)
      return false;
    if (agrees(*plan, facts[0], *f, given))
      return true;
  }
  for (unsigned seed = 1; seed <= seedsPerPoint; ++seed)
    if (!checkOutputs(given, seed))
      return fail("BRN1309", "",
                  "the program for all sizes differs from the one for " +
                      (given.empty() ? "the sizes that its layers compute" : describe(given)));
  return true;
}

bool Planner::check() {
  std::vector<SampledSize> given(bounds.begin(), bounds.begin() + static_cast<int64_t>(c.inputSizes.size()));
  int64_t parameters = 0;
  for (const onnx::TensorProto &t : c.model.graph().initializer())
    parameters += static_cast<int64_t>(t.ByteSizeLong() / 4);
  const size_t count = parameters > parametersOfSlowModel ? fewChecks : manyChecks;
  return llvm::all_of(checkedSizes(given, count), [&](const auto &point) { return checkPoint(point); });
}

bool Planner::run() {
  for (const InputSize &s : c.inputSizes) {
    symbols.push_back({.name = s.name, .min = s.range.min, .max = s.range.max, .step = s.range.step});
    bounds.push_back({s.range.min, s.range.max, s.range.step});
  }
  for (const ComputedSize &s : c.computedSizes) {
    symbols.push_back({.name = s.name, .min = 0, .max = s.bound});
    bounds.push_back({0, s.bound, 1});
  }
  const std::set<int64_t> avoid = modelDims();
  SizeConflict first;
  for (int attempt = 0; attempt < sampleAttempts; ++attempt) {
    if (unifyAt(sampleSizes(bounds, avoid, attempt)))
      return apply() && check();
    if (attempt == 0)
      first = conflict;
  }
  return fail("BRN1308", first.node, first.what);
}

} // namespace

bool planForAllSizes(Compilation &compilation, DiagnosticSink &sink) { return Planner(compilation, sink).run(); }

} // namespace burin
