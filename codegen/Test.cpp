// NAME_test.c and CMakeLists.txt: the library checks itself on any machine.
#include "codegen/CWriter.h"
#include "codegen/Library.h"
#include "codegen/Parts.h"
#include "codegen/PushRows.h"
#include "codegen/Version.h"

#include "llvm/ADT/StringExtras.h"

namespace burin::codegen {
namespace {

void printVector(std::string &text, const Tensor &t, llvm::StringRef name, llvm::ArrayRef<char> bytes) {
  const auto count = static_cast<int64_t>(bytes.size()) / plan::elementSize(t.ctype);
  text += "static const " + t.ctype + " " + name.str() + "[" + std::to_string(std::max<int64_t>(1, count)) + "] = {\n";
  if (bytes.empty())
    text += "    0\n";
  else
    appendTable(text, t.ctype, bytes, t.type.getRank() && t.dims.empty() ? t.type.getShape().back() : 1);
  text += "};\n\n";
}

/// One output compared element by element; integers by steps, floats by atol + rtol * |expected|.
void printCompare(const Library &library, CWriter &w, const Tensor &t, const GoldenVectors &g, size_t index,
                  const std::string &n) {
  const bool isFloat = t.ctype == "float" || t.ctype == "double";
  const auto count = static_cast<int64_t>(g.outputs[index].size()) / plan::elementSize(t.ctype);
  w.open("for (i = 0u; i < " + std::to_string(count) + "u; ++i)");
  const std::string place = t.isPulled ? "pulled" : placeCall(library, t, "out", "&");
  w.line("const double got = (double)" + place + "[i];");
  w.line("const double want = (double)expected_" + n + "[i];");
  if (isFloat) {
    w.line("const double limit = " + doubleLiteral(g.atol) + " + " + doubleLiteral(g.rtol) +
           " * (want < 0.0 ? -want : want);");
    w.line("const int both_nan = got != got && want != want;");
    w.line("const int fits = both_nan || !(got < want || got > want) ||");
    w.line("                 (got - want <= limit && want - got <= limit);");
  } else {
    w.line("const int fits = got - want <= " + std::to_string(g.steps) +
           ".0 && want - got <= " + std::to_string(g.steps) + ".0;");
  }
  w.open("if (!fits)");
  w.open("if (wrong == 0ul)");
  w.line("printf(\"output " + n + " [%lu]: %.9g, expected %.9g\\n\", (unsigned long)i, got, want);").close();
  w.line("wrong += 1ul;").close().close();
}

/// Runs, or takes the steps of a window.
void printCall(const Library &library, CWriter &m, bool streams, const std::string &suffix) {
  const std::string &name = library.info.name;
  std::string call = library.entry("run") + "(" + (library.hasState() ? "&state, " : "") + "&arena)";
  if (streams) {
    const std::string length = library.upper + "_IN_" + llvm::StringRef(library.inputs[0].cName).upper() + "_LEN";
    m.open("for (i = 0u; i < " + library.upper + "_FIRST_WINDOW; ++i)");
    call = name + "_step(" + (library.hasState() ? "&state, " : "") + "&arena, input_0" + suffix + " + i * " + length +
           ")";
  }
  m.open("if (" + call + " != " + library.commonUpper() + "_OK)");
  m.line("printf(\"FAIL " + name + ": run returned an error\\n\");").line("return 1;").close();
  if (streams)
    m.close();
}

/// Pushes rows as they are asked for, and keeps those of the output in `pulled`.
void printPulls(const Library &library, CWriter &m, const std::string &in, const std::string &row) {
  const std::string &name = library.info.name, &upper = library.upper;
  const std::string arguments = std::string(library.hasState() ? "&state, " : "") + "&arena, &rows, ";
  const std::string out = upper + "_OUT_" + llvm::StringRef(pulledOutput(library).cName).upper();
  m.open("for (i = 0u; i < " + in + "_ROWS; ++i)");
  m.line("const " + outputCType(library) + " *got;");
  m.line(name + "_status status = " + name + "_push_row(" + arguments + row + ");");
  m.open("while (status == " + upper + "_OK && (status = " + name + "_next_row(" + arguments + "&got)) == " + upper +
         "_ROW)");
  m.line("memcpy(pulled + pulled_rows * " + out + "_ROW_LEN, got, " + out + "_ROW_LEN * sizeof *got);");
  m.line("pulled_rows += 1u;").line("status = " + upper + "_OK;").close();
  m.line("if (status == " + upper + "_DONE) { break; }");
  m.open("if (status != " + upper + "_OK)");
  m.line("printf(\"FAIL " + name + ": a row returned %d\\n\", (int)status);").line("return 1;").close().close();
  m.open("if (pulled_rows != " + out + "_ROWS)");
  m.line("printf(\"FAIL " + name + ": %lu rows were handed out\\n\", (unsigned long)pulled_rows);");
  m.line("return 1;").close();
}

/// Pushes the rows of the input, or of one of zeros if there is none.
void printPushes(const Library &library, CWriter &m, const GoldenVectors &g, const std::string &suffix) {
  const std::string &name = library.info.name, &upper = library.upper;
  const auto at = llvm::find_if(library.inputs, [](const Tensor &t) { return t.isPushed; }) - library.inputs.begin();
  const std::string prefix = upper + "_IN_" + llvm::StringRef(library.inputs[at].cName).upper();
  const bool none = g.none() || g.inputs[at].empty();
  const bool strips = library.pushed->times > 1; // all rows come once for each
  const std::string number = strips ? "(i % " + prefix + "_ROWS)" : "i";
  const std::string total = strips ? prefix + "_STRIPS * " + prefix + "_ROWS" : prefix + "_ROWS";
  const std::string row =
      none ? "zeros" : "input_" + std::to_string(at) + suffix + " + " + number + " * " + prefix + "_ROW_LEN";
  if (none)
    m.line("static const " + library.inputs[at].ctype + " zeros[" + prefix + "_ROW_LEN] = { 0 };");
  m.line(name + "_begin_rows(&rows);");
  if (library.pulled)
    return printPulls(library, m, prefix, row);
  m.open("for (i = 0u; i < " + total + "; ++i)");
  m.line("const " + name + "_status status = " + name + "_push_row(" + (library.hasState() ? "&state, " : "") +
         "&arena, &rows, " + row + ");");
  m.open("if (status != (i + 1u < " + total + " ? " + upper + "_OK : " + upper + "_DONE))");
  m.line("printf(\"FAIL " + name + ": push_row returned %d\\n\", (int)status);").line("return 1;").close().close();
}

} // namespace

void printVectors(const Library &library, const GoldenVectors &golden, const std::string &suffix, std::string &text) {
  for (auto [i, bytes] : llvm::enumerate(golden.inputs))
    printVector(text, library.inputs[i], "input_" + std::to_string(i) + suffix, bytes);
  for (auto [i, bytes] : llvm::enumerate(golden.outputs))
    printVector(text, library.outputs[i], "expected_" + std::to_string(i) + suffix, bytes);
}

/// Sets the sizes and the inputs, runs, and compares sizes that were found and outputs.
void printTestRun(const Library &library, CWriter &m, const GoldenVectors &g, const std::string &suffix) {
  const std::string &name = library.info.name;
  m.line("unsigned long wrong = 0ul;").line("uint32_t i;");
  if (library.pulled)
    m.line("uint32_t pulled_rows = 0u;");
  m.line();
  if (library.hasState()) {
    m.open("if (" + name + "_init(&state) != " + library.commonUpper() + "_OK)");
    m.line("printf(\"FAIL " + name + ": init returned an error\\n\");").line("return 1;").close();
  }
  const llvm::SmallVector<plan::SizeOp> sizes(library.sizes ? library.sizes->symbols()
                                                            : llvm::ArrayRef<plan::SizeOp>());
  for (auto [i, size] : llvm::enumerate(sizes))
    if (plan::SizeOp s = size; !s.getNode())
      m.line(name + "_set_" + s.getName().str() + "(&arena, " + std::to_string(g.sizes[i]) + "u);");
  const bool streams = library.info.stream && !g.none();
  for (auto [i, bytes] : llvm::enumerate(g.inputs))
    if (const Tensor &t = library.inputs[i]; !bytes.empty() && !streams && !t.isPushed) {
      const std::string vector = "input_" + std::to_string(i) + suffix;
      m.line("memcpy(" + placeCall(library, t, "in", "&") + ", " + vector + ", sizeof " + vector + ");");
    }
  if (library.pushed)
    printPushes(library, m, g, suffix);
  else
    printCall(library, m, streams, suffix);
  for (auto [i, size] : llvm::enumerate(sizes))
    if (plan::SizeOp s = size; s.getNode() && !g.none())
      m.line("if (" + name + "_get_" + s.getName().str() + "(&arena) != " + std::to_string(g.sizes[i]) +
             "u) { wrong += 1ul; }");
  for (auto [i, bytes] : llvm::enumerate(g.outputs))
    if (!bytes.empty())
      printCompare(library, m, library.outputs[i], g, i, std::to_string(i) + suffix);
  m.open("if (wrong != 0ul)");
  m.line("printf(\"FAIL " + name + ": %lu elements differ\\n\", wrong);").line("return 1;").close();
  m.line("(void)i;");
}

namespace {

/// One function for each set of vectors.
void printRuns(const Library &library, CWriter &m, llvm::ArrayRef<const GoldenVectors *> all) {
  std::string calls;
  for (auto [k, g] : llvm::enumerate(all)) {
    const std::string suffix = "_run_" + std::to_string(k);
    m.function("static int test" + suffix + "(void)");
    printTestRun(library, m, *g, suffix);
    m.line("return 0;").close().line();
    calls += (k ? " || test" : "test") + suffix + "() != 0";
  }
  m.function("int main(void)");
  m.line("if (" + calls + ") { return 1; }");
}

} // namespace

std::string printTest(const Library &library) {
  const std::string &name = library.info.name;
  std::vector<const GoldenVectors *> all{&library.info.golden};
  for (const GoldenVectors &g : library.info.moreGolden)
    all.push_back(&g);
  const bool several = all.size() > 1;
  CWriter w;
  w.comment(name + "_test.c - GENERATED by burin " BURIN_VERSION ". Runs " + name +
            (!several ? " once"
                      : " " + std::to_string(all.size()) + (library.sizes ? " times, at several sizes," : " times")) +
            " and compares its outputs.\n" + "Expected values: " + commentSafe(all[0]->source) + ".\n" +
            "Prints PASS and returns 0, or says what differs and returns 1.");
  w.line("#include \"" + name + ".h\"").line().line("#include <stdio.h>").line("#include <string.h>").line();
  std::string text = w.take();
  for (auto [k, g] : llvm::enumerate(all))
    printVectors(library, *g, several ? "_run_" + std::to_string(k) : "", text);
  CWriter m;
  for (const std::string &variable : arenaVariables(library))
    m.line(variable);
  if (library.hasState())
    m.line("static " + name + "_state state;");
  if (library.pushed)
    m.line("static " + name + "_rows rows;");
  if (library.pulled)
    m.line("static " + outputCType(library) + " pulled[" + library.upper + "_OUT_" +
           llvm::StringRef(pulledOutput(library).cName).upper() + "_LEN];");
  m.line();
  if (several) {
    printRuns(library, m, all);
  } else {
    m.function("int main(void)");
    printTestRun(library, m, library.info.golden, "");
  }
  m.line("printf(\"PASS " + name + "\\n\");").line("return 0;").close();
  return text + m.take();
}

std::string printCMake(const Library &library) {
  const std::string &n = library.info.name;
  std::string text =
      "# " + n + ": GENERATED by burin " BURIN_VERSION ". Add this folder with add_subdirectory() and link `" + n +
      "`,\n# or build it alone and run its test: cmake -B build && cmake --build build && ctest --test-dir build\n";
  const std::vector<std::string> weights = weightSources(library);
  const bool assembles = llvm::StringRef(weights.front()).ends_with(".S");
  text += "cmake_minimum_required(VERSION 3.13)\nproject(" + n + (assembles ? " C ASM)\n\n" : " C)\n\n");
  text += "add_library(" + n + " STATIC " + n + ".c " + llvm::join(weights, " ") + ")\n";
  for (llvm::StringRef source : weights)
    if (const auto [stem, extension] = source.rsplit('.'); extension == "S")
      text += "set_source_files_properties(" + source.str() +
              " PROPERTIES OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/" + stem.str() + ".bin)\n";
  text += "target_include_directories(" + n + " PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})\n";
  text += library.info.level == "-Os" ? "# Made for little flash: the innermost loops are assembly, or as fast so.\n"
                                      : "# The layers are hot: " + library.info.level +
                                            " also in a build that is otherwise -Os or has no optimisation chosen.\n";
  const std::string standard = assembles ? "$<$<COMPILE_LANGUAGE:C>:-std=c99>" : "-std=c99";
  const std::string fuses = library.info.fusesProducts ? " -ffp-contract=fast" : "";
  text += "target_compile_options(" + n + " PRIVATE " + standard + " " + library.info.level + fuses + ")\n\n";
  text += "if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR)\n";
  text += "  enable_testing()\n";
  text += "  add_executable(" + n + "_test " + n + "_test.c)\n";
  text += "  target_link_libraries(" + n + "_test " + n + " m)\n";
  text += "  add_test(NAME " + n + "_test COMMAND " + n + "_test)\nendif()\n";
  return text;
}

} // namespace burin::codegen
