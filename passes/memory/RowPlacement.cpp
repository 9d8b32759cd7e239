#include "passes/memory/RowPlacement.h"

#include "passes/memory/PlacementProof.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace burin::memory {
namespace {

/// A tensor near another one, and what their distance, its offset less the other's, may not be.
struct Neighbour {
  int tensor;
  std::vector<Gap> forbidden;
};

/// Sorts gaps and joins those that overlap; gaps that leave a single number between them stay two.
void joinGaps(std::vector<Gap> &gaps) {
  std::sort(gaps.begin(), gaps.end(), [](Gap a, Gap b) { return a.lo != b.lo ? a.lo < b.lo : a.hi < b.hi; });
  size_t kept = 0;
  for (const Gap &g : gaps) {
    if (kept > 0 && g.lo < gaps[kept - 1].hi)
      gaps[kept - 1].hi = std::max(gaps[kept - 1].hi, g.hi);
    else
      gaps[kept++] = g;
  }
  gaps.resize(kept);
}

/// Joins `gap` with the last one if they overlap.
void addGap(std::vector<Gap> &gaps, Gap gap) {
  if (!gaps.empty() && gap.lo < gaps.back().hi && gaps.back().lo < gap.hi)
    gaps.back() = {std::min(gaps.back().lo, gap.lo), std::max(gaps.back().hi, gap.hi)};
  else
    gaps.push_back(gap);
}

/// What the distance of b from a may not be because of these two lives.
void forbid(const Life &a, const Life &b, std::vector<Gap> &gaps) {
  const auto takesOver = [](const Life &x, const Life &y) { return x.to % 2 == 0 && y.from == x.to + 1; };
  const bool handedOver = takesOver(a, b) || takesOver(b, a);
  if (!handedOver && (a.to < b.from || b.to < a.from))
    return;
  const Gap all{a.lo - b.hi, a.hi - b.lo};
  if (handedOver && a.row == b.row && a.hi - a.lo == b.hi - b.lo) { // together, or apart
    gaps.push_back({all.lo, a.lo - b.lo});
    gaps.push_back({a.lo - b.lo, all.hi});
  } else {
    addGap(gaps, all);
  }
}

/// The lives of a tensor, and what makes it quick to find those of a given time.
class LifeIndex {
public:
  explicit LifeIndex(const std::vector<Life> &lives) : lives(lives), runEnd(lives.size()) {
    for (size_t i = lives.size(); i-- > 0;) {
      const bool joins = i + 1 < lives.size() && lives[i + 1].lo == lives[i].hi;
      runEnd[i] = joins ? runEnd[i + 1] : i + 1;
      isInOrder &= i + 1 == lives.size() || (lives[i].from <= lives[i + 1].from && lives[i].to <= lives[i + 1].to);
    }
  }

  /// What the distance of this tensor from that of `a` may not be.
  void forbidNear(const Life &a, std::vector<Gap> &gaps) const {
    if (!isInOrder) {
      for (const Life &b : lives)
        forbid(a, b, gaps);
      return;
    }
    const Range near = rangeOf(a.from - 1, a.to + 1), together = rangeOf(a.from, a.to);
    for (size_t i = near.first; i < std::min(together.first, near.last); ++i)
      forbid(a, lives[i], gaps); // a may take over from it
    forbidTogether(a, gaps);
    for (size_t i = std::max(together.first, together.last); i < near.last; ++i)
      forbid(a, lives[i], gaps); // it may take over from a
  }

