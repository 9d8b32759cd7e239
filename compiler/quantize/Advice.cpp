#include "compiler/quantize/Advice.h"

#include "compiler/Progress.h"

#include <algorithm>

namespace burin::quantize {

namespace {

constexpr double leastGainDb = 0.25;

/// What `scheme` for `node` gives; nothing where it isn't possible or gains nothing.
std::optional<Advice> tryScheme(Quantizer &net, const std::string &node, const Scheme &scheme,
                                const std::vector<int64_t> &labels) {
  std::optional<Trial> trial = net.tryScheme(node, scheme);
  if (!trial)
    return std::nullopt;
  Advice a;
  a.flag = scheme.isFloat ? "--skip '" + node + "'" : "--keep '" + node + "=w8a16'";
  a.snrDb = trial->deviation.snrDb() - net.result().deviation.snrDb();
  a.hasLabels = !labels.empty();
  if (a.hasLabels)
    a.accuracy = accuracy(trial->outputs, labels) - accuracy(net.result().outputs, labels);
  return a.snrDb > leastGainDb ? std::optional(a) : std::nullopt;
}

} // namespace

std::vector<Advice> tryAlternatives(Quantizer &net, const std::vector<std::string> &nodes,
                                    const std::vector<int64_t> &labels) {
  Progress progress("trying what would lower the loss");
  std::vector<Advice> advice;
  size_t done = 0;
  for (const std::string &node : nodes) {
    std::optional<Advice> found = tryScheme(net, node, {8, 16}, labels);
    if (!found)
      found = tryScheme(net, node, {8, 8, true}, labels);
    if (found)
      advice.push_back(std::move(*found));
    progress.finished(static_cast<double>(++done) / static_cast<double>(nodes.size()));
  }
  llvm::sort(advice, [](const Advice &a, const Advice &b) {
    return std::pair(-a.snrDb, std::string_view(a.flag)) < std::pair(-b.snrDb, std::string_view(b.flag));
  });
  return advice;
}

} // namespace burin::quantize
