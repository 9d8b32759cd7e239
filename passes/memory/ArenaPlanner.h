// Offsets for buffers of known size and lifetime in one arena, as small as possible. A plain algorithm: no MLIR.
#pragma once

#include <cstdint>
#include <vector>

namespace burin::memory {

/// What must be placed. bytes >= 0 (one of 0 bytes conflicts with nothing), align > 0, first <= last.
struct Buffer {
  int64_t bytes;
  int64_t align;   ///< the offset is a multiple of it
  int first, last; ///< live from the step that writes it to the last step that reads it, inclusive
};

/// Buffers whose [first, last] intersect must not share a byte. All bytes and alignments together stay below 2^62.
struct Problem {
  std::vector<Buffer> buffers;
};

struct Solution {
  std::vector<int64_t> offsets; ///< in the problem's order
  int64_t bytes;                ///< the arena: the greatest offset + bytes
  /// No arena can be smaller: the most that is live in one step. For an alignment A, those of the buffers live there
  /// that are aligned to a multiple of A occupy their bytes rounded up to A, but for the topmost; the greatest of these
  /// sums, over all A that occur and their common divisor, counts.
  int64_t lowerBound;
  bool optimal; ///< proven: bytes is the lower bound, or the search saw all there is
};

/// Work for about half a second.
constexpr int64_t defaultSearchBudget = 200'000'000;

/// Places the buffers greedily in several orders; while that isn't known to be optimal, searches exactly.
///
/// `searchBudget` bounds the search in elementary steps, not in seconds, so that the result depends on the problem
/// alone; 0 leaves the greedy placement.
Solution planArena(const Problem &problem, int64_t searchBudget = defaultSearchBudget);

} // namespace burin::memory
