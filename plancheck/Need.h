// How many bytes some buffers need by themselves.
#pragma once

#include "plancheck/Plan.h"
#include "plancheck/RowLives.h"

namespace burin::plancheck {

enum class Need {
  Shown,   ///< there is no way to place the buffers in fewer bytes
  Refuted, ///< here is one
  Unknown, ///< the search took too long
};

/// Whether `buffers` need `bytes` bytes, wherever they lie: no two rows that are needed at one moment may share a byte.
/// Alignment, and what else lies there, isn't looked at. `lives[i]` are those of the rows of plan.buffers[i].
Need needAtLeast(const Plan &plan, const std::vector<std::vector<RowLife>> &lives, const std::vector<int> &buffers,
                 int64_t bytes);

} // namespace burin::plancheck
