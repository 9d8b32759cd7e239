// Runs a planned program on the compiler's own kernels, in one arena laid out as planned: shows that the plan, not only
// the operators, computes what the model says.
#ifndef BURIN_IR_PLAN_EXECUTE_H
#define BURIN_IR_PLAN_EXECUTE_H

#include "ir/plan/Plan.h"

#include <vector>

namespace burin::plan {

/// Copies `inputs` (one storage per plan.input) to their places, runs all layers in order and returns the storage of
/// every plan.output. With `poison`, arena bytes that hold nothing alive are filled with 0xA5: before the first layer
/// all but the inputs, after each layer those of the buffers that died. A read of what was never written, or of what
/// has died, shows as a wrong result. Fails with a diagnostic if a buffer has no offset or leaves the arena, or an
/// input has the wrong size.
mlir::LogicalResult executeProgram(ProgramOp program, llvm::ArrayRef<llvm::ArrayRef<char>> inputs,
                                   std::vector<std::vector<char>> &outputs, bool poison);

} // namespace burin::plan

#endif
