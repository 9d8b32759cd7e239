#include "compiler/verify/Interpretation.h"

#include "compiler/Boundary.h"
#include "compiler/Progress.h"
#include "compiler/TimeStream.h"

namespace burin {

std::vector<codegen::Tensor> sampleInputs(Compilation &c, const std::vector<int64_t> &sizes) {
  return c.hasSizes() ? programInputs(c.program(), sizes) : modelInputs(c);
}

DType outputType(const Compilation &c, size_t output) {
  const int onnx = c.model.graph().output(static_cast<int>(output)).type().tensor_type().elem_type();
  return dtypeFromOnnx(onnx).value_or(DType::Float32);
}

std::optional<std::vector<HostTensor>> interpretSample(Compilation &c, const std::vector<int64_t> &sizes,
                                                       const std::vector<HostTensor> &inputs, DiagnosticSink &sink) {
  std::vector<codegen::Tensor> tensors;
  std::vector<std::vector<char>> bytes;
  if (c.hasSizes()) {
    std::optional<ProgramRun> run = runProgram(c.program(), sizes, inputs, sink);
    if (!run)
      return std::nullopt;
    tensors = programOutputs(c.program(), run->sizes);
    bytes = std::move(run->outputs);
  } else {
    const Progress progress("interpreting the model");
    std::optional<std::vector<std::vector<char>>> results = runModel(c, inputs, sink);
    if (!results)
      return std::nullopt;
    tensors = functionOutputs(c.function());
    bytes = std::move(*results);
  }
  std::vector<HostTensor> out;
  for (size_t i = 0; i < tensors.size(); ++i)
    out.push_back(fromLibrary(bytes[i], tensors[i], outputType(c, i)));
  return out;
}

} // namespace burin
