#include "ir/diagnostics/Diagnostics.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace burin;

static std::string_view severityName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Remark:
    return "remark";
  }
  return "error";
}

static std::string validUtf8(std::string_view text) {
  return llvm::json::isUTF8(text) ? std::string(text) : llvm::json::fixUTF8(text);
}

/// Model files may hold any bytes as names; none may reach a terminal as an escape sequence, and a diagnostic's lines
/// must stay its own. The C1 controls U+0080..U+009F are encoded as C2 80..C2 9F.
static std::string printable(std::string_view text) {
  std::string valid = validUtf8(text), result;
  result.reserve(valid.size());
  for (size_t i = 0; i < valid.size(); ++i) {
    auto byte = static_cast<unsigned char>(valid[i]);
    bool isC1 = byte == 0xC2 && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
    if (isC1)
      byte = static_cast<unsigned char>(valid[++i]);
    if (byte < 0x20 || byte == 0x7F || isC1)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += valid[i];
  }
  return result;
}

std::string burin::quoteName(std::string_view text, size_t maxBytes) {
  if (text.size() <= maxBytes)
    return fmt::format("\"{}\"", text);
  // Cut before a whole character: bytes 10xxxxxx continue one.
  size_t end = maxBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return fmt::format("\"{}…\" ({} bytes)", text.substr(0, end), text.size());
}

std::string burin::format(const Diagnostic &diagnostic) {
  std::string text;
  if (!diagnostic.model.empty())
    text += printable(diagnostic.model) + ": ";
  if (!diagnostic.node.empty())
    text += fmt::format("node {}: ", printable(quoteName(diagnostic.node)));
  text += severityName(diagnostic.severity);
  if (!diagnostic.code.empty())
    text += " " + diagnostic.code;
  text += ": " + printable(diagnostic.message) + "\n";
  for (const std::string &fact : diagnostic.facts)
    text += "  " + printable(fact) + "\n";

  std::string last;
  if (!diagnostic.fix.empty())
    last = "fix: " + printable(diagnostic.fix);
  if (!diagnostic.code.empty())
    last += fmt::format("{}(burin explain {})", last.empty() ? "" : "        ", diagnostic.code);
  if (!last.empty())
    text += "  " + last + "\n";
  return text;
}

std::string burin::formatJson(const Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream);
  auto member = [&](const char *key, std::string_view value) {
    if (!value.empty())
      json.attribute(key, validUtf8(value));
  };
  json.object([&] {
    member("code", diagnostic.code);
    member("severity", severityName(diagnostic.severity));
    member("model", diagnostic.model);
    member("node", diagnostic.node);
    member("message", diagnostic.message);
    if (!diagnostic.facts.empty())
      json.attributeArray("facts", [&] {
        for (const std::string &fact : diagnostic.facts)
          json.value(validUtf8(fact));
      });
    member("fix", diagnostic.fix);
  });
  return text;
}

DiagnosticSink::~DiagnosticSink() = default;

void DiagnosticSink::handle(const Diagnostic &diagnostic) {
  if (diagnostic.severity == Severity::Error)
    ++errors;
}

void CollectingSink::handle(const Diagnostic &diagnostic) {
  DiagnosticSink::handle(diagnostic);
  diagnostics.push_back(diagnostic);
}

void PrintingSink::handle(const Diagnostic &diagnostic) {
  DiagnosticSink::handle(diagnostic);
  std::string text = style == DiagnosticStyle::Json ? formatJson(diagnostic) + "\n" : format(diagnostic);
  std::fwrite(text.data(), 1, text.size(), stream);
}

void ContextSink::handle(const Diagnostic &diagnostic) {
  DiagnosticSink::handle(diagnostic);
  Diagnostic filled = diagnostic;
  if (filled.model.empty())
    filled.model = model;
  if (filled.node.empty())
    filled.node = node;
  next.handle(filled);
}
