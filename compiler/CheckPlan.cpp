// burin check-plan: whether the memory plan of a library holds, by its report alone.
#include "compiler/CheckPlan.h"

#include "compiler/Options.h"
#include "frontend/tensors/Files.h"
#include "plancheck/PlanCheck.h"

#include <cstdio>

namespace burin {

bool planHolds(const std::vector<codegen::File> &files, DiagnosticSink &sink) {
  for (const codegen::File &file : files) {
    if (file.name != "report.json")
      continue;
    CollectingSink found;
    if (plancheck::checkPlan(file.text, found, /*withProof=*/false)) // the planner has just made the proof
      return true;
    for (Diagnostic &d : found.diagnostics)
      sink.handle({.code = "BRN1701", .message = "the memory plan failed its check: " + d.message});
  }
  return false;
}

int checkPlanCommand(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::error_code none;
  const bool isFolder = std::filesystem::is_directory(path, none);
  std::unique_ptr<llvm::MemoryBuffer> file = readFileBytes(isFolder ? path / "report.json" : path, sink);
  if (!file)
    return ExitUserError;
  const std::optional<std::string> said = plancheck::checkPlan(textOf(*file), sink);
  if (!said)
    return ExitUserError;
  std::fputs(said->c_str(), stdout);
  return ExitSuccess;
}

} // namespace burin
