// --memory: the memories of the target, and what lies in which.
#ifndef BURIN_COMPILER_MEMORIES_H
#define BURIN_COMPILER_MEMORIES_H

#include "compiler/Pipeline.h"

namespace burin {

/// "dtcm:128K,sram:320K,psram:8M@slow,flash:1M": NAME:SIZE[@slow], with commas between, K and M being 1024 and 1024².
/// Names that are or begin with flash, xip or rom are of read-only memories. Returns those for RAM, then the others,
/// each in the order of preference, slow ones behind the others. BRN1518 and nothing where the text says something
/// else.
std::optional<std::vector<plan::Memory>> parseMemories(llvm::StringRef text, DiagnosticSink &sink);

/// Places the planned program in the memories of `c`, if there are any. BRN1710 where the RAM doesn't suffice, BRN1711
/// where the memories of constants don't.
bool placeInMemories(Compilation &c, DiagnosticSink &sink);

} // namespace burin

#endif
