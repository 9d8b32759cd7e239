// A disjunctive temporal problem: each pair of tensors picks one of the intervals that its distance may lie in, and the
// picks must agree. Branch and bound, with the shortest-path closure of the picks made so far (Stergiou and Koubarakis,
// "Backtracking algorithms for disjunctions of temporal constraints", 2000).
#include "passes/memory/PlacementProof.h"

#include <algorithm>
#include <limits>

namespace burin::memory {
namespace {

constexpr int64_t farAway = std::numeric_limits<int64_t>::max() / 4;

/// What is known of the differences of the offsets, number n being the arena's start: offset(j) - offset(i) <= at(i,
/// j).
class Closure {
public:
  explicit Closure(size_t count) : count(count), most(count * count, farAway) {
    for (size_t i = 0; i < count; ++i)
      at(i, i) = 0;
  }
  int64_t &at(size_t i, size_t j) { return most[i * count + j]; }

  /// Adds offset(j) - offset(i) <= limit; false if that can't be.
  bool add(size_t i, size_t j, int64_t limit) {
    if (at(i, j) <= limit)
      return true;
    if (at(j, i) + limit < 0)
      return false;
    for (size_t a = 0; a < count; ++a) {
      const int64_t toJ = at(a, i) + limit;
      if (toJ < at(a, j))
        for (size_t b = 0; b < count; ++b)
          at(a, b) = std::min(at(a, b), toJ + at(j, b));
    }
    return true;
  }

private:
  size_t count;
  std::vector<int64_t> most;
};

/// The distances lo .. hi, both included.
struct Interval {
  int64_t lo, hi;
};

/// A pair whose distance, offset(a) - offset(b), may lie in intervals from `begin` to before `end` of a list.
struct Pair {
  size_t a, b;
  int64_t size; ///< of the smaller tensor: what goes wrong with large ones is found early
  size_t begin, end;
};

class Search {
public:
  Search(const Distances &distances, const std::vector<int> &chosen, int64_t arena, int64_t &steps)
      : origin(chosen.size()), steps(steps), start(chosen.size() + 1) {
    for (size_t i = 0; i < chosen.size(); ++i) {
      start.at(origin, i) = arena - distances.bytes[chosen[i]];
      start.at(i, origin) = 0;
      isPossible &= start.at(origin, i) >= 0;
    }
    for (size_t i = 0; i < chosen.size(); ++i)
      for (size_t j = 0; j < chosen.size(); ++j)
        if (i != j)
          start.at(i, j) = start.at(origin, j);
    for (size_t i = 0; i < chosen.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        addPair(distances, chosen, i, j);
    // Decided in this order, which isn't worse than one that looks at what is left.
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &x, const Pair &y) { return x.size > y.size; });
  }

  /// Whether it is certain that there is no way.
  bool isImpossible() { return !isPossible || (!decide(start, pairs) && steps > 0); }

private:
  void addPair(const Distances &distances, const std::vector<int> &chosen, size_t i, size_t j) {
    const bool isInOrder = chosen[j] < chosen[i];
    const size_t above = isInOrder ? i : j, below = isInOrder ? j : i;
    Pair pair{above, below, std::min(distances.bytes[chosen[i]], distances.bytes[chosen[j]]), intervals.size(), 0};
    int64_t from = -farAway;
    for (const Gap &gap : distances.forbidden[chosen[above]][chosen[below]]) {
      if (from <= gap.lo)
        intervals.push_back({from, gap.lo});
      from = gap.hi;
    }
    intervals.push_back({from, farAway});
    pair.end = intervals.size();
    pairs.push_back(pair);
  }

