#include "compiler/Pipeline.h"

#include "compiler/Boundary.h"
#include "compiler/Budget.h"
#include "compiler/Flash.h"
#include "compiler/Memories.h"
#include "compiler/Progress.h"
#include "compiler/SampleInputs.h"
#include "compiler/State.h"
#include "compiler/Strips.h"
#include "compiler/Tiles.h"
#include "compiler/TimeStream.h"
#include "compiler/sizes/SizedPlan.h"
#include "frontend/onnx/reader/Reader.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/RunTimeCount.h"
#include "ir/nn/ops/KernelFamily.h"
#include "passes/NnPipeline.h"
#include "passes/Passes.h"
#include "passes/cost/Instructions.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"

namespace burin {
using namespace mlir;

static bool badFlag(DiagnosticSink &sink, std::string code, std::string message, std::string fix) {
  sink.handle({.code = std::move(code), .message = std::move(message), .fix = std::move(fix)});
  return false;
}

std::string optimisationLevel(const CompileOptions &options) {
  return options.optimize == "size" ? "-Os" : options.optimize == "speed" ? "-O3" : "-O2";
}

// ---- the compiler's table of contents
// -------------------------------------------------------------------------------------

std::unique_ptr<Compilation> Compilation::load(const CompileOptions &options, DiagnosticSink &sink, bool bindFromData) {
  std::optional<Model> model = readModel(options.model, sink);
  return model ? load(std::move(*model), options, sink, bindFromData) : nullptr;
}

std::unique_ptr<Compilation> Compilation::load(Model model, const CompileOptions &options, DiagnosticSink &sink,
                                               bool bindFromData) {
  std::unique_ptr<Compilation> c(new Compilation(options, sink, std::make_shared<Model>(std::move(model))));
  if (!c->parseFlags())
    return nullptr;
  for (const std::string &name : stateInputNames(options.state))
    c->model.overridable.insert(name);
  c->diagnostics = std::make_unique<MlirDiagnostics>(&c->context, sink, c->model.name);
  std::optional<std::vector<InputSize>> sizes = resolveSizes(c->sizeFlags, c->model, sink);
  if (!sizes)
    return nullptr;
  c->inputSizes = std::move(*sizes);
  for (const InputSize &s : c->inputSizes)
    c->dataSizes.push_back(s.range.max);
  if (!options.samples.data.empty() && !c->readData(bindFromData))
    return nullptr;
  return c;
}

bool Compilation::import() {
  const Progress progress("importing the model");
  if (!inputSizes.empty()) {
    std::vector<int64_t> largest;
    for (const InputSize &s : inputSizes)
      largest.push_back(s.range.max);
    bindSizes(inputSizes, largest, importOptions);
  }
  module = importModel(context, model, importOptions, sink);
  if (!module)
    return false;
  findComputedSizes();
  if (!hasSizes())
    return pairStates(function(), model, options.state, sink);
  // A state would have to keep one place whatever the sizes are.
  return stateInputNames(options.state).empty() ||
         badFlag(sink, "BRN1511", "--state can't be combined with sizes that are known at run time only",
                 "bind the dims to single sizes");
}

bool Compilation::optimise() {
  const Progress progress("optimising");
  for (const std::string &io : options.io)
    if (!markBoundary(function(), io, sink))
      return false;
  if (options.rounding == "tflite")
    function()->setAttr(nn::tfliteRoundingAttrName, UnitAttr::get(&context));
  return runPasses([this](OpPassManager &pm) { buildNnPipeline(pm, {.keepChannels = options.keepChannels}); }) &&
         (options.stream.empty() || streamTime()) && chooseKernels();
}

bool Compilation::chooseKernels(int64_t bytes, bool refresh) {
  if (target->kernels.empty())
    return true;
  return runPasses([&](OpPassManager &pm) {
    pm.addPass(createChooseKernels({.kernels = std::string(target->kernels),
                                    .pixels = target->tilePixels,
                                    .winograd = target->winograd && options.winograd != "off",
                                    .wideWeights = target->wideWeights && options.wideWeights != "off",
                                    .joinedPixels = target->joinedPixels,
                                    .skipZeros = target->skipZeros,
                                    .onlyWinograd = options.winograd == "on",
                                    .onlyWide = options.wideWeights == "on",
                                    // plans of several sizes are unified: what is fastest changes least with them
                                    .optimize = hasSizes() ? "speed" : options.optimize,
                                    .vocabulary = std::string(target->isa),
                                    .byRows = options.schedule != "layers" && !hasSizes(),
                                    .bytes = bytes,
                                    .refresh = refresh}));
  });
}

std::optional<int64_t> Compilation::kernelBytes() {
  auto bytes = (*module)->getAttrOfType<IntegerAttr>(nn::kernelBytesAttrName);
  return bytes ? std::optional(bytes.getInt()) : std::nullopt;
}

OwningOpRef<ModuleOp> Compilation::exchangeModule(OwningOpRef<ModuleOp> other) {
  std::swap(module, other);
  return other;
}

bool Compilation::streamTime() {
  if (hasSizes())
    return badFlag(sink, "BRN1513", "--stream time can't be combined with sizes that are known at run time only",
                   "bind the dims to single sizes");
  int64_t axis = options.timeAxis;
  auto perm = function().getNumArguments() == 0 ? DenseI64ArrayAttr()
                                                : function().getArgAttrOfType<DenseI64ArrayAttr>(0, "nn.perm");
  if (perm && axis >= 0 && axis < perm.size())
    axis = llvm::find(perm.asArrayRef(), axis) - perm.asArrayRef().begin();
  const bool done =
      runPasses([&](OpPassManager &pm) { pm.addNestedPass<func::FuncOp>(createStreamTime({.axis = axis})); });
  stream = timeStreamOf(function());
  return done;
}

bool Compilation::plan() {
  const Progress progress("planning");
  if (hasSizes() && options.pushRows)
    return badFlag(sink, "BRN1514", "the input can't come row by row: sizes are known at run time only",
                   "bind the dims to single sizes, or compile without --push-rows");
  if (hasSizes())
    return planForAllSizes(*this, sink) && fitsRam(*this, sink) && placeInMemories(*this, sink);
  const ScheduleFlags flags{options.schedule, options.pushRows, options.pullRows, options.ram};
  return splitIntoStrips(*this, flags, sink) &&
         planWithinFlash(*this,
                         [&] {
                           fitTiles(*this, flags);
                           return chooseKernels(-1, /*refresh=*/true) && lowerToPlan(flags) && assignOffsets();
                         }) &&
         fitsRam(*this, sink) && placeInMemories(*this, sink);
}

bool Compilation::lowerToPlan(const ScheduleFlags &flags) {
  return runPasses([&](OpPassManager &pm) {
    pm.addPass(createLowerToPlan({.schedule = flags.schedule,
                                  .pushRows = flags.pushRows,
                                  .pullRows = flags.pullRows,
                                  .ram = flags.ram,
                                  .planTime = options.planTime}));
  });
}

bool Compilation::splitColumns(int64_t strips, int64_t length) {
  return runPasses([&](OpPassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createSplitColumns({.strips = strips, .length = length}));
  });
}

