#include "passes/memory/RowSchedule.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace burin::memory {
namespace {

constexpr int mostSegments = 4'000; // that are tried: streams are shorter in longer programs
constexpr int segmentRounds = 2, trialRounds = 12;
constexpr int64_t infinite = std::numeric_limits<int64_t>::max();

using Division = std::vector<Segment>;

class Scheduler {
public:
  Scheduler(const RowProgram &program, int64_t planTime)
      : program(program), mostTrials(static_cast<size_t>(40 * planTime)),
        count(static_cast<int>(program.layers.size())), longest(std::clamp(mostSegments / std::max(count, 1), 8, 24)),
        needs(static_cast<size_t>(count), std::vector<int64_t>(static_cast<size_t>(count) + 1, -1)) {}

  Division alone() const {
    Division d;
    for (int l = 0; l < count; l = d.back().end)
      d.push_back({l, nearest(l)});
    return d;
  }

  Division streams() const {
    Division d;
    for (int l = 0; l < count; ++l)
      if (!d.empty() && isStreamable(l) && isStreamable(l - 1))
        d.back().end = l + 1;
      else
        d.push_back({l, l + 1});
    return d;
  }

  Division smallest();
  Division cheapestWithin(int64_t budget);

private:
  struct Trial {
    int64_t bytes = infinite, cost = 0;
    Division division;
    bool operator<(const Trial &other) const { return std::pair(bytes, cost) < std::pair(other.bytes, other.cost); }
  };

  bool isStreamable(int layer) const { return program.layers[layer].streamable; }

  /// The bytes of what is alive while the segment runs, as it would be placed if nothing else were. More than are alive
  /// at one time: rows that die one by one leave no room for what is larger than a row.
  int64_t need(int begin, int end) {
    int64_t &known = needs[begin][end];
    if (known < 0) {
      RowProgram copy = program;
      makeRings(copy, {begin, end});
      known = placeRows(copy, {{begin, end}}, segmentRounds).bytes;
    }
    return known;
  }

  int64_t cost(int begin, int end) const {
    int64_t sum = 0;
    for (int l = begin; l < end; ++l)
      sum += end - begin > 1 ? program.layers[l].streamCost : program.layers[l].aloneCost;
    return sum;
  }

  /// The segments that may begin at `begin` end from `nearest` to `furthest`.
  int nearest(int begin) const { return begin == 0 && program.together > 0 ? program.together : begin + 1; }
  int furthest(int begin) const {
    const int first = nearest(begin);
    int end = first;
    while (isStreamable(begin) && end < count && isStreamable(end) && end - first < longest - 1)
      ++end;
    return end;
  }

  /// What the segment that needs most needs, in the division where this is least.
  int64_t smallestNeed() {
    std::vector<int64_t> best(static_cast<size_t>(count) + 1, 0); // of the layers from here on
    for (int begin = count - 1; begin >= 0; --begin) {
      best[begin] = infinite;
      for (int end = nearest(begin); end <= furthest(begin); ++end)
        if (best[end] < best[begin])
          best[begin] = std::min(best[begin], std::max(need(begin, end), best[end]));
    }
    return best[0];
  }

  /// Of the divisions whose segments need up to `limit`, the one that costs least, then the least sum of needs.
  Division cheapest(int64_t limit) {
    struct Step {
      int64_t cost = 0, sum = 0;
      int end = -1;
    };
    std::vector<std::optional<Step>> best(static_cast<size_t>(count) + 1);
    best[count] = Step{};
    for (int begin = count - 1; begin >= 0; --begin)
      for (int end = nearest(begin); end <= furthest(begin); ++end) {
        if (!best[end] || need(begin, end) > limit)
          continue;
        const Step step{best[end]->cost + cost(begin, end), best[end]->sum + need(begin, end), end};
        if (!best[begin] || std::pair(step.cost, step.sum) < std::pair(best[begin]->cost, best[begin]->sum))
          best[begin] = step;
      }
    Division d;
    for (int l = 0; best[0] && l < count; l = d.back().end)
      d.push_back({l, best[l]->end});
    return d;
  }

