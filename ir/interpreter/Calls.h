// Running what an operator was lowered to. Private to the interpreter.
#ifndef BURIN_IR_INTERPRETER_CALLS_H
#define BURIN_IR_INTERPRETER_CALLS_H

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Lowering.h"

namespace burin {

/// The storage of the results of `op` from that of its operands, by `calls` on the `buffers` it was lowered to. Touches
/// no MLIR but types: several threads may.
std::vector<TensorBytes> runCalls(mlir::Operation *op, llvm::ArrayRef<nn::LoweredBuffer> buffers,
                                  llvm::ArrayRef<plan::Call> calls, llvm::ArrayRef<llvm::ArrayRef<char>> operands);

} // namespace burin

#endif
