// Which inputs are state: what the library keeps from one run to the next.
#ifndef BURIN_COMPILER_STATE_H
#define BURIN_COMPILER_STATE_H

#include "frontend/onnx/reader/Model.h"
#include "ir/diagnostics/Diagnostics.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace burin {

/// The inputs that `--state INPUT=OUTPUT` flags name.
std::vector<std::string> stateInputNames(const std::vector<std::string> &flags);

/// Pairs inputs of the nn function with outputs: argument attribute `nn.state` is the number of the result that becomes
/// the argument at the next run, `nn.reset` its value before the first one if the model has a default for the input.
///
/// `flags` are "INPUT=OUTPUT"; {"none"} pairs nothing. Without flags, pairs are made that the names give away
/// (`isStatePair`) if types and shapes are equal, no name has a choice, and another input and output remain; each is
/// said in a remark. BRN1511: a flag that names no input or output, or twice the same, or two of different types.
bool pairStates(mlir::func::FuncOp function, const Model &model, const std::vector<std::string> &flags,
                DiagnosticSink &sink);

/// Whether the names say that `output` is the next value of `input`: "h0" and "hn", "state" and "stateN", "past_key"
/// and "present_key", "cache_in" and "cache_out" …. "image_in" and "image_out" don't: only the usual words for a state
/// count.
bool isStatePair(llvm::StringRef input, llvm::StringRef output);

} // namespace burin

#endif
