#include "compiler/CheckPlan.h"
#include "compiler/OutputFolder.h"
#include "compiler/QuantisationReport.h"
#include "compiler/share/Share.h"
#include "compiler/share/SharedModels.h"

#include "llvm/ADT/STLExtras.h"

namespace burin {

namespace {

/// Says what the models have in common, and what that costs.
void remarkTrunks(const codegen::SharedLibrary &library, DiagnosticSink &sink) {
  for (const codegen::Run &run : library.runs)
    if (run.isTrunk())
      sink.handle({.severity = Severity::Remark,
                   .message = codegen::headNames(library, run) + " begin with the same " +
                              std::to_string(run.library.layers.size()) + " layers, " +
                              codegen::grouped(run.library.macs) + " MAC: " + run.library.entry("run") +
                              " computes them once"});
}

} // namespace

int compileShared(const CompileOptions &options, DiagnosticSink &sink) {
  if (!sharingIsPossible(options, sink))
    return ExitUserError;
  std::unique_ptr<SharedModels> shared = SharedModels::load(options, /*seed=*/1, sink);
  if (!shared || !shared->makeGolden() || !shared->plan())
    return ExitUserError;
  const codegen::SharedLibrary library = shared->library();
  for (const codegen::Run &run : library.runs)
    remarkFloatLayers(run.library, run.library.info.modelFile, sink);
  remarkTrunks(library, sink);
  const std::vector<codegen::File> files = codegen::printLibrary(library);
  if (!planHolds(files, sink))
    return ExitInternalError;
  return writeFolder(options.output, files, sink) ? ExitSuccess : ExitUserError;
}

} // namespace burin
