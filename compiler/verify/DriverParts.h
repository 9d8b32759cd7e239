// What every C program that drives one library has: its memory, its inputs and outputs, and a call of all of it.
#ifndef BURIN_COMPILER_VERIFY_DRIVERPARTS_H
#define BURIN_COMPILER_VERIFY_DRIVERPARTS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin {

/// Bytes of the arena (memory 0), of the state (1), of the rows that the output was handed out in (2), or of an arena
/// in several memories (3 and the number of the library's memory).
struct DriverSpan {
  int64_t offset, bytes;
  int memory;
};

DriverSpan spanOf(const codegen::Library &library, mlir::Value buffer, int64_t bytes);
/// The `memory` of what lies in memory number `memory` of the library's arena.
int driverMemoryOf(const codegen::Library &library, int64_t memory);

/// `static const struct span NAME[] = …`, and an empty one behind.
void printSpans(codegen::CWriter &w, llvm::StringRef name, const std::vector<DriverSpan> &spans);

/// The arena, the state, the rows of a pulled output, the files `in` and `out`, and struct span with PLACE(span).
void printDriverMemory(codegen::CWriter &w, const codegen::Library &library);

/// Arguments of the entry points: "&state, &arena".
std::string driverMemory(const codegen::Library &library);

/// int run(void): the whole library on what lies in its inputs; rows that are pushed are read from `in`. Not 0: it
/// failed. Each call of the library stands in LIBRARY(…), a macro to be defined before.
void printDriverRun(codegen::CWriter &w, const codegen::Library &library);

/// The tables `inputs` and `outputs` with their lengths INPUTS and OUTPUTS: the sizes that are set and then the inputs;
/// all sizes and then the outputs. get(span) reads one from `in`, put(span) writes one to `out`.
void printDriverBoundary(codegen::CWriter &w, const codegen::Library &library);

} // namespace burin

#endif
