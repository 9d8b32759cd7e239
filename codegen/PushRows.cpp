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

const Tensor &pulledOutput(const Library &library) {
  return *llvm::find_if(library.outputs, [](const Tensor &t) { return t.isPulled; });
}

std::string outputCType(const Library &library) { return pulledOutput(library).ctype; }

std::string pulledRow(const Library &library, llvm::StringRef row) {
  plan::BufferOp kept = library.pulled->keptIn;
  const plan::Ring ring = plan::ringOf(kept.getResult());
  const Tensor &t = pulledOutput(library);
  const int64_t size = plan::elementSize(t.ctype), asOne = library.pulled->asOne;
  const std::string slot = ringSlot(library, ring.rows, asOne == 1 ? row.str() : "(" + row.str() + ") * " + u32(asOne));
  return library.inArena("a", kept) + t.view + " + " + placeMacro(library, kept) + (size > 1 ? " / " + u32(size) : "") +
         (slot.empty() ? "" : " + " + slot + " * " + u32(ring.rowBytes / size));
}

/// How to use a library whose input and output both go row by row.
static std::string pullBanner(const Library &library) {
  const std::string &name = library.info.name, &upper = library.upper;
  std::string text = "\nUse: call " + name + "_begin_rows, then, until " + name + "_next_row returns " + upper +
                     "_DONE, " + name + "_push_row with the next row of the input and " + name +
                     "_next_row as long as that returns " + upper + "_ROW, a row of the output:\n";
  text += "  " + name + "_begin_rows(&rows);\n  do {\n    " + name + "_push_row(&arena, &rows, next_input_row());\n" +
          "    while ((status = " + name + "_next_row(&arena, &rows, &row)) == " + upper + "_ROW) { use(row); }\n" +
          "  } while (status == " + upper + "_OK);\n";
  return text;
}

std::string pushBanner(const Library &library) {
  const std::string &name = library.info.name;
  const std::string state =
      "Before the first input call " + name + "_init: what one leaves in the state, the next one reads.\n";
  if (library.pulled)
    return pullBanner(library) + (library.hasState() ? state : "");
  const std::string times =
      library.pushed->times == 1
          ? ""
          : ", " + std::to_string(library.pushed->times) + " times over, as the image is computed in strips of columns";
  std::string text = "\nUse: call " + name + "_begin_rows, then " + name + "_push_row with each of the " +
                     std::to_string(library.pushed->rows) + " rows of the input" + times + "; the last returns " +
                     library.upper + "_DONE: read the outputs.\n";
  return text + (library.hasState() ? state : "");
}

/// NAME_push_row and NAME_next_row.
static void printPullDeclarations(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper;
  w.comment("Takes the next row of the input, " + rowType(library) + ", which need not be kept. Only when " + name +
            "_next_row has asked for it, or first of all: otherwise " + upper + "_ERR_ROWS.");
  w.line(name + "_status " + name + "_push_row(" + memoryParameters(library) + ", " + rowParameter(library) + ");")
      .line();
  w.comment("Computes the next row of the output, " + outputCType(library) + "[" +
            std::to_string(library.pulled->elements) + "]. " + upper +
            "_ROW: *row is its address in the arena; it stays there until the next call. " + upper +
            "_OK asks for another row of the input, " + upper +
            "_DONE says that all rows have been handed out (the input may have rows that none depends on); *row is "
            "then NULL.");
  w.line(name + "_status " + name + "_next_row(" + memoryParameters(library) + ", " + name + "_rows *rows, const " +
         outputCType(library) + " **row);")
      .line();
}

