#include "codegen/PushRows.h"

#include "codegen/Streams.h"
#include "ir/plan/StreamTurns.h"

namespace burin::codegen {
namespace {

std::string u32(int64_t value) { return std::to_string(value) + "u"; }

const Layer &streamOf(const Library &library) { return library.layers.front(); }

const Tensor &inputOf(const Library &library) {
  return *llvm::find_if(library.inputs, [](const Tensor &t) { return t.isPushed; });
}

/// "int8_t[10]".
std::string rowType(const Library &library) {
  return inputOf(library).ctype + "[" + std::to_string(library.pushed->elements) + "]";
}

std::string rowParameter(const Library &library) {
  return library.info.name + "_rows *rows, const " + inputOf(library).ctype + " *row";
}

/// The counter of the rows that have come.
std::string counter(const Library &library) { return "rows->" + streamOf(library).inner.front().name; }

} // namespace

std::string pushBanner(const Library &library) {
  const std::string &name = library.info.name;
  std::string text = "\nUse: call " + name + "_begin_rows, then " + name + "_push_row with each of the " +
                     std::to_string(library.pushed->rows) + " rows of the input; the last returns " + library.upper +
                     "_DONE: read the outputs.\n";
  if (library.hasState())
    text += "Before the first input call " + name + "_init: what one leaves in the state, the next one reads.\n";
  return text;
}

void printPushDeclarations(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper;
  w.comment("How far an input has come: the turns that layers have taken, one with each row that they make or take in. "
            "Kept by the caller, with the arena, from " +
            name + "_begin_rows until the last row. It has no pointers.");
  w.open("typedef struct " + name + "_rows");
  for (const Layer &inner : streamOf(library).inner)
    w.line("uint32_t " + inner.name + ";");
  w.close(" " + name + "_rows;").line();
  w.comment("Before the first row of each input.");
  w.line(name + "_status " + name + "_begin_rows(" + name + "_rows *rows);").line();
  w.comment("Takes the next row of the input, " + rowType(library) + ", and computes what it makes possible. " + upper +
            "_OK asks for another row; " + upper +
            "_DONE, with the last, says that the outputs are there. The row need not be kept.");
  w.line(name + "_status " + name + "_push_row(" + memoryParameters(library) + ", " + rowParameter(library) + ");")
      .line();
  w.comment("First byte of output number `index` in the arena; NULL if there is none.");
  w.line("void *" + name + "_output(" + name + "_arena *arena, uint32_t index);").line();
}

void printTakeRow(const Library &library, CWriter &w) {
  const std::string &name = library.info.name;
  plan::BufferOp kept = library.pushed->keptIn;
  const plan::Ring ring = plan::ringOf(kept.getResult());
  const std::string slot = ringSlot(library, ring.rows, counter(library));
  const std::string unfinished = streamIsUnfinished(streamOf(library), "rows->");
  w.comment("Keeps a row where the stream reads it, unless nothing needs it any more, and lets the stream go on.");
  w.function("static void " + name + "_take_row(" + layerParameters(library) + ", " + rowParameter(library) + ")");
  w.open("if (" + unfinished + ")");
  w.line("memcpy(a->u8 + " + placeMacro(library, kept) +
         (slot.empty() ? "" : " + " + slot + " * " + u32(ring.rowBytes)) + ", row, " + u32(ring.rowBytes) + ");");
  w.close();
  w.line(counter(library) + " += 1u;");
  w.line(name + "_" + streamOf(library).name + (library.hasState() ? "(s, a, rows);" : "(a, rows);")).close().line();
}

void printPushEntryPoints(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper;
  const std::string rows = u32(library.pushed->rows), arguments = memoryArguments(library);
  const size_t behind = library.layers.size() - 1;
  w.function(name + "_status " + name + "_begin_rows(" + name + "_rows *rows)");
  w.line("if (rows == NULL) { return " + upper + "_ERR_NULL; }");
  w.line("memset(rows, 0, sizeof *rows);");
  w.line("return " + upper + "_OK;").close().line();

  w.function(name + "_status " + name + "_push_row(" + memoryParameters(library) + ", " + rowParameter(library) + ")");
  if (behind > 0)
    w.line("const " + name + "_layer *volatile layers = " + name + "_layers;");
  w.line("if (arena == NULL" + std::string(library.hasState() ? " || state == NULL" : "") +
         " || rows == NULL || row == NULL) { return " + upper + "_ERR_NULL; }");
  w.line("if (" + counter(library) + " >= " + rows + ") { return " + upper + "_ERR_ROWS; }");
  w.line(name + "_take_row(" + arguments + ", rows, row);");
  w.line("if (" + counter(library) + " < " + rows + ") { return " + upper + "_OK; }");
  if (behind > 0) {
    w.open("for (uint32_t step = 0u; step < " + u32(static_cast<int64_t>(behind)) + "; ++step)");
    w.line("layers[step](" + arguments + ");").close();
  }
  w.line("return " + upper + "_DONE;").close().line();
}

} // namespace burin::codegen
