#include "compiler/MlirDiagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "mlir/IR/Location.h"

namespace burin {
using namespace mlir;

std::string nodeOf(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location inner : fused.getLocations())
      if (std::string node = nodeOf(inner); !node.empty())
        return node;
  return "";
}

static burin::Diagnostic convert(mlir::Diagnostic &d, const std::string &model) {
  burin::Diagnostic out;
  out.model = model;
  out.node = nodeOf(d.getLocation());
  switch (d.getSeverity()) {
  case DiagnosticSeverity::Error: out.severity = Severity::Error; break;
  case DiagnosticSeverity::Warning: out.severity = Severity::Warning; break;
  default: out.severity = Severity::Remark; break;
  }
  const std::string text = d.str();
  StringRef rest(text);
  // MLIR's own op errors begin with "'nn.conv2d' op ".
  if (size_t at = rest.find("BRN"); at != StringRef::npos && rest.size() >= at + 8 && rest[at + 7] == ':') {
    out.code = rest.substr(at, 7).str();
    out.message = rest.substr(at + 8).trim().str();
  } else {
    out.code = out.severity == Severity::Error ? "BRN1901" : "";
    out.message = text;
  }
  for (mlir::Diagnostic &note : d.getNotes()) {
    const std::string noteText = note.str();
    StringRef n(noteText);
    if (n.consume_front("fix: "))
      out.fix = n.str();
    else if (!n.starts_with("see current operation"))
      out.facts.push_back(n.str());
  }
  return out;
}

MlirDiagnostics::MlirDiagnostics(MLIRContext *context, DiagnosticSink &sink, std::string model)
    : handler(context, [&sink, model = std::move(model)](mlir::Diagnostic &d) {
        sink.handle(convert(d, model));
        return success();
      }) {}

} // namespace burin
