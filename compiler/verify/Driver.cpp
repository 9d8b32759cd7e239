#include "compiler/verify/Driver.h"

#include "codegen/CWriter.h"
#include "codegen/PushRows.h"

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

enum Memory { Arena, State, Pulled };

struct Span {
  int64_t offset, bytes;
  Memory memory;
};

Span spanOf(Value buffer, int64_t bytes) {
  auto op = buffer.getDefiningOp<plan::BufferOp>();
  return {static_cast<int64_t>(op.getOffset().value_or(0)), bytes,
          op.getState()    ? State
          : op.getPulled() ? Pulled
                           : Arena};
}

void printSpans(codegen::CWriter &w, StringRef name, const std::vector<Span> &spans) {
  w.line("static const struct span " + name.str() + "[] = {");
  for (auto [offset, bytes, memory] : spans)
    w.line("    { " + std::to_string(offset) + "u, " + std::to_string(bytes) + "u, " + std::to_string(memory) + "u },");
  w.line("    { 0u, 0u, 0u }").line("};");
}

/// The plan as tables.
void printTables(codegen::CWriter &w, const codegen::Library &library) {
  std::vector<Span> inputs, outputs, results, reads;
  // Sizes that are set go in before the inputs, all of them come out before the outputs.
  if (library.sizes)
    for (plan::SizeOp size : library.sizes->symbols()) {
      if (!size.getNode())
        inputs.push_back(spanOf(size.getBuffer(), 4));
      outputs.push_back(spanOf(size.getBuffer(), 4));
    }
  for (const codegen::Tensor &t : library.inputs)
    if (!t.isPushed)
      inputs.push_back({t.offset, nn::byteSize(t.type), t.isState ? State : Arena});
  for (const codegen::Tensor &t : library.outputs)
    outputs.push_back({t.offset, nn::byteSize(t.type), t.isState ? State : t.isPulled ? Pulled : Arena});
  std::string firsts = "0u", numbers;
  for (const Layer &layer : library.layers) {
    auto op = layer.op;
    results.push_back(spanOf(op.getResult(), resultBytes(layer)));
    for (auto [buffer, bytes] : llvm::zip(op.getReads(), readBytes(layer)))
      reads.push_back(spanOf(buffer, bytes));
    firsts += ", " + std::to_string(reads.size()) + "u";
    numbers += std::to_string(layer.last) + ", ";
  }
  w.comment("Bytes of the arena (memory 0), the state (1) or of the rows that the output was handed out in (2).");
  w.line("struct span { uint32_t offset, bytes, memory; };");
  printSpans(w, "inputs", inputs);
  printSpans(w, "outputs", outputs);
  printSpans(w, "results", results);
  printSpans(w, "reads", reads);
  w.line("static const uint32_t first_read[] = { " + firsts + " };");
  w.comment("What a layer's last inner layer is to the lifetimes of buffers.");
  w.line("static const int32_t last_number[] = { " + numbers + "0 };");
  w.line("static const struct { uint32_t offset, bytes; int32_t first, last; } buffers[] = {");
  auto program = library.program;
  for (auto b : program.getBody().getOps<plan::BufferOp>())
    if (b.isInArena())
      w.line("    { " + std::to_string(*b.getOffset()) + "u, " + std::to_string(b.getBytes()) + "u, " +
             std::to_string(b.getLive()[0]) + ", " + std::to_string(b.getLive()[1]) + " },");
  w.line("    { 0u, 0u, -1, -1 }").line("};");
  w.line("#define INPUTS " + std::to_string(inputs.size()) + "u");
  w.line("#define OUTPUTS " + std::to_string(outputs.size()) + "u");
  w.line("#define LAYERS " + std::to_string(results.size()) + "u");
  w.line("#define BUFFERS (sizeof buffers / sizeof buffers[0] - 1u)").line();
}

/// The same where all of it is one stream, which hands out the output's rows. Whatever the input has is read.
void printPulls(codegen::CWriter &w, const codegen::Library &library, const std::string &memory,
                const std::string &rows) {
  const std::string &name = library.info.name, &upper = library.upper;
  w.function("static int run(void)");
  w.line("const " + codegen::outputCType(library) + " *got;").line("uint32_t n = 0u;");
  w.line("int status = " + name + "_begin_rows(&rows);");
  w.open("for (uint32_t r = 0u; r < " + rows + "u; ++r)");
  w.line("get_row();");
  w.line("if (status != " + upper + "_OK) { continue; }");
  w.line("status = " + name + "_push_row(" + memory + ", &rows, row);");
  w.comment("The row need not be kept.");
  w.line("memset(row, 0xA5, sizeof row);");
  w.open("while (status == " + upper + "_OK && (status = " + name + "_next_row(" + memory +
         ", &rows, &got)) == " + upper + "_ROW)");
  w.line("memcpy(pulled + n, got, " + std::to_string(library.pulled->elements) + "u * sizeof *got);");
  w.line("n += " + std::to_string(library.pulled->elements) + "u * (uint32_t)sizeof *got;");
  w.line("status = " + upper + "_OK;").close().close();
  w.line("return status == " + upper + "_DONE && n == sizeof pulled ? 0 : 1;").close().line();
  w.function("static void run_layer(uint32_t layer)");
  w.line("if (layer != 0u || run() != 0) { exit(5); }").close().line();
}

