// Raising a model's operator set, since integers of 4 and 16 bits and scales per axis need newer ones.
#ifndef BURIN_COMPILER_QUANTIZE_OPSET_H
#define BURIN_COMPILER_QUANTIZE_OPSET_H

#include "compiler/quantize/Graph.h"

namespace burin::quantize {

/// Makes `proto` a model of operator set `version` <= 21 (or leaves it, if it is that or newer), with the IR version
/// that goes with it. Nodes whose meaning would change are rewritten, bodies included. False, with BRN1523, where a
/// node can't be: nothing is changed then. `types` are those of the main graph. Source: ONNX's changelog.
bool raiseOpset(onnx::ModelProto &proto, int64_t version, const TensorTypes &types, DiagnosticSink &sink);

} // namespace burin::quantize

#endif
