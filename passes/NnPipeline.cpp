#include "passes/NnPipeline.h"

#include "passes/Passes.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

namespace burin {
using namespace mlir;

namespace {

void cleanUp(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// What a convolution or product can take over from its neighbours.
void fuse(OpPassManager &pm) {
  pm.addPass(createSimplifyAlgebra());
  pm.addPass(createFuseBias());
  pm.addPass(createFoldBatchNorm());
  pm.addPass(createFuseBias()); // the shift of a normalisation whose factor has just gone
  pm.addPass(createFuseActivation());
  pm.addPass(createFoldPads());
}

} // namespace

void buildNnPipeline(OpPassManager &pm, const NnPipelineOptions &options) {
  // First of all, since folding a cast forgets which ONNX tensor it was.
  pm.addPass(createFoldStorageCasts());
  // Constants, dequantised ones left for the integer operators.
  FoldConstantsOptions keepQuantised;
  keepQuantised.dequantize = false;
  pm.addPass(createFoldConstants(keepQuantised));
  cleanUp(pm);

  pm.addPass(createRecogniseQuantisation());
  pm.addPass(createFoldConstants(keepQuantised));
  cleanUp(pm);

  // Transposes out of the way: operators that belong together become neighbours.
  pm.addNestedPass<func::FuncOp>(createBoundaryLayout());
  pm.addNestedPass<func::FuncOp>(createNhwcLayout());
  pm.addPass(createFoldConstants(keepQuantised));
  cleanUp(pm);

  fuse(pm);
  pm.addPass(createQuantizeToInteger());
  pm.addNestedPass<func::FuncOp>(createBoundaryQuantisation());
  pm.addPass(createFoldConstants(keepQuantised));
  pm.addPass(createKeepWeights());
  pm.addPass(createFoldConstants());
  cleanUp(pm);

  // What has appeared between integer operators, and which bytes are cheapest to transpose now.
  fuse(pm);
  pm.addNestedPass<func::FuncOp>(createNhwcLayout());
  pm.addPass(createTransposeWeights());
  pm.addPass(createNarrowWideTypes());
  pm.addPass(createFoldConstants());
  if (!options.keepChannels)
    pm.addNestedPass<func::FuncOp>(createRemoveChannels());
  cleanUp(pm);
  pm.addPass(createPackWeights());
}

void registerNnPipeline() {
  PassPipelineRegistration<>("nn-pipeline", "All passes on nn programs, as the compiler runs them",
                             [](OpPassManager &pm) { buildNnPipeline(pm); });
}

} // namespace burin
