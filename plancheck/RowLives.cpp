#include "plancheck/RowLives.h"

#include <algorithm>

namespace burin::plancheck {

void RowLives::write(int64_t mark, int64_t moment) {
  const auto i = static_cast<size_t>(mark);
  if (from[i] != never && moment <= to[i])
    return; // it is read in the turn that writes it: one life
  if (from[i] != never)
    ended.push_back({mark, from[i], to[i]});
  from[i] = to[i] = moment;
}

void RowLives::read(int64_t mark, int64_t moment) {
  const auto i = static_cast<size_t>(mark);
  to[i] = std::max(to[i], moment);
}

std::vector<RowLife> RowLives::all() const {
  std::vector<RowLife> lives = ended;
  for (size_t i = 0; i < bytes.size(); ++i)
    if (from[i] != never)
      lives.push_back({static_cast<int64_t>(i), from[i], to[i]});
  return lives;
}

int64_t RowLives::peak(llvm::function_ref<bool(int64_t)> counts) const {
  struct Change {
    int64_t moment, bytes;
  };
  std::vector<Change> changes;
  for (const RowLife &life : all()) {
    if (!counts(life.row))
      continue;
    changes.push_back({life.from, bytes[static_cast<size_t>(life.row)]});
    changes.push_back({life.to + 1, -bytes[static_cast<size_t>(life.row)]});
  }
  std::sort(changes.begin(), changes.end(), [](const Change &a, const Change &b) {
    return a.moment != b.moment ? a.moment < b.moment : a.bytes < b.bytes; // what ends, before what begins
  });
  int64_t sum = 0, most = 0;
  for (const Change &c : changes)
    most = std::max(most, sum += c.bytes);
  return most;
}

} // namespace burin::plancheck
