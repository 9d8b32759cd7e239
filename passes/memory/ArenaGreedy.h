// Placement of buffers one by one, each in a gap between those already placed.
#pragma once

#include "passes/memory/ArenaPlanner.h"

namespace burin::memory {

enum class Fit {
  Lowest,  ///< the lowest gap that is large enough
  Tightest ///< the gap that leaves least behind; the lowest of equals
};

struct Placement {
  std::vector<int64_t> offsets;
  int64_t bytes;
};

/// Places the buffers in `order` (a permutation). O(n^2).
Placement placeInOrder(const Problem &problem, const std::vector<int> &order, Fit fit);

/// Orders in which greedy placement and the exact search tend to do well: by the bytes that live together with a
/// buffer, lifetime, end, …, each falling, equals in the problem's order.
std::vector<std::vector<int>> promisingOrders(const Problem &problem);

/// The best of all `orders` and both fits, then of orders changed step by step: what ended at the top goes earlier.
/// Stops at `lowerBound`, or when `budget`, which it lowers, is spent; `orders` themselves are tried in any case.
Placement placeGreedily(const Problem &problem, const std::vector<std::vector<int>> &orders, int64_t lowerBound,
                        int64_t &budget);

} // namespace burin::memory
