// Fuzz target: a model that can be imported is optimised and planned, or refused with numbered diagnostics.
#include "passes/NnPipeline.h"
#include "passes/Passes.h"
#include "tests/fuzz/FuzzImport.h"
#include "tests/fuzz/FuzzTarget.h"

#include "mlir/Pass/PassManager.h"

using namespace burin;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  withImported(data, size, [](mlir::ModuleOp module, CollectingSink &sink) {
    mlir::PassManager optimise(module.getContext()), plan(module.getContext());
    buildNnPipeline(optimise);
    plan.addPass(createLowerToPlan());
    plan.addPass(createAssignOffsets());
    if (checked(mlir::succeeded(optimise.run(module)), "optimise", sink))
      checked(mlir::succeeded(plan.run(module)), "plan", sink);
  });
  return 0;
}
