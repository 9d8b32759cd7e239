// Numbered diagnostics: what they hold, how they are printed, and the page that explains each.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace burin {

enum class Severity { Error, Warning, Remark };

/// One message about a model, a flag or a file. Texts may quote names from a hostile model: `format` and `formatJson`
/// make them safe to print, so callers pass them as they are.
struct Diagnostic {
  /// "BRN" and four digits; `ir/diagnostics/pages/<code>.md` explains it. Empty only for remarks that need no page.
  std::string code{};
  Severity severity = Severity::Error;
  /// File name of the model ("kws.onnx"), or empty.
  std::string model{};
  /// Name of the ONNX node, or empty.
  std::string node{};
  /// One sentence, lower case, no full stop.
  std::string message{};
  /// The numbers: "input  float32[1,40,64]".
  std::vector<std::string> facts{};
  /// What the user can do, or empty.
  std::string fix{};
};

/// The text for a terminal, with a final newline:
///
///     kws.onnx: node "/enc/conv3/Conv": error BRN1207: recurrent direction "bidirectional" cannot be streamed
///       input  float32[1,40,64]
///       fix: drop --stream=time        (burin explain BRN1207)
///
/// Control characters become `\xNN`, invalid UTF-8 becomes U+FFFD.
std::string format(const Diagnostic &diagnostic);

/// One JSON object on one line, without a newline: {"code", "severity", "model", "node", "message", "facts", "fix"};
/// empty members are left out.
std::string formatJson(const Diagnostic &diagnostic);

/// `text` in double quotes for a message, cut after `maxBytes` (names in hostile models may be megabytes long).
std::string quoteName(std::string_view text, size_t maxBytes = 200);

/// Receives diagnostics and counts the errors among them.
class DiagnosticSink {
public:
  virtual ~DiagnosticSink();

  /// Overriders call this one too: it counts.
  virtual void handle(const Diagnostic &diagnostic) = 0;

  unsigned errorCount() const { return errors; }

private:
  unsigned errors = 0;
};

/// Keeps what it receives.
class CollectingSink : public DiagnosticSink {
public:
  void handle(const Diagnostic &diagnostic) override;

  std::vector<Diagnostic> diagnostics;
};

enum class DiagnosticStyle { Text, Json };

/// Writes what it receives to `stream`, as text or as JSON lines.
class PrintingSink : public DiagnosticSink {
public:
  explicit PrintingSink(DiagnosticStyle style = DiagnosticStyle::Text, std::FILE *stream = stderr)
      : style(style), stream(stream) {}
  void handle(const Diagnostic &diagnostic) override;

private:
  DiagnosticStyle style;
  std::FILE *stream;
};

/// Fills in the model and the node where a diagnostic names none, and passes it on.
class ContextSink : public DiagnosticSink {
public:
  ContextSink(DiagnosticSink &next, std::string model, std::string node = {})
      : next(next), model(std::move(model)), node(std::move(node)) {}
  void handle(const Diagnostic &diagnostic) override;

private:
  DiagnosticSink &next;
  std::string model, node;
};

/// The explanation of one code: `ir/diagnostics/pages/<code>.md`, embedded when the program is built.
struct DiagnosticPage {
  std::string_view code;     ///< "BRN1207"
  std::string_view title;    ///< the first line without "# BRN1207: "
  std::string_view markdown; ///< the whole page
};

/// Null if there is no such code.
const DiagnosticPage *findPage(std::string_view code);

/// All pages in the order of their codes.
std::vector<DiagnosticPage> allPages();

/// All pages as one Markdown document (`docs/diagnostics.md`).
std::string renderAllPages();

} // namespace burin
