#include "plancheck/MarkedMemory.h"

#include <algorithm>
#include <iterator>

namespace burin::plancheck {

void MarkedMemory::splitAt(int64_t at) {
  if (at < end)
    marks.try_emplace(at, std::prev(marks.upper_bound(at))->second);
}

void MarkedMemory::write(int64_t from, int64_t to, int64_t mark) {
  if (from >= to)
    return;
  splitAt(from);
  splitAt(to);
  marks.erase(marks.lower_bound(from), marks.lower_bound(to));
  auto it = marks.emplace(from, mark).first;
  if (auto next = std::next(it); next != marks.end() && next->second == mark)
    marks.erase(next);
  if (it != marks.begin() && std::prev(it)->second == mark)
    marks.erase(it);
}

std::optional<MarkedMemory::Stretch> MarkedMemory::firstOther(int64_t from, int64_t to, int64_t mark) const {
  if (from >= to)
    return std::nullopt;
  for (auto it = std::prev(marks.upper_bound(from)); it != marks.end() && it->first < to; ++it)
    if (it->second != mark) {
      const auto next = std::next(it);
      return Stretch{std::max(from, it->first), std::min(to, next == marks.end() ? end : next->first), it->second};
    }
  return std::nullopt;
}

MarkedMemory MarkedMemory::joinedWith(const MarkedMemory &other) const {
  MarkedMemory joined = *this;
  for (auto it = other.marks.begin(); it != other.marks.end(); ++it) {
    const auto next = std::next(it);
    const int64_t to = next == other.marks.end() ? end : next->first;
    for (int64_t from = it->first; auto different = firstOther(from, to, it->second); from = different->to)
      joined.write(different->from, different->to, mixed);
  }
  return joined;
}

} // namespace burin::plancheck
