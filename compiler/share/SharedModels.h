// Several models on their way to one library, in whose arena they take turns (--share-arena).
#ifndef BURIN_COMPILER_SHARE_SHAREDMODELS_H
#define BURIN_COMPILER_SHARE_SHAREDMODELS_H

#include "codegen/Shared.h"
#include "compiler/Pipeline.h"

namespace burin {

/// BRN1516 where flags ask for what can't be had of several models, or several are given without --share-arena.
bool sharingIsPossible(const CompileOptions &options, DiagnosticSink &sink);

/// Reads, optimises and plans the models; each is compiled by itself, in a context of its own, and knows of the others
/// only where they begin alike. Every step returns false with its diagnostics emitted.
class SharedModels {
public:
  struct Model {
    std::unique_ptr<Compilation> c;
    std::string name;               ///< in C
    int trunk = -1;                 ///< the run it goes on from
    std::vector<HostTensor> inputs; ///< of --data, or seeded; models with one trunk have the same ones there
  };

  /// Reads the models, imports and optimises them, and finds out what they have in common.
  static std::unique_ptr<SharedModels> load(const CompileOptions &options, unsigned seed, DiagnosticSink &sink);

  /// Makes the vectors of the library's test. Before `plan`.
  bool makeGolden();
  /// Lowers all runs and places them.
  bool plan();
  codegen::SharedLibrary library() const;

  const CompileOptions options;
  std::vector<Model> models;

private:
  SharedModels(const CompileOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  bool read();
  void findTrunks();
  void chooseInputs(unsigned seed);

  /// A trunk, a head, or a model by itself, whose module is that of its compilation.
  struct Part {
    std::string name;
    size_t model = 0; ///< of a trunk, the first of its models
    int trunk = -1;
    std::vector<size_t> heads = {};
    mlir::OwningOpRef<mlir::ModuleOp> module = {};
  };
  plan::ProgramOp programOf(const Part &part) const;

  DiagnosticSink &sink;
  std::vector<Part> parts;                    ///< in the order of the library's runs
  std::vector<codegen::GoldenVectors> golden; ///< of the models
};

} // namespace burin

#endif
