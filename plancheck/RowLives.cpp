#include "plancheck/RowLives.h"

#include <algorithm>

namespace burin::plancheck {

void RowLives::write(int64_t mark, int64_t moment) {
  const auto i = static_cast<size_t>(mark);
  if (from[i] != never && moment <= to[i])
    return; // it is read in the turn that writes it: one life
  if (from[i] != never) {
    changes.push_back({from[i], bytes[i]});
    changes.push_back({to[i] + 1, -bytes[i]});
  }
  from[i] = to[i] = moment;
}

void RowLives::read(int64_t mark, int64_t moment) {
  const auto i = static_cast<size_t>(mark);
  to[i] = std::max(to[i], moment);
}

int64_t RowLives::peak() const {
  std::vector<Change> all = changes;
  for (size_t i = 0; i < bytes.size(); ++i)
    if (from[i] != never) {
      all.push_back({from[i], bytes[i]});
      all.push_back({to[i] + 1, -bytes[i]});
    }
  std::sort(all.begin(), all.end(), [](const Change &a, const Change &b) {
    return a.moment != b.moment ? a.moment < b.moment : a.bytes < b.bytes; // what ends, before what begins
  });
  int64_t sum = 0, most = 0;
  for (const Change &c : all)
    most = std::max(most, sum += c.bytes);
  return most;
}

} // namespace burin::plancheck
