// The whole compiler, from an .onnx file to the facts of a C library. Pipeline.cpp reads as its table of contents.
#ifndef BURIN_COMPILER_PIPELINE_H
#define BURIN_COMPILER_PIPELINE_H

#include "codegen/Library.h"
#include "compiler/Options.h"
#include "compiler/sizes/SizeFlags.h"
#include "frontend/onnx/Importer.h"
#include "frontend/samples/SampleSet.h"
#include "frontend/tensors/TensorFiles.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/plan/Memory.h"
#include "ir/targets/Targets.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <optional>

namespace burin {

/// A size that a layer computes at run time: how many elements NonZero finds.
struct ComputedSize {
  std::string name;
  int64_t bound = 0; ///< at the largest sizes
};

/// What `--optimize` asks of the C compiler: "-O3", "-O2" or "-Os".
std::string optimisationLevel(const CompileOptions &options);

/// How layers share the RAM.
struct ScheduleFlags {
  std::string schedule = "auto";
  bool pushRows = false, pullRows = false;
  int64_t ram = 0; ///< bytes to fit into; 0: as few as can be
};

/// What a plan needs.
struct PlanFigures {
  int64_t ram = 0, instructions = 0; ///< bytes; instructions of a run, about
  int64_t streams = 0, streamed = 0; ///< so many streams, of so many layers
  bool optimal = false;
};

/// What --weights asks for.
codegen::WeightFiles weightFiles(llvm::StringRef flag);

/// One model on its way to C. Every step returns false with its diagnostics emitted.
class Compilation {
public:
  /// Reads the model, the flags and the first sample. `bindFromData`: inputs that decide shapes become constants taken
  /// from that.
  static std::unique_ptr<Compilation> load(const CompileOptions &options, DiagnosticSink &sink,
                                           bool bindFromData = true);

  /// The same for a model in memory, whatever file `options` names.
  static std::unique_ptr<Compilation> load(Model model, const CompileOptions &options, DiagnosticSink &sink,
                                           bool bindFromData = true);

  bool import();   ///< ONNX -> nn
  bool optimise(); ///< nn passes: integers, folding, fusion, layout, kernels
  /// Chooses the kernels of the optimised program anew, `bytes` being what their constants and code may take; -1: any.
  /// `refresh`: only brings their costs up to date with the tiles.
  bool chooseKernels(int64_t bytes = -1, bool refresh = false);
  /// Bytes of constants and code of the kernels that were chosen; nothing where there is no choice.
  std::optional<int64_t> kernelBytes();
  bool plan(); ///< nn -> plan, offsets; the nn function is gone afterwards

  /// What planning with other flags would give; nothing if the program can't be planned so, or has sizes known only at
  /// run time. The program stays as it is, before `plan`; `change` alters a copy of it first.
  std::optional<PlanFigures> tryPlan(const ScheduleFlags &flags, llvm::function_ref<bool()> change = nullptr);
  /// Computes the first `length` operators of the nn program in strips of columns; false if they can't be.
  bool splitColumns(int64_t strips, int64_t length);

  /// Whether there are sizes known only at run time. The nn program is then that of the largest sizes, and only the
  /// plan is that of the library.
  bool hasSizes() const { return !inputSizes.empty() || !computedSizes.empty(); }
  /// The same model and flags, for programs at single sizes.
  std::unique_ptr<Compilation> sibling(DiagnosticSink &sink) const;
  /// Imports, optimises and lowers with these values of all sizes; offsets come later.
  bool compileFor(const std::vector<int64_t> &sizes);
  bool assignOffsets();
  /// Makes the sizes that the caller would give those of the data: a library for one size.
  void fixSizes();

  /// Sample `index` of `samples`, without the inputs that are bound as constants; BRN1802 where these are not those of
  /// the first sample, and what `SampleSet::sample` reports.
  std::optional<TestDataSet> sample(size_t index, DiagnosticSink &sink) const;

  /// The library's facts, once planned.
  codegen::Library library(codegen::GoldenVectors golden);
  /// What these hold besides the plan.
  codegen::LibraryInfo info() const;

  /// Lowers a part of the program, a function in a module of its own, as `plan` does; offsets come later.
  bool lowerPart(mlir::ModuleOp part);

  /// The nn function. `plan` consumes it, unless `keepFunction` was called before.
  mlir::func::FuncOp function();
  void keepFunction();
  plan::ProgramOp program();

  /// The program as it is, to be put back later: `exchangeModule` returns the one that was there.
  mlir::OwningOpRef<mlir::ModuleOp> copyOfModule() { return module->clone(); }
  mlir::OwningOpRef<mlir::ModuleOp> exchangeModule(mlir::OwningOpRef<mlir::ModuleOp> other);

  /// The program as text, without the elements of large constants.
  std::string text();

  CompileOptions options;
  const Target *target = nullptr;

private:
  std::shared_ptr<Model> sharedModel;

public:
  Model &model;
  ImportOptions importOptions;
  std::unique_ptr<SampleSet> samples;        ///< --data
  std::optional<TestDataSet> data;           ///< the first sample
  std::vector<InputSize> inputSizes;         ///< that the library's caller gives
  std::vector<ComputedSize> computedSizes;   ///< known after `import`
  std::optional<codegen::TimeStream> stream; ///< --stream time; known after `optimise`
  std::vector<plan::Memory> memories;        ///< --memory, RAM first; empty: not said
  std::vector<int64_t> dataSizes;            ///< the values of `inputSizes` in the data; without data the largest

private:
  Compilation(const CompileOptions &options, DiagnosticSink &sink, std::shared_ptr<Model> model);
  bool streamTime();
  bool parseDimFlag(llvm::StringRef flag);
  bool parseShapeFlag(llvm::StringRef flag);
  void findComputedSizes();
  bool parseFlags();
  bool readData(bool bindFromData);
  bool runPasses(llvm::function_ref<void(mlir::OpPassManager &)> build);
  bool runPasses(mlir::ModuleOp on, llvm::function_ref<void(mlir::OpPassManager &)> build);
  bool lowerToPlan(const ScheduleFlags &flags);

  DiagnosticSink &sink;
  mlir::MLIRContext context;
  std::unique_ptr<MlirDiagnostics> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module, kept;
  std::vector<SizeFlag> sizeFlags;
};

} // namespace burin

#endif
