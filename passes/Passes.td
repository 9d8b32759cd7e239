// Every pass: its name, what it does, what it needs. Implementations: passes/<phase>/<Name>.cpp.
#ifndef BURIN_PASSES_PASSES_TD
#define BURIN_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToPlan : Pass<"lower-to-plan", "::mlir::ModuleOp"> {
  let summary = "Turn the nn function into a plan program: one layer an operator, kernel calls, buffers without offsets";
  let dependentDialects = ["::burin::plan::PlanDialect"];
}

def AssignOffsets : Pass<"assign-offsets", "::mlir::ModuleOp"> {
  let summary = "Place every arena buffer of the plan and re-check the placement with the independent validator";
}
#endif
