// Runs nn programs on the compiler's own kernels: constant folding, `burin run`, calibration and the tests.
#ifndef BURIN_IR_INTERPRETER_INTERPRETER_H
#define BURIN_IR_INTERPRETER_INTERPRETER_H

#include "ir/nn/Nn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>
#include <vector>

namespace burin {

/// The storage of one tensor, row-major.
using TensorBytes = std::vector<char>;

/// Evaluates one operator on the storage of its operands. Fails with a diagnostic where the operator can't be lowered.
mlir::FailureOr<std::vector<TensorBytes>> evaluate(mlir::Operation *op, llvm::ArrayRef<llvm::ArrayRef<char>> operands);

/// Folds `op` if all its operands are constants: the new constant's storage per result, or failure (silently) if they
/// aren't.
mlir::FailureOr<std::vector<TensorBytes>> evaluateOnConstants(mlir::Operation *op);

/// Called after every operator with the storage of its first result.
using Observer = std::function<void(mlir::Operation *, llvm::ArrayRef<char>)>;

/// Runs `program` on its inputs' storage; returns the storage of its outputs. Values are freed after their last use.
mlir::FailureOr<std::vector<TensorBytes>>
interpret(mlir::func::FuncOp program, llvm::ArrayRef<llvm::ArrayRef<char>> inputs, const Observer &observer = nullptr);

} // namespace burin

#endif
