#include "compiler/share/SharedDriver.h"

#include "codegen/CWriter.h"
#include "compiler/verify/Driver.h"

namespace burin {
using namespace mlir;

namespace {

std::string u32(int64_t value) { return std::to_string(value) + "u"; }

void printSpans(codegen::CWriter &w, const std::string &name, const std::vector<codegen::Tensor> &tensors) {
  w.line("static const struct span " + name + "[] = {");
  for (const codegen::Tensor &t : tensors)
    w.line("    { " + u32(t.offset) + ", " + u32(nn::byteSize(t.type)) + ", " + (t.isState ? "1u" : "0u") + " },");
  w.line("    { 0u, 0u, 0u }").line("};");
}

/// The run's plan as tables, and its calls.
void printRun(codegen::CWriter &w, const codegen::Run &run) {
  const codegen::Library &l = run.library;
  const std::string &name = l.info.name;
  const std::string memory = l.hasState() ? "&state_" + run.name + ", &arena" : "&arena";
  if (l.hasState())
    w.line("static " + name + "_state state_" + run.name + ";");
  printSpans(w, "inputs_" + run.name, l.inputs);
  printSpans(w, "outputs_" + run.name, l.outputs);
  w.line("static const struct life lives_" + run.name + "[] = {");
  plan::ProgramOp program = l.program;
  for (auto b : program.getBody().getOps<plan::BufferOp>())
    if (b.isInArena())
      w.line("    { " + u32(static_cast<int64_t>(*b.getOffset())) + ", " + u32(static_cast<int64_t>(b.getBytes())) +
             ", " + std::to_string(b.getLive()[0]) + ", " + std::to_string(b.getLive()[1]) + ", " +
             (b.getKept() && run.trunk >= 0 ? "1u" : "0u") + " },");
  w.line("    { 0u, 0u, -1, -1, 0u }").line("};");
  std::string numbers;
  for (const codegen::Layer &layer : l.layers)
    numbers += std::to_string(layer.last) + ", ";
  w.line("static const int32_t numbers_" + run.name + "[] = { " + numbers + "0 };");
  // volatile for the reason that the library's own loop gives
  w.line("static const " + name + "_layer *volatile layers_" + run.name + " = " + name + "_layers;");
  w.line("static int run_" + run.name + "(void) { return " + l.entry("run") + "(" + memory + "); }");
  w.line("static void layer_" + run.name + "(uint32_t i) { layers_" + run.name + "[i](" + memory + "); }").line();
}

void printTable(codegen::CWriter &w, const codegen::SharedLibrary &library) {
  w.line("static const struct run runs[] = {");
  for (const codegen::Run &run : library.runs) {
    const codegen::Library &l = run.library;
    plan::ProgramOp program = l.program;
    int64_t lives = 0;
    for (auto b : program.getBody().getOps<plan::BufferOp>())
      lives += b.isInArena();
    const std::string &n = run.name;
    w.line("    { inputs_" + n + ", outputs_" + n + ", lives_" + n + ", numbers_" + n + ",");
    w.line("      " + u32(static_cast<int64_t>(l.inputs.size())) + ", " + u32(static_cast<int64_t>(l.outputs.size())) +
           ", " + u32(lives) + ", " + u32(static_cast<int64_t>(l.layers.size())) + ",");
    w.line("      " + (l.hasState() ? "state_" + n + ".u8" : "NULL") + ", run_" + n + ", layer_" + n + " },");
  }
  w.line("};").line();
}

constexpr StringRef types = R"(struct span { uint32_t offset, bytes, is_state; };
/* Alive from layer first to layer last; kept: the trunk has written it. */
struct life { uint32_t offset, bytes; int32_t first, last; uint32_t kept; };
struct run {
    const struct span *inputs, *outputs;
    const struct life *lives;
    const int32_t *numbers;
    uint32_t input_count, output_count, life_count, layer_count;
    uint8_t *state;
    int (*whole)(void);
    void (*layer)(uint32_t i);
};

)";

constexpr StringRef body = R"(static void *place(const struct run *r, const struct span *s)
{
    return s->is_state != 0u ? r->state + s->offset : arena.u8 + s->offset;
}

/* Fills what is not alive behind layer `layer` with garbage; before the first one, all that no trunk has left. */
static void poison(const struct run *r, int32_t layer, int begins)
{
    static uint8_t alive[sizeof arena.u8];
    memset(alive, 0, sizeof alive);
    for (uint32_t b = 0u; b < r->life_count; ++b) {
        const struct life *l = &r->lives[b];
        if (begins ? l->kept != 0u : l->first <= layer && layer < l->last) {
            memset(alive + l->offset, 1, l->bytes);
        }
    }
    for (uint32_t i = 0u; i < sizeof alive; ++i) {
        if (!alive[i]) { arena.u8[i] = 0xA5u; }
    }
}

static void call(const struct run *r, uint32_t mode)
{
    if (mode == 1u) { poison(r, -1, 1); }
    for (uint32_t i = 0u; i < r->input_count; ++i) {
        const struct span *s = &r->inputs[i];
        if (s->bytes > 0u && fread(place(r, s), 1u, s->bytes, in) != s->bytes) { exit(3); }
    }
    if (mode == 0u) {
        if (r->whole() != 0) { exit(5); }
    } else {
        for (uint32_t i = 0u; i < r->layer_count; ++i) {
            r->layer(i);
            poison(r, r->numbers[i], 0);
        }
    }
    for (uint32_t i = 0u; i < r->output_count; ++i) {
        const struct span *s = &r->outputs[i];
        if (s->bytes > 0u && fwrite(place(r, s), 1u, s->bytes, out) != s->bytes) { exit(4); }
    }
}

int main(void)
{
    uint32_t head[2], number;
    in = fopen("verify.in", "rb");
    out = fopen("verify.out", "wb");
    if (in == NULL || out == NULL || fread(head, sizeof head[0], 2u, in) != 2u) { return 2; }
    for (uint32_t i = 0u; i < head[1]; ++i) {
        if (fread(&number, sizeof number, 1u, in) != 1u || number >= sizeof runs / sizeof runs[0]) { return 3; }
        call(&runs[number], head[0]);
    }
    return fclose(out) == 0 ? 0 : 6;
}
)";

} // namespace

codegen::File printDriver(const codegen::SharedLibrary &library) {
  const std::string &name = library.whole.info.name;
  codegen::CWriter w;
  printDriverHead(name, w);
  w.line("static " + name + "_arena arena;").line("static FILE *in, *out;").line();
  w.raw(types);
  for (const codegen::Run &run : library.runs)
    printRun(w, run);
  printTable(w, library);
  w.raw(body);
  return {name + "_driver.c", w.take()};
}

} // namespace burin
