#include "ir/kernels/FloatUse.h"

#include "ir/kernels/Kernel.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace burin::kernels {
namespace {

std::string withoutComments(std::string_view text) {
  std::string code;
  while (true) {
    const size_t begin = text.find("/*"), end = begin == text.npos ? begin : text.find("*/", begin + 2);
    code += text.substr(0, begin);
    if (end == text.npos)
      return code;
    text.remove_prefix(end + 2);
  }
}

bool namesWord(std::string_view code, std::string_view word) {
  auto isPart = [&](size_t at) {
    return at < code.size() && (std::isalnum(static_cast<unsigned char>(code[at])) != 0 || code[at] == '_');
  };
  for (size_t at = code.find(word); at != code.npos; at = code.find(word, at + 1))
    if (!(at > 0 && isPart(at - 1)) && !isPart(at + word.size()))
      return true;
  return false;
}

} // namespace

bool usesFloat(std::string_view name) {
  return std::ranges::any_of(fragmentsFor({name}), [](const Fragment *fragment) {
    const std::string code = withoutComments(fragment->text);
    return namesWord(code, "float") || namesWord(code, "double");
  });
}

} // namespace burin::kernels
