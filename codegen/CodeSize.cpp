#include "codegen/CodeSize.h"

#include "llvm/ADT/StringExtras.h"

namespace burin::codegen {
namespace {

bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; }

/// What an instruction of assembly counts as: 4 bytes.
constexpr int64_t tokensOfInstruction = 6;

/// Counts the instruction in a string of an assembly statement; `.rept` and `.endr` say how often it stands there.
int64_t assemblyTokens(llvm::StringRef line, int64_t &repeats) {
  if (line.consume_front(".rept ")) {
    line.consumeInteger(10, repeats);
    return 0;
  }
  if (line.starts_with(".endr"))
    repeats = 1;
  return line.starts_with(".") ? 0 : repeats * tokensOfInstruction;
}

int64_t countTokens(llvm::StringRef source) {
  int64_t tokens = 0, repeats = 1;
  while (!source.empty()) {
    if (source.consume_front("/*")) {
      source = source.split("*/").second;
    } else if (source.consume_front("\"")) {
      auto [text, rest] = source.split('"');
      // Constraints and clobbers are words of one letter or a register, not instructions.
      tokens += text.contains(' ') || text.contains('\\') ? assemblyTokens(text, repeats) : 0;
      source = rest;
    } else if (isWord(source.front())) {
      ++tokens;
      source = source.drop_while(isWord);
    } else {
      tokens += llvm::isSpace(source.front()) ? 0 : 1;
      source = source.drop_front();
    }
  }
  return tokens;
}

} // namespace

int64_t estimateCodeBytes(llvm::StringRef source) {
  const int64_t tokens = countTokens(source);
  // Larger libraries call the same kernels more often, and more of them are inlined.
  return tokens * 62 / 100 + tokens * tokens * 35 / 1'000'000;
}

} // namespace burin::codegen
