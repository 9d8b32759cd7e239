// Offsets for tensors whose rows are born and die one by one, in one arena, as small as possible.
#pragma once

#include "passes/memory/RowLives.h"

namespace burin::memory {

struct RowPlacement {
  std::vector<int64_t> offsets; ///< per tensor; 0 where nothing lives
  int64_t bytes = 0;            ///< the arena
  int64_t lowerBound = 0;       ///< no arena can be smaller: the most that is alive at one time, or `bytes`, proven
  std::vector<int> proof;       ///< tensors that need `bytes` by themselves, where more than that bound is needed
  bool optimal() const { return bytes == lowerBound; }
};

/// Places the tensors so that no two rows that are alive at one time share a byte. Two tensors thus overlap at any
/// distance at which every row is born after the death of those below it, with distance 0 where a layer may write over
/// what it reads. Greedy in several orders, which are then improved in `rounds` trials each. Where what is alive at one
/// time doesn't prove that no arena is smaller, `proofSteps` steps look for tensors that can't lie in fewer bytes,
/// whatever the others do. Depends on the problem alone.
RowPlacement placeRows(const RowProgram &program, const std::vector<Segment> &segments, int rounds,
                       int64_t proofSteps = 0);

} // namespace burin::memory
