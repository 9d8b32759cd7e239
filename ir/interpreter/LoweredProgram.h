// An nn program whose operators are lowered once, to be run on many inputs: calibration and accuracy.
#ifndef BURIN_IR_INTERPRETER_LOWEREDPROGRAM_H
#define BURIN_IR_INTERPRETER_LOWEREDPROGRAM_H

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Lowering.h"

#include <memory>
#include <vector>

namespace burin {

/// The operators that depend on an input, in order: the program's steps. Those that only depend on constants are
/// evaluated when a step needs them first, by `prepare`. Running steps touches no MLIR, so several threads may, each
/// with a `Run` of its own; not in programs with bodies (nn.if, nn.loop), whose operators are lowered as they run.
class LoweredProgram {
public:
  /// The values of one run that are alive.
  struct Run {
    std::vector<TensorBytes> values;
  };

  /// Null, with a diagnostic, where an operator can't be lowered. The program must outlive the result.
  static std::unique_ptr<LoweredProgram> lower(mlir::func::FuncOp program);

  size_t size() const { return steps.size(); }
  mlir::Operation *step(size_t i) const { return steps[i].op; }
  bool isThreadSafe() const { return !bodies; }

  /// Whether `v` depends on no input.
  bool isConstant(mlir::Value v) const { return !slots.contains(v); }
  /// Takes `bytes` for `v`, which depends on no input. No step that needs it has been prepared. Lowering may look into
  /// an nn.constant, so that `v` isn't one.
  void setConstant(mlir::Value v, TensorBytes bytes);
  /// Evaluates what steps before `end` need of constants. Not thread-safe.
  mlir::LogicalResult prepare(size_t end);

  Run begin(llvm::ArrayRef<llvm::ArrayRef<char>> inputs) const;
  /// Runs step `i`, prepared before.
  mlir::LogicalResult runStep(size_t i, Run &run) const;
  /// Frees what is read by no step after `i`.
  void release(size_t i, Run &run) const;
  /// The storage of a value that is alive; of a constant, once prepared.
  llvm::ArrayRef<char> value(mlir::Value v, const Run &run) const;
  /// The storage of the results of step `i` on these operands.
  mlir::FailureOr<std::vector<TensorBytes>> evaluateStep(size_t i, llvm::ArrayRef<llvm::ArrayRef<char>> operands) const;
  /// The storage of the program's outputs, after all steps.
  std::vector<TensorBytes> outputs(const Run &run) const;

private:
  struct Step {
    mlir::Operation *op;
    std::vector<nn::LoweredBuffer> buffers;
    std::vector<plan::Call> calls;
    std::vector<unsigned> dying; ///< slots that nothing reads after it
  };
  explicit LoweredProgram(mlir::Block &block) : block(block) {}
  mlir::LogicalResult build();
  void findLastUses();
  mlir::LogicalResult makeStatic(mlir::Value v);

  mlir::Block &block;
  std::vector<Step> steps;
  size_t prepared = 0;
  bool bodies = false;
  llvm::DenseMap<mlir::Value, unsigned> slots;          ///< of what depends on an input
  llvm::DenseMap<mlir::Value, TensorBytes> staticBytes; ///< of what doesn't, as far as it was needed
};

} // namespace burin

#endif