void printPushDeclarations(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper;
  w.comment("How far an input has come: the turns that layers have taken, one with each row, or few rows, that they "
            "make or take in. "
            "Kept by the caller, with the arena, from " +
            name + "_begin_rows until the last row. It has no pointers.");
  w.open("typedef struct " + name + "_rows");
  for (const Layer &inner : streamOf(library).inner)
    w.line("uint32_t " + inner.name + ";");
  if (library.pulled)
    w.line("uint32_t has_row; /* a row of the input has come, which isn't used up yet */");
  w.close(" " + name + "_rows;").line();
  w.comment("Before the first row of each input.");
  w.line(name + "_status " + name + "_begin_rows(" + name + "_rows *rows);").line();
  if (library.pulled)
    return printPullDeclarations(library, w);
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
  auto push = streamOf(library).inner.front().op;
  const auto asOne = static_cast<int64_t>(push.getRowsMade());
  const std::string slot = ringSlot(library, ring.rows, counter(library) + (asOne == 1 ? "" : " * " + u32(asOne)));
  const std::string copy = "memcpy(" + library.inArena("a", kept) + "u8 + " + placeMacro(library, kept) +
                           (slot.empty() ? "" : " + " + slot + " * " + u32(ring.rowBytes)) + ", row, " +
                           u32(ring.rowBytes * asOne) + ");";
  if (library.pulled) {
    w.comment("Keeps a row where the stream reads it.");
    w.function("static void " + name + "_take_row(" + layerParameters(library) + ", " + rowParameter(library) + ")");
    if (library.hasState())
      w.line("(void)s;");
    w.line(copy).line(counter(library) + " += 1u;").close().line();
    return;
  }
  const std::string unfinished = streamIsUnfinished(streamOf(library), "rows->");
  w.comment("Keeps a row where the stream reads it, unless nothing needs it any more, and lets the stream go on.");
  w.function("static void " + name + "_take_row(" + layerParameters(library) + ", " + rowParameter(library) + ")");
  w.open("if (" + unfinished + ")");
  w.line(copy);
  w.close();
  w.line(counter(library) + " += 1u;");
  w.line(name + "_" + streamOf(library).name + (library.hasState() ? "(s, a, rows);" : "(a, rows);")).close().line();
}

/// NAME_push_row and NAME_next_row: the one only keeps the row, the other lets the stream go on.
static void printPullEntryPoints(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper, arguments = memoryArguments(library);
  const std::string isNull = "if (" + library.arenaIsNull() +
                             std::string(library.hasState() ? " || state == NULL" : "") +
                             " || rows == NULL || row == NULL) { return " + upper + "_ERR_NULL; }";
  w.function(name + "_status " + name + "_push_row(" + memoryParameters(library) + ", " + rowParameter(library) + ")");
  w.line(isNull);
  w.line("if (rows->has_row != 0u) { return " + upper + "_ERR_ROWS; }");
  w.line("rows->has_row = 1u;");
  w.line(name + "_take_row(" + arguments + ", rows, row);");
  w.line("return " + upper + "_OK;").close().line();

  w.function(name + "_status " + name + "_next_row(" + memoryParameters(library) + ", " + name + "_rows *rows, const " +
             outputCType(library) + " **row)");
  w.line(isNull);
  w.line("*row = " + name + "_" + streamOf(library).name + "(" + arguments + ", rows);");
  w.line("if (*row != NULL) { return " + upper + "_ROW; }");
  w.line("if (rows->" + streamOf(library).inner.back().name + " == " + u32(library.pulled->rows) + ") { return " +
         upper + "_DONE; }");
  w.line("rows->has_row = 0u;");
  w.line("return " + upper + "_OK;").close().line();
}

void printPushEntryPoints(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, &upper = library.upper;
  const std::string rows = u32(library.pushed->total()), arguments = memoryArguments(library);
  const size_t behind = library.layers.size() - 1;
  w.function(name + "_status " + name + "_begin_rows(" + name + "_rows *rows)");
  w.line("if (rows == NULL) { return " + upper + "_ERR_NULL; }");
  w.line("memset(rows, 0, sizeof *rows);");
  w.line("return " + upper + "_OK;").close().line();

  if (library.pulled)
    return printPullEntryPoints(library, w);
  w.function(name + "_status " + name + "_push_row(" + memoryParameters(library) + ", " + rowParameter(library) + ")");
  if (behind > 0)
    w.line("const " + name + "_layer *volatile layers = " + name + "_layers;");
  w.line("if (" + library.arenaIsNull() + std::string(library.hasState() ? " || state == NULL" : "") +
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
