#include "codegen/CodeSize.h"

#include "llvm/ADT/StringExtras.h"

namespace burin::codegen {
namespace {

bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; }

int64_t countTokens(llvm::StringRef source) {
  int64_t tokens = 0;
  while (!source.empty()) {
    if (source.consume_front("/*")) {
      source = source.split("*/").second;
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
