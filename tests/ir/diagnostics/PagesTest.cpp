#include "ir/diagnostics/Diagnostics.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace burin;

static std::string contents(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a page is found by its code") {
  const DiagnosticPage *page = findPage("BRN1101");
  REQUIRE(page);
  CHECK(page->code == "BRN1101");
  CHECK(page->title == "the graph has a cycle");
  CHECK(page->markdown == contents(BURIN_SOURCE_DIR "/ir/diagnostics/pages/BRN1101.md"));
  CHECK(findPage("BRN0000") == nullptr);
  CHECK(findPage("BRN9999") == nullptr);
  CHECK(findPage("") == nullptr);
}

TEST_CASE("every page can be found") {
  std::vector<DiagnosticPage> pages = allPages();
  REQUIRE(!pages.empty());
  for (const DiagnosticPage &page : pages) {
    INFO(page.code);
    REQUIRE(findPage(page.code));
    CHECK(findPage(page.code)->title == page.title);
  }
}

TEST_CASE("all pages make one document") {
  std::string document = renderAllPages();
  CHECK(document.find("\n## BRN11xx: Structure of the graph\n\n### BRN1101: the graph has a cycle\n\n") !=
        std::string::npos);
  CHECK(document.find("\n#### What to do\n") != std::string::npos);
  for (const DiagnosticPage &page : allPages()) {
    INFO(page.code);
    CHECK(document.find("\n### " + std::string(page.code) + ": ") != std::string::npos);
  }
}

// `burin explain --all > docs/diagnostics.md`, or this test with BURIN_UPDATE=1, writes the file anew.
TEST_CASE("docs/diagnostics.md is up to date") {
  const char *path = BURIN_SOURCE_DIR "/docs/diagnostics.md";
  if (std::getenv("BURIN_UPDATE"))
    std::ofstream(path, std::ios::binary) << renderAllPages();
  INFO("run: build/bin/burin explain --all > docs/diagnostics.md");
  CHECK((contents(path) == renderAllPages()));
}
