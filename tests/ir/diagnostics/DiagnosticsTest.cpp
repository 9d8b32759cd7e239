#include "ir/diagnostics/Diagnostics.h"

#include <catch2/catch.hpp>

using namespace burin;

static Diagnostic example() {
  return {.code = "BRN1207",
          .model = "kws.onnx",
          .node = "/enc/conv3/Conv",
          .message = "recurrent direction \"bidirectional\" cannot be streamed",
          .facts = {"input  float32[1,40,64]"},
          .fix = "drop --stream=time"};
}

TEST_CASE("text has the documented layout") {
  CHECK(format(example()) ==
        "kws.onnx: node \"/enc/conv3/Conv\": error BRN1207: recurrent direction \"bidirectional\" cannot be streamed\n"
        "  input  float32[1,40,64]\n"
        "  fix: drop --stream=time        (burin explain BRN1207)\n");
}

TEST_CASE("text leaves out what is empty") {
  CHECK(format({.code = "BRN1601", .severity = Severity::Warning, .message = "cannot write"}) ==
        "warning BRN1601: cannot write\n"
        "  (burin explain BRN1601)\n");
  CHECK(format({.severity = Severity::Remark, .model = "a.onnx", .message = "slow path", .fix = "pad to 4 channels"}) ==
        "a.onnx: remark: slow path\n"
        "  fix: pad to 4 channels\n");
}

TEST_CASE("text cannot carry control characters or bad UTF-8") {
  // A terminal escape, a newline that would forge a diagnostic, a C1 control, a lone continuation byte, a cut sequence.
  Diagnostic hostile{.node = "a\x1b[2J\nb", .message = "x\xc2\x9b y\x80 z\xe2\x82", .facts = {"\x7f\t"}, .fix = "\r"};
  CHECK(format(hostile) == "node \"a\\x1b[2J\\x0ab\": error: x\\x9b y\uFFFD z\uFFFD\n"
                           "  \\x7f\\x09\n"
                           "  fix: \\x0d\n");
  CHECK(format({.message = "größer als 2⁵⁵ Ω"}) == "error: größer als 2⁵⁵ Ω\n");
}

TEST_CASE("JSON is one object on one line") {
  CHECK(formatJson(example()) == R"({"code":"BRN1207","severity":"error","model":"kws.onnx","node":"/enc/conv3/Conv",)"
                                 R"("message":"recurrent direction \"bidirectional\" cannot be streamed",)"
                                 R"("facts":["input  float32[1,40,64]"],"fix":"drop --stream=time"})");
  CHECK(formatJson({.severity = Severity::Remark, .message = "two\nlines \x01 \xff"}) ==
        "{\"severity\":\"remark\",\"message\":\"two\\nlines \\u0001 \uFFFD\"}");
}

TEST_CASE("quoted names are cut between characters") {
  CHECK(quoteName("conv") == "\"conv\"");
  CHECK(quoteName("abcdef", 4) == "\"abcd…\" (6 bytes)");
  CHECK(quoteName("abc⁵", 4) == "\"abc…\" (6 bytes)"); // ⁵ takes three bytes
}

TEST_CASE("sinks count errors only") {
  CollectingSink sink;
  sink.handle({.severity = Severity::Remark});
  sink.handle({.severity = Severity::Error});
  sink.handle({.severity = Severity::Warning});
  CHECK(sink.errorCount() == 1);
  CHECK(sink.diagnostics.size() == 3);
}

TEST_CASE("a context fills in what is missing") {
  CollectingSink sink;
  ContextSink context(sink, "a.onnx", "conv");
  context.handle({.message = "first"});
  context.handle({.model = "b.onnx", .node = "relu", .message = "second"});
  REQUIRE(sink.diagnostics.size() == 2);
  CHECK(sink.diagnostics[0].model == "a.onnx");
  CHECK(sink.diagnostics[0].node == "conv");
  CHECK(sink.diagnostics[1].model == "b.onnx");
  CHECK(sink.diagnostics[1].node == "relu");
  CHECK(context.errorCount() == 2);
}

static std::string printed(DiagnosticStyle style) {
  std::FILE *file = std::tmpfile();
  PrintingSink sink(style, file);
  sink.handle({.message = "first"});
  sink.handle({.severity = Severity::Remark, .message = "second"});
  CHECK(sink.errorCount() == 1);
  std::rewind(file);
  char text[200];
  size_t length = std::fread(text, 1, sizeof text, file);
  std::fclose(file);
  return {text, length};
}

TEST_CASE("printed diagnostics are text or JSON lines") {
  CHECK(printed(DiagnosticStyle::Text) == "error: first\nremark: second\n");
  CHECK(printed(DiagnosticStyle::Json) == "{\"severity\":\"error\",\"message\":\"first\"}\n"
                                          "{\"severity\":\"remark\",\"message\":\"second\"}\n");
}
