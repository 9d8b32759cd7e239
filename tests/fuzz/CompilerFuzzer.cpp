// libFuzzer target: a model that can be read is imported, optimised and planned, or refused with numbered diagnostics.
#include "frontend/onnx/Importer.h"
#include "frontend/onnx/reader/Reader.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/Nn.h"
#include "ir/plan/Plan.h"
#include "passes/NnPipeline.h"
#include "passes/Passes.h"
#include "tests/fuzz/FuzzTarget.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace burin;

namespace {

/// A context serves many inputs, since making one takes longer than they do; not too many, since it never forgets.
class Contexts {
public:
  mlir::MLIRContext &next() {
    if (used++ % 200 == 0) {
      context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
      context->loadDialect<nn::NnDialect, plan::PlanDialect, mlir::func::FuncDialect, mlir::quant::QuantDialect>();
    }
    return *context;
  }

private:
  std::unique_ptr<mlir::MLIRContext> context;
  uint64_t used = 0;
};

void expect(bool condition, const char *what, const CollectingSink &sink) {
  if (condition)
    return;
  std::fprintf(stderr, "violated: %s\n", what);
  for (const Diagnostic &d : sink.diagnostics)
    std::fprintf(stderr, "%s %s: %s\n", d.code.c_str(), d.node.c_str(), d.message.c_str());
  std::abort();
}

/// Whether a step's outcome and its diagnostics agree; BRN19xx are our own defects.
bool checked(bool succeeded, const char *step, const CollectingSink &sink) {
  expect(succeeded == (sink.errorCount() == 0), step, sink);
  for (const Diagnostic &d : sink.diagnostics)
    expect(!d.code.starts_with("BRN19"), step, sink);
  return succeeded;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Contexts contexts;
  CollectingSink sink;
  const auto model = readModelFromBytes({reinterpret_cast<const char *>(data), size}, "absent-folder/fuzz.onnx", sink);
  if (!checked(model.has_value(), "read", sink))
    return 0;
  mlir::MLIRContext &context = contexts.next();
  const MlirDiagnostics diagnostics(&context, sink, model->name);
  inputsNeededAsConstants(*model);
  mlir::OwningOpRef<mlir::ModuleOp> module = importModel(context, *model, {}, sink);
  if (!checked(static_cast<bool>(module), "import", sink))
    return 0;
  mlir::PassManager optimise(&context), plan(&context);
  buildNnPipeline(optimise);
  plan.addPass(createLowerToPlan());
  plan.addPass(createAssignOffsets());
  if (checked(mlir::succeeded(optimise.run(*module)), "optimise", sink))
    checked(mlir::succeeded(plan.run(*module)), "plan", sink);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateSerialisedModel(data, size, maxSize, seed);
}
