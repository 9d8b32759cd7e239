#include "passes/memory/CheckArena.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace burin::memory {

static std::string describe(const Problem &problem, const Solution &solution, size_t i) {
  const Buffer &b = problem.buffers[i];
  return fmt::format("buffer {} (bytes {}..{}, steps {}..{})", i, solution.offsets[i],
                     solution.offsets[i] + b.bytes - 1, b.first, b.last);
}

static bool isValid(const Buffer &b) { return b.bytes >= 0 && b.align > 0 && b.first <= b.last; }

/// The bytes of the buffers in `live` that are aligned to multiples of `unit`, all but one of them padded to it: the
/// one whose padding is largest.
static int64_t paddedBytes(const std::vector<Buffer> &live, int64_t unit) {
  int64_t padded = 0, largestPadding = 0;
  for (const Buffer &b : live) {
    if (b.align % unit != 0)
      continue;
    const int64_t padding = b.bytes % unit == 0 ? 0 : unit - b.bytes % unit;
    padded += b.bytes + padding;
    largestPadding = std::max(largestPadding, padding);
  }
  return padded - largestPadding;
}

/// As Solution::lowerBound is defined, at every step at which something begins or ends.
static int64_t boundByDefinition(const Problem &problem) {
  int64_t common = 0;
  for (const Buffer &b : problem.buffers)
    common = b.bytes > 0 ? std::gcd(common, b.align) : common;
  int64_t bound = 0;
  for (const Buffer &event : problem.buffers)
    for (int step : {event.first, event.last}) {
      std::vector<Buffer> live;
      for (const Buffer &b : problem.buffers)
        if (b.first <= step && b.last >= step && b.bytes > 0)
          live.push_back(b);
      if (live.empty())
        continue;
      std::set<int64_t> units{common};
      for (const Buffer &b : live)
        units.insert(b.align);
      for (int64_t unit : units)
        bound = std::max(bound, paddedBytes(live, unit));
    }
  return bound;
}

/// Whether the buffer itself lies where it may.
static bool checkOne(const Problem &problem, const Solution &solution, size_t i, std::vector<std::string> &violations) {
  const Buffer &b = problem.buffers[i];
  const int64_t offset = solution.offsets[i];
  const size_t before = violations.size();
  if (offset < 0)
    violations.push_back(fmt::format("buffer {} has the negative offset {}", i, offset));
  if (offset % b.align != 0)
    violations.push_back(fmt::format("buffer {} at {} isn't aligned to {}", i, offset, b.align));
  if (b.bytes > solution.bytes || offset > solution.bytes - b.bytes)
    violations.push_back(fmt::format("buffer {} at {} with {} bytes leads beyond the arena of {} bytes", i, offset,
                                     b.bytes, solution.bytes));
  return violations.size() == before;
}

static void checkPairs(const Problem &problem, const Solution &solution, std::vector<std::string> &violations) {
  for (size_t i = 0; i < problem.buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const Buffer &a = problem.buffers[i], &b = problem.buffers[j];
      const int64_t aStart = solution.offsets[i], bStart = solution.offsets[j];
      const bool apartInTime = a.last < b.first || b.last < a.first;
      const bool apartInSpace = aStart + a.bytes <= bStart || bStart + b.bytes <= aStart;
      if (a.bytes > 0 && b.bytes > 0 && !apartInTime && !apartInSpace)
        violations.push_back(describe(problem, solution, j) + " overlaps " + describe(problem, solution, i));
    }
}

std::vector<std::string> checkArena(const Problem &problem, const Solution &solution) {
  std::vector<std::string> violations;
  for (size_t i = 0; i < problem.buffers.size(); ++i) {
    const Buffer &b = problem.buffers[i];
    if (!isValid(b))
      violations.push_back(fmt::format("buffer {} is invalid: {} bytes, alignment {}, steps {}..{}", i, b.bytes,
                                       b.align, b.first, b.last));
  }
  if (solution.offsets.size() != problem.buffers.size())
    violations.push_back(fmt::format("{} offsets for {} buffers", solution.offsets.size(), problem.buffers.size()));
  if (!violations.empty())
    return violations;

  int64_t used = 0;
  for (size_t i = 0; i < problem.buffers.size(); ++i)
    if (checkOne(problem, solution, i, violations) && problem.buffers[i].bytes > 0)
      used = std::max(used, solution.offsets[i] + problem.buffers[i].bytes);
  if (!violations.empty())
    return violations; // sums of such offsets might overflow

  checkPairs(problem, solution, violations);
  if (used != solution.bytes)
    violations.push_back(fmt::format("the arena has {} bytes, of which {} are used", solution.bytes, used));
  const int64_t bound = boundByDefinition(problem);
  if (bound != solution.lowerBound)
    violations.push_back(fmt::format("the lower bound is {}, not {}", bound, solution.lowerBound));
  if (solution.bytes < bound)
    violations.push_back(fmt::format("an arena of {} bytes can't hold the {} live at once", solution.bytes, bound));
  if (!solution.optimal && solution.bytes == bound)
    violations.push_back(fmt::format("an arena of {} bytes, its lower bound, isn't called optimal", bound));
  return violations;
}

} // namespace burin::memory
