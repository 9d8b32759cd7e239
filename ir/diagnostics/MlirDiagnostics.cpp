#include "ir/diagnostics/MlirDiagnostics.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/ADT/StringExtras.h>
#include <mlir/IR/Location.h>

using namespace burin;

static void collectNames(mlir::Location location, llvm::SetVector<llvm::StringRef> &names) {
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(location))
    names.insert(name.getName());
  else if (auto fused = mlir::dyn_cast<mlir::FusedLoc>(location))
    for (mlir::Location part : fused.getLocations())
      collectNames(part, names);
  else if (auto call = mlir::dyn_cast<mlir::CallSiteLoc>(location))
    collectNames(call.getCallee(), names);
}

std::vector<std::string> burin::nodeNames(mlir::Location location) {
  llvm::SetVector<llvm::StringRef> names;
  collectNames(location, names);
  return {names.begin(), names.end()};
}

std::string burin::nodeName(mlir::Location location) { return llvm::join(nodeNames(location), " + "); }

static Severity severityOf(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Error:
    return Severity::Error;
  case mlir::DiagnosticSeverity::Warning:
    return Severity::Warning;
  default:
    return Severity::Remark;
  }
}

Diagnostic burin::fromMlir(const mlir::Diagnostic &diagnostic, const std::string &model) {
  Diagnostic result{.severity = severityOf(diagnostic.getSeverity()), .model = model};
  result.node = nodeName(diagnostic.getLocation());
  std::string text = diagnostic.str();
  llvm::StringRef message = text;
  constexpr size_t codeLength = 7;
  // emitOpError writes "'nn.conv' op " before the message.
  if (size_t start = message.find("BRN");
      start != message.npos && message.substr(start + codeLength).starts_with(": ")) {
    result.code = message.substr(start, codeLength);
    message = message.substr(start + codeLength + 2);
  } else if (result.severity == Severity::Error) {
    result.code = "BRN1901";
  }
  result.message = message;

  for (const mlir::Diagnostic &note : diagnostic.getNotes()) {
    std::string noteText = note.str();
    llvm::StringRef rest = noteText;
    if (rest.consume_front("fix: ")) {
      result.fix = rest;
      continue;
    }
    llvm::SmallVector<llvm::StringRef> lines;
    rest.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (llvm::StringRef line : lines)
      result.facts.push_back(line.str());
  }
  return result;
}

MlirDiagnostics::MlirDiagnostics(mlir::MLIRContext *context, DiagnosticSink &sink, std::string model)
    : ScopedDiagnosticHandler(context) {
  setHandler([&sink, model = std::move(model)](mlir::Diagnostic &diagnostic) {
    sink.handle(fromMlir(diagnostic, model));
    return mlir::success();
  });
}
