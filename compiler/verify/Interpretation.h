// What a model's outputs are by the compiler's own interpreter, in the model's types.
#ifndef BURIN_COMPILER_VERIFY_INTERPRETATION_H
#define BURIN_COMPILER_VERIFY_INTERPRETATION_H

#include "compiler/Pipeline.h"

namespace burin {

/// The inputs that one sample has, at these sizes: of a stream the whole window.
std::vector<codegen::Tensor> sampleInputs(Compilation &compilation, const std::vector<int64_t> &sizes);

/// The element type that the model gives its output.
DType outputType(const Compilation &compilation, size_t output);

/// Interprets the model on one sample, dead bytes poisoned where sizes are known only at run time. Between `optimise`
/// and `plan`, or with such sizes behind `plan`. Nothing, with BRN1802, if the inputs don't fit.
std::optional<std::vector<HostTensor>> interpretSample(Compilation &compilation, const std::vector<int64_t> &sizes,
                                                       const std::vector<HostTensor> &inputs, DiagnosticSink &sink);

} // namespace burin

#endif
