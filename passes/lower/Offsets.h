// What placing the buffers of a program has in common with placing those of several.
#ifndef BURIN_PASSES_LOWER_OFFSETS_H
#define BURIN_PASSES_LOWER_OFFSETS_H

#include "ir/plan/Plan.h"

#include <string>

namespace burin {

/// Trials of a placement by rows: about a tenth of the time, in seconds.
int placementRounds(size_t buffers, int64_t planTime = 10);

/// What contradicts the lifetimes, or an empty text: a layer uses a buffer while it isn't alive, or a loop leaves one
/// dead behind that the next turn finds alive again.
std::string wrongLifetime(plan::ProgramOp program);

/// Places the buffers of the state, all of which are alive at any time: one behind the other, those with the largest
/// alignment first.
void assignState(plan::ProgramOp program);

/// BRN1704 if the program's arena is larger than an int32 can say.
llvm::LogicalResult checkArenaSize(plan::ProgramOp program);

} // namespace burin

#endif
