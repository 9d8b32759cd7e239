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

/// Whether the buffers that the report names need all bytes of their memory by themselves; a claim that is wrong is a
/// finding.
Need proofOf(const Plan &plan, size_t number, const Execution &execution, Findings &findings) {
  const Memory &memory = plan.memories[number];
  if (memory.proof.empty() || !plan.isByRows)
    return Need::Unknown;
  for (int b : memory.proof)
    if (const Buffer &buffer = plan.buffers[static_cast<size_t>(b)];
        !buffer.inArena() || buffer.memory != static_cast<int>(number)) {
      findings.add(fmt::format("buffer {} of a proof lies elsewhere", quoteName(buffer.name)));
      return Need::Unknown;
    }
  const Need need = needAtLeast(plan, execution.lives, memory.proof, memory.arena);
  if (need == Need::Refuted)
    findings.add(fmt::format("the {} buffers of its proof don't need {} bytes: they could lie in fewer",
                             memory.proof.size(), memory.arena));
  return need;
}

/// How the bytes that a memory holds relate to the bound, as far as it is known here.
std::string optimum(const Plan &plan, const Memory &memory, int64_t bound, Need proof) {
  const std::string what = memory.name.empty() ? "optimum" : "optimum in " + memory.name;
  if (proof == Need::Shown)
    return fmt::format("{}: proven; {} of the buffers can't lie in fewer bytes, in this order of turns\n", what,
                       memory.proof.size());
  if (memory.arena == bound)
    return fmt::format("{}: proven; {} bytes are needed at once, {}\n", what, bound,
                       plan.isByRows ? "row by row in this order of turns" : "with these lifetimes");
  if (memory.claimsOptimal)
    return fmt::format("{}: claimed, not re-checked here; the report has found no arena below {} bytes by search, "
                       "and {} are needed at once\n",
                       what, memory.arena, bound);
  return fmt::format("{}: not claimed; {} bytes are needed at once\n", what, bound);
}

/// What the memories hold of what they have.
std::string memoryCounts(const Plan &plan) {
  std::string text;
  for (const Memory &m : plan.memories)
    if (!m.name.empty())
      text += fmt::format("memory {}: {} bytes of {}\n", m.name, m.used, m.bytes);
  for (const TableMemory &m : plan.tableMemories)
    text += fmt::format("memory {}: {} bytes of {}, {} of tables\n", m.name, m.used, m.bytes, m.tables);
  return text;
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
  Checked checked{.said = counts(plan, pairs, execution) + memoryCounts(plan) + notChecked(plan, execution)};
  for (size_t m = 0; m < plan.memories.size() && findings.none(); ++m) {
    const Memory &memory = plan.memories[m];
    const Need proof = withProof ? proofOf(plan, m, execution, findings) : Need::Unknown;
    const int64_t needed = plan.isByRows ? execution.bounds[m] : boundByLifetimes(plan, static_cast<int>(m));
    checked.said += optimum(plan, memory, needed, proof);
    checked.bound += proof == Need::Shown ? memory.arena : needed;
  }
  return findings.none() ? checked : Checked();
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
