// Runs a built library on one set of inputs.
#ifndef BURIN_COMPILER_VERIFY_LIBRARYRUN_H
#define BURIN_COMPILER_VERIFY_LIBRARYRUN_H

#include "compiler/Pipeline.h"
#include "compiler/verify/Toolchain.h"

namespace burin {

struct LibraryRun {
  std::vector<codegen::Tensor> tensors; ///< the outputs, of their actual shapes
  std::vector<std::vector<char>> outputs;
};

/// Builds the library with the driver in `folder`. `compiler`: instead of the target's own. BRN1801, BRN1803.
bool buildDriven(const Target &target, const std::string &compiler, const codegen::Library &library,
                 const TemporaryFolder &folder, DiagnosticSink &sink);

/// Runs the driver in `folder` twice, as the library runs and layer by layer with dead bytes poisoned. `sizes`: those
/// that the caller sets. BRN1807 if the two differ.
std::optional<LibraryRun> runLibrary(Compilation &compilation, const codegen::Library &library,
                                     const TemporaryFolder &folder, const std::vector<HostTensor> &inputs,
                                     const std::vector<int64_t> &sizes, DiagnosticSink &sink);

/// Runs the driver on several samples, as the library runs, in up to `processes` at once. The sizes are fixed.
std::optional<std::vector<LibraryRun>> runSamples(Compilation &compilation, const codegen::Library &library,
                                                  const TemporaryFolder &folder,
                                                  const std::vector<std::vector<HostTensor>> &samples,
                                                  unsigned processes, DiagnosticSink &sink);

} // namespace burin

#endif
