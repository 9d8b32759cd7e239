// From MLIR's diagnostics to ours. The only file here that knows MLIR.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <mlir/IR/Diagnostics.h>

#include <string>
#include <vector>

namespace burin {

/// While it lives, diagnostics of `context` go to `sink`:
///
///     op->emitError("BRN1204: …")            code and message; without a code it is our own bug, BRN1901
///       .attachNote() << "fix: …"            the fix
///       .attachNote() << "input  int8[4]"    a fact for each line
///
/// The node comes from the operation's location (`nodeName`); remarks may have no code.
class MlirDiagnostics : public mlir::ScopedDiagnosticHandler {
public:
  MlirDiagnostics(mlir::MLIRContext *context, DiagnosticSink &sink, std::string model);
};

/// The ONNX nodes that `location` names, each once.
std::vector<std::string> nodeNames(mlir::Location location);

/// The same in one string: "conv1", or "conv1 + relu1" after fusion; empty if it names none.
std::string nodeName(mlir::Location location);

/// `diagnostic` in our form.
Diagnostic fromMlir(const mlir::Diagnostic &diagnostic, const std::string &model);

} // namespace burin
