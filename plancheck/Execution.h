// Executes a plan on memory whose bytes know what they hold.
#pragma once

#include "plancheck/Findings.h"
#include "plancheck/RowLives.h"

namespace burin::plancheck {

struct Execution {
  int64_t turns = 0;    ///< taken; a layer without turns takes one
  int64_t compared = 0; ///< bytes that were found to hold what they should
  int64_t loops = 0, branches = 0;
  // Of a plan by rows that holds:
  std::vector<int64_t> bounds;             ///< of each memory: the most bytes of its rows that are needed at one moment
  std::vector<std::vector<RowLife>> lives; ///< of each buffer
};

/// Whatever a layer reads has to be there, before it writes and after; what it writes has to be there behind it, and
/// the outputs at the end. Loops run until another turn changes nothing that is known of the memory, of branches both
/// are taken. Places have been checked.
Execution execute(const Plan &plan, Findings &findings);

} // namespace burin::plancheck
