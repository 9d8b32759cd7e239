#include "codegen/StackBound.h"

namespace burin::codegen {
namespace {

// Frames of gcc and clang at -O2 and -Os hold saved registers, spilled values and outgoing arguments, all of which are
// words. Measured on the kernels of this library the largest is 34 words; the allowance leaves a margin of a third.
constexpr int64_t frameWords = 46;
// run and the layer; a kernel; the helper it calls (dot product, requantise) and one below (64-bit division).
constexpr int64_t outerFrames = 2, helperFrames = 2, helperWords = 24;
// A layer inside another: the function that calls it, and its own.
constexpr int64_t innerFrames = 2;

/// Bytes of the row pointers that a layer sets up for one call.
int64_t rowPointers(plan::CallOp op, int64_t pointerBytes) {
  int64_t bytes = 0;
  for (const plan::CallArg &arg : plan::argsFromAttr(op.getArgs()))
    if (auto *w = std::get_if<plan::WindowArg>(&arg))
      bytes += w->count * pointerBytes;
  return bytes;
}

/// Automatic arrays declared in a fragment's text, "float sum[4];" or "const float *rows[4];": bytes.
int64_t declaredArrays(llvm::StringRef text, int64_t word) {
  int64_t bytes = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    llvm::StringRef code = line.trim();
    const size_t open = code.find('['), close = code.find(']');
    if (open == llvm::StringRef::npos || close == llvm::StringRef::npos || code.starts_with("*") ||
        code.starts_with("/*") || code.starts_with("static"))
      continue;
    code.consume_front("const ");
    const llvm::StringRef type = code.take_until([](char c) { return c == ' '; });
    int64_t count = 0;
    const bool declares = type.ends_with("_t") || type == "float" || type == "double";
    llvm::StringRef length = code.slice(code.find('[') + 1, code.find(']'));
    length.consume_back("u");
    if (declares && !length.getAsInteger(10, count))
      bytes += count * (code.drop_front(type.size()).starts_with(" *")
                            ? word
                            : plan::elementSize(std::string_view(type.data(), type.size())));
  }
  return bytes;
}

/// What assembly takes, "push {r4-r11}" and "sub sp, sp, #88": bytes.
int64_t takenByAssembly(llvm::StringRef text, int64_t word) {
  constexpr int64_t mostPushed = 14;
  constexpr llvm::StringLiteral taking = "sub sp, sp, #";
  int64_t bytes = text.contains("push {") ? mostPushed * word : 0, taken = 0;
  if (const size_t at = text.find(taking); at != llvm::StringRef::npos)
    if (!text.drop_front(at + taking.size()).consumeInteger(10, taken))
      bytes += taken;
  return bytes;
}

/// Arrays and what assembly takes of a kernel and all helpers on the instruction set.
int64_t ownMemory(const plan::Call &call, llvm::StringRef isa, int64_t word) {
  int64_t bytes = 0;
  for (const kernels::Fragment *fragment : kernels::fragmentsFor({call.kernel->name}, isa)) {
    const llvm::StringRef text(fragment->text.data(), fragment->text.size());
    bytes += declaredArrays(text, word) + takenByAssembly(text, word);
  }
  return bytes;
}

/// Row pointers and arrays of the deepest chain of calls from a layer on; layers inside it are two frames deeper.
int64_t deepestFrom(const Layer &layer, llvm::StringRef isa, int64_t word) {
  auto op = layer.op;
  int64_t pointers = 0, arrays = 0, inner = 0;
  for (auto call : op.getBody().getOps<plan::CallOp>()) {
    pointers += rowPointers(call, word); // calls of one layer may share one frame
    arrays = std::max(arrays, ownMemory(plan::toCall(call), isa, word));
  }
  for (const Layer &below : layer.inner)
    inner = std::max(inner, deepestFrom(below, isa, word) + innerFrames * frameWords * word);
  const bool pushed = !layer.inner.empty() && takesPushedRows(layer.inner.front());
  if (!pushed && !op.getBody().getOps<plan::StreamOp>().empty()) // a counter of turns for each layer
    inner += static_cast<int64_t>(layer.inner.size()) * word;
  return std::max(pointers + arrays, inner);
}

} // namespace

int64_t stackBound(const Library &library) {
  const int64_t word = library.info.pointerBytes;
  int64_t deepest = 0;
  for (const Layer &layer : library.layers)
    deepest = std::max(deepest, deepestFrom(layer, library.info.isa, word));
  return deepest + ((outerFrames + 1) * frameWords + helperFrames * helperWords) * word;
}

} // namespace burin::codegen
