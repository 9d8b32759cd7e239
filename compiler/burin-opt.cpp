// Runs passes on textual IR: the tool of the IR tests.
//
//   burin-opt --fold-batch-norm --split-input-file file.mlir
//   burin-opt --nn-pipeline --equal-within=0.001 file.mlir      interprets before and after on random inputs
#include "ir/interpreter/Interpreter.h"
#include "ir/plan/Plan.h"
#include "passes/NnPipeline.h"
#include "passes/Passes.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cmath>
#include <cstring>
#include <random>

namespace burin {
using namespace mlir;

namespace {

struct Options {
  llvm::cl::opt<std::string> input{llvm::cl::Positional, llvm::cl::desc("<file, or - for stdin>"), llvm::cl::init("-")};
  llvm::cl::opt<bool> split{"split-input-file", llvm::cl::desc("process the parts between // ----- lines one by one")};
  llvm::cl::opt<bool> locations{"print-locations", llvm::cl::desc("print the locations of operators")};
  llvm::cl::opt<bool> quiet{"no-output", llvm::cl::desc("don't print the result")};
  llvm::cl::opt<double> equalWithin{
      "equal-within", llvm::cl::init(-1.0),
      llvm::cl::desc(
          "interpret the program before and after on random inputs; floats may differ by this much (absolutely, and "
          "relative to 1), quantised values by --steps")};
  llvm::cl::opt<int> steps{"steps", llvm::cl::init(0), llvm::cl::desc("allowed difference of integers")};
  llvm::cl::opt<unsigned> seed{"seed", llvm::cl::init(1), llvm::cl::desc("of the random inputs")};
  PassPipelineCLParser passes{"", "Passes to run, in this order"};
};

/// Random storage of `type`: floats from [-2, 2], integers from their whole range.
TensorBytes randomTensor(RankedTensorType type, std::mt19937 &random) {
  TensorBytes bytes(static_cast<size_t>(nn::byteSize(type)));
  if (type.getElementType().isF32()) {
    std::uniform_real_distribution<float> real(-2.0f, 2.0f);
    for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
      const float value = real(random);
      std::memcpy(bytes.data() + i, &value, sizeof value);
    }
    return bytes;
  }
  // Integers of less than 8 bits have a byte each: their low bits, and the sign above.
  auto integer = dyn_cast<IntegerType>(nn::storageType(type.getElementType()));
  const unsigned unused = integer && integer.getWidth() < 8 ? 8 - integer.getWidth() : 0;
  const bool extendsSign = unused < 7 && !type.getElementType().isUnsignedInteger();
  for (char &byte : bytes) {
    const auto shifted = static_cast<uint8_t>(random() << unused);
    byte = static_cast<char>(extendsSign ? static_cast<int8_t>(shifted) >> unused : shifted >> unused);
  }
  return bytes;
}

/// Element `i` of `bytes`, integers as doubles; 64-bit integers of the tests are small.
double element(ArrayRef<char> bytes, Type type, int64_t i) {
  auto read = [&](auto value) {
    std::memcpy(&value, bytes.data() + i * static_cast<int64_t>(sizeof value), sizeof value);
    return static_cast<double>(value);
  };
  const std::string suffix = nn::kernelSuffix(nn::byteType(type));
  return suffix == "f32"   ? read(float())
         : suffix == "f64" ? read(double())
         : suffix == "s8"  ? read(int8_t())
         : suffix == "s16" ? read(int16_t())
         : suffix == "s32" ? read(int32_t())
         : suffix == "s64" ? read(int64_t())
         : suffix == "u16" ? read(uint16_t())
         : suffix == "u32" ? read(uint32_t())
                           : read(uint8_t());
}

/// Complains about the first element of result `index` that differs by more than the options allow.
LogicalResult compare(func::FuncOp function, unsigned index, ArrayRef<char> before, ArrayRef<char> after,
                      const Options &options) {
  auto type = cast<RankedTensorType>(function.getResultTypes()[index]);
  Type storage = nn::storageType(type.getElementType());
  for (int64_t i = 0, n = nn::numElements(type.getShape()); i < n; ++i) {
    const double a = element(before, storage, i), b = element(after, storage, i);
    const double allowed =
        isa<FloatType>(storage) ? options.equalWithin * std::max(1.0, std::abs(a)) : static_cast<double>(options.steps);
    if (a != b && !(std::isnan(a) && std::isnan(b)) && !(std::abs(a - b) <= allowed))
      return function.emitError() << "result " << index << " differs at element " << i << ": " << a << " before, " << b
                                  << " after (seed " << options.seed << ")";
  }
  return success();
}

LogicalResult checkEqual(ModuleOp before, ModuleOp after, const Options &options) {
  std::mt19937 random(options.seed);
  for (auto [old, now] : llvm::zip_equal(before.getOps<func::FuncOp>(), after.getOps<func::FuncOp>())) {
    if (old.getFunctionType() != now.getFunctionType())
      return now.emitError("the type of the function changed: nothing to compare");
    std::vector<TensorBytes> inputs;
    for (Type type : old.getArgumentTypes())
      inputs.push_back(randomTensor(cast<RankedTensorType>(type), random));
    SmallVector<ArrayRef<char>> views(inputs.begin(), inputs.end());
    FailureOr<std::vector<TensorBytes>> expected = interpret(old, views), actual = interpret(now, views);
    if (failed(expected) || failed(actual))
      return failure();
    for (unsigned i = 0; i < expected->size(); ++i)
      if (failed(compare(now, i, (*expected)[i], (*actual)[i], options)))
        return failure();
  }
  return success();
}

LogicalResult process(std::unique_ptr<llvm::MemoryBuffer> text, raw_ostream &os, const Options &options) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NnDialect, plan::PlanDialect, func::FuncDialect, quant::QuantDialect>();
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(text), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (!module)
    return failure();
  OwningOpRef<ModuleOp> before = module->clone();
  PassManager manager(&context);
  auto complain = [&](const Twine &message) { return emitError(UnknownLoc::get(&context)) << message; };
  if (failed(options.passes.addToPipeline(manager, complain)) || failed(manager.run(*module)))
    return failure();
  if (options.equalWithin >= 0 && failed(checkEqual(*before, *module, options)))
    return failure();
  if (!options.quiet) {
    OpPrintingFlags flags;
    flags.elideLargeResourceString(64);
    module->print(os, options.locations ? flags.enableDebugInfo().useLocalScope() : flags);
    os << '\n';
  }
  return success();
}

int run(int argc, char **argv) {
  registerBurinPasses();
  registerTransformsPasses();
  registerNnPipeline();
  Options options;
  llvm::cl::ParseCommandLineOptions(argc, argv, "Burin's passes on textual IR\n");
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(options.input, &message);
  if (!file) {
    llvm::errs() << message << '\n';
    return 1;
  }
  auto each = [&](std::unique_ptr<llvm::MemoryBuffer> text, raw_ostream &os) {
    return process(std::move(text), os, options);
  };
  LogicalResult result =
      splitAndProcessBuffer(std::move(file), each, llvm::outs(), options.split ? kDefaultSplitMarker : "",
                            options.split ? kDefaultSplitMarker : "");
  return succeeded(result) ? 0 : 1;
}

} // namespace
} // namespace burin

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  return burin::run(argc, argv);
}