std::optional<PlanFigures> Compilation::tryPlan(const ScheduleFlags &flags, llvm::function_ref<bool()> change) {
  if (hasSizes())
    return std::nullopt;
  ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> original = module->clone();
  const bool done = (!change || change()) && lowerToPlan(flags) && assignOffsets();
  PlanFigures figures;
  if (done) {
    plan::ProgramOp planned = program();
    figures = {.ram = plan::ramOf(planned),
               .instructions = cost::estimateInstructions(planned),
               .optimal = planned.getOptimal()};
    planned.walk([&](plan::StreamOp stream) {
      ++figures.streams;
      figures.streamed += llvm::range_size(stream.getBody().getOps<plan::LayerOp>());
    });
  }
  module = std::move(original);
  return done ? std::optional(figures) : std::nullopt;
}

bool Compilation::lowerPart(ModuleOp part) {
  return runPasses(part, [&](OpPassManager &pm) { pm.addPass(createLowerToPlan({.schedule = options.schedule})); });
}

bool Compilation::assignOffsets() {
  return runPasses([this](OpPassManager &pm) { pm.addPass(createAssignOffsets({.planTime = options.planTime})); });
}

bool Compilation::compileFor(const std::vector<int64_t> &sizes) {
  bindSizes(inputSizes, sizes, importOptions);
  for (size_t i = 0; i < computedSizes.size(); ++i)
    importOptions.counts[computedSizes[i].name] = sizes[inputSizes.size() + i];
  module = importModel(context, model, importOptions, sink);
  return module && optimise() &&
         lowerToPlan({.schedule = "layers"}); // plans of several sizes are unified layer by layer
}

