// burin run: the model in the compiler, on the kernels that the library quotes.
#include "compiler/Boundary.h"
#include "compiler/Pipeline.h"
#include "compiler/Progress.h"
#include "compiler/State.h"
#include "compiler/TimeStream.h"
#include "ir/nn/Constants.h"

#include <cstdio>

namespace burin {
namespace {

std::optional<HostTensor> readTensor(const std::filesystem::path &path, DiagnosticSink &sink) {
  return path.extension() == ".npy" ? readNpy(path, sink) : readTensorPb(path, sink);
}

bool writeTensor(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink) {
  return path.extension() == ".npy" ? writeNpy(path, tensor, sink) : writeTensorPb(path, tensor, sink);
}

bool wrongCount(DiagnosticSink &sink, const char *flag, size_t given, size_t wanted) {
  sink.handle(
      {.code = "BRN1504",
       .message = std::to_string(given) + " files are given with " + flag + ", the model has " + std::to_string(wanted),
       .fix = std::string("repeat ") + flag + " in the model's order"});
  return false;
}

/// Puts the values before the first run in the places of the states, if only the other inputs are given.
void insertStates(mlir::func::FuncOp function, llvm::ArrayRef<codegen::Tensor> inputs,
                  std::vector<HostTensor> &tensors) {
  llvm::SmallVector<unsigned> states;
  for (unsigned i = 0; i < inputs.size(); ++i)
    if (function.getArgAttr(i, "nn.state"))
      states.push_back(i);
  if (tensors.size() + states.size() != inputs.size())
    return;
  for (unsigned i : states) {
    std::vector<char> bytes(static_cast<size_t>(nn::byteSize(inputs[i].type))), storage;
    if (auto reset = function.getArgAttrOfType<mlir::ElementsAttr>(i, "nn.reset"))
      llvm::copy(nn::elementsBytes(reset, inputs[i].type, storage), bytes.begin());
    tensors.insert(tensors.begin() + i, fromLibrary(bytes, inputs[i], hostType(inputs[i].type.getElementType())));
  }
}

/// All that one command holds; the steps fill it in from top to bottom.
class Runner {
public:
  Runner(const RunOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  bool run();

private:
  bool readInputs();
  bool checkCounts();
  std::optional<std::vector<HostTensor>> inputsOf(size_t sample);
  std::optional<std::vector<HostTensor>> outputsOf(const std::vector<HostTensor> &given);
  std::optional<std::vector<HostTensor>> sizedOutputsOf(const std::vector<HostTensor> &given);
  bool append(std::vector<HostTensor> next);
  bool runAll();
  bool write();

  const RunOptions &options;
  DiagnosticSink &sink;
  std::unique_ptr<Compilation> c;
  bool fromData = false;           ///< otherwise from files, one an input
  std::vector<HostTensor> tensors; ///< of the files
  std::vector<codegen::Tensor> takes, gives;
  std::vector<HostTensor> outputs; ///< of several samples along a new first axis
};

/// Reads the files given with --input, whose shapes bind those that the model leaves open.
bool Runner::readInputs() {
  fromData = c->data && options.inputs.empty();
  if (fromData)
    return true;
  auto declared = c->model.runtimeInputs();
  const std::vector<std::string> states = stateInputNames(options.compile.state);
  if (!c->data && options.inputs.size() + states.size() == declared.size())
    llvm::erase_if(declared, [&](const auto *input) { return llvm::is_contained(states, input->name()); });
  if (!c->data && options.inputs.size() != declared.size())
    return wrongCount(sink, "--input", options.inputs.size(), declared.size());
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    std::optional<HostTensor> t = readTensor(options.inputs[i], sink);
    if (!t)
      return false;
    if (!c->data)
      c->importOptions.shapes.try_emplace(declared[i]->name(), t->shape);
    tensors.push_back(std::move(*t));
  }
  return true;
}

bool Runner::checkCounts() {
  if (options.outputs.empty() || options.outputs.size() == gives.size())
    return true;
  return wrongCount(sink, "--output", options.outputs.size(), gives.size());
}

std::optional<std::vector<HostTensor>> Runner::inputsOf(size_t sample) {
  std::vector<HostTensor> given = tensors;
  if (fromData) {
    std::optional<TestDataSet> data = c->sample(sample, sink);
    if (!data)
      return std::nullopt;
    given = std::move(data->inputs);
  }
  if (given.size() < takes.size())
    insertStates(c->function(), takes, given);
  if (given.size() == takes.size())
    return given;
  wrongCount(sink, "--input", given.size(), takes.size());
  return std::nullopt;
}

std::optional<std::vector<HostTensor>> Runner::outputsOf(const std::vector<HostTensor> &given) {
  const auto results = runModel(*c, given, sink);
  if (!results)
    return std::nullopt;
  std::vector<HostTensor> out;
  for (auto [result, as] : llvm::zip(*results, gives))
    out.push_back(fromLibrary(result, as, hostType(as.type.getElementType())));
  return out;
}

/// Runs the plan for all sizes at those of the inputs.
std::optional<std::vector<HostTensor>> Runner::sizedOutputsOf(const std::vector<HostTensor> &given) {
  std::map<std::string, std::vector<int64_t>> shapes;
  for (auto [input, tensor] : llvm::zip(takes, given))
    shapes[input.onnxName] = tensor.shape;
  const std::optional<std::vector<int64_t>> sizes = sizesOf(c->inputSizes, shapes, sink);
  std::optional<ProgramRun> run = sizes ? runProgram(c->program(), *sizes, given, sink) : std::optional<ProgramRun>();
  if (!run)
    return std::nullopt;
  std::vector<HostTensor> out;
  for (auto [result, as] : llvm::zip(run->outputs, programOutputs(c->program(), run->sizes)))
    out.push_back(fromLibrary(result, as, hostType(as.type.getElementType())));
  return out;
}

/// Adds the outputs of one more sample. BRN1802 if they have other shapes than those before.
bool Runner::append(std::vector<HostTensor> next) {
  const bool isFirst = outputs.empty();
  for (size_t i = 0; i < next.size(); ++i) {
    if (c->samples && c->samples->size() > 1 && fromData)
      next[i].shape.insert(next[i].shape.begin(), 1);
    if (isFirst) {
      outputs.push_back(std::move(next[i]));
      continue;
    }
    HostTensor &all = outputs[i];
    if (!std::equal(all.shape.begin() + 1, all.shape.end(), next[i].shape.begin() + 1, next[i].shape.end())) {
      sink.handle({.code = "BRN1802",
                   .model = c->model.name,
                   .message = "output " + quoteName(gives[i].onnxName) + " has not the same shape for all samples",
                   .facts = {"one      " + typeText(all.dtype, all.shape),
                             "another  " + typeText(next[i].dtype, next[i].shape)},
                   .fix = "run them one at a time"});
      return false;
    }
    ++all.shape[0];
    all.data.insert(all.data.end(), next[i].data.begin(), next[i].data.end());
  }
  return true;
}

bool Runner::runAll() {
  const Progress progress("interpreting the model");
  for (size_t k = 0; k < (fromData ? c->samples->size() : 1); ++k) {
    const auto given = inputsOf(k);
    if (!given)
      return false;
    auto results = c->hasSizes() ? sizedOutputsOf(*given) : outputsOf(*given);
    if (!results || !append(std::move(*results)))
      return false;
  }
  return true;
}

/// Prints the outputs' types, and writes them.
bool Runner::write() {
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::printf("%s  %s\n", gives[i].onnxName.c_str(), typeText(outputs[i].dtype, outputs[i].shape).c_str());
    if (!options.outputs.empty() && !writeTensor(options.outputs[i], outputs[i], sink))
      return false;
  }
  return true;
}

bool Runner::run() {
  c = Compilation::load(options.compile, sink);
  if (!c || !readInputs() || !c->import() || !c->optimise())
    return false;
  takes = functionInputs(c->function());
  gives = functionOutputs(c->function());
  if (!checkCounts() || !inputsOf(0) || (c->hasSizes() && !c->plan()))
    return false;
  return runAll() && write();
}

} // namespace

int runCommand(const RunOptions &options, DiagnosticSink &sink) {
  return Runner(options, sink).run() ? ExitSuccess : ExitUserError;
}

} // namespace burin
