// The planners and their checkers, applied to buffers of a program: to all of them, or to those that share a memory.
#ifndef BURIN_PASSES_LOWER_PLACEBUFFERS_H
#define BURIN_PASSES_LOWER_PLACEBUFFERS_H

#include "passes/lower/PlanRows.h"

#include "llvm/ADT/BitVector.h"

namespace burin {

/// Where buffers lie that have some bytes for themselves.
struct BufferPlacement {
  std::vector<int64_t> offsets; ///< of all buffers of the arena; 0 for those that aren't among them
  int64_t bytes = 0;
  int64_t bound = 0; ///< they can't lie in fewer bytes
  bool optimal = false;
  llvm::SmallVector<int> proof; ///< buffers that need all the bytes by themselves
};

enum class PlacementEffort {
  Greedy,  ///< milliseconds
  Search,  ///< better, if it takes its time
  Complete ///< with the proof that fewer bytes don't do
};

class BufferPlacer {
public:
  BufferPlacer(plan::ProgramOp program, int64_t planTime);

  /// Those of the arena, as bits and offsets number them.
  llvm::ArrayRef<plan::BufferOp> buffers() const { return rows.buffers; }
  BufferPlacement place(const llvm::BitVector &which, PlacementEffort effort) const;
  /// What is wrong with a placement, by algorithms that share no code with those that make them; empty if nothing is.
  std::string check(const llvm::BitVector &which, const BufferPlacement &placement) const;

private:
  memory::RowProgram rowProgramOf(const llvm::BitVector &which) const;

  plan::ProgramOp program;
  int64_t planTime;
  bool isByRows;
  PlanRows rows; ///< of a program whose buffers live as wholes, only these
};

} // namespace burin

#endif
