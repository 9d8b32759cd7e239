// How many bytes of code a C compiler makes of the generated text, about.
#ifndef BURIN_CODEGEN_CODESIZE_H
#define BURIN_CODEGEN_CODESIZE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace burin::codegen {

/// Bytes of Thumb-2 code by gcc 12 -O2, without what it calls of the C library, by the number of tokens outside
/// comments. Of 19 networks those that compute with integers come out 15 % too small to 12 % too large, float code up
/// to 40 % too large. -Os takes a sixth less.
int64_t estimateCodeBytes(llvm::StringRef source);

} // namespace burin::codegen

#endif
