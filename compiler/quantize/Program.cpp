#include "compiler/quantize/Program.h"

#include "compiler/Boundary.h"
#include "frontend/onnx/reader/Reader.h"
#include "ir/nn/Nn.h"
#include "quantization/Parallel.h"

#include <atomic>

namespace burin::quantize {
using namespace mlir;

bool runAll(size_t n, unsigned threads, const std::function<bool(size_t)> &f) {
  std::atomic<bool> good = true;
  quantization::parallelFor(static_cast<int>(threads), static_cast<int64_t>(n), [&](int64_t i) {
    if (good && !f(static_cast<size_t>(i)))
      good = false;
  });
  return good;
}

std::unique_ptr<Program> Program::make(const onnx::ModelProto &proto, const Setting &setting, Form form,
                                       DiagnosticSink &sink, const std::function<void(func::FuncOp)> &edit) {
  std::unique_ptr<Program> p(new Program(sink));
  std::optional<Model> model = readModelFromBytes(proto.SerializeAsString(), setting.compile.model, p->errors);
  if (!model)
    return nullptr;
  p->compiled = Compilation::load(std::move(*model), setting.compile, p->errors);
  if (!p->compiled)
    return nullptr;
  p->compiled->importOptions = setting.import;
  if (!p->compiled->import() || (form == Form::Compiled && !p->compiled->optimise()))
    return nullptr;
  if (edit)
    edit(p->function());
  p->program = LoweredProgram::lower(p->function());
  if (!p->program)
    return nullptr;
  p->nameSteps();
  return p;
}

void Program::nameSteps() {
  for (size_t i = 0; i < program->size(); ++i) {
    Operation *op = program->step(i);
    codegen::Tensor &t = results.emplace_back();
    t.type = nn::tensorType(op->getResult(0));
    t.quant = dyn_cast<quant::UniformQuantizedType>(t.type.getElementType());
    nn::OriginAttr origin = nn::getOrigin(op);
    if (!origin)
      continue;
    t.onnxName = origin.getTensor().str();
    if (!origin.getPerm().empty() && !nn::isIdentityPermutation(origin.getPerm()))
      t.perm.assign(origin.getPerm().begin(), origin.getPerm().end());
    // Of several values that hold it, the last one is as the model has it.
    steps[t.onnxName] = static_cast<int>(i);
  }
}

int Program::stepOf(const std::string &name) const {
  auto found = steps.find(name);
  return found == steps.end() ? -1 : found->second;
}

TensorTypes Program::types() {
  TensorTypes types;
  auto add = [&](const codegen::Tensor &t) {
    if (t.onnxName.empty())
      return;
    TensorType &type = types[t.onnxName];
    type.dtype = hostType(t.type.getElementType());
    type.shape.assign(t.type.getShape().begin(), t.type.getShape().end());
    for (size_t i = 0; i < t.perm.size(); ++i)
      type.shape[static_cast<size_t>(t.perm[i])] = t.type.getDimSize(static_cast<unsigned>(i));
  };
  llvm::for_each(functionInputs(function()), add);
  llvm::for_each(results, add);
  return types;
}

std::optional<std::vector<std::vector<char>>> Program::storageOf(const SampleInputs &inputs, DiagnosticSink &sink) {
  std::vector<std::vector<char>> storage;
  const std::vector<codegen::Tensor> takes = functionInputs(function());
  for (size_t i = 0; i < takes.size(); ++i) {
    std::optional<std::vector<char>> bytes = toLibrary(inputs[i], takes[i], sink);
    if (!bytes)
      return std::nullopt;
    storage.push_back(std::move(*bytes));
  }
  return storage;
}

std::optional<std::vector<std::vector<HostTensor>>> Program::run(const std::vector<SampleInputs> &samples,
                                                                 DiagnosticSink &sink, const StepObserver &observer) {
  if (failed(program->prepare(program->size())))
    return std::nullopt;
  std::vector<std::vector<std::vector<char>>> inputs;
  for (const SampleInputs &sample : samples) {
    auto storage = storageOf(sample, sink);
    if (!storage)
      return std::nullopt;
    inputs.push_back(std::move(*storage));
  }
  const std::vector<codegen::Tensor> gives = functionOutputs(function());
  std::vector<std::vector<HostTensor>> outputs(samples.size());
  const bool good = runAll(samples.size(), threads(), [&](size_t sample) {
    SmallVector<ArrayRef<char>> views(inputs[sample].begin(), inputs[sample].end());
    LoweredProgram::Run run = program->begin(views);
    for (size_t i = 0; i < program->size(); ++i) {
      if (failed(program->runStep(i, run)))
        return false;
      if (observer)
        observer(sample, i, program->value(program->step(i)->getResult(0), run));
      program->release(i, run);
    }
    std::vector<TensorBytes> results = program->outputs(run);
    for (size_t k = 0; k < gives.size(); ++k)
      outputs[sample].push_back(fromLibrary(results[k], gives[k], hostType(gives[k].type.getElementType())));
    return true;
  });
  return good ? std::optional(std::move(outputs)) : std::nullopt;
}

} // namespace burin::quantize
