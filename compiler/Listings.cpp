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

/// " -M mps2-an386": the board that the emulator is, if it is one.
static std::string machineOf(const Target &t) {
  const std::string_view flag = "-M ";
  if (!t.emulatorFlags.starts_with(flag))
    return "";
  return " " + std::string(t.emulatorFlags.substr(0, t.emulatorFlags.find(' ', flag.size())));
}

int targetsCommand(bool markdown) {
  if (markdown)
    std::printf("# Targets\n\nWritten by `burin targets --markdown`. `--target T` makes the library for one of these, "
                "and `burin verify` builds and runs it so. *Kernels*: the vocabulary of instructions "
                "(`runtime-min/isa/`), and the family of kernels for convolutions and products.\n\n"
                "| target | machine | kernels | compiled by | runs |\n|---|---|---|---|---|\n");
  for (const Target &t : allTargets()) {
    const std::string name(t.name), description(t.description), flags(t.flags);
    const std::string compiler = t.compiler.empty() ? "the host's C compiler" : std::string(t.compiler);
    const std::string runs = t.emulator.empty() ? "natively" : "in " + std::string(t.emulator) + machineOf(t);
    const std::string kernels = std::string(t.isa) + (t.kernels.empty() ? "" : ", " + std::string(t.kernels));
    if (markdown)
      std::printf("| `%s` | %s | %s | `%s %s` | %s |\n", name.c_str(), description.c_str(), kernels.c_str(),
                  compiler.c_str(), flags.c_str(), runs.c_str());
    else
      std::printf("%-13s %s\n              compiled by %s %s; runs %s\n", name.c_str(), description.c_str(),
                  compiler.c_str(), flags.c_str(), runs.c_str());
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
