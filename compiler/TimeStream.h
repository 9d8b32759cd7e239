// Libraries that are steps of a network over a moving window (--stream time), beside the windowed model that they come
// from: its windows as steps, and its outputs as what a step delivers.
#ifndef BURIN_COMPILER_TIMESTREAM_H
#define BURIN_COMPILER_TIMESTREAM_H

#include "compiler/Pipeline.h"

namespace burin {

/// What the pass stream-time says of `function`, or nothing if it hasn't run.
std::optional<codegen::TimeStream> timeStreamOf(mlir::func::FuncOp function);

/// An input of the library as the windowed model has it.
codegen::Tensor windowOf(const codegen::TimeStream &stream, codegen::Tensor input);

/// What the model takes: the library's inputs, along time the whole window.
std::vector<codegen::Tensor> modelInputs(Compilation &c);

/// A window in the library's form, `bytes` of `window`, as steps one behind the other: zeros first, if the window isn't
/// a whole number of them.
std::vector<char> stepsOf(const codegen::TimeStream &stream, const codegen::Tensor &window, llvm::ArrayRef<char> bytes);

/// Of the model's outputs, the rows that the step at the end of the window delivers.
std::vector<HostTensor> deliveredRows(Compilation &c, std::vector<HostTensor> outputs);

/// The library's outputs for the model's inputs in the library's form, on the compiler's own kernels: of a stream those
/// of the window's last step.
std::optional<std::vector<std::vector<char>>> interpretModel(Compilation &c,
                                                             const std::vector<std::vector<char>> &inputs);

/// The same for the model's tensors. BRN1802 where one doesn't fit.
std::optional<std::vector<std::vector<char>>> runModel(Compilation &c, const std::vector<HostTensor> &inputs,
                                                       DiagnosticSink &sink);

} // namespace burin

#endif
