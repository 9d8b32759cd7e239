#include "codegen/CodeSize.h"

#include "llvm/ADT/StringExtras.h"

namespace burin::codegen {
namespace {

bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; }

/// Words and signs of C, and instructions of assembly, each 4 bytes.
struct Count {
  int64_t tokens = 0, instructions = 0;
};

/// Counts the instruction in a string of an assembly statement; `.rept` and `.endr` say how often it stands there.
int64_t assemblyInstructions(llvm::StringRef line, int64_t &repeats) {
  if (line.consume_front(".rept ")) {
    line.consumeInteger(10, repeats);
    return 0;
  }
  if (line.starts_with(".endr"))
    repeats = 1;
  return line.starts_with(".") ? 0 : repeats;
}

Count count(llvm::StringRef source) {
  Count count;
  int64_t repeats = 1;
  while (!source.empty()) {
    if (source.consume_front("/*")) {
      source = source.split("*/").second;
    } else if (source.consume_front("#else")) {
      source = source.split("#endif").second; // what compilers other than gcc take
    } else if (source.consume_front("\"")) {
      auto [text, rest] = source.split('"');
      // Constraints and clobbers are words of one letter or a register, not instructions.
      count.instructions += text.contains(' ') || text.contains('\\') ? assemblyInstructions(text, repeats) : 0;
      source = rest;
    } else if (isWord(source.front())) {
      ++count.tokens;
      source = source.drop_while(isWord);
    } else {
      count.tokens += llvm::isSpace(source.front()) ? 0 : 1;
      source = source.drop_front();
    }
  }
  return count;
}

} // namespace

int64_t estimateCodeBytes(llvm::StringRef source) {
  constexpr int64_t instructionBytes = 4;
  const auto [tokens, instructions] = count(source);
  // Larger libraries call the same kernels more often, and more of them are inlined.
  return tokens * 62 / 100 + tokens * tokens * 35 / 1'000'000 + instructions * instructionBytes;
}

} // namespace burin::codegen