  Trial tried(Division division, int rounds) const {
    RowProgram copy = program;
    Trial trial;
    for (const Segment &s : division) {
      makeRings(copy, s);
      trial.cost += cost(s.begin, s.end);
    }
    trial.bytes = placeRows(copy, division, rounds).bytes;
    trial.division = std::move(division);
    return trial;
  }

  std::vector<Division> neighboursOf(const Division &division) const;

  const RowProgram &program;
  size_t mostTrials;
  int count, longest;                      ///< layers of the program, and of a stream
  std::vector<std::vector<int64_t>> needs; ///< [begin][end], -1: not yet known
};

/// Divisions with one border moved, removed or added.
std::vector<Division> Scheduler::neighboursOf(const Division &division) const {
  std::vector<Division> out;
  const auto fits = [&](const Segment &s) {
    return s.end >= nearest(s.begin) && (!s.isStream() || furthest(s.begin) >= s.end);
  };
  for (size_t i = 0; i + 1 < division.size(); ++i) {
    Division joined = division;
    joined[i].end = joined[i + 1].end;
    joined.erase(joined.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    if (fits(joined[i]))
      out.push_back(std::move(joined));
    for (int shift : {-1, 1}) {
      Division moved = division;
      moved[i].end += shift;
      moved[i + 1].begin += shift;
      if (fits(moved[i]) && fits(moved[i + 1]))
        out.push_back(std::move(moved));
    }
  }
  for (size_t i = 0; i < division.size(); ++i)
    for (int at = nearest(division[i].begin); at < division[i].end; ++at) {
      Division split = division;
      split[i].end = at;
      split.insert(split.begin() + static_cast<std::ptrdiff_t>(i) + 1, {at, division[i].end});
      out.push_back(std::move(split));
    }
  return out;
}

Division Scheduler::smallest() {
  const int64_t least = smallestNeed();
  Trial best = tried(alone(), trialRounds);
  std::set<std::vector<int>> seen;
  const auto offer = [&](Division division) {
    std::vector<int> key;
    for (const Segment &s : division)
      key.push_back(s.end);
    if (division.empty() || !seen.insert(key).second)
      return false;
    Trial trial = tried(std::move(division), trialRounds);
    if (!(trial < best))
      return false;
    best = std::move(trial);
    return true;
  };
  for (int percent : {0, 1, 2, 4, 7, 11})
    offer(cheapest(least + least * percent / 100));
  for (bool better = true; better && best.bytes > least && seen.size() < mostTrials;) {
    better = false;
    for (Division &d : neighboursOf(best.division))
      if (seen.size() < mostTrials && offer(std::move(d)))
        better = true;
  }
  return best.division;
}

/// What all segments need by themselves is less than what the whole program does: the limit of the former comes down
/// until the latter fits.
Division Scheduler::cheapestWithin(int64_t budget) {
  constexpr int64_t finest = 64;
  for (int64_t limit = budget;;) {
    Division division = cheapest(limit);
    if (division.empty())
      return smallest();
    Trial trial = tried(std::move(division), trialRounds);
    if (trial.bytes <= budget)
      return trial.division;
    limit -= std::max(trial.bytes - budget, budget / finest + 1);
  }
}

} // namespace

std::vector<Segment> chooseSegments(RowProgram &program, ScheduleKind kind, int64_t budget, int64_t planTime) {
  Scheduler scheduler(program, planTime);
  Division division = kind == ScheduleKind::Alone     ? scheduler.alone()
                      : kind == ScheduleKind::Streams ? scheduler.streams()
                      : budget > 0                    ? scheduler.cheapestWithin(budget)
                                                      : scheduler.smallest();
  for (const Segment &s : division)
    makeRings(program, s);
  return division;
}

} // namespace burin::memory
