// burin quantize: a float model and samples in, a QDQ model out.
#include "compiler/quantize/Command.h"

#include "compiler/Progress.h"
#include "compiler/quantize/Report.h"
#include "frontend/onnx/reader/Reader.h"
#include "frontend/tensors/Files.h"

#include <cstdio>

namespace burin {
using namespace quantize;

namespace {

std::optional<Spec> specOf(const QuantizeOptions &options, DiagnosticSink &sink) {
  std::optional<Spec> spec = parseSpec(options.scheme, sink);
  std::vector<std::string> items = options.items;
  for (auto [key, value] : {std::pair("equalise=", &options.equalise), std::pair("clip=", &options.clip),
                            std::pair("bias-correction=", &options.biasCorrection)})
    if (!value->empty())
      items.push_back(key + *value);
  for (const std::string &item : items)
    if (spec && !addItem(*spec, item, sink))
      return std::nullopt;
  return spec;
}

/// All samples and their labels, and what they decide about the model's shapes.
std::optional<Request> requestOf(Compilation &c, Spec spec, DiagnosticSink &sink) {
  if (!c.samples) {
    sink.handle({.code = "BRN1525",
                 .model = c.model.name,
                 .message = "quantising needs samples of the model's input, and there are none",
                 .fix = "give --data PATH: .npy, a folder of images, of recordings, or of test data"});
    return std::nullopt;
  }
  const Progress progress("reading samples");
  Request request;
  request.spec = std::move(spec);
  c.fixSizes();
  request.setting.compile = c.options;
  request.setting.compile.samples = {};
  request.setting.compile.dims.clear(); // they are in `import`
  request.setting.compile.shapes.clear();
  request.setting.compile.io.clear();
  request.setting.compile.keepChannels = true; // layers are compared with those of the float net
  request.setting.import = c.importOptions;
  for (size_t i = 0; i < c.samples->size(); ++i) {
    std::optional<TestDataSet> sample = c.sample(i, sink);
    if (!sample)
      return std::nullopt;
    request.samples.push_back(std::move(sample->inputs));
    if (c.samples->hasLabels())
      request.labels.push_back(c.samples->label(i));
  }
  return request;
}

} // namespace

int quantizeCommand(const QuantizeOptions &options, DiagnosticSink &sink) {
  std::optional<Spec> spec = specOf(options, sink);
  std::unique_ptr<Compilation> c = spec ? Compilation::load(options.compile, sink) : nullptr;
  std::optional<Request> request = c ? requestOf(*c, std::move(*spec), sink) : std::nullopt;
  std::unique_ptr<Quantizer> net = request ? quantizeModel(c->model, *request, sink) : nullptr;
  std::optional<Report> report = net ? makeReport(*net, *request, sink) : std::nullopt;
  if (!report || !writeFileBytes(options.output, net->result().proto.SerializeAsString(), sink))
    return ExitUserError;
  if (!options.report.empty() && !writeFileBytes(options.report, asJson(*report, net->result()), sink))
    return ExitUserError;
  std::fputs(asText(*report, net->result()).c_str(), stdout);
  return ExitSuccess;
}

std::unique_ptr<Compilation> loadQuantised(const CompileOptions &options, DiagnosticSink &sink) {
  std::optional<Spec> spec = parseSpec(options.quantize, sink);
  std::unique_ptr<Compilation> c = spec ? Compilation::load(options, sink) : nullptr;
  std::optional<Request> request = c ? requestOf(*c, std::move(*spec), sink) : std::nullopt;
  std::unique_ptr<Quantizer> net = request ? quantizeModel(c->model, *request, sink) : nullptr;
  std::optional<Model> model =
      net ? readModelFromBytes(net->result().proto.SerializeAsString(), options.model, sink) : std::nullopt;
  if (!model)
    return nullptr;
  model->isDerived = true;
  CompileOptions one = options;
  one.samples.count = 1;
  std::unique_ptr<Compilation> quantised = Compilation::load(std::move(*model), one, sink);
  if (quantised && quantised->data)
    quantised->data->outputs.clear(); // they are those of the float model
  return quantised;
}

} // namespace burin