// ---- their details
// --------------------------------------------------------------------------------------------------------

Compilation::Compilation(const CompileOptions &options, DiagnosticSink &sink, std::shared_ptr<Model> shared)
    : options(options), sharedModel(std::move(shared)), model(*sharedModel), sink(sink),
      context(MLIRContext::Threading::DISABLED) {
  context.loadDialect<nn::NnDialect, plan::PlanDialect, func::FuncDialect, quant::QuantDialect>();
  context.printOpOnDiagnostic(false); // a user knows nodes, not the IR
}

std::unique_ptr<Compilation> Compilation::sibling(DiagnosticSink &sink) const {
  std::unique_ptr<Compilation> c(new Compilation(options, sink, sharedModel));
  c->target = target;
  c->importOptions = importOptions;
  c->inputSizes = inputSizes;
  c->computedSizes = computedSizes;
  c->memories = memories;
  c->diagnostics = std::make_unique<MlirDiagnostics>(&c->context, sink, model.name);
  return c;
}

void Compilation::fixSizes() {
  bindSizes(inputSizes, dataSizes, importOptions);
  inputSizes.clear();
  dataSizes.clear();
}

void Compilation::findComputedSizes() {
  computedSizes.clear();
  module->walk([&](Operation *op) {
    if (std::optional<nn::RunTimeCount> count = nn::runTimeCount(op))
      computedSizes.push_back({count->name.str(), count->bound});
  });
}

namespace {

/// "3" -> 3; dims are positive and fit an int32.
std::optional<int64_t> parseDim(StringRef text) {
  int64_t value = 0;
  if (text.getAsInteger(10, value) || value < 0 || value > INT32_MAX)
    return std::nullopt;
  return value;
}

} // namespace

bool Compilation::parseFlags() {
  target = findTarget(options.target);
  if (!target) {
    std::string known;
    for (const Target &t : allTargets())
      known += (known.empty() ? "" : ", ") + std::string(t.name);
    return badFlag(sink, "BRN1502", "there is no target " + quoteName(options.target), "use one of: " + known);
  }
  if (!options.memory.empty()) {
    std::optional<std::vector<plan::Memory>> parsed = parseMemories(options.memory, sink);
    if (!parsed)
      return false;
    memories = std::move(*parsed);
  }
  return llvm::all_of(options.dims, [&](const std::string &flag) { return parseDimFlag(flag); }) &&
         llvm::all_of(options.shapes, [&](const std::string &flag) { return parseShapeFlag(flag); });
}

bool Compilation::parseDimFlag(StringRef flag) {
  auto [name, value] = flag.rsplit('=');
  std::optional<SizeRange> range = parseSizeRange(value);
  std::optional<int64_t> dim = parseDim(value);
  if (name.empty() || (!dim && !range))
    return badFlag(sink, "BRN1507", "--dim " + quoteName(flag.str()) + " isn't NAME=N or NAME=MIN..MAX",
                   "for example --dim batch=1 or --dim batch=1..8");
  if (range)
    sizeFlags.push_back({.dim = name.str(), .input = "", .axis = 0, .range = *range});
  else
    importOptions.dims[name.str()] = *dim;
  return true;
}

bool Compilation::parseShapeFlag(StringRef flag) {
  auto [name, value] = flag.rsplit('=');
  std::vector<int64_t> shape;
  SmallVector<StringRef> parts;
  if (!value.empty())
    value.split(parts, ',');
  bool good = !name.empty() && flag.contains('=');
  for (auto [axis, part] : llvm::enumerate(parts)) {
    std::optional<int64_t> dim = parseDim(part.trim());
    std::optional<SizeRange> range = parseSizeRange(part.trim());
    good &= dim || range;
    if (range)
      sizeFlags.push_back({.dim = "", .input = name.str(), .axis = axis, .range = *range});
    shape.push_back(range ? range->max : dim.value_or(0));
  }
  if (!good)
    return badFlag(sink, "BRN1507", "--shape " + quoteName(flag.str()) + " isn't INPUT=D,D,..",
                   "for example --shape x=1,3,96,96 or --shape x=1,1..128,40");
  importOptions.shapes[name.str()] = shape;
  return true;
}

