#include "compiler/verify/Driver.h"

#include "codegen/CWriter.h"
#include "compiler/verify/DriverParts.h"

namespace burin {
using namespace mlir;
using codegen::Layer;

std::vector<int64_t> readBytes(const Layer &layer) {
  std::vector<int64_t> out;
  auto op = layer.op;
  for (Attribute type : op.getReadTypes())
    out.push_back(nn::byteSize(cast<RankedTensorType>(cast<TypeAttr>(type).getValue())));
  return out;
}

int64_t resultBytes(const Layer &layer) {
  auto op = layer.op;
  return nn::byteSize(cast<RankedTensorType>(op.getType()));
}

namespace {

/// The plan as tables.
void printTables(codegen::CWriter &w, const codegen::Library &library) {
  std::vector<DriverSpan> results, reads;
  std::string firsts = "0u", numbers;
  for (const Layer &layer : library.layers) {
    auto op = layer.op;
    results.push_back(spanOf(library, op.getResult(), resultBytes(layer)));
    for (auto [buffer, bytes] : llvm::zip(op.getReads(), readBytes(layer)))
      reads.push_back(spanOf(library, buffer, bytes));
    firsts += ", " + std::to_string(reads.size()) + "u";
    numbers += std::to_string(layer.last) + ", ";
  }
  printSpans(w, "results", results);
  printSpans(w, "reads", reads);
  w.line("static const uint32_t first_read[] = { " + firsts + " };");
  w.comment("What a layer's last inner layer is to the lifetimes of buffers.");
  w.line("static const int32_t last_number[] = { " + numbers + "0 };");
  w.line("static const struct { uint32_t offset, bytes, memory; int32_t first, last; } buffers[] = {");
  auto program = library.program;
  for (auto b : program.getBody().getOps<plan::BufferOp>())
    if (b.isInArena())
      w.line("    { " + std::to_string(*b.getOffset()) + "u, " + std::to_string(b.getBytes()) + "u, " +
             std::to_string(driverMemoryOf(library, static_cast<int64_t>(b.getMemory().value_or(0)))) + "u, " +
             std::to_string(b.getLive()[0]) + ", " + std::to_string(b.getLive()[1]) + " },");
  w.line("    { 0u, 0u, 0u, -1, -1 }").line("};");
  w.line("#define LAYERS " + std::to_string(results.size()) + "u");
  w.line("#define BUFFERS (sizeof buffers / sizeof buffers[0] - 1u)").line();
}

/// The parts of the arena, one for each memory that it lies in.
void printParts(codegen::CWriter &w, const codegen::Library &library) {
  int64_t largest = 0, count = 0;
  const auto print = [&](const std::string &variable, int memory, int64_t bytes) {
    w.line("    { " + variable + ".u8, sizeof " + variable + ".u8, " + std::to_string(memory) + "u },");
    largest = std::max(largest, bytes);
    ++count;
  };
  w.line("static const struct { uint8_t *bytes; uint32_t size, memory; } parts[] = {");
  if (!library.isDivided())
    print("arena", driverMemoryOf(library, 0), library.arenaBytes);
  else
    for (const codegen::Memory *memory : library.arenaMemories())
      print("arena_" + memory->name, driverMemoryOf(library, memory - library.memories.data()), memory->arenaBytes);
  w.line("};");
  w.line("#define PARTS " + std::to_string(count) + "u");
  w.line("#define LARGEST_PART " + std::to_string(largest) + "u").line();
}

/// run_layer(): one layer of the library.
void printRunLayer(codegen::CWriter &w, const codegen::Library &library) {
  const std::string &name = library.info.name, memory = driverMemory(library);
  const bool hasTable = !library.pushed || library.layers.size() > 1;
  if (hasTable) // volatile for the reason that the library's own loop gives
    w.line("static const " + name + "_layer *volatile tableOfLayers = " + name + "_layers;").line();
  if (!library.pushed) {
    w.line("static void run_layer(uint32_t layer) { tableOfLayers[layer](" + memory + "); }").line();
    return;
  }
  w.function("static void run_layer(uint32_t layer)");
  if (library.pulled) {
    w.line("if (layer != 0u || run() != 0) { exit(5); }").close().line();
    return;
  }
  // The first layer is the stream that takes the rows, read here one after the other.
  w.open("if (layer == 0u)");
  w.line(name + "_begin_rows(&rows);");
  w.open("for (uint32_t r = 0u; r < " + std::to_string(library.pushed->total()) + "u; ++r)");
  w.line("get_row();").line(name + "_take_row(" + memory + ", &rows, row);").close();
  w.otherwise().line(hasTable ? "tableOfLayers[layer - 1u](" + memory + ");" : "exit(5);").close();
  w.close().line();
}

constexpr StringRef body =
    R"(/* Fills what is not alive after layer number `layer` with garbage: a plan that lets two tensors overlap shows. */
static void poison(int32_t layer)
{
    static uint8_t alive[LARGEST_PART];
    for (uint32_t p = 0u; p < PARTS; ++p) {
        memset(alive, 0, sizeof alive);
        for (uint32_t b = 0u; b < BUFFERS; ++b) {
            if (buffers[b].memory == parts[p].memory && buffers[b].first <= layer && layer < buffers[b].last) {
                memset(alive + buffers[b].offset, 1, buffers[b].bytes);
            }
        }
        for (uint32_t i = 0u; i < parts[p].size; ++i) {
            if (!alive[i]) { parts[p].bytes[i] = 0xA5u; }
        }
    }
}

static void run_sample(uint32_t mode)
{
    if (mode == 1u) { poison(-1); }
    for (uint32_t i = 0u; i < INPUTS; ++i) { get(&inputs[i]); }
    if (mode == 0u) {
        if (run() != 0) { exit(5); }
    } else {
        for (uint32_t layer = 0u; layer < LAYERS; ++layer) {
            run_layer(layer);
            if (mode == 2u) { put(&results[layer]); }
            if (mode == 1u) { poison(last_number[layer]); }
        }
    }
    for (uint32_t i = 0u; mode != 2u && i < OUTPUTS; ++i) { put(&outputs[i]); }
}

static void feed(void)
{
    for (uint32_t layer = 0u; layer < LAYERS; ++layer) {
        if (fgetc(in) != 1) { continue; }
        for (uint32_t p = 0u; p < PARTS; ++p) { memset(parts[p].bytes, 0xA5, parts[p].size); }
        for (uint32_t r = first_read[layer]; r < first_read[layer + 1u]; ++r) { get(&reads[r]); }
        run_layer(layer);
        put(&results[layer]);
    }
}

int main(void)
{
    uint32_t head[2];
    in = fopen("verify.in", "rb");
    out = fopen("verify.out", "wb");
    if (in == NULL || out == NULL || fread(head, sizeof head[0], 2u, in) != 2u) { return 2; }
    for (uint32_t sample = 0u; head[0] != 3u && sample < head[1]; ++sample) { run_sample(head[0]); }
    if (head[0] == 3u) { feed(); }
    return fclose(out) == 0 ? 0 : 6;
}
)";

} // namespace

void printDriverHead(const std::string &name, codegen::CWriter &w) {
  w.comment("Drives " + name + " for `burin verify`. It includes the library's source to reach the single layers.");
  w.line("#include \"" + name + ".c\"")
      .line("#include <stdio.h>")
      .line("#include <stdlib.h>")
      .line("#include <string.h>")
      .line();
}

codegen::File printDriver(const codegen::Library &library) {
  const std::string &name = library.info.name;
  codegen::CWriter w;
  printDriverHead(name, w);
  w.line("#define LIBRARY(call) (call)");
  printDriverMemory(w, library);
  printDriverRun(w, library);
  printRunLayer(w, library);
  printDriverBoundary(w, library);
  printTables(w, library);
  printParts(w, library);
  w.raw(body);
  return {name + "_driver.c", w.take()};
}

} // namespace burin
