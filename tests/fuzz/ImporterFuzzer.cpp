// Fuzz target: a model that can be read is imported to a module that verifies, or refused with numbered diagnostics.
#include "tests/fuzz/FuzzImport.h"
#include "tests/fuzz/FuzzTarget.h"

#include "mlir/IR/Verifier.h"

using namespace burin;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  withImported(data, size, [](mlir::ModuleOp module, CollectingSink &sink) {
    checked(mlir::succeeded(mlir::verify(module)), "verify", sink);
  });
  return 0;
}
