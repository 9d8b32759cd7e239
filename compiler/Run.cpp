// burin run: the model in the compiler, on the kernels that the library quotes.
#include "compiler/Boundary.h"
#include "compiler/Pipeline.h"
#include "compiler/Progress.h"
#include "compiler/State.h"
#include "ir/interpreter/Interpreter.h"
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

} // namespace

/// Prints and writes the outputs.
bool giveOutputs(const RunOptions &options, const std::vector<codegen::Tensor> &outputs,
                 const std::vector<std::vector<char>> &results, DiagnosticSink &sink) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const HostTensor out = fromLibrary(results[i], outputs[i], hostType(outputs[i].type.getElementType()));
    std::printf("%s  %s\n", outputs[i].onnxName.c_str(), typeText(out.dtype, out.shape).c_str());
    if (!options.outputs.empty() && !writeTensor(options.outputs[i], out, sink))
      return false;
  }
  return true;
}

/// Runs the plan for all sizes at those of the inputs.
bool runSized(const RunOptions &options, Compilation &c, const std::vector<HostTensor> &inputs, DiagnosticSink &sink) {
  std::map<std::string, std::vector<int64_t>> shapes;
  for (auto [input, tensor] : llvm::zip(c.model.runtimeInputs(), inputs))
    shapes[input->name()] = tensor.shape;
  std::optional<std::vector<int64_t>> sizes = c.data ? c.dataSizes : sizesOf(c.inputSizes, shapes, sink);
  if (!sizes || !c.plan())
    return false;
  std::optional<ProgramRun> run = runProgram(c.program(), *sizes, inputs, sink);
  return run && giveOutputs(options, programOutputs(c.program(), run->sizes), run->outputs, sink);
}

int runCommand(const RunOptions &options, DiagnosticSink &sink) {
  std::unique_ptr<Compilation> c = Compilation::load(options.compile, sink);
  if (!c)
    return ExitUserError;
  std::vector<HostTensor> tensors;
  if (c->data && options.inputs.empty())
    tensors = c->data->inputs;
  auto declared = c->model.runtimeInputs();
  const std::vector<std::string> states = stateInputNames(options.compile.state);
  if (!c->data && options.inputs.size() + states.size() == declared.size())
    llvm::erase_if(declared, [&](const auto *input) { return llvm::is_contained(states, input->name()); });
  if (!c->data && options.inputs.size() != declared.size())
    return wrongCount(sink, "--input", options.inputs.size(), declared.size()), ExitUserError;
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    std::optional<HostTensor> t = readTensor(options.inputs[i], sink);
    if (!t)
      return ExitUserError;
    if (!c->data)
      c->importOptions.shapes.try_emplace(declared[i]->name(), t->shape);
    tensors.push_back(std::move(*t));
  }
  if (!c->import() || !c->optimise())
    return ExitUserError;
  const auto inputs = functionInputs(c->function()), outputs = functionOutputs(c->function());
  if (tensors.size() < inputs.size())
    insertStates(c->function(), inputs, tensors);
  if (tensors.size() != inputs.size())
    return wrongCount(sink, "--input", tensors.size(), inputs.size()), ExitUserError;
  if (!options.outputs.empty() && options.outputs.size() != outputs.size())
    return wrongCount(sink, "--output", options.outputs.size(), outputs.size()), ExitUserError;
  if (c->hasSizes())
    return runSized(options, *c, tensors, sink) ? ExitSuccess : ExitUserError;
  std::vector<std::vector<char>> bytes;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::optional<std::vector<char>> b = toLibrary(tensors[i], inputs[i], sink);
    if (!b)
      return ExitUserError;
    bytes.push_back(std::move(*b));
  }
  llvm::SmallVector<llvm::ArrayRef<char>> views(bytes.begin(), bytes.end());
  const Progress progress("interpreting the model");
  mlir::FailureOr<std::vector<TensorBytes>> results = interpret(c->function(), views);
  if (mlir::failed(results))
    return ExitUserError;
  return giveOutputs(options, outputs, *results, sink) ? ExitSuccess : ExitUserError;
}

} // namespace burin
