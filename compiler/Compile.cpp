// burin compile: the library of a model, all of it or nothing.
#include "compiler/Golden.h"
#include "compiler/OutputFolder.h"
#include "compiler/Pipeline.h"
#include "compiler/QuantisationReport.h"

namespace burin {

namespace {

/// The library of a model with sizes known only at run time; its test runs at several.
bool writeSized(Compilation &c, DiagnosticSink &sink) {
  std::vector<codegen::GoldenVectors> golden = sizedVectors(c, sink);
  if (golden.empty())
    return false;
  codegen::Library library = c.library(std::move(golden.front()));
  remarkFloatLayers(library, c.model.name, sink);
  library.info.moreGolden.assign(std::make_move_iterator(golden.begin() + 1), std::make_move_iterator(golden.end()));
  return writeFolder(c.options.output, codegen::printLibrary(library), sink);
}

} // namespace

int compileCommand(const CompileOptions &options, DiagnosticSink &sink) {
  std::unique_ptr<Compilation> c = Compilation::load(options, sink);
  if (!c || !c->import() || !c->optimise())
    return ExitUserError;
  if (c->hasSizes())
    return c->plan() && writeSized(*c, sink) ? ExitSuccess : ExitUserError;
  std::optional<codegen::GoldenVectors> golden = goldenVectors(*c, sink);
  if (!golden || !c->plan())
    return ExitUserError;
  const codegen::Library library = c->library(std::move(*golden));
  remarkFloatLayers(library, c->model.name, sink);
  return writeFolder(options.output, codegen::printLibrary(library), sink) ? ExitSuccess : ExitUserError;
}

} // namespace burin
