// Layer-by-layer comparison of a library with the reference.
#ifndef BURIN_COMPILER_VERIFY_LAYERCHECK_H
#define BURIN_COMPILER_VERIFY_LAYERCHECK_H

#include "compiler/Pipeline.h"
#include "compiler/verify/Reference.h"
#include "compiler/verify/Toolchain.h"
#include "frontend/tensors/Compare.h"

namespace burin {

/// What comparing all layers in one manner found.
struct LayerTotals {
  int64_t layers = 0;                       ///< compared
  int64_t skipped = 0;                      ///< their result, or an operand, is no tensor of the model
  int64_t elements = 0;                     ///< of integer results
  int64_t differ = 0;                       ///< integer elements that differ, ties and `wordDiffer` aside
  int64_t wordElements = 0, wordDiffer = 0; ///< of results of 16 bits, not among `elements` and `differ`
  int64_t ties = 0;   ///< elements of pools, sums and products that differ because their exact value is a rounding tie
  int64_t failed = 0; ///< layers outside the tolerance
  uint64_t maxSteps = 0; ///< largest integer difference
  double minSnrDb = 0;   ///< of float results; +infinity if all are equal
};

/// The ONNX tensors that the layers compute or read: what the reference is asked for.
std::vector<std::string> layerTensors(const codegen::Library &library);

/// Runs all layers, `fed` with the reference's tensors or free-running on `inputs`, prints a line for each that differs
/// and names the first one with its first element. Nothing if the program can't run.
std::optional<LayerTotals> compareLayers(Compilation &compilation, const codegen::Library &library,
                                         const ReferenceRun &reference, const std::map<std::string, HostTensor> &inputs,
                                         const TemporaryFolder &program, const Tolerance &tolerance, bool fed,
                                         DiagnosticSink &sink);

} // namespace burin

#endif
