#include "compiler/quantize/Advice.h"

#include "compiler/Progress.h"

#include <algorithm>

namespace burin::quantize {

std::optional<std::vector<Advice>> tryAlternatives(const Result &result, const Model &model, const Request &request,
                                                   const std::vector<std::string> &nodes, DiagnosticSink &sink) {
  Progress progress("trying what would lower the loss");
  std::vector<Advice> advice;
  size_t done = 0;
  for (const std::string &node : nodes) {
    progress.finished(static_cast<double>(done++) / static_cast<double>(nodes.size()));
    for (const char *scheme : {"w8a16", "float"}) {
      Request other = request;
      other.spec = result.spec;
      const bool isFloat = std::string(scheme) == "float";
      other.spec.overrides.push_back({node, isFloat ? Scheme{8, 8, true} : Scheme{8, 16}});
      other.spec.equalise = result.spec.equalise == Toggle::On ? Toggle::On : Toggle::Off;
      CollectingSink quiet; // an attempt that fails is no advice
      std::optional<Result> tried = quantizeModel(model, other, quiet);
      if (!tried)
        continue;
      const bool stayedInteger = tried->floats.size() <= result.floats.size();
      if (!isFloat && !stayedInteger)
        continue;
      Advice a;
      a.flag = isFloat ? "--skip '" + node + "'" : "--keep '" + node + "=" + scheme + "'";
      a.snrDb = tried->deviation.snrDb() - result.deviation.snrDb();
      a.hasLabels = !request.labels.empty();
      if (a.hasLabels)
        a.accuracy = accuracy(tried->outputs, request.labels) - accuracy(result.outputs, request.labels);
      if (a.snrDb > 0.25)
        advice.push_back(std::move(a));
      break;
    }
  }
  llvm::sort(advice, [](const Advice &a, const Advice &b) {
    return std::pair(-a.snrDb, std::string_view(a.flag)) < std::pair(-b.snrDb, std::string_view(b.flag));
  });
  return advice;
}

} // namespace burin::quantize
