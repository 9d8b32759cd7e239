#include "passes/lower/PlaceBuffers.h"

#include "passes/lower/Offsets.h"
#include "passes/memory/ArenaPlanner.h"
#include "passes/memory/CheckArena.h"
#include "passes/memory/CheckRows.h"
#include "passes/memory/RowPlacement.h"

namespace burin {
using namespace mlir;

namespace {

constexpr int greedyRounds = 20;
constexpr int64_t proofStepsOfSecond = 250'000;

/// Buffers that live as wholes, as the planner of whole buffers sees them; those not in `which` have no bytes, and
/// conflict with nothing.
memory::Problem problemOf(ArrayRef<plan::BufferOp> buffers, const llvm::BitVector &which) {
  memory::Problem problem;
  for (auto [i, op] : llvm::enumerate(buffers)) {
    plan::BufferOp buffer = op;
    const int64_t bytes = which[static_cast<unsigned>(i)] ? static_cast<int64_t>(buffer.getBytes()) : 0;
    problem.buffers.push_back({bytes, static_cast<int64_t>(buffer.getAlign()), static_cast<int>(buffer.getLive()[0]),
                               static_cast<int>(buffer.getLive()[1])});
  }
  return problem;
}

} // namespace

BufferPlacer::BufferPlacer(plan::ProgramOp program, int64_t planTime)
    : program(program), planTime(planTime), isByRows(program.getRowwise()) {
  if (isByRows) {
    rows = planRows(program);
    return;
  }
  for (auto buffer : program.getBody().getOps<plan::BufferOp>())
    if (buffer.isInArena())
      rows.buffers.push_back(buffer);
}

memory::RowProgram BufferPlacer::rowProgramOf(const llvm::BitVector &which) const {
  memory::RowProgram some = rows.program;
  for (auto [i, tensor] : llvm::enumerate(some.tensors))
    if (!which[static_cast<unsigned>(i)])
      tensor.bytes = 0;
  return some;
}

BufferPlacement BufferPlacer::place(const llvm::BitVector &which, PlacementEffort effort) const {
  BufferPlacement placement;
  if (!isByRows) {
    const int64_t budget = effort == PlacementEffort::Greedy ? 0 : memory::defaultSearchBudget / 10 * planTime;
    memory::Solution solution = memory::planArena(problemOf(rows.buffers, which), budget);
    placement.offsets = std::move(solution.offsets);
    placement.bytes = solution.bytes;
    placement.bound = solution.lowerBound;
    placement.optimal = solution.optimal;
    return placement;
  }
  const int rounds = effort == PlacementEffort::Greedy ? greedyRounds : placementRounds(rows.buffers.size(), planTime);
  memory::RowPlacement placed =
      memory::placeRows(rowProgramOf(which), rows.segments, rounds,
                        effort == PlacementEffort::Complete ? proofStepsOfSecond * planTime : 0);
  placement.offsets = std::move(placed.offsets);
  placement.bytes = placed.bytes;
  placement.bound = placed.lowerBound;
  placement.optimal = placed.optimal();
  placement.proof.append(placed.proof.begin(), placed.proof.end());
  return placement;
}

std::string BufferPlacer::check(const llvm::BitVector &which, const BufferPlacement &placement) const {
  std::vector<std::string> violations;
  if (isByRows)
    violations = memory::checkRows(rowProgramOf(which), rows.segments, placement.offsets, placement.bytes);
  else
    violations = memory::checkArena(problemOf(rows.buffers, which),
                                    {placement.offsets, placement.bytes, placement.bound, placement.optimal});
  for (std::string wrong : {wrongLifetime(program), isByRows ? wrongRows(program) : std::string()})
    if (!wrong.empty())
      violations.push_back(std::move(wrong));
  return violations.empty() ? "" : violations.front();
}

} // namespace burin
