// A plan as the row-wise planner and its checker see it.
#ifndef BURIN_PASSES_LOWER_PLANROWS_H
#define BURIN_PASSES_LOWER_PLANROWS_H

#include "ir/plan/Plan.h"
#include "passes/memory/RowProgram.h"

namespace burin {

struct PlanRows {
  memory::RowProgram program;
  std::vector<memory::Segment> segments;
  llvm::SmallVector<plan::BufferOp> buffers; ///< of the arena, in the order of the program's tensors
  llvm::SmallVector<plan::LayerOp> layers;   ///< in the order of the program's layers
};

/// The buffers of the arena and the layers of `program`, which has no loops and branches; those of a stream are one
/// segment.
PlanRows planRows(plan::ProgramOp program);

/// What contradicts the rows that the layers say they read: a window of a call that reaches others. Empty if nothing
/// does.
std::string wrongRows(plan::ProgramOp program);

} // namespace burin

#endif
