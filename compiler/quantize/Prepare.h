// The float model in the form that is quantised: constants folded, normalisations and biases inside the layers.
#ifndef BURIN_COMPILER_QUANTIZE_PREPARE_H
#define BURIN_COMPILER_QUANTIZE_PREPARE_H

#include "compiler/quantize/Graph.h"
#include "compiler/quantize/Program.h"

namespace burin::quantize {

/// Evaluates float tensors that only depend on constants, on the compiler's own kernels; makes constants of Constant
/// nodes; takes initialisers off the list of inputs.
bool foldConstants(Model &model, const Setting &setting, DiagnosticSink &sink);

/// What multiplies and shifts each channel of a convolution or product by constants (BatchNormalization, Add, Mul …)
/// moves into its weights and bias; a product of matrices with a bias becomes a Gemm. A BatchNormalization that stands
/// alone becomes a depthwise convolution. `types` are those of the model before.
void foldAffine(onnx::GraphProto &graph, const TensorTypes &types);

} // namespace burin::quantize

#endif
