#include "passes/memory/ArenaSearch.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace burin::memory {

namespace {

int64_t roundUp(int64_t value, int64_t align) { return (value + align - 1) / align * align; }

/// One buffer of the search; those of 0 bytes have none. Items are numbered in the order of preference.
struct Item {
  Buffer buffer;
  int original;
  int64_t rounded;               ///< bytes, to the unit of all alignments
  int sectionFirst, sectionLast; ///< inclusive
  std::vector<int> conflicts;    ///< items live at the same time
  int twin = -1;                 ///< the item before it that equals it in all but its number
  int64_t offset = -1;           ///< -1: not placed
  int64_t least = 0;             ///< the lowest offset above all placed conflicts
};

/// A stretch of time in which the same buffers are live.
struct Section {
  int64_t top = 0;       ///< end of the highest placed item
  int64_t remaining = 0; ///< rounded bytes of the items yet to be placed
  int64_t slack = 0;     ///< the most that rounding adds to one item: the topmost one needn't be rounded
};

class Search {
public:
  Search(const Problem &problem, const std::vector<int> &order, int64_t bytes, int64_t lowerBound, int64_t &budget)
      : capacity(bytes - 1), lowerBound(lowerBound), budget(budget) {
    result.bytes = bytes;
    result.offsets.clear();
    for (int i : order)
      if (problem.buffers[i].bytes > 0)
        items.push_back({problem.buffers[i], i, 0, 0, 0, {}});
    makeSections();
    findConflicts();
    unplaced = static_cast<int>(items.size());
    offsetCount = problem.buffers.size();
  }

  SearchResult run() {
    if (sectionsFit(0))
      extend(0, -1, 0);
    result.exhausted = budget > 0 || result.bytes <= lowerBound;
    return std::move(result);
  }

private:
  void makeSections();
  void findConflicts();
  bool sectionsFit(int64_t floor) const;
  bool finished() const { return budget <= 0 || capacity < lowerBound; }
  void record();
  void collectCandidates(int64_t floor, int last);
  void extend(int64_t floor, int last, int64_t height);
  void tryItem(int i, int64_t height);

  std::vector<Item> items;
  std::vector<Section> sections;
  int64_t unit = 0; ///< divides all alignments
  int64_t capacity; ///< what a placement must fit into
  const int64_t lowerBound;
  int64_t &budget;
  int unplaced = 0;
  size_t offsetCount = 0;
  SearchResult result{};
  // Stacks, so that a branch allocates nothing.
  std::vector<int> candidates;
  std::vector<std::pair<int, int64_t>> savedLeasts, savedTops;
};

void Search::makeSections() {
  for (const Item &item : items)
    unit = std::gcd(unit, item.buffer.align);
  // Only the largest sets of live buffers matter; each is complete where a beginning is followed by an end.
  std::vector<std::pair<int, bool>> events; // (step, ends); at the same step, beginnings come first
  for (Item &item : items) {
    item.rounded = roundUp(item.buffer.bytes, unit);
    events.push_back({item.buffer.first, false});
    events.push_back({item.buffer.last, true});
  }
  std::sort(events.begin(), events.end());
  std::vector<int> steps; // one for each section: the last beginning before an end
  for (size_t e = 0; e + 1 < events.size(); ++e)
    if (!events[e].second && events[e + 1].second)
      steps.push_back(events[e].first);
  sections.resize(steps.size());
  for (Item &item : items) {
    auto at = [&](auto iterator) { return static_cast<int>(iterator - steps.begin()); };
    item.sectionFirst = at(std::lower_bound(steps.begin(), steps.end(), item.buffer.first));
    item.sectionLast = at(std::upper_bound(steps.begin(), steps.end(), item.buffer.last)) - 1;
    for (int s = item.sectionFirst; s <= item.sectionLast; ++s) {
      sections[s].remaining += item.rounded;
      sections[s].slack = std::max(sections[s].slack, item.rounded - item.buffer.bytes);
    }
  }
}

void Search::findConflicts() {
  auto shape = [](const Buffer &b) { return std::tuple(b.bytes, b.align, b.first, b.last); };
  const int n = static_cast<int>(items.size());
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const Buffer &a = items[i].buffer, &b = items[j].buffer;
      if (i == j || a.last < b.first || b.last < a.first)
        continue;
      items[i].conflicts.push_back(j);
      if (j < i && shape(a) == shape(b))
        items[i].twin = j;
    }
}

