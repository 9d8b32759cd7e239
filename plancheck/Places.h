// What can be said of a plan without executing it: where buffers lie, and which are alive together.
#pragma once

#include "plancheck/Findings.h"

namespace burin::plancheck {

/// Memories hold no more than they have. Every buffer lies inside its memory and is aligned, no two of the state have a
/// byte in common, rings have whole turns of rows, and the memory that the library has is that of the plan.
void checkPlaces(const Plan &plan, Findings &findings);

/// Inputs are alive from the start and outputs to the end, and lie where the report's "inputs" and "outputs" say.
void checkBoundary(const Plan &plan, Findings &findings);

/// What `trunk` leaves lies in the same bytes in `head`, which begins with it and has it at its end.
void checkKept(const Plan &trunk, const Plan &head, Findings &findings);

struct Pairs {
  int64_t all = 0, together = 0; ///< of buffers of one memory; of these, alive in a common step
};

/// No two buffers of one memory that are alive in one step have a byte in common.
Pairs checkLifetimes(const Plan &plan, Findings &findings);

/// Memory number `memory` can't be smaller for buffers with these lives: the most bytes alive in one step. For an
/// alignment A, of those aligned to multiples of A all but the topmost take up their bytes rounded up to A: the
/// greatest such sum counts.
int64_t boundByLifetimes(const Plan &plan, int memory);

} // namespace burin::plancheck
