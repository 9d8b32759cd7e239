// Asking the compiler which of the chosen nodes really are integers in the library.
#ifndef BURIN_COMPILER_QUANTIZE_BACKOFF_H
#define BURIN_COMPILER_QUANTIZE_BACKOFF_H

#include "compiler/quantize/Choose.h"
#include "compiler/quantize/Program.h"

namespace burin::quantize {

/// The nodes that `choice` makes integers and that stayed float in `program`, the compiled QDQ model, with the reason.
FloatNodes stayedFloat(Program &program, const onnx::GraphProto &graph, const Choice &choice);

} // namespace burin::quantize

#endif
