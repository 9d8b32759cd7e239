// burin verify: generates, builds and runs the library, and compares what it computes with the reference.
#include "compiler/Boundary.h"
#include "compiler/Golden.h"
#include "compiler/Pipeline.h"
#include "compiler/TimeStream.h"
#include "compiler/share/Share.h"
#include "compiler/verify/Interpretation.h"
#include "compiler/verify/LayerCheck.h"
#include "compiler/verify/LibraryRun.h"
#include "compiler/verify/OutputCheck.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <cstdio>

namespace burin {
using namespace mlir;
namespace fs = std::filesystem;

namespace {

using Tensors = std::map<std::string, HostTensor>;

/// One call of the model: what it is given and what comes out.
struct Case {
  Tensors inputs;                ///< all that the model takes, those fixed as constants too
  std::vector<HostTensor> given; ///< the library's own, in order
  std::vector<HostTensor> expected, outputs, interpreted;
};

/// Everything one verification holds; the steps fill it in from top to bottom.
class Verification {
public:
  Verification(const VerifyOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  int run();

private:
  bool refuseLayersOfStream();
  bool chooseInputs();
  bool addCase(std::vector<HostTensor> given, std::vector<HostTensor> expected);
  bool chooseExpected();
  bool runInterpreter(Case &one);
  bool chooseSizes();
  bool runLibrary(Case &one);
  bool compareEnds();
  std::optional<std::vector<HostTensor>> expectedAt(const std::vector<int64_t> &sizes,
                                                    const std::vector<HostTensor> &given);
  bool compareOutputs(std::vector<HostTensor> Case::*outputs, llvm::StringRef by);
  void compareCase(const Case &one, const std::vector<HostTensor> &outputs, llvm::StringRef by, OutputTotals &totals);
  bool compareAllLayers();
  bool saveOutputs();

  const VerifyOptions &options;
  DiagnosticSink &sink;
  std::unique_ptr<Compilation> c;
  codegen::Library library;
  TemporaryFolder folder;
  std::map<std::string, std::vector<int64_t>> fileShapes; ///< of the inputs given as files
  std::vector<int64_t> sizes;            ///< of the given tensors: those that the library's caller sets
  std::vector<Case> cases;               ///< the samples, or one
  std::optional<ReferenceRun> reference; ///< on the first case
  std::string source;                    ///< of the expected values
  ToleranceFlag tolerance;
  bool quantised = false;
  std::string summary;
};

bool Verification::refuseLayersOfStream() {
  if (!options.layers || options.compile.stream.empty())
    return true;
  sink.handle({.code = "BRN1513",
               .message = "--layers can't be combined with --stream: a step has other layers than the windowed model",
               .fix = "compare the layers of the library without --stream"});
  return false;
}

/// The sizes of the data, or of the files given as inputs, or else the largest.
bool Verification::chooseSizes() {
  sizes = c->dataSizes;
  if (c->data || options.inputs.empty())
    return true;
  std::optional<std::vector<int64_t>> found = sizesOf(c->inputSizes, fileShapes, sink);
  if (found)
    sizes = c->dataSizes = std::move(*found);
  return found.has_value();
}

bool Verification::chooseInputs() {
  if (c->data) {
    for (size_t i = 0; i < c->samples->size(); ++i) {
      std::optional<TestDataSet> data = c->sample(i, sink);
      if (!data || !addCase(std::move(data->inputs), std::move(data->outputs)))
        return false;
    }
    return true;
  }
  std::vector<HostTensor> given;
  for (const fs::path &path : options.inputs) {
    auto tensor = path.extension() == ".npy" ? readNpy(path, sink) : readTensorPb(path, sink);
    if (!tensor)
      return false;
    given.push_back(std::move(*tensor));
  }
  if (given.empty())
    given = seededInputs(c->model, sampleInputs(*c, sizes), options.seed);
  return addCase(std::move(given), {});
}

bool Verification::addCase(std::vector<HostTensor> given, std::vector<HostTensor> expected) {
  Case one{.inputs = c->importOptions.constants,
           .given = std::move(given),
           .expected = std::move(expected),
           .outputs = {},
           .interpreted = {}};
  const auto names = sampleInputs(*c, sizes);
  if (one.given.size() != names.size()) {
    sink.handle({.code = "BRN1504",
                 .message = std::to_string(one.given.size()) + " inputs are given, the model has " +
                            std::to_string(names.size()),
                 .fix = "repeat --input in the model's order"});
    return false;
  }
  for (size_t i = 0; i < one.given.size(); ++i) {
    one.given[i].name = names[i].onnxName;
    one.inputs[names[i].onnxName] = one.given[i];
  }
  cases.push_back(std::move(one));
  return true;
}

bool Verification::chooseExpected() {
  const bool fromData = llvm::all_of(cases, [](const Case &one) { return !one.expected.empty(); });
  source = options.compile.samples.data.filename().string();
  for (Case &one : cases) {
    const bool wantsLayers = options.layers && &one == &cases.front();
    if (!fromData || wantsLayers) {
      std::optional<ReferenceRun> run =
          runReference(c->model, one.inputs, wantsLayers ? layerTensors(library) : std::vector<std::string>(),
                       options.compile.python, sink);
      if (!run)
        return false;
      if (!fromData) {
        one.expected = run->outputs;
        source = run->version;
      }
      if (&one == &cases.front())
        reference = std::move(run);
    }
    if (one.expected.size() != library.outputs.size()) {
      sink.handle({.code = "BRN1802",
                   .message = "there are " + std::to_string(one.expected.size()) + " expected outputs, the model has " +
                              std::to_string(library.outputs.size()),
                   .fix = "give one output_k.pb for each output of the model"});
      return false;
    }
    one.expected = deliveredRows(*c, std::move(one.expected));
  }
  return true;
}

bool Verification::runInterpreter(Case &one) {
  std::optional<std::vector<HostTensor>> outputs = interpretSample(*c, sizes, one.given, sink);
  if (outputs)
    one.interpreted = std::move(*outputs);
  return outputs.has_value();
}

bool Verification::runLibrary(Case &one) {
  std::optional<LibraryRun> run = burin::runLibrary(*c, library, folder, one.given, sizes, sink);
  if (!run)
    return false;
  for (size_t i = 0; i < run->outputs.size(); ++i)
    one.outputs.push_back(fromLibrary(run->outputs[i], run->tensors[i], outputType(*c, i)));
  return true;
}

/// What the reference gives at these sizes or, where it can't run, the model compiled for them.
std::optional<std::vector<HostTensor>> Verification::expectedAt(const std::vector<int64_t> &sizes,
                                                                const std::vector<HostTensor> &given) {
  CollectingSink quiet;
  Tensors byName = c->importOptions.constants;
  for (const HostTensor &t : given)
    byName[t.name] = t;
  if (std::optional<ReferenceRun> run = runReference(c->model, byName, {}, options.compile.python, quiet))
    return std::move(run->outputs);
  if (!c->computedSizes.empty())
    return std::vector<HostTensor>(); // which counts to compile it for isn't known
  std::unique_ptr<Compilation> sibling = c->sibling(sink);
  if (!sibling->compileFor(sizes) || !sibling->assignOffsets())
    return std::nullopt;
  std::optional<ProgramRun> run = runProgram(sibling->program(), {}, given, sink);
  if (!run)
    return std::nullopt;
  const std::vector<codegen::Tensor> tensors = programOutputs(sibling->program(), {});
  std::vector<HostTensor> out;
  for (size_t i = 0; i < tensors.size(); ++i)
    out.push_back(fromLibrary(run->outputs[i], tensors[i], outputType(*c, i)));
  return out;
}

/// The same library at the smallest and at the largest sizes.
bool Verification::compareEnds() {
  bool passed = true;
  for (const bool largest : {false, true}) {
    std::vector<int64_t> ends;
    std::string text;
    for (const InputSize &s : c->inputSizes) {
      ends.push_back(largest ? s.range.max : s.range.min);
      text += (text.empty() ? "" : ",") + s.name + ":" + std::to_string(ends.back());
    }
    const std::vector<HostTensor> tensors = seededInputs(c->model, programInputs(c->program(), ends), options.seed);
    std::optional<std::vector<HostTensor>> wanted = expectedAt(ends, tensors);
    std::optional<LibraryRun> run = burin::runLibrary(*c, library, folder, tensors, ends, sink);
    if (!wanted || !run)
      return false;
    bool same = true;
    for (size_t i = 0; i < wanted->size() && i < run->outputs.size(); ++i) {
      const HostTensor got = fromLibrary(run->outputs[i], run->tensors[i], outputType(*c, i));
      const Comparison r = compareTensors(got, (*wanted)[i], tolerance.of((*wanted)[i], quantised));
      same &= r.passed();
      if (!r.passed())
        std::printf("library output %s at %s: %lld elements outside the tolerance\n",
                    quoteName(library.outputs[i].onnxName).c_str(), text.c_str(), static_cast<long long>(r.mismatches));
    }
    summary += " at_" + text + (same ? "=same" : "=differs");
    passed &= same;
  }
  return passed;
}

void Verification::compareCase(const Case &one, const std::vector<HostTensor> &outputs, StringRef by,
                               OutputTotals &totals) {
  const std::string sample =
      cases.size() == 1 ? "" : " of " + quoteName(c->samples->origin(static_cast<size_t>(&one - cases.data())));
  for (size_t i = 0; i < outputs.size(); ++i)
    totals.add(outputs[i], one.expected[i], tolerance.of(one.expected[i], quantised),
               by.str() + " output " + quoteName(library.outputs[i].onnxName) + sample);
}

bool Verification::compareOutputs(std::vector<HostTensor> Case::*outputs, StringRef by) {
  OutputTotals totals;
  for (const Case &one : cases)
    compareCase(one, one.*outputs, by, totals);
  summary += totals.summary(by.str(), (cases.front().*outputs).size());
  return totals.passed;
}

bool Verification::compareAllLayers() {
  Tolerance limits;
  limits.rtol = tolerance.rtol.value_or(1e-3);
  limits.atol = tolerance.atol.value_or(1e-4);
  std::optional<LayerTotals> free =
      compareLayers(*c, library, *reference, cases.front().inputs, folder, limits, /*fed=*/false, sink);
  std::optional<LayerTotals> fed =
      compareLayers(*c, library, *reference, cases.front().inputs, folder, limits, /*fed=*/true, sink);
  if (!free || !fed)
    return false;
  auto percentOf = [](int64_t differ, int64_t all) {
    return all > 0 ? 100.0 * static_cast<double>(differ) / static_cast<double>(all) : 0;
  };
  const double percent = percentOf(fed->differ, fed->elements),
               wordPercent = percentOf(fed->wordDiffer, fed->wordElements);
  char text[480];
  std::snprintf(
      text, sizeof text,
      " layers=%lld not_compared=%lld free_max_steps=%llu free_min_snr_db=%.1f fed_layers=%lld fed_max_steps=%llu "
      "fed_differ=%lld fed_ties=%lld fed_elements=%lld fed_percent=%.5f fed_words_differ=%lld fed_words=%lld "
      "fed_min_snr_db=%.1f fed_failed=%lld",
      static_cast<long long>(free->layers), static_cast<long long>(free->skipped),
      static_cast<unsigned long long>(free->maxSteps), free->minSnrDb, static_cast<long long>(fed->layers),
      static_cast<unsigned long long>(fed->maxSteps), static_cast<long long>(fed->differ),
      static_cast<long long>(fed->ties), static_cast<long long>(fed->elements), percent,
      static_cast<long long>(fed->wordDiffer), static_cast<long long>(fed->wordElements), fed->minSnrDb,
      static_cast<long long>(fed->failed));
  summary += text;
  // A layer fed with the reference's inputs may round a near-tie the other way; more than a step, or many, is a defect.
  // Of 16 bits the reference's own float sums are off by up to 2^-8 of a step, so that it may round one in 128
  // elsewhere.
  return fed->failed == 0 && percent <= 0.02 && wordPercent <= 100.0 / 128;
}

bool Verification::saveOutputs() {
  std::error_code error;
  fs::create_directories(options.save, error);
  const std::vector<HostTensor> &outputs = cases.front().outputs;
  for (size_t i = 0; i < outputs.size(); ++i)
    if (!writeTensorPb(options.save / ("output_" + std::to_string(i) + ".pb"), outputs[i], sink))
      return false;
  return true;
}

int Verification::run() {
  std::optional<ToleranceFlag> flag = ToleranceFlag::parse(options.tolerance, sink);
  if (!flag || !refuseLayersOfStream())
    return ExitUserError;
  tolerance = *flag;
  CompileOptions compile = options.compile;
  if (options.layers) { // a stream has no results of single layers
    compile.schedule = "layers";
    compile.pushRows = compile.pullRows = false;
  }
  c = Compilation::load(compile, sink);
  if (!c)
    return ExitUserError;
  if (!c->data && !options.inputs.empty())
    for (auto [input, path] : llvm::zip(c->model.runtimeInputs(), options.inputs)) {
      CollectingSink quiet; // read again, and reported, below
      auto tensor = path.extension() == ".npy" ? readNpy(path, quiet) : readTensorPb(path, quiet);
      if (!tensor)
        continue;
      fileShapes[input->name()] = tensor->shape;
      c->importOptions.shapes.try_emplace(input->name(), tensor->shape);
    }
  if (!chooseSizes())
    return ExitUserError;
  if (options.layers)
    c->fixSizes(); // layers are compared at one size
  if (!c->import() || !c->optimise() || (c->hasSizes() && !c->plan()))
    return ExitUserError;
  if (!chooseInputs() || (options.interpreter && !llvm::all_of(cases, [&](Case &one) { return runInterpreter(one); })))
    return ExitUserError;
  if (options.layers && !c->hasSizes())
    c->keepFunction(); // ties are found on the operators
  if (!c->hasSizes() && !c->plan())
    return ExitUserError;
  library = c->library({});
  for (const codegen::Layer &layer : library.layers) {
    auto op = layer.op;
    quantised |= isa<quant::QuantizedType>(cast<RankedTensorType>(op.getType()).getElementType());
  }
  if (!chooseExpected() || !buildDriven(*c->target, options.compiler, library, folder, sink) ||
      !llvm::all_of(cases, [&](Case &one) { return runLibrary(one); }))
    return ExitUserError;
  if (cases.size() > 1)
    summary = " samples=" + std::to_string(cases.size());
  bool passed = compareOutputs(&Case::outputs, "library");
  summary += " poison=same"; // runLibrary fails otherwise
  if (c->stream)
    summary += " steps=" + std::to_string(c->stream->steps());
  if (!c->inputSizes.empty())
    passed &= compareEnds();
  if (options.interpreter)
    passed &= compareOutputs(&Case::interpreted, "interpreter");
  if (options.layers && !c->hasSizes())
    passed &= compareAllLayers();
  if (!options.save.empty() && !saveOutputs())
    return ExitUserError;
  std::printf("verify %s model=%s target=%s reference=\"%s\"%s\n", passed ? "PASS" : "FAIL", c->model.name.c_str(),
              options.compile.target.c_str(), source.c_str(), summary.c_str());
  return passed ? ExitSuccess : ExitUserError;
}

} // namespace

int verifyCommand(const VerifyOptions &options, DiagnosticSink &sink) {
  if (options.compile.shareArena || options.compile.models.size() > 1)
    return verifyShared(options, sink);
  return Verification(options, sink).run();
}

} // namespace burin
