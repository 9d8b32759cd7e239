#include "compiler/Budget.h"

#include "compiler/Flash.h"
#include "compiler/Strips.h"
#include "ir/plan/Plan.h"

#include <algorithm>
#include <cmath>

namespace burin {
using namespace mlir;

namespace {

std::string bytes(int64_t count) { return codegen::grouped(count) + " B"; }

/// The layer during which most bytes are kept, and of which layers it is a stream.
std::string neediestText(plan::ProgramOp program) {
  plan::LayerOp at = plan::neediestLayer(program).layer;
  if (!at)
    return "";
  std::string text = at.getName().str();
  for (auto stream : at.getBody().getOps<plan::StreamOp>()) {
    auto inner = llvm::to_vector(stream.getBody().getOps<plan::LayerOp>());
    text += " (" + inner.front().getName().str() + " to " + inner.back().getName().str() + ")";
  }
  return text;
}

std::vector<std::string> inputNames(const Compilation &c) {
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto *input : c.model.runtimeInputs())
    names.push_back(input->name());
  return names;
}

/// The boundary tensors that can be left as the model's integers, as flags: "--io x=quantized".
std::vector<std::string> quantisedBoundary(const Compilation &c) {
  std::vector<std::string> found;
  std::vector<std::string> names = inputNames(c);
  for (const auto &output : c.model.graph().output())
    names.push_back(output.name());
  for (const std::string &name : names) {
    CollectingSink quiet;
    std::unique_ptr<Compilation> other = c.sibling(quiet);
    other->options.io.push_back(name + "=quantized");
    if (other->import() && other->optimise())
      found.push_back(name + "=quantized");
  }
  return found;
}

/// What the flags of `c` and `io` would need, planned in earnest; in as many strips as they say, or in others.
void tryFlags(const Compilation &c, const std::vector<std::string> &io, bool pushRows, std::vector<PlanPoint> &points,
              std::optional<int64_t> strips = {}) {
  CollectingSink quiet;
  std::unique_ptr<Compilation> other = c.sibling(quiet);
  std::string flags = pushRows ? "--push-rows" : "";
  if (strips) {
    other->options.strips = *strips;
    flags += " --strips " + std::to_string(*strips);
  }
  for (const std::string &flag : io) {
    other->options.io.push_back(flag);
    flags += (flags.empty() ? "--io " : " --io ") + flag;
  }
  if (!other->import() || !other->optimise())
    return;
  const ScheduleFlags schedule{.pushRows = pushRows, .pullRows = c.options.pullRows};
  if (!splitIntoStrips(*other, schedule, quiet))
    return;
  if (std::optional<PlanFigures> figures = other->tryPlan(schedule))
    points.push_back({flags, *figures});
}

} // namespace

std::vector<PlanPoint> whatHelps(const Compilation &c, int64_t ram) {
  std::vector<PlanPoint> points;
  const CompileOptions &o = c.options;
  if (o.schedule != "auto")
    tryFlags(c, {}, o.pushRows, points);
  const std::vector<std::string> io = quantisedBoundary(c);
  if (!io.empty())
    tryFlags(c, io, o.pushRows, points);
  if (!o.pushRows && o.stream.empty()) {
    tryFlags(c, {}, true, points);
    if (!io.empty())
      tryFlags(c, io, true, points);
    std::vector<std::string> last = io; // an image with its channels first has no rows
    for (const std::string &name : inputNames(c)) {
      auto known = std::find(last.begin(), last.end(), name + "=quantized");
      known == last.end() ? last.push_back(name + "=nhwc") : void(*known += ",nhwc");
    }
    tryFlags(c, last, true, points);
  }
  if (o.pushRows && !o.pullRows && o.strips == 1)
    for (int64_t strips : {2, 4})
      tryFlags(c, {}, true, points, strips);
  llvm::erase_if(points, [&](const PlanPoint &p) { return p.figures.ram >= ram; });
  llvm::stable_sort(points, [](const PlanPoint &a, const PlanPoint &b) { return a.figures.ram < b.figures.ram; });
  // Of those that need the same, the one with the fewest flags came first.
  points.erase(llvm::unique(points, [](auto &a, auto &b) { return a.figures.ram == b.figures.ram; }), points.end());
  return points;
}

