// Exact search for the smallest arena.
#pragma once

#include "passes/memory/ArenaPlanner.h"

namespace burin::memory {

struct SearchResult {
  std::vector<int64_t> offsets; ///< empty if nothing better was found
  int64_t bytes;
  bool exhausted; ///< nothing smaller exists
};

/// Looks for placements of less than `bytes`, smaller and smaller ones, down to `lowerBound`. `order` says which of two
/// buffers that fit equally low is tried first. `budget`, in elementary steps, is lowered; the search ends at 0.
///
/// Branch and bound over canonical placements: among the smallest arenas there is one with the least sum of offsets, in
/// which no buffer can move down by itself. Sorted by (offset, index), each buffer of it lies directly on those before
/// it, and none leaves a hole into which a later one would fit. Only such sequences are tried; a branch ends when some
/// stretch of time can't hold the bytes it still has to take. After M. Moffitt, "MiniMalloc" (ASPLOS 2023).
SearchResult searchArena(const Problem &problem, const std::vector<int> &order, int64_t bytes, int64_t lowerBound,
                         int64_t &budget);

} // namespace burin::memory
