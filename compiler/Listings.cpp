// burin ops, targets, explain: what this program knows, as text.
#include "compiler/Options.h"
#include "frontend/onnx/Importer.h"
#include "ir/targets/Targets.h"

#include <cstdio>

namespace burin {

int opsCommand(bool markdown) {
  if (markdown)
    std::printf("%s\n\n| operator | domain | opsets | types | restrictions |\n|---|---|---|---|---|\n",
                typesLegend().c_str());
  for (const OpSupport &op : supportedOps()) {
    const std::string until = op.untilOpset ? std::to_string(op.untilOpset) : "newest";
    const std::string domain = op.domain.empty() ? "ai.onnx" : op.domain;
    if (markdown)
      std::printf("| %s | %s | %d to %s | %s | %s |\n", op.op.c_str(), domain.c_str(), op.sinceOpset, until.c_str(),
                  op.types.c_str(), op.restrictions.c_str());
    else
      std::printf("%-28s %-14s %2d..%-7s %-20s %s\n", op.op.c_str(), domain.c_str(), op.sinceOpset, until.c_str(),
                  op.types.c_str(), op.restrictions.c_str());
  }
  if (!markdown)
    std::printf("\n%s\n", typesLegend().c_str());
  return ExitSuccess;
}

int targetsCommand() {
  for (const Target &t : allTargets()) {
    std::printf("%-12.*s %.*s\n", static_cast<int>(t.name.size()), t.name.data(),
                static_cast<int>(t.description.size()), t.description.data());
    const std::string compiler = t.compiler.empty() ? "the host's C compiler" : std::string(t.compiler);
    const std::string runs = t.emulator.empty() ? "natively" : "in " + std::string(t.emulator);
    std::printf("             compiled by %s %.*s; runs %s\n", compiler.c_str(), static_cast<int>(t.flags.size()),
                t.flags.data(), runs.c_str());
  }
  return ExitSuccess;
}

int explainCommand(const std::string &code, bool all) {
  if (all) {
    std::fputs(renderAllPages().c_str(), stdout);
    return ExitSuccess;
  }
  if (const DiagnosticPage *page = findPage(code)) {
    std::printf("%.*s", static_cast<int>(page->markdown.size()), page->markdown.data());
    return ExitSuccess;
  }
  PrintingSink sink;
  sink.handle({.code = "BRN1505",
               .message = code.empty() ? "explain needs a code" : "there is no diagnostic " + quoteName(code),
               .fix = "burin explain --all lists every diagnostic"});
  return ExitUserError;
}

} // namespace burin
