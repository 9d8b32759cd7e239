// Places the buffers as low as they can lie by what was decided so far, looks for two whose rows then meet, and decides
// these in every way that there is.
#include "plancheck/Need.h"

#include <algorithm>
#include <limits>

namespace burin::plancheck {
namespace {

constexpr int64_t mostSteps = 40'000'000; // half a minute at most; the image network of MLPerf takes a quarter of that
constexpr int64_t noLimit = std::numeric_limits<int64_t>::max() / 4;

/// Where a buffer may lie, from another one on: lo .. hi, both included.
struct Range {
  int64_t lo, hi;
};

/// Two of the buffers, and the ranges that the second's offset less the first's may lie in.
struct Couple {
  size_t first, second;
  std::vector<Range> allowed;

  bool allows(int64_t distance) const {
    return std::any_of(allowed.begin(), allowed.end(), [&](Range r) { return r.lo <= distance && distance <= r.hi; });
  }
};

struct Decision {
  const Couple *couple;
  Range range;
};

class Placer {
public:
  Placer(const Plan &plan, const std::vector<std::vector<RowLife>> &lives, const std::vector<int> &buffers,
         int64_t room)
      : room(room) {
    for (int b : buffers)
      bytes.push_back(plan.buffers[static_cast<size_t>(b)].bytes);
    const auto at = [](const auto &list, int i) -> auto & { return list[static_cast<size_t>(i)]; };
    for (size_t i = 0; i < buffers.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        couples.push_back({j, i, {}});
    for (Couple &c : couples) {
      const int x = buffers[c.first], y = buffers[c.second];
      c.allowed = allowedRanges(at(plan.buffers, x), at(lives, x), at(plan.buffers, y), at(lives, y));
    }
    const auto smaller = [&](const Couple &c) { return std::min(bytes[c.first], bytes[c.second]); };
    std::stable_sort(couples.begin(), couples.end(),
                     [&](const Couple &a, const Couple &b) { return smaller(a) > smaller(b); });
  }

  Need search() {
    const bool isPossible = canPlace();
    return steps > mostSteps ? Need::Unknown : isPossible ? Need::Refuted : Need::Shown;
  }

private:
  static std::vector<Range> allowedRanges(const Buffer &a, const std::vector<RowLife> &livesOfA, const Buffer &b,
                                          const std::vector<RowLife> &livesOfB) {
    const auto begin = [](const Buffer &buffer, const RowLife &life) {
      return buffer.placeOf(life.row) - buffer.offset;
    };
    std::vector<Range> forbidden; // open
    for (const RowLife &x : livesOfA)
      for (const RowLife &y : livesOfB)
        if (x.from <= y.to && y.from <= x.to)
          forbidden.push_back({begin(a, x) - begin(b, y) - b.rowBytes, begin(a, x) + a.rowBytes - begin(b, y)});
    std::sort(forbidden.begin(), forbidden.end(), [](Range x, Range y) { return x.lo < y.lo; });
    std::vector<Range> allowed;
    int64_t from = -noLimit;
    for (const Range &f : forbidden) {
      if (from <= f.lo)
        allowed.push_back({from, f.lo});
      from = std::max(from, f.hi);
    }
    allowed.push_back({from, noLimit});
    return allowed;
  }

  /// The lowest offsets that agree with all decisions; nothing if there are none within the room.
  std::optional<std::vector<int64_t>> lowest() const {
    std::vector<int64_t> offsets(bytes.size(), 0);
    for (bool moved = true; moved;) {
      moved = false;
      for (const Decision &d : decisions) {
        int64_t &first = offsets[d.couple->first], &second = offsets[d.couple->second];
        if (second < first + d.range.lo) {
          second = first + d.range.lo;
          moved = true;
        }
        if (first < second - d.range.hi) {
          first = second - d.range.hi;
          moved = true;
        }
        if (first + bytes[d.couple->first] > room || second + bytes[d.couple->second] > room)
          return std::nullopt;
      }
    }
    for (size_t i = 0; i < bytes.size(); ++i)
      if (offsets[i] + bytes[i] > room)
        return std::nullopt;
    return offsets;
  }

  bool canPlace() {
    if (++steps > mostSteps)
      return true;
    const std::optional<std::vector<int64_t>> offsets = lowest();
    if (!offsets)
      return false;
    const auto meets = [&](const Couple &c) { return !c.allows((*offsets)[c.second] - (*offsets)[c.first]); };
    const auto couple = std::find_if(couples.begin(), couples.end(), meets);
    if (couple == couples.end())
      return true;
    for (const Range &range : couple->allowed) {
      decisions.push_back({&*couple, range});
      const bool found = canPlace();
      decisions.pop_back();
      if (found)
        return true;
    }
    return false;
  }

  int64_t room, steps = 0;
  std::vector<int64_t> bytes;
  std::vector<Couple> couples; ///< those of large buffers first
  std::vector<Decision> decisions;
};

} // namespace

Need needAtLeast(const Plan &plan, const std::vector<std::vector<RowLife>> &lives, const std::vector<int> &buffers,
                 int64_t bytes) {
  return Placer(plan, lives, buffers, bytes - 1).search();
}

} // namespace burin::plancheck
