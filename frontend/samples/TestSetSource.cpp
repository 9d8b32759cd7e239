#include "frontend/samples/Source.h"
#include "frontend/tensors/TensorFiles.h"

#include <algorithm>
#include <fmt/format.h>

namespace burin::samples {
namespace fs = std::filesystem;

namespace {

/// Test sets of the ONNX model zoo: their tensors stay as they are, whatever the model says.
class TestSetSource : public Source {
public:
  size_t size() const override { return folders.size(); }

  std::optional<Sample> read(size_t index, DiagnosticSink &sink) const override {
    std::optional<TestDataSet> data = readTestDataSet(folders[index], sink);
    if (!data)
      return std::nullopt;
    if (data->inputs.size() != inputs.size()) {
      sink.handle(
          {.code = "BRN1802",
           .message = fmt::format("the data have {} inputs, the model has {}", data->inputs.size(), inputs.size()),
           .facts = {"folder  " + quoteName(folders[index].filename().string())},
           .fix = "give one input_k.pb for each input of the model"});
      return std::nullopt;
    }
    for (size_t k = 0; k < inputs.size(); ++k)
      data->inputs[k].name = inputs[k].name;
    return Sample{.inputs = std::move(data->inputs), .outputs = std::move(data->outputs), .label = std::nullopt};
  }

  std::string origin(size_t index) const override { return folders[index].filename().string(); }

  std::vector<fs::path> folders;
};

} // namespace

std::unique_ptr<Source> openTestSets(const SourceRequest &request, const std::vector<fs::path> &folders,
                                     DiagnosticSink &sink) {
  if (!refuseFlags(request.preparation, /*isImages=*/false, /*isRecordings=*/false, sink))
    return nullptr;
  if (request.preparation.hasArithmetic() || request.preparation.layout) {
    sink.handle({.code = "BRN1512",
                 .message = "test sets of .pb files are taken as they are: --scale, --mean, --std and --layout don't "
                            "apply to them",
                 .fix = "drop the flag, or give the samples as .npy"});
    return nullptr;
  }
  auto source = std::make_unique<TestSetSource>();
  source->inputs = request.inputs;
  source->folders = folders;
  std::optional<Sample> first = source->read(0, sink);
  if (!first)
    return nullptr;
  for (size_t k = 0; k < first->inputs.size(); ++k) {
    source->inputs[k].dtype = first->inputs[k].dtype;
    source->inputs[k].shape = first->inputs[k].shape;
  }
  return source;
}

} // namespace burin::samples
