// Choosing the weights layer by layer, from what the net quantised so far gives them.
#ifndef BURIN_COMPILER_QUANTIZE_RECONSTRUCT_H
#define BURIN_COMPILER_QUANTIZE_RECONSTRUCT_H

#include "compiler/quantize/Program.h"
#include "compiler/quantize/WriteQdq.h"

namespace burin::quantize {

/// What is done to each layer.
struct Reconstruction {
  bool round = false;       ///< as the spec's rounding says
  bool correctBias = false; ///< so that the output's mean is that of the float net
};

/// Whether a layer can have its bias corrected: a product that isn't a Gemm has nowhere to put one.
bool takesCorrection(const WeightedLayer &layer, const onnx::GraphProto &graph);

/// Goes through the layers in order. The layer's input x^ in the net with all layers before already replaced, and x in
/// the float net, give the moments from which its integers, scales and bias follow. `parameters` holds the layers as
/// rounded to nearest; they are replaced. Both nets run once over `samples`, layer by layer.
bool reconstructLayers(const onnx::ModelProto &prepared, const Setting &setting, const Choice &choice, const Spec &spec,
                       const TensorTypes &types, const Reconstruction &what, const std::vector<SampleInputs> &samples,
                       Parameters &parameters, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
