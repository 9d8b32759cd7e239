// How many instructions a program takes, about: what schedules are compared by.
#ifndef BURIN_PASSES_COST_INSTRUCTIONS_H
#define BURIN_PASSES_COST_INSTRUCTIONS_H

#include "ir/plan/Plan.h"

namespace burin::cost {

/// What the stream around a layer spends on each of its turns: conditions, counters, an indirect call.
constexpr int64_t turnInstructions = 50;

/// What the kernel calls of a layer cost besides their work: argument lists, windows, the loops around them.
int64_t callInstructions(llvm::ArrayRef<plan::Call> calls);

/// Of one run of the program, on a core without vectors. Fitted to exact counts of the portable kernels on a Cortex-M4
/// (gcc 12, -O3): MLPerf's keyword, image and person networks come out within 20 %, schedules of one network in their
/// order.
int64_t estimateInstructions(plan::ProgramOp program);

} // namespace burin::cost

#endif
