// The passes on nn programs, in order.
#ifndef BURIN_PASSES_NNPIPELINE_H
#define BURIN_PASSES_NNPIPELINE_H

#include "mlir/Pass/PassManager.h"

namespace burin {

struct NnPipelineOptions {
  bool keepChannels = false; ///< also those that can be left out
};

/// Adds the passes that make an imported program small and fast: integers where the model is quantised, NHWC, constants
/// folded, biases, activations, paddings and normalisations fused. The function keeps its type, except where arguments
/// or results are marked for the boundary pass.
void buildNnPipeline(mlir::OpPassManager &pm, const NnPipelineOptions &options = {});

/// Registers it as `--nn-pipeline`.
void registerNnPipeline();

} // namespace burin

#endif
