// Offsets for a trunk and the programs that go on with what it leaves, in one arena.
#ifndef BURIN_PASSES_LOWER_PLACETOGETHER_H
#define BURIN_PASSES_LOWER_PLACETOGETHER_H

#include "ir/plan/Plan.h"

namespace burin {

/// Places the buffers of `programs`, the trunk first, its heads behind it, which may be of several contexts. The heads
/// may run in any order and any number of times after the trunk: what it keeps has one place in all of them, and is
/// alive from where the trunk writes it to the end of each head. All else lives within its own program, so that heads
/// lie over one another. Each program's `arena` is what it needs itself.
llvm::LogicalResult placeTogether(llvm::ArrayRef<plan::ProgramOp> programs);

} // namespace burin

#endif
