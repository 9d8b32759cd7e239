// burin bench: builds the library, runs it on the target and says what it costs there.
#include "codegen/Quantisation.h"
#include "compiler/Boundary.h"
#include "compiler/Golden.h"
#include "compiler/Pipeline.h"
#include "compiler/TimeStream.h"
#include "compiler/bench/BenchDriver.h"
#include "compiler/bench/BenchResult.h"
#include "compiler/verify/Interpretation.h"
#include "compiler/verify/LibraryRun.h"
#include "compiler/verify/OutputCheck.h"
#include "frontend/tensors/Files.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

namespace burin {
using namespace mlir;

namespace {

/// Everything one measurement holds; the steps fill it in from top to bottom.
class Benchmark {
public:
  Benchmark(const BenchOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  bool run();

private:
  bool load();
  bool chooseInputs();
  bool compileLibrary(const Toolchain &toolchain);
  bool build(const Toolchain &toolchain, const TemporaryFolder &folder, const codegen::Library &of,
             const BenchDriver &driver);
  bool measure();
  bool measureLayerTimes(const Toolchain &toolchain);
  bool check(const LibraryRun &run);
  void compare(const LibraryRun &run, const std::vector<HostTensor> &wanted, const std::string &source);
  void judge();
  void countMacs(const LibraryRun &run);
  std::vector<char> input() const;

  /// The library's flags, if not the target's.
  std::optional<std::string> flags() const {
    if (options.flags || options.compile.optimize == "balanced")
      return options.flags;
    return optimisationLevel(options.compile);
  }

  const BenchOptions &options;
  DiagnosticSink &sink;
  std::unique_ptr<Compilation> c;
  codegen::Library library;
  TemporaryFolder folder;
  ToleranceFlag tolerance;
  std::vector<int64_t> sizes;
  std::vector<HostTensor> given, expected, interpreted;
  std::vector<char> body; ///< of the driver's input
  BenchResult result;
};

bool Benchmark::load() {
  std::optional<ToleranceFlag> flag = ToleranceFlag::parse(options.tolerance, sink);
  if (!flag)
    return false;
  tolerance = *flag;
  c = Compilation::load(options.compile, sink);
  if (!c)
    return false;
  sizes = c->dataSizes;
  if (!c->import() || !c->optimise() || (c->hasSizes() && !c->plan()) || !chooseInputs())
    return false;
  std::optional<std::vector<HostTensor>> outputs = interpretSample(*c, sizes, given, sink);
  if (!outputs || (!c->hasSizes() && !c->plan()))
    return false;
  interpreted = std::move(*outputs);
  library = c->library({});
  std::optional<std::vector<char>> bytes = driverInput(*c, library, given, sizes, sink);
  if (bytes)
    body = std::move(*bytes);
  return bytes.has_value();
}

bool Benchmark::chooseInputs() {
  const std::vector<codegen::Tensor> inputs = sampleInputs(*c, sizes);
  if (!c->data) {
    given = seededInputs(c->model, inputs, options.seed);
    return true;
  }
  given = c->data->inputs;
  expected = deliveredRows(*c, c->data->outputs);
  if (given.size() == inputs.size())
    return true;
  sink.handle({.code = "BRN1802",
               .model = c->model.name,
               .message = "the sample has " + std::to_string(given.size()) + " inputs, the model " +
                          std::to_string(inputs.size()),
               .fix = "give one input_k.pb for each input of the model"});
  return false;
}

std::vector<char> Benchmark::input() const {
  const uint32_t head[2] = {0, callsOfSample(*c)};
  std::vector<char> in(reinterpret_cast<const char *>(head), reinterpret_cast<const char *>(head + 2));
  in.insert(in.end(), body.begin(), body.end());
  return in;
}

/// The program in `where`: the library's own sources with the flags that are measured, the driver with the target's.
bool Benchmark::build(const Toolchain &toolchain, const TemporaryFolder &where, const codegen::Library &of,
                      const BenchDriver &driver) {
  const std::string &name = of.info.name;
  std::vector<codegen::File> files = librarySources(of);
  files.push_back(driver.print(of));
  for (const codegen::File &file : files)
    if (!writeFileBytes(where.path() / file.name, file.text, sink))
      return false;
  const std::string own = name + ".c", main = name + "_driver.c";
  std::vector<std::string> measured = codegen::weightSources(of), all = measured;
  measured.push_back(driver.traced ? main : own); // a traced library is part of its driver
  if (!toolchain.compile(measured, flags(), where, sink) ||
      (!driver.traced && !toolchain.compile({main}, std::nullopt, where, sink)))
    return false;
  all.push_back(main);
  if (!driver.traced)
    all.push_back(own);
  return toolchain.link(all, flags(), where, sink);
}

/// What the driver says of itself.
std::vector<std::pair<std::string, double>> figures(const TemporaryFolder &where) {
  std::vector<std::pair<std::string, double>> found;
  auto buffer = llvm::MemoryBuffer::getFile((where.path() / BenchDriver::results).string());
  for (StringRef line : llvm::split(buffer ? (*buffer)->getBuffer() : "", '\n')) {
    const auto [key, text] = line.split(' ');
    double value = 0;
    if (!text.getAsDouble(value))
      found.emplace_back(key.str(), value);
  }
  return found;
}

bool Benchmark::measureLayerTimes(const Toolchain &toolchain) {
  codegen::Library traced = library;
  traced.info.traced = true;
  const TemporaryFolder where;
  if (!build(toolchain, where, traced, {.timed = true, .traced = true}) ||
      !TargetProgram::run(*c->target, where, input(), sink))
    return false;
  for (const auto &[key, value] : figures(where)) {
    if (key == "layer_calls")
      result.layerTimes.push_back({.calls = static_cast<int64_t>(value)});
    else if (key == "layer_time")
      result.layerTimes.back().nanoseconds = value;
    else if (key == "between_time")
      result.betweenTime = value;
  }
  return true;
}

bool Benchmark::measure() {
  const Target &target = *c->target;
  const std::optional<Toolchain> toolchain = Toolchain::find(target, options.compiler, sink);
  const bool timed = target.emulator.empty();
  if (!toolchain || !build(*toolchain, folder, library, {.timed = timed}))
    return false;
  result.compiler = toolchain->version(folder);
  result.flags = llvm::join(toolchain->flagsWith(flags()), " ");
  const std::string &name = library.info.name;
  result.objects = SectionBytes();
  std::vector<std::string> sources = codegen::weightSources(library);
  sources.push_back(name + ".c");
  for (const std::string &source : sources) {
    const std::optional<ElfFile> elf = ElfFile::read(folder.path() / (source + ".o"));
    if (elf && result.objects)
      *result.objects += elf->sections;
    else
      result.objects.reset();
  }
  if (result.objects && result.objects->text == 0)
    result.objects.reset();
  result.codeEstimate = codegen::estimateCodeBytes(library, codegen::printSource(library));
  std::optional<InstructionCounter> counter;
  if (!timed && !(counter = InstructionCounter::prepare(library, name + "_driver.c", folder, sink)))
    return false;
  std::optional<std::vector<char>> out = TargetProgram::run(
      target, folder, input(), sink, counter ? counter->emulatorFlags() : std::vector<std::string>());
  if (!out || (counter && !(result.instructions = counter->counts(sink))))
    return false;
  for (const auto &[key, value] : figures(folder)) {
    if (key == "stack" && value < static_cast<double>(UINT32_MAX))
      result.stackBytes = static_cast<int64_t>(value);
    else if (key == "time")
      result.time = {.nanoseconds = value};
    else if (key == "repetitions")
      result.time->repetitions = static_cast<int64_t>(value);
  }
  LibraryRun run;
  for (size_t at = 0, call = 0; call < callsOfSample(*c); ++call) // what the last one gave is kept
    run = driverOutput(*c, library, *out, at);
  countMacs(run);
  return check(run) && (!timed || !options.layers || measureLayerTimes(*toolchain));
}

void Benchmark::countMacs(const LibraryRun &run) {
  std::vector<int64_t> quantities;
  if (library.sizes)
    quantities = library.sizes->table().evaluate(run.sizes);
  const auto macsOf = [&](const codegen::Layer &layer) {
    return library.sizes ? sizes::evaluate(library.sizes->number(layer.op, "macs", layer.macs), quantities)
                         : layer.macs;
  };
  for (const codegen::Layer &layer : library.layers)
    result.macs += macsOf(layer);
  for (const codegen::Layer *layer : codegen::workingLayers(library.layers))
    result.layerMacs.push_back(macsOf(*layer));
}

void Benchmark::compare(const LibraryRun &run, const std::vector<HostTensor> &wanted, const std::string &source) {
  BenchCheck check{.source = source};
  for (size_t i = 0; i < run.outputs.size() && i < wanted.size(); ++i) {
    const HostTensor got = fromLibrary(run.outputs[i], run.tensors[i], outputType(*c, i));
    Tolerance limits = tolerance.of(wanted[i], codegen::hasQuantised(library));
    if (result.checks.empty() && codegen::isIntegerOnly(library))
      limits.steps = 0; // the interpreter computes with the same integers
    const Comparison r = compareTensors(got, wanted[i], limits);
    const bool comparable = r.sameType && r.sameShape;
    check.elements += comparable ? r.elements : wanted[i].size();
    check.mismatches += comparable ? r.mismatches : wanted[i].size();
    check.maxSteps = std::max(check.maxSteps, r.maxSteps);
    check.maxAbs = std::max(check.maxAbs, r.maxAbsDiff);
  }
  result.checks.push_back(std::move(check));
}

/// Compares the outputs with the interpreter's, and with the data's if they have any.
bool Benchmark::check(const LibraryRun &run) {
  compare(run, interpreted, "interpreter");
  if (expected.empty())
    return true;
  if (expected.size() != run.outputs.size()) {
    sink.handle({.code = "BRN1802",
                 .model = c->model.name,
                 .message = "there are " + std::to_string(expected.size()) + " expected outputs, the model has " +
                            std::to_string(run.outputs.size()),
                 .fix = "give one output_k.pb for each output of the model"});
    return false;
  }
  compare(run, expected, options.compile.samples.data.filename().string());
  return true;
}

/// BRN1810 for each source of expected values that the outputs differ from; a remark on a stack above the bound.
void Benchmark::judge() {
  for (const BenchCheck &check : result.checks)
    if (check.mismatches > 0)
      sink.handle({.code = "BRN1810",
                   .model = c->model.name,
                   .message = "the library's outputs on target " + std::string(c->target->name) + " aren't those of " +
                              check.source,
                   .facts = {"differ      " + std::to_string(check.mismatches) + " of " +
                                 std::to_string(check.elements) + " elements",
                             "by at most  " + shortNumber(check.maxAbs)},
                   .fix = "burin verify --layers finds the first layer that differs"});
  if (!result.stackBytes || *result.stackBytes > library.stackBound)
    sink.handle({.severity = Severity::Remark,
                 .model = c->model.name,
                 .message = "with these flags the library needs more stack than the " +
                            std::to_string(library.stackBound) + " B of report.json, which are for -O2, -O3 and -Os"});
}

bool Benchmark::run() {
  if (!load() || !measure())
    return false;
  options.json ? printBenchJson(result, library, options.layers) : printBench(result, library, options.layers);
  judge();
  return result.passed();
}

} // namespace

int benchCommand(const BenchOptions &options, DiagnosticSink &sink) {
  return Benchmark(options, sink).run() ? ExitSuccess : ExitUserError;
}

} // namespace burin
