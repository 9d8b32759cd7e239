// burin accuracy: how often the largest score is that of the right class, on labelled samples.
#include "compiler/Boundary.h"
#include "compiler/Pipeline.h"
#include "compiler/Processes.h"
#include "compiler/Progress.h"
#include "compiler/TimeStream.h"
#include "compiler/verify/LibraryRun.h"
#include "compiler/verify/Reference.h"
#include "frontend/tensors/Compare.h"

#include <cstdio>
#include <cstring>

namespace burin {
using namespace mlir;

namespace {

/// The samples that are in memory at once have about so many bytes.
constexpr int64_t portionBytes = int64_t{64} << 20;

/// What one program answered: a class for each sample.
using Classes = std::vector<int64_t>;

/// Everything one measurement holds; the steps fill it in from top to bottom.
class Measurement {
public:
  Measurement(const AccuracyOptions &options, DiagnosticSink &sink) : options(options), sink(sink) {}
  bool run();

private:
  bool load();
  bool checkLabels();
  bool noLabels(std::string message, std::string fix);
  bool runInterpreter();
  bool runLibrary();
  bool runReference();
  size_t portion() const;
  std::optional<std::vector<std::vector<HostTensor>>> inputsOf(size_t first, size_t count);
  std::optional<HostTensor> interpretOne(const std::vector<HostTensor> &inputs);
  std::optional<std::vector<char>> interpretPart(size_t first, size_t last);
  size_t correct(const Classes &classes) const;
  void print() const;

