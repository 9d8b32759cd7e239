// burin plan: RAM against time, as a table and drawn.
#include "compiler/Budget.h"
#include "compiler/Strips.h"

#include <algorithm>
#include <cstdio>

namespace burin {
namespace {

/// "13.24 M".
std::string millions(int64_t count) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f M", static_cast<double>(count) / 1e6);
  return text;
}

void printTable(const std::vector<PlanPoint> &points) {
  std::printf("      RAM, B  instructions  streams\n");
  for (size_t i = 0; i < points.size(); ++i) {
    const PlanFigures &f = points[i].figures;
    const std::string streams =
        f.streams == 0 ? "-" : std::to_string(f.streams) + " of " + std::to_string(f.streamed) + " layers";
    std::printf("%c %10s  %12s  %-18s%s%s\n", static_cast<char>('a' + i), codegen::grouped(f.ram).c_str(),
                millions(f.instructions).c_str(), streams.c_str(),
                points[i].flags.empty() ? "the default" : points[i].flags.c_str(), f.optimal ? "" : ", not proven");
  }
}

/// The points by their letters, RAM to the right, time above the fastest upwards.
void draw(const std::vector<PlanPoint> &points) {
  constexpr int width = 60, height = 8;
  int64_t most = 0, fastest = INT64_MAX, slowest = 0;
  for (const PlanPoint &p : points) {
    most = std::max(most, p.figures.ram);
    fastest = std::min(fastest, p.figures.instructions);
    slowest = std::max(slowest, p.figures.instructions);
  }
  std::vector<std::string> rows(height, std::string(width + 1, ' '));
  const int64_t range = std::max<int64_t>(slowest - fastest, 1);
  for (size_t i = 0; i < points.size(); ++i) {
    const PlanFigures &f = points[i].figures;
    const auto x = static_cast<size_t>(f.ram * width / std::max<int64_t>(most, 1));
    const auto y = static_cast<size_t>((f.instructions - fastest) * (height - 1) / range);
    rows[height - 1 - y][x] = static_cast<char>('a' + i);
  }
  const double percent =
      100.0 * static_cast<double>(slowest - fastest) / static_cast<double>(std::max<int64_t>(fastest, 1));
  std::printf("\n  time\n");
  for (int y = 0; y < height; ++y) {
    char label[16] = "";
    if (y == 0)
      std::snprintf(label, sizeof label, "+%.1f %%", percent);
    std::printf("%9s |%s\n", y == height - 1 ? "fastest" : label, rows[y].c_str());
  }
  std::printf("%9s +%s RAM\n%11s%*s\n", "", std::string(width + 1, '-').c_str(), "0", width,
              (codegen::grouped(most) + " B").c_str());
}

} // namespace

int planCommand(const CompileOptions &options, DiagnosticSink &sink) {
  std::unique_ptr<Compilation> c = Compilation::load(options, sink);
  if (!c || !c->import() || !c->optimise())
    return ExitUserError;
  if (c->hasSizes()) {
    sink.handle({.code = "BRN1709",
                 .model = c->model.name,
                 .message = "there is one plan only: sizes are known at run time only",
                 .fix = "bind the dims to single sizes; `burin inspect` shows the plan for all sizes"});
    return ExitUserError;
  }
  if (!splitIntoStrips(*c, {.pushRows = c->options.pushRows}, sink))
    return ExitUserError;
  const std::vector<PlanPoint> points = planCurve(*c);
  if (points.empty()) // planning says why
    return c->plan() ? ExitSuccess : ExitUserError;
  std::printf("%s: RAM (arena and state, inputs and outputs inside) against the estimated instructions of a run\n\n",
              c->model.name.c_str());
  printTable(points);
  draw(points);
  return ExitSuccess;
}

} // namespace burin
