// What a model's quantisation became: for `burin inspect --quantisation`, and as a remark of `burin compile`.
#ifndef BURIN_COMPILER_QUANTISATIONREPORT_H
#define BURIN_COMPILER_QUANTISATIONREPORT_H

#include "codegen/Library.h"
#include "ir/diagnostics/Diagnostics.h"

namespace burin {

/// Prints each layer's element types with their scales and zero points, what it computes with, and why that is floats.
void printQuantisation(const codegen::Library &library);

/// A remark that names the layers of floats in a program that has quantised tensors, and why each is one. Nothing where
/// all is integer, or nothing quantised.
void remarkFloatLayers(const codegen::Library &library, const std::string &model, DiagnosticSink &sink);

} // namespace burin

#endif
