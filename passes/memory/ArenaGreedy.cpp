#include "passes/memory/ArenaGreedy.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace burin::memory {

static bool liveTogether(const Buffer &a, const Buffer &b) { return a.first <= b.last && b.first <= a.last; }

static int64_t roundUp(int64_t value, int64_t align) { return (value + align - 1) / align * align; }

/// The offset for `buffer` beside the `placed` ones, which are sorted by offset.
static int64_t findGap(const Problem &problem, const Placement &placement, const std::vector<int> &placed,
                       const Buffer &buffer, Fit fit) {
  int64_t cursor = 0, best = -1, bestRest = std::numeric_limits<int64_t>::max();
  for (int p : placed) {
    const Buffer &other = problem.buffers[p];
    if (!liveTogether(buffer, other))
      continue;
    const int64_t start = roundUp(cursor, buffer.align), rest = placement.offsets[p] - start - buffer.bytes;
    if (rest >= 0 && fit == Fit::Lowest)
      return start;
    if (rest >= 0 && rest < bestRest) {
      best = start;
      bestRest = rest;
    }
    cursor = std::max(cursor, placement.offsets[p] + other.bytes);
  }
  return best >= 0 ? best : roundUp(cursor, buffer.align);
}

Placement placeInOrder(const Problem &problem, const std::vector<int> &order, Fit fit) {
  Placement placement{std::vector<int64_t>(problem.buffers.size(), 0), 0};
  std::vector<int> placed;
  for (int i : order) {
    const Buffer &buffer = problem.buffers[i];
    if (buffer.bytes == 0)
      continue;
    const int64_t offset = findGap(problem, placement, placed, buffer, fit);
    placement.offsets[i] = offset;
    placement.bytes = std::max(placement.bytes, offset + buffer.bytes);
    auto above = [&](int p) { return placement.offsets[p] > offset; };
    placed.insert(std::find_if(placed.begin(), placed.end(), above), i);
  }
  return placement;
}

std::vector<std::vector<int>> promisingOrders(const Problem &problem) {
  const auto &buffers = problem.buffers;
  auto lifetime = [](const Buffer &b) { return static_cast<double>(b.last) - b.first + 1; };
  std::vector<double> conflictBytes(buffers.size(), 0); // of all that live together with it
  for (size_t i = 0; i < buffers.size(); ++i)
    for (const Buffer &other : buffers)
      if (liveTogether(buffers[i], other))
        conflictBytes[i] += static_cast<double>(other.bytes);

  using Key = std::tuple<double, double>;
  const std::vector<Key (*)(double bytes, double lifetime, double conflicts, double first)> keys = {
      [](double bytes, double, double conflicts, double) { return Key(conflicts, bytes); },
      [](double bytes, double life, double, double) { return Key(life, bytes); },
      [](double bytes, double life, double, double first) { return Key(first + life, bytes); },
      [](double bytes, double, double, double first) { return Key(-first, bytes); },
      [](double bytes, double life, double, double) { return Key(bytes * life, bytes); },
      [](double bytes, double, double conflicts, double) { return Key(bytes * conflicts, bytes); },
      [](double bytes, double life, double, double) { return Key(bytes, life); },
  };
  std::vector<std::vector<int>> orders;
  for (auto key : keys) {
    std::vector<Key> values;
    for (size_t i = 0; i < buffers.size(); ++i)
      values.push_back(key(static_cast<double>(buffers[i].bytes), lifetime(buffers[i]), conflictBytes[i],
                           static_cast<double>(buffers[i].first)));
    std::vector<int> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int a, int b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
    orders.push_back(std::move(order));
  }
  return orders;
}

/// Moves all that ends above `limit` ahead, by half of its distance to the front.
static void promote(std::vector<int> &order, const Problem &problem, const Placement &placement, int64_t limit) {
  for (size_t at = 1; at < order.size(); ++at) {
    const int i = order[at];
    if (placement.offsets[i] + problem.buffers[i].bytes > limit)
      std::rotate(order.begin() + at / 2, order.begin() + at, order.begin() + at + 1);
  }
}

Placement placeGreedily(const Problem &problem, const std::vector<std::vector<int>> &orders, int64_t lowerBound,
                        int64_t &budget) {
  const auto n = static_cast<int64_t>(problem.buffers.size());
  Placement best{{}, std::numeric_limits<int64_t>::max()};
  auto offer = [&](Placement &&placement) {
    if (placement.bytes < best.bytes)
      best = std::move(placement);
    return best.bytes == lowerBound;
  };
  for (const auto &order : orders)
    for (Fit fit : {Fit::Lowest, Fit::Tightest})
      if (offer(placeInOrder(problem, order, fit)))
        return best;
  constexpr int rounds = 50;
  for (auto order : orders)
    for (int round = 0; round < rounds && budget > 0; ++round, budget -= n * n) {
      Placement placement = placeInOrder(problem, order, Fit::Lowest);
      // What ends beyond the best arena so far is to blame; if nothing does, what ends beyond the bound.
      promote(order, problem, placement, placement.bytes > best.bytes ? best.bytes - 1 : lowerBound);
      if (offer(std::move(placement)))
        return best;
    }
  return best;
}

} // namespace burin::memory
