#include "compiler/bench/BenchResult.h"

#include "codegen/Version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstdio>

namespace burin {
using codegen::grouped;
using llvm::json::OStream;

std::string shortNumber(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

namespace {

/// What a row of the table says.
struct Row {
  const codegen::Layer *layer;
  int64_t macs = 0, calls = 0;
  double cost = 0; ///< instructions or nanoseconds
};

/// Everything that was measured of layers, whether counted or timed.
struct Rows {
  std::vector<Row> layers;
  double between = 0, total = 0;
  double sum() const {
    double sum = between;
    for (const Row &row : layers)
      sum += row.cost;
    return sum;
  }
};

/// Whether it runs as often as a loop or a branch around it says; in a stream it is one layer in several calls.
bool isRepeated(const codegen::Layer &layer) {
  auto op = layer.op;
  return op->getParentOfType<plan::LoopOp>() || op->getParentOfType<plan::IfOp>();
}

/// Of an inference in the build that is measured as it is.
double totalOf(const BenchResult &result) {
  return result.instructions ? static_cast<double>(result.instructions->total) : result.time->nanoseconds;
}

Rows rowsOf(const BenchResult &result, const codegen::Library &library) {
  Rows rows;
  for (auto [i, layer] : llvm::enumerate(codegen::workingLayers(library.layers))) {
    Row row{.layer = layer, .macs = result.layerMacs[i]};
    if (result.instructions) {
      row.cost = static_cast<double>(result.instructions->layers[i].instructions);
      row.calls = result.instructions->layers[i].calls;
    } else {
      row.cost = result.layerTimes[i].nanoseconds;
      row.calls = result.layerTimes[i].calls;
    }
    if (isRepeated(*layer))
      row.macs *= row.calls;
    rows.layers.push_back(row);
  }
  rows.between = result.instructions ? static_cast<double>(result.instructions->between) : result.betweenTime;
  rows.total = totalOf(result);
  return rows;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double part, double whole) { return fixed(whole > 0 ? 100 * part / whole : 0, 1) + " %"; }

/// "12 345" instructions, or "12.345" microseconds.
std::string costText(const BenchResult &result, double cost) {
  return result.instructions ? grouped(std::llround(cost)) : fixed(cost / 1000, 3);
}

/// Of a layer with multiply-accumulates, instructions, or nanoseconds, for each.
std::string perMac(double cost, int64_t macs) { return macs > 0 ? fixed(cost / static_cast<double>(macs), 2) : "-"; }

std::string shortened(const std::string &text) { return text.size() <= 60 ? text : text.substr(0, 57) + "..."; }

void printLayers(const BenchResult &result, const codegen::Library &library) {
  const Rows rows = rowsOf(result, library);
  const auto line = [](const std::string &name, const std::string &calls, const std::string &macs,
                       const std::string &cost, const std::string &share, const std::string &each,
                       const std::string &nodes) {
    std::string text =
        llvm::formatv("{0,-24}{1,7}{2,14}{3,16}{4,10}{5,9}  {6}", name, calls, macs, cost, share, each, nodes);
    std::printf("%s\n", llvm::StringRef(text).rtrim().str().c_str());
  };
  std::printf("\n");
  line("layer", "calls", "MAC", result.instructions ? "instructions" : "us", "share",
       result.instructions ? "per MAC" : "ns/MAC", "ONNX nodes");
  for (const Row &row : rows.layers)
    line(row.layer->name, grouped(row.calls), grouped(row.macs), costText(result, row.cost),
         percent(row.cost, rows.total), perMac(row.cost, row.macs),
         shortened(codegen::commentSafe(llvm::join(row.layer->nodes, " + "))));
  line("(between layers)", "", "", costText(result, rows.between), percent(rows.between, rows.total), "", "");
  line("sum", "", "", costText(result, rows.sum()), percent(rows.sum(), rows.total), "", "");
  if (!result.instructions)
    std::printf("Layers are timed in a build with a clock between them: compare the sum with the time above.\n");
  else if (!result.instructions->inlined.empty())
    std::printf("Made no functions by the compiler, and counted between layers: %s.\n",
                llvm::join(result.instructions->inlined, ", ").c_str());
}

/// "equal to interpreter; near test_data_set_0, largest difference 1".
std::string checksText(const std::vector<BenchCheck> &checks) {
  std::string text;
  for (const BenchCheck &check : checks) {
    text += text.empty() ? "" : "; ";
    if (check.mismatches > 0)
      text += grouped(check.mismatches) + " of " + grouped(check.elements) + " WRONG by " + check.source;
    else if (check.maxAbs == 0)
      text += "equal to " + check.source;
    else
      text += "near " + check.source + ", largest difference " + shortNumber(check.maxAbs);
  }
  return text;
}

} // namespace

void printBench(const BenchResult &result, const codegen::Library &library, bool layers) {
  const auto line = [](const char *what, const std::string &text) { std::printf("%-11s%s\n", what, text.c_str()); };
  std::printf("bench %s on %s\n", library.info.modelFile.c_str(), library.info.target.c_str());
  line("compiler", result.compiler + "; " + result.flags);
  const std::string macs = grouped(result.macs) + " MAC";
  if (result.instructions) {
    const double total = static_cast<double>(result.instructions->total);
    line("inference", grouped(result.instructions->total) + " instructions, " + macs +
                          (result.macs > 0 ? ", " + perMac(total, result.macs) + " per MAC" : ""));
  } else {
    line("inference", fixed(result.time->nanoseconds / 1000, 3) + " us, the best of " +
                          grouped(result.time->repetitions) + ", " + macs +
                          (result.macs > 0 ? ", " + perMac(result.time->nanoseconds, result.macs) + " ns/MAC" : ""));
  }
  line("stack", (result.stackBytes ? grouped(*result.stackBytes) + " B" : "more than was watched") + ", bound " +
                    grouped(library.stackBound) + " B");
  line("RAM", grouped(library.arenaBytes + library.stateBytes + library.rowsBytes()) + " B: arena " +
                  grouped(library.arenaBytes) + ", state " + grouped(library.stateBytes) +
                  (library.pushed ? ", rows " + grouped(library.rowsBytes()) : ""));
  for (const codegen::Memory &memory : library.memories)
    line("memory", memory.name + " " + grouped(memory.used) + " of " + grouped(memory.bytes) + " B" +
                       (memory.isSlow ? ", slow" : ""));
  if (const std::optional<SectionBytes> &o = result.objects)
    line("objects", "text " + grouped(o->text) + " B, estimated " + grouped(result.codeEstimate) + "; rodata " +
                        grouped(o->rodata) + ", constants " + grouped(library.constantBytes) + "; other " +
                        grouped(o->other) + ", data " + grouped(o->data) + ", bss " + grouped(o->bss));
  else
    line("objects", "no code in them, as with -flto: sizes aren't known");
  line("output", checksText(result.checks));
  if (layers)
    printLayers(result, library);
}

namespace {

/// A measure under the name of its unit.
void cost(OStream &j, const BenchResult &result, double value) {
  if (result.instructions)
    j.attribute("instructions", static_cast<int64_t>(std::llround(value)));
  else
    j.attribute("time_ns", value);
}

void layersJson(OStream &j, const BenchResult &result, const codegen::Library &library) {
  const Rows rows = rowsOf(result, library);
  j.attributeArray("layers", [&] {
    for (const Row &row : rows.layers)
      j.object([&] {
        j.attribute("name", row.layer->name);
        j.attribute("kind", row.layer->kind);
        j.attributeArray("onnx", [&] {
          for (const std::string &node : row.layer->nodes)
            j.value(llvm::json::fixUTF8(node));
        });
        j.attribute("calls", row.calls);
        j.attribute("macs", row.macs);
        cost(j, result, row.cost);
        j.attribute("share", rows.total > 0 ? row.cost / rows.total : 0);
      });
  });
  j.attributeObject("between_layers", [&] { cost(j, result, rows.between); });
  if (result.instructions)
    j.attributeArray("inlined_layers", [&] {
      for (const std::string &name : result.instructions->inlined)
        j.value(name);
    });
}

void memoryJson(OStream &j, const BenchResult &result, const codegen::Library &library) {
  j.attributeObject("stack", [&] {
    if (result.stackBytes)
      j.attribute("used", *result.stackBytes);
    else
      j.attribute("used", nullptr);
    j.attribute("bound", library.stackBound);
  });
  j.attributeObject("ram", [&] {
    j.attribute("arena", library.arenaBytes);
    j.attribute("state", library.stateBytes);
    if (library.pushed)
      j.attribute("rows", library.rowsBytes());
    j.attribute("total", library.arenaBytes + library.stateBytes + library.rowsBytes());
  });
  if (const std::optional<SectionBytes> &o = result.objects)
    j.attributeObject("objects", [&] {
      j.attribute("text", o->text);
      j.attribute("rodata", o->rodata);
      j.attribute("other", o->other);
      j.attribute("data", o->data);
      j.attribute("bss", o->bss);
    });
  else
    j.attribute("objects", nullptr);
  j.attributeObject("report", [&] {
    j.attribute("constants", library.constantBytes);
    j.attribute("code_estimate", result.codeEstimate);
  });
}

} // namespace

void printBenchJson(const BenchResult &result, const codegen::Library &library, bool layers) {
  OStream j(llvm::outs(), /*IndentSize=*/2);
  j.object([&] {
    j.attribute("burin", BURIN_VERSION);
    j.attribute("model", llvm::json::fixUTF8(library.info.modelFile));
    j.attribute("sha256", library.info.sha256);
    j.attribute("name", library.info.name);
    j.attribute("target", library.info.target);
    j.attribute("compiler", llvm::json::fixUTF8(result.compiler));
    j.attribute("flags", llvm::json::fixUTF8(result.flags));
    j.attribute("macs", result.macs);
    cost(j, result, totalOf(result));
    if (result.time)
      j.attribute("repetitions", result.time->repetitions);
    memoryJson(j, result, library);
    j.attribute("passed", result.passed());
    j.attributeArray("checks", [&] {
      for (const BenchCheck &check : result.checks)
        j.object([&] {
          j.attribute("source", llvm::json::fixUTF8(check.source));
          j.attribute("elements", check.elements);
          j.attribute("mismatches", check.mismatches);
          j.attribute("max_steps", static_cast<int64_t>(check.maxSteps));
          j.attribute("max_abs", check.maxAbs);
        });
    });
    if (layers)
      layersJson(j, result, library);
    if (result.instructions)
      j.attributeArray("functions", [&] {
        for (const FunctionCount &f : result.instructions->functions)
          j.object([&] {
            j.attribute("name", f.name);
            j.attribute("instructions", f.instructions);
          });
      });
  });
  llvm::outs() << "\n";
  llvm::outs().flush();
}

} // namespace burin
