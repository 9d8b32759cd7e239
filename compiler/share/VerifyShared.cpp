#include "compiler/Boundary.h"
#include "compiler/share/Share.h"
#include "compiler/share/SharedDriver.h"
#include "compiler/share/SharedModels.h"
#include "compiler/verify/Driver.h"
#include "compiler/verify/OutputCheck.h"
#include "compiler/verify/Reference.h"
#include "compiler/verify/Toolchain.h"

#include <cstdio>

namespace burin {

namespace {

/// The bytes that a call takes or gives, a tensor each.
using Bytes = std::vector<std::vector<char>>;

/// BRN1516 for what compares a single model in more detail.
bool verifyingIsPossible(const VerifyOptions &o, DiagnosticSink &sink) {
  const std::pair<bool, const char *> flags[] = {{o.layers, "--layers"},
                                                 {o.interpreter, "--interpreter"},
                                                 {!o.inputs.empty(), "--input"},
                                                 {!o.save.empty(), "--save"}};
  for (auto [isGiven, flag] : flags)
    if (isGiven) {
      sink.handle({.code = "BRN1516",
                   .message = std::string("the models can't share an arena: ") + flag + " is for a single model",
                   .fix = "verify that model by itself, or leave the flag out"});
      return false;
    }
  return sharingIsPossible(o.compile, sink);
}

class SharedVerification {
public:
  SharedVerification(const VerifyOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  int run();

private:
  void orderCalls();
  std::optional<Bytes> inputsOf(size_t run) const;
  bool runDriver();
  bool compareModel(size_t run);
  const SharedModels::Model &modelOf(size_t run) const;

  const VerifyOptions &options;
  DiagnosticSink &sink;
  ToleranceFlag tolerance;
  std::unique_ptr<SharedModels> shared;
  codegen::SharedLibrary library;
  TemporaryFolder folder;
  std::vector<size_t> calls;  ///< runs, in the order in which they are called
  std::vector<Bytes> outputs; ///< per call
};

/// Heads forwards and then backwards behind their trunk; a model by itself twice, so that it finds what others left.
void SharedVerification::orderCalls() {
  for (size_t r = 0; r < library.runs.size(); ++r) {
    const codegen::Run &run = library.runs[r];
    if (run.trunk < 0)
      calls.push_back(r);
    calls.insert(calls.end(), run.heads.begin(), run.heads.end());
    calls.insert(calls.end(), run.heads.rbegin(), run.heads.rend());
  }
  for (size_t r = library.runs.size(); r-- > 0;)
    if (library.runs[r].trunk < 0 && !library.runs[r].isTrunk())
      calls.push_back(r);
}

/// The model that a run belongs to; of a trunk, one of them.
const SharedModels::Model &SharedVerification::modelOf(size_t run) const {
  const codegen::Run &r = library.runs[run];
  const std::string &name = r.isTrunk() ? library.runs[r.heads.front()].name : r.name;
  for (const SharedModels::Model &model : shared->models)
    if (model.name == name)
      return model;
  return shared->models.front();
}

std::optional<Bytes> SharedVerification::inputsOf(size_t run) const {
  Bytes all;
  for (const codegen::Tensor &t : library.runs[run].library.inputs)
    for (const HostTensor &input : modelOf(run).inputs) {
      if (input.name != t.onnxName)
        continue;
      std::optional<std::vector<char>> bytes = toLibrary(input, t, sink);
      if (!bytes)
        return std::nullopt;
      all.push_back(std::move(*bytes));
    }
  return all;
}

/// Calls all runs, as the library runs and with dead bytes poisoned; the outputs have to be the same, and those of a
/// run the same in every order.
bool SharedVerification::runDriver() {
  std::vector<char> in;
  const auto word = [&](uint32_t value) {
    in.insert(in.end(), reinterpret_cast<const char *>(&value), reinterpret_cast<const char *>(&value + 1));
  };
  word(0);
  word(static_cast<uint32_t>(calls.size()));
  for (size_t run : calls) {
    const std::optional<Bytes> inputs = inputsOf(run);
    if (!inputs)
      return false;
    word(static_cast<uint32_t>(run));
    for (const std::vector<char> &bytes : *inputs)
      in.insert(in.end(), bytes.begin(), bytes.end());
  }
  std::optional<std::vector<char>> outs[2];
  for (DriverMode mode : {DriverMode::Run, DriverMode::Poison}) {
    in[0] = static_cast<char>(mode);
    outs[static_cast<uint32_t>(mode)] = TargetProgram::run(*shared->models.front().c->target, folder, in, sink);
    if (!outs[static_cast<uint32_t>(mode)])
      return false;
  }
  auto at = outs[0]->begin();
  std::map<size_t, Bytes> before;
  bool same = *outs[0] == *outs[1];
  for (size_t run : calls) {
    Bytes &given = outputs.emplace_back();
    for (const codegen::Tensor &t : library.runs[run].library.outputs) {
      given.emplace_back(at, at + nn::byteSize(t.type));
      at += nn::byteSize(t.type);
    }
    same &= before.try_emplace(run, given).first->second == given;
  }
  if (!same)
    sink.handle({.code = "BRN1807",
                 .message = "the outputs depend on what else the arena held: the memory plan reuses bytes that are "
                            "still needed",
                 .fix = "this is a defect of burin: please report the models"});
  return same;
}

bool SharedVerification::compareModel(size_t run) {
  const SharedModels::Model &model = modelOf(run);
  Compilation &c = *model.c;
  ReferenceInputs byName = c.importOptions.constants;
  for (const HostTensor &t : model.inputs)
    byName[t.name] = t;
  const std::optional<ReferenceRun> reference = runReference(c.model, byName, {}, options.compile.python, sink);
  if (!reference)
    return false;
  const codegen::Run &r = library.runs[run];
  bool quantised = false;
  for (const codegen::Run *part : {&codegen::firstOf(library, r), &r})
    for (const codegen::Layer &layer : part->library.layers) {
      auto op = layer.op;
      quantised |=
          mlir::isa<mlir::quant::QuantizedType>(mlir::cast<mlir::RankedTensorType>(op.getType()).getElementType());
    }
  OutputTotals totals;
  const Bytes &got = outputs[static_cast<size_t>(std::find(calls.begin(), calls.end(), run) - calls.begin())];
  for (size_t i = 0; i < got.size(); ++i) {
    const HostTensor &expected = reference->outputs[i];
    const codegen::Tensor &t = r.library.outputs[i];
    totals.add(fromLibrary(got[i], t, expected.dtype), expected, tolerance.of(expected, quantised),
               r.name + " output " + quoteName(t.onnxName));
  }
  std::printf("verify %s model=%s run=%s target=%s reference=\"%s\"%s poison=same%s\n", totals.passed ? "PASS" : "FAIL",
              c.model.name.c_str(), r.name.c_str(), options.compile.target.c_str(), reference->version.c_str(),
              totals.summary("library", got.size()).c_str(),
              r.trunk < 0 ? "" : (" behind=" + codegen::firstOf(library, r).name).c_str());
  return totals.passed;
}

int SharedVerification::run() {
  std::optional<ToleranceFlag> flag = ToleranceFlag::parse(options.tolerance, sink);
  if (!flag || !verifyingIsPossible(options, sink))
    return ExitUserError;
  tolerance = *flag;
  shared = SharedModels::load(options.compile, options.seed, sink);
  if (!shared || !shared->plan())
    return ExitUserError;
  library = shared->library();
  orderCalls();
  std::vector<codegen::File> files = codegen::printLibrary(library);
  files.push_back(printDriver(library));
  std::vector<std::string> sources = codegen::weightSources(library.whole);
  sources.push_back(library.whole.info.name + "_driver.c");
  const Target &target = *shared->models.front().c->target;
  if (!TargetProgram::build(target, options.compiler, files, sources, folder, sink) || !runDriver())
    return ExitUserError;
  bool passed = true;
  for (size_t r = 0; r < library.runs.size(); ++r)
    passed &= library.runs[r].isTrunk() || compareModel(r);
  std::printf("verify %s models=%zu calls=%zu arena=%lld\n", passed ? "PASS" : "FAIL", shared->models.size(),
              calls.size(), static_cast<long long>(library.whole.arenaBytes));
  return passed ? ExitSuccess : ExitUserError;
}

} // namespace

int verifyShared(const VerifyOptions &options, DiagnosticSink &sink) { return SharedVerification(options, sink).run(); }

} // namespace burin