  /// The same without what takes over from a, or from which it does.
  void forbidTogether(const Life &a, std::vector<Gap> &gaps) const {
    if (!isInOrder) {
      for (const Life &b : lives)
        if (b.from <= a.to && a.from <= b.to)
          addGap(gaps, {a.lo - b.hi, a.hi - b.lo});
      return;
    }
    const auto [first, last] = rangeOf(a.from, a.to);
    for (size_t i = first; i < last; i = std::min(last, runEnd[i])) // rows that touch forbid one gap
      addGap(gaps, {a.lo - lives[std::min(last, runEnd[i]) - 1].hi, a.hi - lives[i].lo});
  }

private:
  struct Range {
    size_t first, last; ///< the latter excluded
  };
  /// The lives that are alive sometime from `from` to `to`, if they are in order.
  Range rangeOf(int64_t from, int64_t to) const {
    const auto endsBefore = [](const Life &life, int64_t time) { return life.to < time; };
    const auto beginsAfter = [](int64_t time, const Life &life) { return time < life.from; };
    return {static_cast<size_t>(std::lower_bound(lives.begin(), lives.end(), from, endsBefore) - lives.begin()),
            static_cast<size_t>(std::upper_bound(lives.begin(), lives.end(), to, beginsAfter) - lives.begin())};
  }