/// Whether every section may still hold its items, when all that are to come lie at `floor` or above.
bool Search::sectionsFit(int64_t floor) const {
  return std::all_of(sections.begin(), sections.end(), [&](const Section &s) {
    return s.remaining == 0 || roundUp(std::max(s.top, floor), unit) + s.remaining - s.slack <= capacity;
  });
}

void Search::record() {
  result.offsets.assign(offsetCount, 0);
  result.bytes = 0;
  for (const Item &item : items) {
    result.offsets[item.original] = item.offset;
    result.bytes = std::max(result.bytes, item.offset + item.buffer.bytes);
  }
  capacity = result.bytes - 1;
}

/// Pushes the items that may come next in a canonical placement, lowest first.
void Search::collectCandidates(int64_t floor, int last) {
  int64_t leastEnd = capacity + 1;
  for (const Item &item : items)
    if (item.offset < 0) {
      leastEnd = std::min(leastEnd, item.least + item.buffer.bytes);
      if (item.least + item.buffer.bytes > capacity)
        return;
    }
  const auto begin = static_cast<std::ptrdiff_t>(candidates.size());
  for (int i = 0; i < static_cast<int>(items.size()); ++i) {
    const Item &item = items[i];
    const bool inOrder = item.least > floor || (item.least == floor && i > last);
    const bool afterTwin = item.twin < 0 || items[item.twin].offset >= 0;
    // Beyond leastEnd it would leave a hole that another item fills.
    if (item.offset < 0 && inOrder && afterTwin && item.least < leastEnd)
      candidates.push_back(i);
  }
  std::sort(candidates.begin() + begin, candidates.end(),
            [&](int a, int b) { return std::pair(items[a].least, a) < std::pair(items[b].least, b); });
}

/// Places what is left; the item placed last is `last`, at `floor`, and those placed reach up to `height`.
void Search::extend(int64_t floor, int last, int64_t height) {
  if (unplaced == 0)
    return record();
  budget -= 2 * static_cast<int64_t>(items.size());
  const size_t begin = candidates.size();
  collectCandidates(floor, last);
  const size_t end = candidates.size();
  for (size_t c = begin; c < end && !finished() && height <= capacity; ++c) // the capacity shrinks with each record
    tryItem(candidates[c], height);
  candidates.resize(begin);
}

void Search::tryItem(int i, int64_t height) {
  Item &item = items[i];
  const int64_t offset = item.least, top = offset + item.buffer.bytes;
  if (top > capacity)
    return;
  const size_t leastsBefore = savedLeasts.size(), topsBefore = savedTops.size();
  item.offset = offset;
  --unplaced;
  for (int j : item.conflicts)
    if (items[j].offset < 0 && items[j].least < top) {
      savedLeasts.push_back({j, items[j].least});
      items[j].least = roundUp(top, items[j].buffer.align);
    }
  for (int s = item.sectionFirst; s <= item.sectionLast; ++s) {
    savedTops.push_back({s, sections[s].top});
    sections[s].top = top;
    sections[s].remaining -= item.rounded;
  }
  budget -= static_cast<int64_t>(item.conflicts.size() + sections.size());
  if (sectionsFit(offset))
    extend(offset, i, std::max(height, top));

  for (; savedTops.size() > topsBefore; savedTops.pop_back()) {
    sections[savedTops.back().first].top = savedTops.back().second;
    sections[savedTops.back().first].remaining += item.rounded;
  }
  for (; savedLeasts.size() > leastsBefore; savedLeasts.pop_back())
    items[savedLeasts.back().first].least = savedLeasts.back().second;
  item.offset = -1;
  ++unplaced;
}

} // namespace

SearchResult searchArena(const Problem &problem, const std::vector<int> &order, int64_t bytes, int64_t lowerBound,
                         int64_t &budget) {
  return Search(problem, order, bytes, lowerBound, budget).run();
}

} // namespace burin::memory
