// The quantised model as a standard ONNX file: QuantizeLinear and DequantizeLinear around what computes on integers.
#ifndef BURIN_COMPILER_QUANTIZE_WRITEQDQ_H
#define BURIN_COMPILER_QUANTIZE_WRITEQDQ_H

#include "compiler/quantize/Layers.h"

namespace burin::quantize {

/// All that the writer puts into the model.
struct Parameters {
  std::vector<quantization::Affine> groups; ///< of `Choice::groups`
  std::vector<LayerWeights> layers;         ///< of `Choice::layers`
  std::vector<LayerWeights> blockLayers;    ///< of `Choice::blockLayers`
};

/// The names that the writer gave.
struct QdqNames {
  std::map<std::string, std::string> quantised; ///< activation -> its integers
  std::map<std::string, std::string> real;      ///< activation -> the same dequantised
  std::map<std::string, std::string> weights;   ///< layer (node) -> its weights, dequantised
  std::map<std::string, std::string> biases;    ///< layer -> its bias, dequantised
};

/// `proto` with the chosen tensors quantised. Activations: a tensor that an integer node makes is replaced by its
/// dequantised self for all who read it; one that isn't (an input of the graph, a float result) only for integer nodes.
/// Weights and biases: initialisers behind DequantizeLinear; a layer whose bias is corrected gets one where it had
/// none. Raises the operator set to 13, with 4 or 16 bits or blocks to 21; false, with a diagnostic, where that is
/// impossible. Scales of weights may be raised where a bias needs it.
bool writeQdq(onnx::ModelProto &proto, const Choice &choice, const Spec &spec, Parameters &parameters,
              const TensorTypes &types, QdqNames &names, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