  const AccuracyOptions &options;
  DiagnosticSink &sink;
  std::unique_ptr<Compilation> c;
  codegen::Library library;
  TemporaryFolder folder;
  std::vector<codegen::Tensor> takes, gives; ///< of the function
  DType modelType = DType::Float32;          ///< of the first output
  std::vector<int64_t> labels;
  Classes own, reference;
  std::string referenceVersion;
};

bool Measurement::noLabels(std::string message, std::string fix) {
  sink.handle({.code = "BRN1808", .model = c->model.name, .message = std::move(message), .fix = std::move(fix)});
  return false;
}

bool Measurement::load() {
  if (!options.compile.stream.empty()) {
    sink.handle({.code = "BRN1513",
                 .message = "accuracy looks at whole windows, of which a step of --stream is a part",
                 .fix = "leave --stream out: the outputs are the same"});
    return false;
  }
  c = Compilation::load(options.compile, sink);
  if (!c)
    return false;
  if (!c->samples)
    return noLabels("accuracy is measured on labelled samples, and there are none", "give --data and --labels");
  if (!c->samples->hasLabels())
    return noLabels("the samples have no labels", "give --labels FILE, or one folder of files for each class");
  c->fixSizes();
  if (!c->import() || !c->optimise())
    return false;
  takes = functionInputs(c->function());
  gives = functionOutputs(c->function());
  const onnx::TypeProto &type = c->model.graph().output(0).type();
  modelType = dtypeFromOnnx(type.tensor_type().elem_type()).value_or(DType::Float32);
  return checkLabels();
}

/// Reads all labels, and compares them with the number of scores.
bool Measurement::checkLabels() {
  const codegen::Tensor &scores = gives.front();
  const int64_t count = scores.elements();
  if (llvm::count_if(scores.type.getShape(), [](int64_t dim) { return dim != 1; }) > 1 || count == 0)
    return noLabels("output " + quoteName(scores.onnxName) + " isn't one list of scores, but has shape " +
                        typeText(modelType, std::vector<int64_t>(scores.type.getShape())),
                    "measure a model that classifies one sample at a time");
  for (size_t i = 0; i < c->samples->size(); ++i) {
    const int64_t label = c->samples->label(i);
    if (count > 1 && label >= count)
      return noLabels("label " + std::to_string(label) + " of " + quoteName(c->samples->origin(i)) +
                          " is none of the " + std::to_string(count) + " classes of output " +
                          quoteName(scores.onnxName),
                      "number the classes from 0, as the model's scores are");
    labels.push_back(label);
  }
  if (count == 1 && info(modelType).kind == DTypeKind::Float)
    sink.handle({.severity = Severity::Remark,
                 .model = c->model.name,
                 .message = "output " + quoteName(scores.onnxName) + " is one score: above 0.5 it counts as class 1"});
  return true;
}

size_t Measurement::portion() const {
  int64_t bytes = 0;
  for (const codegen::Tensor &t : takes)
    bytes += nn::byteSize(t.type);
  return static_cast<size_t>(std::max<int64_t>(1, portionBytes / std::max<int64_t>(bytes, 1)));
}

std::optional<std::vector<std::vector<HostTensor>>> Measurement::inputsOf(size_t first, size_t count) {
  std::vector<std::vector<HostTensor>> all;
  for (size_t i = first; i < std::min(first + count, c->samples->size()); ++i) {
    std::optional<TestDataSet> data = c->sample(i, sink);
    if (!data)
      return std::nullopt;
    all.push_back(std::move(data->inputs));
  }
  return all;
}

/// The first output.
std::optional<HostTensor> Measurement::interpretOne(const std::vector<HostTensor> &inputs) {
  if (c->hasSizes()) {
    std::optional<ProgramRun> run = runProgram(c->program(), {}, inputs, sink);
    return run ? std::optional(
                     fromLibrary(run->outputs.front(), programOutputs(c->program(), run->sizes).front(), modelType))
               : std::nullopt;
  }
  const auto outputs = runModel(*c, inputs, sink);
  return outputs ? std::optional(fromLibrary(outputs->front(), gives.front(), modelType)) : std::nullopt;
}

/// The classes of samples `first` … `last` − 1, as bytes.
std::optional<std::vector<char>> Measurement::interpretPart(size_t first, size_t last) {
  Classes classes;
  for (size_t i = first; i < last; ++i) {
    std::optional<TestDataSet> data = c->sample(i, sink);
    std::optional<HostTensor> output = data ? interpretOne(data->inputs) : std::nullopt;
    if (!output)
      return std::nullopt;
    classes.push_back(classOf(*output));
  }
  std::vector<char> bytes(classes.size() * sizeof(int64_t));
  if (!bytes.empty())
    std::memcpy(bytes.data(), classes.data(), bytes.size());
  return bytes;
}

bool Measurement::runInterpreter() {
  if (c->hasSizes() && !c->plan())
    return false;
  const Progress progress("interpreting the model");
  const size_t n = c->samples->size(), parts = std::min<size_t>(processorCount(), n);
  const auto results =
      inProcesses(parts, [&](size_t part) { return interpretPart(n * part / parts, n * (part + 1) / parts); });
  if (!results)
    return false;
  for (const std::vector<char> &bytes : *results) {
    const size_t before = own.size();
    own.resize(before + bytes.size() / sizeof(int64_t));
    if (!bytes.empty())
      std::memcpy(own.data() + before, bytes.data(), bytes.size());
  }
  return true;
}

bool Measurement::runLibrary() {
  if (!c->plan())
    return false;
  library = c->library({});
  if (!buildDriven(*c->target, options.compiler, library, folder, sink))
    return false;
  for (size_t first = 0; first < c->samples->size(); first += portion()) {
    auto inputs = inputsOf(first, portion());
    auto runs = inputs ? runSamples(*c, library, folder, *inputs, processorCount(), sink)
                       : std::optional<std::vector<LibraryRun>>();
    if (!runs)
      return false;
    for (const LibraryRun &run : *runs)
      own.push_back(classOf(fromLibrary(run.outputs.front(), run.tensors.front(), modelType)));
  }
  return true;
}

bool Measurement::runReference() {
  for (size_t first = 0; first < c->samples->size(); first += portion()) {
    auto inputs = inputsOf(first, portion());
    if (!inputs)
      return false;
    std::vector<ReferenceInputs> named;
    for (std::vector<HostTensor> &sample : *inputs) {
      named.push_back(c->importOptions.constants);
      for (HostTensor &tensor : sample) {
        const std::string name = tensor.name;
        named.back()[name] = std::move(tensor);
      }
    }
    auto runs = runReferenceOn(c->model, named, {}, options.compile.python, sink);
    if (!runs)
      return false;
    for (const ReferenceRun &run : *runs)
      reference.push_back(classOf(run.outputs.front()));
    referenceVersion = runs->front().version;
  }
  return true;
}

size_t Measurement::correct(const Classes &classes) const {
  size_t count = 0;
  for (size_t i = 0; i < classes.size(); ++i)
    count += classes[i] == labels[i];
  return count;
}

void Measurement::print() const {
  const double n = static_cast<double>(labels.size());
  const std::string by = options.interpreter ? "interpreter" : options.compile.target;
  std::printf("accuracy model=%s by=%s data=%s samples=%zu correct=%zu top1=%.4f", c->model.name.c_str(), by.c_str(),
              options.compile.samples.data.filename().string().c_str(), labels.size(), correct(own),
              static_cast<double>(correct(own)) / n);
  if (!reference.empty()) {
    size_t agree = 0;
    for (size_t i = 0; i < own.size(); ++i)
      agree += own[i] == reference[i];
    std::printf(" reference=\"%s\" reference_correct=%zu reference_top1=%.4f agree=%zu", referenceVersion.c_str(),
                correct(reference), static_cast<double>(correct(reference)) / n, agree);
  }
  std::printf("\n");
}

bool Measurement::run() {
  if (!load())
    return false;
  const bool wantsReference = options.reference || !options.compile.python.empty();
  if (options.interpreter ? !runInterpreter() : !runLibrary())
    return false;
  if (wantsReference && !runReference())
    return false;
  print();
  return true;
}

} // namespace

int accuracyCommand(const AccuracyOptions &options, DiagnosticSink &sink) {
  return Measurement(options, sink).run() ? ExitSuccess : ExitUserError;
}

} // namespace burin
