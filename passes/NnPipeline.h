// The passes on nn programs, in order.
#ifndef BURIN_PASSES_NNPIPELINE_H
#define BURIN_PASSES_NNPIPELINE_H

#include "mlir/Pass/PassManager.h"

#include <string_view>

namespace burin {

struct NnPipelineOptions {
  bool keepChannels = false;     ///< also those that can be left out
  std::string_view kernels = ""; ///< the target's family of kernels; see ChooseKernels
  int tilePixels = 4;            ///< of its tiles, at most
  bool winograd = true;          ///< of the family: also those that take flash for speed
  bool wideWeights = false;      ///< of the family: those whose weights have 16 bits
  bool joinedPixels = false;     ///< of the family: those that take two pixels in one multiplication
  bool skipZeros = false;        ///< of the family: those that skip inputs that are zero
};

/// Adds the passes that make an imported program small and fast: integers where the model is quantised, NHWC, constants
/// folded, biases, activations, paddings and normalisations fused. The function keeps its type, except where arguments
/// or results are marked for the boundary pass.
void buildNnPipeline(mlir::OpPassManager &pm, const NnPipelineOptions &options = {});

/// Registers it as `--nn-pipeline`.
void registerNnPipeline();

} // namespace burin

#endif
