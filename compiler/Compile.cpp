// burin compile: the library of a model, all of it or nothing.
#include "compiler/Golden.h"
#include "compiler/OutputFolder.h"
#include "compiler/Pipeline.h"

namespace burin {

int compileCommand(const CompileOptions &options, DiagnosticSink &sink) {
  std::unique_ptr<Compilation> c = Compilation::load(options, sink);
  if (!c || !c->import() || !c->optimise())
    return ExitUserError;
  std::optional<codegen::GoldenVectors> golden = goldenVectors(*c, sink);
  if (!golden || !c->plan())
    return ExitUserError;
  const codegen::Library library = c->library(std::move(*golden));
  return writeFolder(options.output, codegen::printLibrary(library), sink) ? ExitSuccess : ExitUserError;
}

} // namespace burin
