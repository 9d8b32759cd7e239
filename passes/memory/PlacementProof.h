// That no smaller arena exists, where more is needed than what is alive at one time: found by exhaustive search.
#pragma once

#include <cstdint>
#include <vector>

namespace burin::memory {

/// Numbers strictly between `lo` and `hi`.
struct Gap {
  int64_t lo, hi;
};

/// Tensors to be placed, and what the distance of two of them may not be.
struct Distances {
  std::vector<int64_t> bytes;
  /// [a][b], for b below a: what the offset of a less that of b may not be, in order.
  std::vector<std::vector<std::vector<Gap>>> forbidden;
};

/// The tensors of a smallest set that is known to need `bytes` bytes by itself; none if no such set was found. Looks at
/// sets in which no two tensors can lie anywhere, the smallest first, and searches all ways to order each, in so many
/// steps altogether; the same set every time.
std::vector<int> provenNeed(const Distances &distances, int64_t bytes, int64_t steps);

} // namespace burin::memory