/// run() and run_layer(): the library as a whole, and one layer of it.
void printRuns(codegen::CWriter &w, const codegen::Library &library) {
  const std::string &name = library.info.name, memory = library.hasState() ? "&state, &arena" : "&arena";
  const bool hasTable = !library.pushed || library.layers.size() > 1;
  if (hasTable) // volatile for the reason that the library's own loop gives
    w.line("static const " + name + "_layer *volatile tableOfLayers = " + name + "_layers;").line();
  if (!library.pushed) {
    w.line("static int run(void) { return " + name + "_run(" + memory + "); }");
    w.line("static void run_layer(uint32_t layer) { tableOfLayers[layer](" + memory + "); }").line();
    return;
  }
  // The first layer is the stream that takes the rows, read here one after the other.
  const codegen::Tensor &t = *llvm::find_if(library.inputs, [](const codegen::Tensor &t) { return t.isPushed; });
  const std::string length = std::to_string(library.pushed->elements), rows = std::to_string(library.pushed->rows);
  w.line("static " + name + "_rows rows;");
  w.line("static " + t.ctype + " row[" + length + "];").line();
  w.function("static void get_row(void)");
  w.line("if (fread(row, sizeof row, 1u, in) != 1u) { exit(3); }").close().line();
  if (library.pulled)
    return printPulls(w, library, memory, rows);
  w.function("static int run(void)");
  w.line("int status = " + name + "_begin_rows(&rows);");
  w.open("for (uint32_t r = 0u; r < " + rows + "u && status == 0; ++r)");
  w.line("get_row();").line("status = " + name + "_push_row(" + memory + ", &rows, row);").close();
  w.line("return status == " + library.upper + "_DONE ? 0 : 1;").close().line();
  w.function("static void run_layer(uint32_t layer)");
  w.open("if (layer == 0u)");
  w.line(name + "_begin_rows(&rows);");
  w.open("for (uint32_t r = 0u; r < " + rows + "u; ++r)");
  w.line("get_row();").line(name + "_take_row(" + memory + ", &rows, row);").close();
  w.otherwise().line(hasTable ? "tableOfLayers[layer - 1u](" + memory + ");" : "exit(5);").close();
  w.close().line();
}

constexpr StringRef body = R"(static void get(const struct span *s)
{
    if (s->bytes > 0u && fread(PLACE(s), 1u, s->bytes, in) != s->bytes) { exit(3); }
}

static void put(const struct span *s)
{
    if (s->bytes > 0u && fwrite(PLACE(s), 1u, s->bytes, out) != s->bytes) { exit(4); }
}

/* Fills what is not alive after layer number `layer` with garbage: a plan that lets two tensors overlap shows. */
static void poison(int32_t layer)
{
    static uint8_t alive[sizeof arena.u8];
    memset(alive, 0, sizeof alive);
    for (uint32_t b = 0u; b < BUFFERS; ++b) {
        if (buffers[b].first <= layer && layer < buffers[b].last) {
            memset(alive + buffers[b].offset, 1, buffers[b].bytes);
        }
    }
    for (uint32_t i = 0u; i < sizeof alive; ++i) {
        if (!alive[i]) { arena.u8[i] = 0xA5u; }
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
        memset(arena.u8, 0xA5, sizeof arena.u8);
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
      .line("#include <string.h>");
  w.line().line("static " + name + "_arena arena;");
}

codegen::File printDriver(const codegen::Library &library) {
  const std::string &name = library.info.name;
  codegen::CWriter w;
  printDriverHead(name, w);
  if (library.hasState())
    w.line("static " + name + "_state state;");
  if (library.pulled)
    w.line("static uint8_t pulled[" + std::to_string(nn::byteSize(codegen::pulledOutput(library).type)) + "];");
  w.line("#define PLACE(s) (" + std::string(library.hasState() ? "(s)->memory == 1u ? state.u8 + (s)->offset : " : "") +
         (library.pulled ? "(s)->memory == 2u ? pulled + (s)->offset : " : "") + "arena.u8 + (s)->offset)");
  w.line();
  w.line("static FILE *in, *out;").line();
  printRuns(w, library);
  printTables(w, library);
  w.raw(body);
  return {name + "_driver.c", w.take()};
}

} // namespace burin
