#include "plancheck/PlanCheck.h"

#include "plancheck/Execution.h"
#include "plancheck/Need.h"
#include "plancheck/Places.h"

#include <fmt/format.h>

namespace burin::plancheck {
namespace {

void report(const Findings &findings, DiagnosticSink &sink) {
  for (const std::string &text : findings.texts)
    sink.handle({.code = "BRN1705", .message = "the memory plan doesn't hold: " + text});
}

/// Whether the buffers that the report names need the whole arena by themselves; a claim that is wrong is a finding.
Need proofOf(const Plan &plan, const Execution &execution, Findings &findings) {
  if (plan.proof.empty() || !plan.isByRows)
    return Need::Unknown;
  const Need need = needAtLeast(plan, execution.lives, plan.proof, plan.arena);
  if (need == Need::Refuted)
    findings.add(fmt::format("the {} buffers of its proof don't need {} bytes: they could lie in fewer",
                             plan.proof.size(), plan.arena));
  return need;
}

/// How the size of the arena relates to the bound, as far as it is known here.
std::string optimum(const Plan &plan, int64_t bound, Need proof) {
  if (proof == Need::Shown)
    return fmt::format("optimum: proven; {} of the buffers can't lie in fewer bytes, in this order of turns\n",
                       plan.proof.size());
  if (plan.arena == bound)
    return fmt::format("optimum: proven; {} bytes are needed at once, {}\n", bound,
                       plan.isByRows ? "row by row in this order of turns" : "with these lifetimes");
  if (plan.claimsOptimal)
    return fmt::format("optimum: claimed, not re-checked here; the report has found no arena below {} bytes by search, "
                       "and {} are needed at once\n",
                       plan.arena, bound);
  return fmt::format("optimum: not claimed; {} bytes are needed at once\n", bound);
}

/// The parts of a plan that were looked at, and how much of each.
std::string counts(const Plan &plan, const Pairs &pairs, const Execution &execution) {
  int64_t states = 0, inArena = 0;
  for (const Buffer &b : plan.buffers) {
    states += b.isState;
    inArena += b.inArena();
  }
  std::string text = fmt::format("places: {} buffers in the arena of {} bytes, {} in the state of {}\n", inArena,
                                 plan.arena, states, plan.state);
  text += fmt::format("boundary: {} inputs, {} outputs\n", plan.inputs.size(), plan.outputs.size());
  if (plan.isByRows)
    text += "lifetimes: by rows, in the execution\n";
  else
    text += fmt::format("lifetimes: {} pairs of buffers, {} of them alive together\n", pairs.all, pairs.together);
  text +=
      fmt::format("execution: {} steps, {} turns, {} bytes compared", plan.steps, execution.turns, execution.compared);
  if (execution.loops + execution.branches > 0)
    text += fmt::format("; {} loops until nothing changes, {} branches both ways", execution.loops, execution.branches);
  return text + '\n';
}

std::string notChecked(const Plan &plan, const Execution &execution) {
  std::string text;
  int64_t pushed = 0;
  for (const Buffer &b : plan.buffers)
    pushed += b.isCallers();
  if (pushed > 0)
    text += fmt::format("not checked: {} buffers in the caller's memory\n", pushed);
  if (plan.hasSizes)
    text += "not checked: sizes below the largest, which use the same places and are said to need no more bytes\n";
  if (execution.loops > 0)
    text += "not checked: which of two values a buffer holds that a loop writes in parts or more than once\n";
  return text;
}

/// What was found of one plan.
struct Checked {
  std::string said;
  int64_t bound = 0;
};

Checked checkOne(const Plan &plan, bool withProof, Findings &findings) {
  checkPlaces(plan, findings);
  checkBoundary(plan, findings);
  Pairs pairs;
  if (!plan.isByRows)
    pairs = checkLifetimes(plan, findings);
  Execution execution;
  if (findings.none()) // all places are inside their memories
    execution = execute(plan, findings);
  const Need proof = withProof && findings.none() ? proofOf(plan, execution, findings) : Need::Unknown;
  if (!findings.none())
    return {};
  const int64_t needed = plan.isByRows ? execution.bound : boundByLifetimes(plan);
  return {counts(plan, pairs, execution) + notChecked(plan, execution) + optimum(plan, needed, proof),
          proof == Need::Shown ? plan.arena : needed};
}

/// What the run's trunk leaves for it.
std::string checkTrunk(const std::vector<Plan> &plans, const Plan &head, Findings &findings) {
  const auto trunk = std::find_if(plans.begin(), plans.end(), [&](const Plan &p) { return p.run == head.trunk; });
  if (trunk == plans.end() || &*trunk == &head) {
    findings.add("there is no run " + quoteName(head.trunk));
    return "";
  }
  checkKept(*trunk, head, findings);
  int64_t tensors = 0, bytes = 0;
  for (const Buffer &b : head.buffers)
    if (b.kept >= 0)
      ++tensors, bytes += b.bytes;
  return fmt::format("kept: {} tensors of {} bytes that {} leaves are there at the end\n", tensors, bytes, head.trunk);
}

} // namespace

std::optional<std::string> checkPlan(llvm::StringRef text, DiagnosticSink &sink, bool withProof) {
  const std::optional<std::vector<Plan>> plans = readPlans(text, sink);
  if (!plans)
    return std::nullopt;
  std::string said;
  int64_t arena = 0, bound = 0;
  bool holds = true;
  const bool several = plans->size() > 1 || !plans->front().trunk.empty();
  for (const Plan &plan : *plans) {
    Findings findings;
    Checked checked = checkOne(plan, withProof, findings);
    if (!plan.trunk.empty())
      checked.said += checkTrunk(*plans, plan, findings);
    if (several)
      for (std::string &wrong : findings.texts)
        wrong = "in run " + quoteName(plan.run) + ", " + wrong;
    report(findings, sink);
    holds &= findings.none();
    said += (several ? "run " + plan.run + "\n" : "") + checked.said;
    arena = std::max(arena, plan.arena);
    bound = std::max(bound, checked.bound);
  }
  if (!holds)
    return std::nullopt;
  return said + fmt::format("plan: ok, arena {} of bound {}\n", arena, bound);
}

} // namespace burin::plancheck
