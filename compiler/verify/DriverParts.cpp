#include "compiler/verify/DriverParts.h"

#include "codegen/PushRows.h"

namespace burin {
using namespace mlir;

namespace {

enum Memory { Arena, State, Pulled, FirstPart };

} // namespace

int driverMemoryOf(const codegen::Library &library, int64_t memory) {
  return library.isDivided() ? FirstPart + static_cast<int>(memory) : Arena;
}

DriverSpan spanOf(const codegen::Library &library, Value buffer, int64_t bytes) {
  auto op = buffer.getDefiningOp<plan::BufferOp>();
  return {static_cast<int64_t>(op.getOffset().value_or(0)), bytes,
          op.getState()    ? State
          : op.getPulled() ? Pulled
                           : driverMemoryOf(library, static_cast<int64_t>(op.getMemory().value_or(0)))};
}

void printSpans(codegen::CWriter &w, StringRef name, const std::vector<DriverSpan> &spans) {
  w.line("static const struct span " + name.str() + "[] = {");
  for (auto [offset, bytes, memory] : spans)
    w.line("    { " + std::to_string(offset) + "u, " + std::to_string(bytes) + "u, " + std::to_string(memory) + "u },");
  w.line("    { 0u, 0u, 0u }").line("};");
}

void printDriverMemory(codegen::CWriter &w, const codegen::Library &library) {
  const std::string &name = library.info.name;
  for (const std::string &variable : codegen::arenaVariables(library))
    w.line(variable);
  if (library.hasState())
    w.line("static " + name + "_state state;");
  if (library.pulled)
    w.line("static uint8_t pulled[" + std::to_string(nn::byteSize(codegen::pulledOutput(library).type)) + "];");
  w.comment("Bytes of the arena (memory 0, or from 3 on its parts), the state (1) or of the rows that the output was "
            "handed out in (2).");
  w.line("struct span { uint32_t offset, bytes, memory; };");
  std::string places;
  if (library.isDivided())
    for (const codegen::Memory *memory : library.arenaMemories())
      places += "(s)->memory == " + std::to_string(driverMemoryOf(library, memory - library.memories.data())) +
                "u ? arena_" + memory->name + ".u8 + (s)->offset : ";
  w.line("#define PLACE(s) (" + std::string(library.hasState() ? "(s)->memory == 1u ? state.u8 + (s)->offset : " : "") +
         (library.pulled ? "(s)->memory == 2u ? pulled + (s)->offset : " : "") + places +
         (library.isDivided() ? "NULL)" : "arena.u8 + (s)->offset)"));
  w.line();
  w.line("static FILE *in, *out;").line();
}

std::string driverMemory(const codegen::Library &library) { return library.hasState() ? "&state, &arena" : "&arena"; }

namespace {

/// The same where all of it is one stream, which hands out the output's rows. Whatever the input has is read.
void printPulls(codegen::CWriter &w, const codegen::Library &library) {
  const std::string &name = library.info.name, &upper = library.upper, memory = driverMemory(library);
  const std::string rows = std::to_string(library.pushed->total());
  w.function("static int run(void)");
  w.line("const " + codegen::outputCType(library) + " *got;").line("uint32_t n = 0u;");
  w.line("int status = LIBRARY(" + name + "_begin_rows(&rows));");
  w.open("for (uint32_t r = 0u; r < " + rows + "u; ++r)");
  w.line("get_row();");
  w.line("if (status != " + upper + "_OK) { continue; }");
  w.line("status = LIBRARY(" + name + "_push_row(" + memory + ", &rows, row));");
  w.comment("The row need not be kept.");
  w.line("memset(row, 0xA5, sizeof row);");
  w.open("while (status == " + upper + "_OK && (status = LIBRARY(" + name + "_next_row(" + memory +
         ", &rows, &got))) == " + upper + "_ROW)");
  w.line("memcpy(pulled + n, got, " + std::to_string(library.pulled->elements) + "u * sizeof *got);");
  w.line("n += " + std::to_string(library.pulled->elements) + "u * (uint32_t)sizeof *got;");
  w.line("status = " + upper + "_OK;").close().close();
  w.line("return status == " + upper + "_DONE && n == sizeof pulled ? 0 : 1;").close().line();
}

} // namespace

void printDriverRun(codegen::CWriter &w, const codegen::Library &library) {
  const std::string &name = library.info.name, memory = driverMemory(library);
  if (!library.pushed) {
    w.line("static int run(void) { return LIBRARY(" + name + "_run(" + memory + ")); }").line();
    return;
  }
  const codegen::Tensor &t = *llvm::find_if(library.inputs, [](const codegen::Tensor &t) { return t.isPushed; });
  const std::string length = std::to_string(library.pushed->elements), rows = std::to_string(library.pushed->total());
  w.line("static " + name + "_rows rows;");
  w.line("static " + t.ctype + " row[" + length + "];").line();
  w.function("static void get_row(void)");
  w.line("if (fread(row, sizeof row, 1u, in) != 1u) { exit(3); }").close().line();
  if (library.pulled)
    return printPulls(w, library);
  w.function("static int run(void)");
  w.line("int status = LIBRARY(" + name + "_begin_rows(&rows));");
  w.open("for (uint32_t r = 0u; r < " + rows + "u && status == 0; ++r)");
  w.line("get_row();").line("status = LIBRARY(" + name + "_push_row(" + memory + ", &rows, row));").close();
  w.line("return status == " + library.upper + "_DONE ? 0 : 1;").close().line();
}

void printDriverBoundary(codegen::CWriter &w, const codegen::Library &library) {
  std::vector<DriverSpan> inputs, outputs;
  if (library.sizes)
    for (plan::SizeOp size : library.sizes->symbols()) {
      if (!size.getNode())
        inputs.push_back(spanOf(library, size.getBuffer(), 4));
      outputs.push_back(spanOf(library, size.getBuffer(), 4));
    }
  for (const codegen::Tensor &t : library.inputs)
    if (!t.isPushed)
      inputs.push_back({t.offset, nn::byteSize(t.type), t.isState ? State : driverMemoryOf(library, t.memory)});
  for (const codegen::Tensor &t : library.outputs)
    outputs.push_back({t.offset, nn::byteSize(t.type),
                       t.isState    ? State
                       : t.isPulled ? Pulled
                                    : driverMemoryOf(library, t.memory)});
  printSpans(w, "inputs", inputs);
  printSpans(w, "outputs", outputs);
  w.line("#define INPUTS " + std::to_string(inputs.size()) + "u");
  w.line("#define OUTPUTS " + std::to_string(outputs.size()) + "u").line();
  w.raw(R"(static void get(const struct span *s)
{
    if (s->bytes > 0u && fread(PLACE(s), 1u, s->bytes, in) != s->bytes) { exit(3); }
}

static void put(const struct span *s)
{
    if (s->bytes > 0u && fwrite(PLACE(s), 1u, s->bytes, out) != s->bytes) { exit(4); }
}

)");
}

} // namespace burin
