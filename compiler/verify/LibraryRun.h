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

/// Runs the driver in `folder` twice, as the library runs and layer by layer with dead bytes poisoned. `sizes`: those
/// that the caller sets. BRN1807 if the two differ.
std::optional<LibraryRun> runLibrary(Compilation &compilation, const codegen::Library &library,
                                     const TemporaryFolder &folder, const std::vector<HostTensor> &inputs,
                                     const std::vector<int64_t> &sizes, DiagnosticSink &sink);

} // namespace burin

#endif