std::vector<PlanPoint> planCurve(Compilation &c) {
  std::vector<PlanPoint> points;
  const bool pushRows = c.options.pushRows, pullRows = c.options.pullRows;
  const auto offer = [&](const std::string &flags, const ScheduleFlags &schedule) {
    if (std::optional<PlanFigures> figures = c.tryPlan(schedule))
      points.push_back({flags, *figures});
  };
  if (!pushRows) {
    offer("--schedule layers", {.schedule = "layers"});
    offer("--schedule overlap", {.schedule = "overlap"});
  }
  const std::optional<PlanFigures> least = c.tryPlan({.pushRows = pushRows, .pullRows = pullRows});
  if (!least)
    return points;
  const double most =
      points.empty() ? 2.0 * static_cast<double>(least->ram) : static_cast<double>(points.back().figures.ram);
  constexpr int steps = 5;
  for (int i = steps - 1; i > 0; --i) { // budgets in equal ratios
    const auto ram = static_cast<int64_t>(static_cast<double>(least->ram) *
                                          std::pow(most / static_cast<double>(least->ram), double(i) / steps));
    offer("--ram " + std::to_string(ram), {.pushRows = pushRows, .pullRows = pullRows, .ram = ram});
  }
  points.push_back({"", *least});
  llvm::stable_sort(points, [](const PlanPoint &a, const PlanPoint &b) { return a.figures.ram > b.figures.ram; });
  // Of plans with the same RAM the one with the simplest flags stays: the last of them, as the smallest has none.
  std::vector<PlanPoint> kept;
  for (PlanPoint &p : points) {
    if (!kept.empty() && kept.back().figures.ram == p.figures.ram)
      kept.pop_back();
    kept.push_back(std::move(p));
  }
  return kept;
}

bool fitsRam(Compilation &c, DiagnosticSink &sink) {
  const int64_t budget = c.options.ram, need = plan::ramOf(c.program());
  if (budget == 0 || need <= budget)
    return true;
  Diagnostic d{.code = "BRN1707",
               .model = c.model.name,
               .message = "the smallest plan needs " + bytes(need) + " of RAM, " + bytes(need - budget) +
                          " more than --ram has; most is kept during " + neediestText(c.program())};
  bool fits = false;
  for (const PlanPoint &p : whatHelps(c, need)) {
    d.facts.push_back(bytes(p.figures.ram) + "  with " + p.flags);
    fits |= p.figures.ram <= budget;
  }
  d.fix = fits               ? "take the flags above that fit, or give more RAM"
          : !d.facts.empty() ? "take the flags above, and a smaller input or fewer channels there"
                             : "give more RAM, or make the input smaller or the channels fewer there";
  sink.handle(d);
  return false;
}

bool fitsFlash(const codegen::Library &library, int64_t flash, DiagnosticSink &sink) {
  if (flash == 0)
    return true;
  const int64_t need = flashNeed(library), codeBytes = need - library.constantBytes;
  if (need <= flash)
    return true;
  Diagnostic d{.code = "BRN1708",
               .model = library.info.modelFile,
               .message = "the library needs " + bytes(need) + " of flash, " + bytes(need - flash) +
                          " more than --flash has: " + bytes(library.constantBytes) + " of constants, and about " +
                          bytes(codeBytes) + " of code"};
  std::vector<const codegen::Constant *> largest;
  for (const codegen::Constant &constant : library.constants)
    largest.push_back(&constant);
  llvm::stable_sort(largest, [](auto *a, auto *b) { return a->bytes.size() > b->bytes.size(); });
  bool hasFloats = false;
  for (const codegen::Constant *constant : llvm::ArrayRef(largest).take_front(3)) {
    d.facts.push_back(constant->name + "  " + bytes(static_cast<int64_t>(constant->bytes.size())));
    hasFloats |= constant->ctype == "float";
  }
  d.fix = hasFloats
              ? "quantise the model: --quantize w8a8 --data SAMPLES makes these weights a quarter, w4a8 an eighth"
              : "quantise the float model to fewer bits (burin quantize --scheme w4a8), or make those layers narrower";
  if (library.info.level != "-Os")
    d.fix += "; --optimize=size takes less code";
  sink.handle(d);
  return false;
}

} // namespace burin