  const std::vector<Life> &lives;
  std::vector<size_t> runEnd; ///< of the rows that lie one behind the other from here on
  bool isInOrder = true;      ///< they begin, and end, one after the other
};

class Placer {
public:
  Placer(const RowProgram &program, const std::vector<Segment> &segments)
      : program(program), lives(livesDuring(program, segments)), neighbours(program.tensors.size()) {
    for (size_t t = 0; t < program.tensors.size(); ++t)
      if (!lives.of[t].empty())
        placed.push_back(static_cast<int>(t));
    for (int a : placed) {
      Span &s = spans.emplace_back(Span{std::numeric_limits<int64_t>::max(), -1});
      for (const Life &life : lives.of[a])
        s = {std::min(s.from, life.from), std::max(s.to, life.to)};
      indices.emplace_back(lives.of[a]);
    }
    for (size_t i = 0; i < placed.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        addPair(i, j);
  }

  RowPlacement best(int rounds);
  void prove(RowPlacement &placement, int64_t steps) const;

private:
  struct Span {
    int64_t from, to;
  };

  void addPair(size_t i, size_t j) {
    if (spans[i].to + 1 < spans[j].from || spans[j].to + 1 < spans[i].from)
      return;
    const int a = placed[i], b = placed[j];
    std::vector<Gap> gaps;
    for (const Life &life : lives.of[a])
      indices[j].forbidNear(life, gaps);
    joinGaps(gaps);
    if (gaps.empty())
      return;
    neighbours[b].push_back({a, {}});
    for (const Gap &g : gaps)
      neighbours[b].back().forbidden.push_back({g.lo, g.hi});
    std::vector<Gap> &mirrored = neighbours[a].emplace_back(Neighbour{b, {}}).forbidden;
    for (const Gap &g : gaps)
      mirrored.push_back({-g.hi, -g.lo});
  }

  std::vector<std::vector<int>> firstOrders() const;
  void placeInOrder(const std::vector<int> &order);
  int64_t lowestOffset(int tensor, const std::vector<char> &isPlaced) const;

  const RowProgram &program;
  Lives lives;
  std::vector<int> placed; ///< the tensors that live
  std::vector<Span> spans; ///< of these: from the first birth to the last death
  std::vector<LifeIndex> indices;
  std::vector<std::vector<Neighbour>> neighbours;
  std::vector<int64_t> offsets;
  int64_t bytes = 0;
  mutable std::vector<Gap> blocked;
};

int64_t Placer::lowestOffset(int tensor, const std::vector<char> &isPlaced) const {
  blocked.clear();
  for (const Neighbour &n : neighbours[tensor])
    if (isPlaced[n.tensor])
      for (const Gap &g : n.forbidden)
        if (offsets[n.tensor] + g.hi > 0)
          blocked.push_back({offsets[n.tensor] + g.lo, offsets[n.tensor] + g.hi});
  std::sort(blocked.begin(), blocked.end(), [](Gap a, Gap b) { return a.lo < b.lo; });
  const int64_t align = program.tensors[tensor].align;
  int64_t at = 0;
  for (const Gap &g : blocked)
    if (g.lo < at && at < g.hi)
      at = (g.hi + align - 1) / align * align;
  return at;
}

void Placer::placeInOrder(const std::vector<int> &order) {
  offsets.assign(program.tensors.size(), 0);
  std::vector<char> isPlaced(program.tensors.size(), 0);
  bytes = 0;
  for (int t : order) {
    offsets[t] = lowestOffset(t, isPlaced);
    isPlaced[t] = 1;
    bytes = std::max(bytes, offsets[t] + program.tensors[t].keptBytes());
  }
}

std::vector<std::vector<int>> Placer::firstOrders() const {
  std::vector<Span> span(program.tensors.size());
  for (size_t i = 0; i < placed.size(); ++i)
    span[placed[i]] = spans[i];
  auto kept = [&](int t) { return program.tensors[t].keptBytes(); };
  const auto sortedBy = [&](auto key) {
    std::vector<int> order = placed;
    // `placed` rises, and decides between equals.
    std::sort(order.begin(), order.end(), [&](int a, int b) { return std::pair(-key(a), a) < std::pair(-key(b), b); });
    return order;
  };
  return {sortedBy([&](int t) { return kept(t); }),
          sortedBy([&](int t) { return -span[t].from; }),
          sortedBy([&](int t) { return span[t].to; }),
          sortedBy([&](int t) { return -span[t].to; }),
          sortedBy([&](int t) { return span[t].from; }),
          sortedBy([&](int t) { return (span[t].to - span[t].from) * kept(t); }),
          sortedBy([&](int t) { return span[t].to - span[t].from; })};
}

RowPlacement Placer::best(int rounds) {
  RowPlacement best;
  best.lowerBound = peakBytes(program, lives);
  best.bytes = std::numeric_limits<int64_t>::max();
  const auto offer = [&] {
    if (bytes < best.bytes) {
      best.bytes = bytes;
      best.offsets = offsets;
    }
    return best.optimal();
  };
  uint64_t state = 1; // xorshift
  const auto random = [&](size_t n) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return static_cast<size_t>(state % n);
  };
  for (std::vector<int> order : firstOrders()) {
    state = 1; // the same moves every time, and the more rounds, the more of them
    placeInOrder(order);
    if (offer() || placed.size() < 2)
      return best;
    int64_t current = bytes;
    for (int round = 0; round < rounds; ++round) {
      // What ends highest is to blame: it, or now and then any other one, goes earlier.
      std::vector<int> next = order;
      size_t from = 0;
      if (round % 4 == 3) {
        from = random(next.size());
      } else {
        for (size_t i = 0; i < next.size(); ++i)
          if (offsets[next[i]] + program.tensors[next[i]].keptBytes() == bytes)
            from = i;
      }
      if (from == 0)
        from = 1 + random(next.size() - 1);
      const size_t to = random(from);
      std::rotate(next.begin() + to, next.begin() + from, next.begin() + from + 1);
      placeInOrder(next);
      if (offer())
        return best;
      if (bytes <= current || random(16) == 0) {
        current = bytes;
        order = std::move(next);
      }
    }
  }
  return best;
}

void Placer::prove(RowPlacement &placement, int64_t steps) const {
  Distances distances;
  distances.forbidden.resize(placed.size());
  for (size_t i = 0; i < placed.size(); ++i) {
    distances.bytes.push_back(program.tensors[placed[i]].keptBytes());
    for (size_t j = 0; j < i; ++j) {
      std::vector<Gap> &gaps = distances.forbidden[i].emplace_back();
      // As `forbid` has it, the distance of j from i; and mirrored.
      for (const Life &life : lives.of[placed[j]])
        indices[i].forbidTogether(life, gaps);
      joinGaps(gaps);
    }
  }
  std::vector<int> set = provenNeed(distances, placement.bytes, steps);
  if (set.empty())
    return;
  placement.lowerBound = placement.bytes;
  for (int i : set)
    placement.proof.push_back(placed[i]);
}

} // namespace

RowPlacement placeRows(const RowProgram &program, const std::vector<Segment> &segments, int rounds,
                       int64_t proofSteps) {
  if (segments.empty())
    return {.offsets = std::vector<int64_t>(program.tensors.size(), 0)};
  Placer placer(program, segments);
  RowPlacement placement = placer.best(rounds);
  if (proofSteps > 0 && !placement.optimal())
    placer.prove(placement, proofSteps);
  return placement;
}

} // namespace burin::memory
