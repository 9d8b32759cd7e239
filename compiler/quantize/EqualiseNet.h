// Ranges of channels made equal from layer to layer.
#ifndef BURIN_COMPILER_QUANTIZE_EQUALISENET_H
#define BURIN_COMPILER_QUANTIZE_EQUALISENET_H

#include "compiler/quantize/Graph.h"

namespace burin::quantize {

/// Scales the channels between two convolutions, where only a Relu (or nothing) is between them and nobody else reads
/// what is: the net computes the same, and its weights have more equal ranges (quantization::equalise). Gives how many
/// pairs were found.
int equaliseNet(onnx::GraphProto &graph);

} // namespace burin::quantize

#endif
