// MLIR's diagnostics as numbered ones.
#ifndef BURIN_COMPILER_MLIRDIAGNOSTICS_H
#define BURIN_COMPILER_MLIRDIAGNOSTICS_H

#include "ir/diagnostics/Diagnostics.h"
#include "mlir/IR/Diagnostics.h"

namespace burin {

/// While alive, passes what operators and passes report to `sink`: a message "BRN1204: text" carries its code, the location
/// names the ONNX nodes, a note "fix: text" is the fix, other notes are facts. A message without a code is our bug (BRN1901).
class MlirDiagnostics {
public:
  MlirDiagnostics(mlir::MLIRContext *context, DiagnosticSink &sink, std::string model);

private:
  mlir::ScopedDiagnosticHandler handler;
};

/// The ONNX nodes that a location names, the first one first; empty if none.
std::string nodeOf(mlir::Location loc);

} // namespace burin

#endif
