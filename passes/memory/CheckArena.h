// Checks a placement of buffers; shares nothing with the planner but the two structs.
#pragma once

#include "passes/memory/ArenaPlanner.h"

#include <string>
#include <vector>

namespace burin::memory {

/// One sentence for each thing that is wrong; none means that the plan is right. Wrong are: a problem that breaks its
/// own rules, an offset that is negative, unaligned or leads beyond the arena, two buffers that share a byte and a
/// step, an arena larger than what is used, a lower bound other than that of the definition, and an optimum claimed
/// below it. Compares all pairs.
std::vector<std::string> checkArena(const Problem &problem, const Solution &solution);

} // namespace burin::memory