bool Compilation::readData(bool bindFromData) {
  samples = SampleSet::open(options.samples, sampleInputs(model, importOptions, inputSizes), sink);
  std::optional<Sample> first = samples ? samples->sample(0, sink) : std::nullopt;
  if (!first)
    return false;
  const std::vector<std::string> needed = bindFromData ? inputsNeededAsConstants(model) : std::vector<std::string>();
  data.emplace();
  data->outputs = std::move(first->outputs);
  std::map<std::string, std::vector<int64_t>> shapes;
  for (HostTensor &tensor : first->inputs) {
    const std::string name = tensor.name;
    if (llvm::is_contained(needed, name)) {
      sink.handle({.severity = Severity::Remark,
                   .model = model.name,
                   .message = "input " + quoteName(name) + " decides shapes: fixed to the value in the data"});
      importOptions.constants[name] = std::move(tensor);
      continue;
    }
    shapes[name] = tensor.shape;
    importOptions.shapes.try_emplace(name, tensor.shape);
    data->inputs.push_back(std::move(tensor));
  }
  std::optional<std::vector<int64_t>> sizes = sizesOf(inputSizes, shapes, sink);
  if (sizes)
    dataSizes = std::move(*sizes);
  return sizes.has_value();
}

std::optional<TestDataSet> Compilation::sample(size_t index, DiagnosticSink &sink) const {
  if (index == 0)
    return data;
  std::optional<Sample> sample = samples->sample(index, sink);
  if (!sample)
    return std::nullopt;
  TestDataSet set;
  set.outputs = std::move(sample->outputs);
  for (HostTensor &tensor : sample->inputs) {
    const auto constant = importOptions.constants.find(tensor.name);
    if (constant == importOptions.constants.end()) {
      set.inputs.push_back(std::move(tensor));
    } else if (constant->second.shape != tensor.shape || constant->second.data != tensor.data) {
      badFlag(sink, "BRN1802",
              "input " + quoteName(tensor.name) + " decides shapes, and isn't the same in " +
                  quoteName(samples->origin(index)) + " as in the first sample",
              "give samples that agree in it");
      return std::nullopt;
    }
  }
  return set;
}

bool Compilation::runPasses(llvm::function_ref<void(OpPassManager &)> build) { return runPasses(*module, build); }

bool Compilation::runPasses(ModuleOp on, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(&context);
#ifdef NDEBUG
  pm.enableVerifier(false); // passes are tested with it; here it costs a tenth of the time
#endif
  build(pm);
  return succeeded(pm.run(on));
}

std::string Compilation::text() {
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(16).elideLargeResourceString(16);
  std::string out;
  llvm::raw_string_ostream os(out);
  module->print(os, flags);
  return out;
}

func::FuncOp Compilation::function() {
  ModuleOp holder = kept ? *kept : *module;
  return *holder.getOps<func::FuncOp>().begin();
}
void Compilation::keepFunction() { kept = module->clone(); }
plan::ProgramOp Compilation::program() { return *module->getOps<plan::ProgramOp>().begin(); }

codegen::WeightFiles weightFiles(llvm::StringRef flag) {
  return flag == "bin"     ? codegen::WeightFiles::Binary
         : flag == "files" ? codegen::WeightFiles::Several
                           : codegen::WeightFiles::One;
}

codegen::LibraryInfo Compilation::info() const {
  codegen::LibraryInfo info;
  info.name = options.name;
  info.target = options.target;
  info.commandLine = options.commandLine;
  info.modelFile = model.path.filename().string();
  info.sha256 = model.sha256;
  info.opset = model.opset().value_or(0);
  info.nodes = model.graph().node_size();
  for (const onnx::TensorProto &t : model.graph().initializer()) {
    int64_t count = 1;
    for (int64_t d : t.dims())
      count *= d;
    info.parameters += count;
  }
  info.pointerBytes = target->pointerBytes;
  info.isa = target->isa;
  info.level = optimisationLevel(options);
  info.fusesProducts = llvm::StringRef(target->flags).contains("-ffp-contract=fast");
  info.stream = stream;
  info.weights = weightFiles(options.weights);
  return info;
}

codegen::Library Compilation::library(codegen::GoldenVectors golden) {
  codegen::LibraryInfo all = info();
  all.golden = std::move(golden);
  return codegen::gather(program(), std::move(all));
}

} // namespace burin