  /// Narrows what pairs may pick, and adds what follows from that, until nothing changes; false if a pair has no pick.
  bool narrow(Closure &known, std::vector<Pair> &open) const {
    for (bool changed = true; changed;) {
      changed = false;
      size_t kept = 0;
      for (Pair pair : open) {
        while (pair.begin < pair.end && intervals[pair.begin].hi < -known.at(pair.a, pair.b))
          ++pair.begin;
        while (pair.begin < pair.end && intervals[pair.end - 1].lo > known.at(pair.b, pair.a))
          --pair.end;
        if (pair.begin == pair.end)
          return false;
        const int64_t lo = intervals[pair.begin].lo, hi = intervals[pair.end - 1].hi;
        changed |= hi < known.at(pair.b, pair.a) || lo > -known.at(pair.a, pair.b);
        if (!known.add(pair.b, pair.a, hi) || !known.add(pair.a, pair.b, -lo))
          return false;
        if (pair.end - pair.begin > 1)
          open[kept++] = pair;
      }
      open.resize(kept);
    }
    return true;
  }

  /// Whether the pairs can pick so that all agree, or steps have run out.
  bool decide(Closure known, std::vector<Pair> open) {
    if (--steps <= 0)
      return true;
    if (!narrow(known, open))
      return false;
    if (open.empty())
      return true;
    const Pair pair = open.front();
    for (size_t pick = pair.begin; pick < pair.end; ++pick) {
      open.front().begin = pick;
      open.front().end = pick + 1;
      if (decide(known, open))
        return true;
    }
    return false;
  }

  size_t origin;
  int64_t &steps;
  Closure start;
  bool isPossible = true;
  std::vector<Interval> intervals;
  std::vector<Pair> pairs;
};

/// The largest sets in which each two tensors forbid each other some distance (Bron and Kerbosch, 1973).
class Cliques {
public:
  explicit Cliques(const Distances &distances) : distances(distances) {
    std::vector<int> all(distances.bytes.size());
    for (size_t i = 0; i < all.size(); ++i)
      all[i] = static_cast<int>(i);
    extend({}, std::move(all), {});
  }
  std::vector<std::vector<int>> sets;

private:
  static constexpr size_t mostSets = 2'000;

  bool areNear(int a, int b) const { return a != b && !distances.forbidden[std::max(a, b)][std::min(a, b)].empty(); }
  std::vector<int> nearOnes(const std::vector<int> &of, int v) const {
    std::vector<int> near;
    std::copy_if(of.begin(), of.end(), std::back_inserter(near), [&](int u) { return areNear(u, v); });
    return near;
  }

  void extend(const std::vector<int> &set, std::vector<int> candidates, std::vector<int> excluded) {
    if (sets.size() >= mostSets)
      return;
    if (candidates.empty()) {
      if (excluded.empty())
        sets.push_back(set);
      return;
    }
    size_t most = 0;
    int pivot = candidates.front();
    for (int v : candidates)
      if (size_t near = nearOnes(candidates, v).size(); near > most) {
        most = near;
        pivot = v;
      }
    for (int v : std::vector<int>(candidates)) {
      if (areNear(pivot, v))
        continue;
      std::vector<int> next = set;
      next.push_back(v);
      extend(next, nearOnes(candidates, v), nearOnes(excluded, v));
      candidates.erase(std::find(candidates.begin(), candidates.end(), v));
      excluded.push_back(v);
    }
  }

  const Distances &distances;
};

} // namespace

std::vector<int> provenNeed(const Distances &distances, int64_t bytes, int64_t steps) {
  std::vector<std::vector<int>> sets = Cliques(distances).sets;
  const auto sum = [&](const std::vector<int> &set) {
    int64_t all = 0;
    for (int t : set)
      all += distances.bytes[t];
    return all;
  };
  std::erase_if(sets, [&](const std::vector<int> &set) { return sum(set) < bytes; }); // one behind the other, they fit
  std::stable_sort(sets.begin(), sets.end(),
                   [](const std::vector<int> &a, const std::vector<int> &b) { return a.size() < b.size(); });
  for (std::vector<int> &set : sets) {
    if (Search(distances, set, bytes - 1, steps).isImpossible()) {
      std::sort(set.begin(), set.end());
      return set;
    }
    if (steps <= 0)
      break;
  }
  return {};
}

} // namespace burin::memory
