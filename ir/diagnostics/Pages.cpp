// Finding and rendering the pages that embed_pages.py wrote into PagesEmbedded.inc.
#include "ir/diagnostics/Diagnostics.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

using namespace burin;

static constexpr DiagnosticPage pages[] = {
#include "ir/diagnostics/PagesEmbedded.inc"
};

namespace {
struct CodeRange {
  std::string_view prefix, title;
};
} // namespace

static constexpr CodeRange ranges[] = {
    {"BRN10", "Files"},        {"BRN11", "Structure of the graph"}, {"BRN12", "Operators"},    {"BRN13", "Shapes"},
    {"BRN14", "Quantisation"}, {"BRN15", "Flags and targets"},      {"BRN16", "Output files"}, {"BRN17", "Memory plan"},
    {"BRN18", "Verification"}, {"BRN19", "Internal errors"},
};

const DiagnosticPage *burin::findPage(std::string_view code) {
  const DiagnosticPage *page =
      std::lower_bound(std::begin(pages), std::end(pages), code,
                       [](const DiagnosticPage &page, std::string_view code) { return page.code < code; });
  return page != std::end(pages) && page->code == code ? page : nullptr;
}

std::vector<DiagnosticPage> burin::allPages() { return {std::begin(pages), std::end(pages)}; }

/// `markdown` with each heading one level deeper (but not the `#` lines of fenced examples).
static std::string nested(std::string_view markdown) {
  std::string result;
  bool fenced = false;
  while (!markdown.empty()) {
    std::string_view line = markdown.substr(0, markdown.find('\n') + 1);
    markdown.remove_prefix(line.size());
    if (line.starts_with("```"))
      fenced = !fenced;
    if (!fenced && line.starts_with("#"))
      result += "##";
    result += line;
  }
  return result;
}

std::string burin::renderAllPages() {
  std::string text = "# Diagnostics\n\n"
                     "<!-- Written by `burin explain --all` from ir/diagnostics/pages/. -->\n\n"
                     "`burin explain CODE` prints one of these pages.\n";
  for (const CodeRange &range : ranges) {
    bool first = true;
    for (const DiagnosticPage &page : pages) {
      if (!page.code.starts_with(range.prefix))
        continue;
      if (first)
        text += fmt::format("\n## {}xx: {}\n", range.prefix, range.title);
      first = false;
      text += "\n" + nested(page.markdown);
    }
  }
  return text;
}
