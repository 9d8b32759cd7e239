// The whole compiler, from an .onnx file to the facts of a C library. Pipeline.cpp reads as its table of contents.
#ifndef BURIN_COMPILER_PIPELINE_H
#define BURIN_COMPILER_PIPELINE_H

#include "codegen/Library.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "compiler/Options.h"
#include "frontend/onnx/Importer.h"
#include "frontend/tensors/TensorFiles.h"
#include "ir/targets/Targets.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <optional>

namespace burin {

/// One model on its way to C. Every step returns false with its diagnostics emitted.
class Compilation {
public:
  /// Reads the model, the data and the flags. `bindFromData`: inputs that decide shapes become constants taken from the data.
  static std::unique_ptr<Compilation> load(const CompileOptions &options, DiagnosticSink &sink, bool bindFromData = true);

  bool import();   ///< ONNX -> nn
  bool optimise(); ///< nn passes: integers, folding, fusion, layout
  bool plan();     ///< nn -> plan, offsets; the nn function is gone afterwards

  /// The library's facts, once planned.
  codegen::Library library(codegen::GoldenVectors golden);

  /// The nn function. `plan` consumes it, unless `keepFunction` was called before.
  mlir::func::FuncOp function();
  void keepFunction();
  plan::ProgramOp program();

  /// The program as text, without the elements of large constants.
  std::string text();

  CompileOptions options;
  const Target *target = nullptr;
  Model model;
  ImportOptions importOptions;
  std::optional<TestDataSet> data; ///< inputs without those bound as constants; outputs as they are

private:
  explicit Compilation(const CompileOptions &options, DiagnosticSink &sink);
  bool parseFlags();
  bool readData(bool bindFromData);
  bool runPasses(void (*build)(mlir::OpPassManager &));

  DiagnosticSink &sink;
  mlir::MLIRContext context;
  std::unique_ptr<MlirDiagnostics> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module, kept;
};

} // namespace burin

#endif
