// Gives every arena buffer its offset. The planner and the checker are plain algorithms that share no code.
#include "passes/Passes.h"
#include "passes/lower/Offsets.h"
#include "passes/lower/PlaceBuffers.h"

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

  LogicalResult assign(plan::ProgramOp program) {
    const BufferPlacer placer(program, planTime);
    const llvm::BitVector all(static_cast<unsigned>(placer.buffers().size()), true);
    const BufferPlacement placement = placer.place(all, PlacementEffort::Complete);
    if (const std::string wrong = placer.check(all, placement); !wrong.empty())
      return program.emitError("BRN1701: the memory plan failed its check: ") << wrong;
    Builder b(&getContext());
    for (auto [op, offset] : llvm::zip(placer.buffers(), placement.offsets)) {
      plan::BufferOp buffer = op;
      buffer.setOffset(offset);
    }
    SmallVector<Attribute> proof;
    for (int index : placement.proof) {
      plan::BufferOp buffer = placer.buffers()[index];
      proof.push_back(buffer.getNameAttr());
    }
    if (!proof.empty())
      program.setProofAttr(b.getArrayAttr(proof));
    assignState(program);
    program.setArena(placement.bytes);
    program.setBound(placement.bound);
    program.setOptimal(placement.optimal);
    return checkArenaSize(program);
  }
};

} // namespace
} // namespace burin
