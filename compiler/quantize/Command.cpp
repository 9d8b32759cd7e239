// burin quantize: a float model and samples in, a QDQ model out.
#include "compiler/quantize/Command.h"

#include "frontend/onnx/reader/Reader.h"
#include "frontend/tensors/Files.h"

namespace burin {
using namespace quantize;

namespace {

std::optional<Request> requestOf(const QuantizeOptions &options, const Model &model, DiagnosticSink &sink) {
  Request request;
  request.compile = options.compile;
  std::optional<Spec> spec = parseSpec(options.spec, sink);
  if (!spec)
    return std::nullopt;
  request.spec = std::move(*spec);
  auto all = readNpy(options.compile.data, sink);
  if (!all) return std::nullopt;
  const size_t n = all->shape[0], each = all->data.size()/n;
  const auto &t = model.runtimeInputs()[0]->type().tensor_type().shape();
  for (size_t i = 0; i < n; ++i) {
    HostTensor h; h.name = model.runtimeInputs()[0]->name();
    for (auto &d : t.dim()) h.shape.push_back(d.has_dim_value() ? d.dim_value() : 1);
    if (all->dtype == DType::UInt8) { std::vector<float> v; const char *sc = getenv("SCALE"); float s = sc ? atof(sc) : 1;
      for (size_t k = 0; k < each; ++k) v.push_back(float((uint8_t)all->data[i*each+k]) * s);
      h.data.assign((std::byte*)v.data(), (std::byte*)(v.data()+v.size())); }
    else h.data.assign(all->data.begin()+i*each, all->data.begin()+(i+1)*each);
    request.samples.push_back({h});
  }
  return request;
}

} // namespace

int quantizeCommand(const QuantizeOptions &options, DiagnosticSink &sink) {
  std::optional<Model> model = readModel(options.compile.model, sink);
  std::optional<Request> request = model ? requestOf(options, *model, sink) : std::nullopt;
  std::optional<Result> result = request ? quantizeModel(std::move(*model), *request, sink) : std::nullopt;
  if (!result || !writeFileBytes(options.output, result->proto.SerializeAsString(), sink))
    return ExitUserError;
  return ExitSuccess;
}

} // namespace burin
