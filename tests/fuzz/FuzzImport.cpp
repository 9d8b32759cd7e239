#include "tests/fuzz/FuzzImport.h"

#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/Nn.h"
#include "ir/plan/Plan.h"
#include "tests/fuzz/FuzzTarget.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace burin;

namespace {

/// A context serves many inputs, since making one takes longer than they do; not too many, since it never forgets.
class Contexts {
public:
  mlir::MLIRContext &next() {
    if (used++ % 1000 == 0) {
      context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
      context->loadDialect<nn::NnDialect, plan::PlanDialect, mlir::func::FuncDialect, mlir::quant::QuantDialect>();
    }
    return *context;
  }

private:
  std::unique_ptr<mlir::MLIRContext> context;
  uint64_t used = 0;
};

} // namespace

void burin::withImported(const uint8_t *data, size_t size,
                         const std::function<void(mlir::ModuleOp module, CollectingSink &sink)> &then) {
  static Contexts contexts;
  CollectingSink sink;
  const std::optional<Model> model = readChecked(data, size, sink);
  if (!model)
    return;
  mlir::MLIRContext &context = contexts.next();
  const MlirDiagnostics diagnostics(&context, sink, model->name);
  inputsNeededAsConstants(*model);
  mlir::OwningOpRef<mlir::ModuleOp> module = importModel(context, *model, {}, sink);
  if (checked(static_cast<bool>(module), "import", sink))
    then(*module, sink);
}
