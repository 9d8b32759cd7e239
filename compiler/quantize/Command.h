// Quantising as the commands do it: from flags and samples.
#ifndef BURIN_COMPILER_QUANTIZE_COMMAND_H
#define BURIN_COMPILER_QUANTIZE_COMMAND_H

#include "compiler/quantize/Quantize.h"

namespace burin {

/// The model of `options` quantised as `options.quantize` says, with all its samples, ready to be imported; it has one
/// sample left, for the library's test. Null after a diagnostic.
std::unique_ptr<Compilation> loadQuantised(const CompileOptions &options, DiagnosticSink &sink);

} // namespace burin

#endif
