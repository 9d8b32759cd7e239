#include "passes/memory/ArenaPlanner.h"

#include "passes/memory/ArenaGreedy.h"
#include "passes/memory/ArenaSearch.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace burin::memory {

/// What the buffers live at `step` whose alignment is a multiple of `unit` need, however they are placed.
static int64_t liveBytes(const Problem &problem, int step, int64_t unit) {
  int64_t sum = 0, slack = 0;
  for (const Buffer &b : problem.buffers)
    if (b.bytes > 0 && b.first <= step && step <= b.last && b.align % unit == 0) {
      const int64_t rounded = (b.bytes + unit - 1) / unit * unit;
      sum += rounded;
      slack = std::max(slack, rounded - b.bytes);
    }
  return sum - slack;
}

static int64_t lowerBound(const Problem &problem) {
  std::set<int64_t> units;
  std::set<int> beginnings; // where the set of live buffers is largest
  int64_t common = 0;
  for (const Buffer &b : problem.buffers)
    if (b.bytes > 0) {
      units.insert(b.align);
      beginnings.insert(b.first);
      common = std::gcd(common, b.align);
    }
  if (common > 0)
    units.insert(common);
  int64_t bound = 0;
  for (int step : beginnings)
    for (int64_t unit : units)
      bound = std::max(bound, liveBytes(problem, step, unit));
  return bound;
}

Solution planArena(const Problem &problem, int64_t searchBudget) {
  const int64_t bound = lowerBound(problem);
  const auto orders = promisingOrders(problem);
  Placement greedy = placeGreedily(problem, orders, bound, searchBudget);
  Solution solution{std::move(greedy.offsets), greedy.bytes, bound, greedy.bytes == bound};

  // A bad first choice costs any amount of time, and another order often succeeds at once: so each order gets a little
  // time first, then its share of what is left.
  for (const int64_t part : {int64_t{64}, int64_t{1}})
    for (size_t i = 0; i < orders.size() && !solution.optimal && searchBudget > 0; ++i) {
      const int64_t share = searchBudget / (part * static_cast<int64_t>(orders.size() - i));
      int64_t left = share;
      SearchResult found = searchArena(problem, orders[i], solution.bytes, bound, left);
      searchBudget -= share - left;
      if (!found.offsets.empty()) {
        solution.offsets = std::move(found.offsets);
        solution.bytes = found.bytes;
      }
      solution.optimal = found.exhausted;
    }
  return solution;
}

} // namespace burin::memory
