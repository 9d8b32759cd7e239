// Runs a planned program on the compiler's own kernels, in one arena laid out as planned: shows that the plan, not only
// the operators, computes what the model says.
#ifndef BURIN_IR_PLAN_EXECUTE_H
#define BURIN_IR_PLAN_EXECUTE_H

#include "ir/plan/Plan.h"

#include <vector>

namespace burin::plan {

/// What goes in besides the inputs, and what comes out.
struct Execution {
  std::vector<int64_t> sizes;             ///< of each plan.size; those that a layer computes are outputs
  std::vector<std::vector<char>> outputs; ///< storage of every plan.output, of its actual size
};

/// Copies `inputs` (one storage per plan.input) to their places, runs all layers in order and returns the storage of
/// every plan.output. What depends on sizes is evaluated with those given and, layer by layer, those computed. With
/// `poison`, arena bytes that hold nothing alive are filled with 0xA5: before the first layer all but the inputs, after
/// each layer those of the buffers that died, in a stream after each turn those of the rows that did. A read of what
/// was never written, or of what has died, shows as a wrong result. Fails with a diagnostic if a buffer has no offset
/// or leaves the arena, or an input or a size has the wrong size.
mlir::LogicalResult executeProgram(ProgramOp program, llvm::ArrayRef<llvm::ArrayRef<char>> inputs, Execution &execution,
                                   bool poison);
/// The same without sizes to give.
mlir::LogicalResult executeProgram(ProgramOp program, llvm::ArrayRef<llvm::ArrayRef<char>> inputs,
                                   std::vector<std::vector<char>> &outputs, bool poison);

} // namespace burin::plan

#endif
