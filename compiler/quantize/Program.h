// A model in memory as something that runs on samples: the compiler's own kernels, several threads.
#ifndef BURIN_COMPILER_QUANTIZE_PROGRAM_H
#define BURIN_COMPILER_QUANTIZE_PROGRAM_H

#include "compiler/Pipeline.h"
#include "compiler/Processes.h"
#include "compiler/quantize/Graph.h"
#include "ir/interpreter/LoweredProgram.h"

#include <functional>
#include <memory>

namespace burin::quantize {

/// How models in memory are imported: flags, and what the samples have decided.
struct Setting {
  CompileOptions compile; ///< no samples and no sizes known only at run time
  ImportOptions import;
};

/// The inputs of one call of the model, in its order.
using SampleInputs = std::vector<HostTensor>;

/// Calls `f(i)` for 0 <= i < n, on at most `threads` threads; none any more once one call has failed, and then false.
bool runAll(size_t n, unsigned threads, const std::function<bool(size_t)> &f);

/// How a model is made a program.
enum class Form {
  Imported, ///< every ONNX tensor is a value of its own
  Compiled  ///< after all nn passes: the operators of the library
};

/// Called with the number of the sample, the step, and the storage of its first result; for different samples by
/// several threads at once.
using StepObserver = std::function<void(size_t sample, size_t step, llvm::ArrayRef<char> bytes)>;

/// Passes errors on. What there is to remark about a model has been said when it was first read.
class ErrorsOnly : public DiagnosticSink {
public:
  explicit ErrorsOnly(DiagnosticSink &next) : next(next) {}
  void handle(const Diagnostic &diagnostic) override {
    if (diagnostic.severity != Severity::Error)
      return;
    DiagnosticSink::handle(diagnostic);
    next.handle(diagnostic);
  }

private:
  DiagnosticSink &next;
};

class Program {
public:
  /// Null, with diagnostics, if the model can't be imported. `edit` is called before operators are lowered.
  static std::unique_ptr<Program> make(const onnx::ModelProto &proto, const Setting &setting, Form form,
                                       DiagnosticSink &sink,
                                       const std::function<void(mlir::func::FuncOp)> &edit = nullptr);

  LoweredProgram &lowered() { return *program; }
  /// How many threads may run samples at once.
  unsigned threads() const { return program->isThreadSafe() ? processorCount() : 1; }
  Compilation &compilation() { return *compiled; }
  mlir::func::FuncOp function() { return compiled->function(); }

  TensorTypes types();
  /// The step whose first result holds ONNX tensor `name` in its own axis order; -1 if there is none.
  int stepOf(const std::string &name) const;
  bool isConstant(mlir::Value v) const { return program->isConstant(v); }
  /// What the first result of step `i` is at the boundary: type, quantisation, axes.
  const codegen::Tensor &resultOf(size_t i) const { return results[i]; }

  /// One sample's inputs as the program's storage.
  std::optional<std::vector<std::vector<char>>> storageOf(const SampleInputs &inputs, DiagnosticSink &sink);

  /// Runs all samples; gives the outputs of each, as the model has them.
  std::optional<std::vector<std::vector<HostTensor>>> run(const std::vector<SampleInputs> &samples,
                                                          DiagnosticSink &sink, const StepObserver &observer = nullptr);

private:
  explicit Program(DiagnosticSink &sink) : errors(sink) {}
  void nameSteps();

  ErrorsOnly errors;
  std::unique_ptr<Compilation> compiled;
  std::unique_ptr<LoweredProgram> program;
  std::vector<codegen::Tensor> results;
  std::map<std::string, int> steps;
};

} // namespace burin::quantize

#endif
