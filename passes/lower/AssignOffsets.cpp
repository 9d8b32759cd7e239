// Gives every arena buffer its offset. The planner and the checker are plain algorithms that share no code.
#include "passes/Passes.h"
#include "passes/lower/Offsets.h"
#include "passes/lower/PlanRows.h"
#include "passes/memory/ArenaPlanner.h"
#include "passes/memory/CheckArena.h"
#include "passes/memory/CheckRows.h"
#include "passes/memory/RowPlacement.h"

#include <algorithm>
#include <limits>

namespace burin {
#define GEN_PASS_DEF_ASSIGNOFFSETS
#include "passes/Passes.h.inc"

using namespace mlir;

int placementRounds(size_t buffers, int64_t planTime) {
  const auto rounds = static_cast<int64_t>(std::clamp<size_t>(8'000'000 / (buffers * buffers + 1), 20, 2'000));
  return static_cast<int>(std::clamp<int64_t>(rounds * planTime / 10, 10, 1'000'000));
}

std::string wrongLifetime(plan::ProgramOp program) {
  const plan::LayerNumbers numbers(program);
  std::string wrong;
  program.walk([&](plan::CallOp call) {
    auto layer = call->getParentOfType<plan::LayerOp>();
    for (Value v : call.getBuffers()) {
      auto buffer = v.getDefiningOp<plan::BufferOp>();
      if (!buffer)
        continue;
      const int64_t first = buffer.getLive()[0], last = buffer.getLive()[1], at = numbers.first(layer);
      if (at < first || at > last)
        wrong = buffer.getName().str() + " is used by " + layer.getName().str() + ", and not alive there";
      for (auto loop = call->getParentOfType<plan::LoopOp>(); loop; loop = loop->getParentOfType<plan::LoopOp>()) {
        auto around = loop->getParentOfType<plan::LayerOp>();
        if (first <= numbers.first(around) && last < numbers.last(around))
          wrong = buffer.getName().str() + " dies in " + around.getName().str() + ", whose next turn uses it";
      }
    }
  });
  return wrong;
}

void assignState(plan::ProgramOp program) {
  SmallVector<plan::BufferOp> buffers;
  SmallVector<std::pair<int64_t, size_t>> order; // largest alignment first, then as they come
  for (auto buffer : program.getBody().getOps<plan::BufferOp>())
    if (buffer.getState()) {
      order.emplace_back(-static_cast<int64_t>(buffer.getAlign()), buffers.size());
      buffers.push_back(buffer);
    }
  llvm::sort(order);
  int64_t end = 0;
  for (auto [align, index] : order) {
    end = static_cast<int64_t>(llvm::alignTo(static_cast<uint64_t>(end), static_cast<uint64_t>(-align)));
    buffers[index].setOffset(end);
    end += static_cast<int64_t>(buffers[index].getBytes());
  }
  program.setState(end);
}

LogicalResult checkArenaSize(plan::ProgramOp program) {
  const auto bytes = static_cast<int64_t>(program.getArena());
  if (bytes <= std::numeric_limits<int32_t>::max())
    return success();
  auto [at, alive] = plan::neediestLayer(program);
  InFlightDiagnostic d = program.emitError("BRN1704: the arena would have ") << bytes << " bytes";
  if (at)
    d << "; " << alive << " are alive at layer \"" << at.getName() << "\"";
  d.attachNote() << "fix: bind the dims to smaller sizes with --dim or --shape";
  return d;
}

namespace {

struct AssignOffsetsPass : impl::AssignOffsetsBase<AssignOffsetsPass> {
  using AssignOffsetsBase::AssignOffsetsBase;

  void runOnOperation() override {
    for (plan::ProgramOp program : getOperation().getOps<plan::ProgramOp>())
      if (failed(assign(program)))
        return signalPassFailure();
  }

  /// Of a program whose tensors live row by row.
  LogicalResult assignByRows(plan::ProgramOp program) {
    PlanRows rows = planRows(program);
    constexpr int64_t proofStepsOfSecond = 250'000;
    memory::RowPlacement placement = memory::placeRows(
        rows.program, rows.segments, placementRounds(rows.buffers.size(), planTime), proofStepsOfSecond * planTime);
    std::vector<std::string> violations =
        memory::checkRows(rows.program, rows.segments, placement.offsets, placement.bytes);
    for (std::string wrong : {wrongLifetime(program), wrongRows(program)})
      if (!wrong.empty())
        violations.push_back(std::move(wrong));
    if (!violations.empty())
      return program.emitError("BRN1701: the memory plan failed its check: ") << violations.front();
    Builder b(&getContext());
    for (auto [buffer, offset] : llvm::zip(rows.buffers, placement.offsets))
      buffer.setOffsetAttr(b.getI64IntegerAttr(offset));
    SmallVector<Attribute> proof;
    for (int tensor : placement.proof)
      proof.push_back(rows.buffers[tensor].getNameAttr());
    if (!proof.empty())
      program.setProofAttr(b.getArrayAttr(proof));
    assignState(program);
    program.setArena(placement.bytes);
    program.setBound(placement.lowerBound);
    program.setOptimal(placement.optimal());
    return checkArenaSize(program);
  }

  LogicalResult assign(plan::ProgramOp program) {
    if (program.getRowwise())
      return assignByRows(program);
    SmallVector<plan::BufferOp> buffers;
    for (auto buffer : program.getBody().getOps<plan::BufferOp>())
      if (buffer.isInArena())
        buffers.push_back(buffer);
    memory::Problem problem;
    for (plan::BufferOp buffer : buffers)
      problem.buffers.push_back({static_cast<int64_t>(buffer.getBytes()), static_cast<int64_t>(buffer.getAlign()),
                                 static_cast<int>(buffer.getLive()[0]), static_cast<int>(buffer.getLive()[1])});
    memory::Solution solution = memory::planArena(problem, memory::defaultSearchBudget / 10 * planTime);
    std::vector<std::string> violations = memory::checkArena(problem, solution);
    if (std::string wrong = wrongLifetime(program); !wrong.empty())
      violations.push_back(std::move(wrong));
    if (!violations.empty())
      return program.emitError("BRN1701: the memory plan failed its check: ") << violations.front();
    Builder b(&getContext());
    for (auto [buffer, offset] : llvm::zip(buffers, solution.offsets))
      buffer.setOffsetAttr(b.getI64IntegerAttr(offset));
    assignState(program);
    program.setArena(solution.bytes);
    program.setBound(solution.lowerBound);
    program.setOptimal(solution.optimal);
    return checkArenaSize(program);
  }
};

} // namespace
} // namespace burin
