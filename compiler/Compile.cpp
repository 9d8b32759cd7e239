// burin compile: the library of a model, all of it or nothing.
#include "compiler/Budget.h"
#include "compiler/CheckPlan.h"
#include "compiler/Golden.h"
#include "compiler/OutputFolder.h"
#include "compiler/Pipeline.h"
#include "compiler/QuantisationReport.h"
#include "compiler/quantize/Command.h"
#include "compiler/share/Share.h"

namespace burin {

namespace {

/// Writes the library with its test on `golden`, one or more.
ExitCode write(Compilation &c, const std::vector<codegen::GoldenVectors> &golden, DiagnosticSink &sink) {
  codegen::Library library = c.library(golden.front());
  library.info.moreGolden.assign(golden.begin() + 1, golden.end());
  const std::vector<codegen::File> files = codegen::printLibrary(library);
  if (!planHolds(files, sink))
    return ExitInternalError;
  remarkFloatLayers(library, c.model.name, sink);
  if (!fitsFlash(library, c.options.flash, sink))
    return ExitUserError;
  return writeFolder(c.options.output, files, sink) ? ExitSuccess : ExitUserError;
}

} // namespace

int compileCommand(const CompileOptions &options, DiagnosticSink &sink) {
  if (options.shareArena || options.models.size() > 1)
    return compileShared(options, sink);
  std::unique_ptr<Compilation> c =
      options.quantize.empty() ? Compilation::load(options, sink) : loadQuantised(options, sink);
  if (!c || !c->import() || !c->optimise())
    return ExitUserError;
  std::vector<codegen::GoldenVectors> golden;
  if (!c->hasSizes())
    golden = goldenVectors(*c, sink);
  if ((golden.empty() && !c->hasSizes()) || !c->plan())
    return ExitUserError;
  if (c->hasSizes()) // the test runs at several
    golden = sizedVectors(*c, sink);
  return golden.empty() ? ExitUserError : write(*c, golden, sink);
}

} // namespace burin
