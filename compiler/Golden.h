// Test vectors for the generated library: from given data, from the reference, or, where neither exists, from the
// interpreter.
#ifndef BURIN_COMPILER_GOLDEN_H
#define BURIN_COMPILER_GOLDEN_H

#include "compiler/Pipeline.h"

namespace burin {

/// In this order: `--data`, a vector for each sample, whose expected outputs, where the data have none, are the
/// reference's if `--python` names one, else the interpreter's; `test_data_set_0` beside the model, where it fits;
/// seeded inputs with outputs likewise. The test then says so. None, with a diagnostic, where the data don't fit. Call
/// between `optimise` and `plan`.
std::vector<codegen::GoldenVectors> goldenVectors(Compilation &compilation, DiagnosticSink &sink);

/// One vector for these inputs, outputs from the reference, if `--python` names one, or the interpreter; without inputs
/// and outputs where they are too large for a C file. `on` says what the inputs are: "on seeded inputs".
std::optional<codegen::GoldenVectors> goldenVector(Compilation &compilation, std::vector<HostTensor> inputs,
                                                   const std::string &on, DiagnosticSink &sink);

/// The same for a plan with sizes known only at run time: vectors of the data, and at the smallest and the largest
/// sizes. None, with a diagnostic, where the data don't fit. Call after `plan`.
std::vector<codegen::GoldenVectors> sizedVectors(Compilation &compilation, DiagnosticSink &sink);

/// The model's tensors, of its types and layouts, for a library's inputs, made from `seed`: floats normal(0, 1), 8-bit
/// integers over their whole range, wider integers and bools in [0, 2). A pure function of type, shape, seed and
/// position.
std::vector<HostTensor> seededInputs(const Model &model, const std::vector<codegen::Tensor> &inputs, unsigned seed);

} // namespace burin

#endif
