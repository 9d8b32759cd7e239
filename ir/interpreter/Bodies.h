// Running the bodies of nn.if and nn.loop. Private to the interpreter.
#ifndef BURIN_IR_INTERPRETER_BODIES_H
#define BURIN_IR_INTERPRETER_BODIES_H

#include "ir/interpreter/Interpreter.h"

namespace burin {

/// Runs a function's or a body's block on its arguments' storage, up to the terminator, whose operands are the result.
mlir::FailureOr<std::vector<TensorBytes>> interpret(mlir::Block &block, llvm::ArrayRef<llvm::ArrayRef<char>> inputs,
                                                    const Observer &observer = nullptr);

/// Evaluates an operator that has bodies.
mlir::FailureOr<std::vector<TensorBytes>> evaluateBodies(mlir::Operation *op,
                                                         llvm::ArrayRef<llvm::ArrayRef<char>> operands);

} // namespace burin

#endif
