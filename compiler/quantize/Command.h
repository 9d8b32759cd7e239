// The command line of `burin quantize`.
#ifndef BURIN_COMPILER_QUANTIZE_COMMAND_H
#define BURIN_COMPILER_QUANTIZE_COMMAND_H

#include "compiler/quantize/Quantize.h"

namespace burin {

int quantizeCommand(const QuantizeOptions &options, DiagnosticSink &sink);

} // namespace burin

#endif
