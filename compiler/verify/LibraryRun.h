// Runs a built library on one set of inputs.
#ifndef BURIN_COMPILER_VERIFY_LIBRARYRUN_H
#define BURIN_COMPILER_VERIFY_LIBRARYRUN_H

#include "compiler/Pipeline.h"
#include "compiler/verify/Toolchain.h"

namespace burin {

struct LibraryRun {
  std::vector<int64_t> sizes;           ///< of all plan.size operators, if there are any
  std::vector<codegen::Tensor> tensors; ///< the outputs, of their actual shapes
  std::vector<std::vector<char>> outputs;
};

/// The library's header, source and constants.
std::vector<codegen::File> librarySources(const codegen::Library &library);

/// What a driver reads of one sample: the sizes that are set, then the inputs (the one that is pushed last), each
/// filled up to the bytes of its place; of a stream, the steps of the window. Nothing, with BRN1802, if one doesn't
/// fit.
std::optional<std::vector<char>> driverInput(Compilation &compilation, const codegen::Library &library,
                                             const std::vector<HostTensor> &inputs, const std::vector<int64_t> &sizes,
                                             DiagnosticSink &sink);

/// One sample's outputs, their actual bytes, out of what the driver wrote from `at` on, which moves behind them.
LibraryRun driverOutput(Compilation &compilation, const codegen::Library &library, const std::vector<char> &out,
                        size_t &at);

/// Calls of the library for one sample: the steps of a stream, or 1.
uint32_t callsOfSample(const Compilation &compilation);

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
