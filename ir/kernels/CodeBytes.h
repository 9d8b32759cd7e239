// How many bytes of code a C compiler makes of the generated text, about.
#ifndef BURIN_IR_KERNELS_CODEBYTES_H
#define BURIN_IR_KERNELS_CODEBYTES_H

#include "ir/kernels/Kernel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace burin::kernels {

/// What the code is made of.
struct CodeFor {
  std::string_view isa; ///< the vocabulary
  bool small = false;   ///< -Os instead of -O2
};

/// Bytes of Thumb-2 code by gcc 12 of a source that quotes `fragments`, without what it calls of the C library. Heavy
/// kernels of Armv7E-M are those of a table of measured sizes, all else goes by the number of tokens outside comments.
/// docs/results.md has estimates beside what was compiled.
int64_t estimateCodeBytes(llvm::StringRef source, llvm::ArrayRef<const Fragment *> fragments, CodeFor how);

/// The part of one fragment in that. Helpers that become part of their callers count there.
int64_t fragmentCodeBytes(const Fragment &fragment, CodeFor how);

} // namespace burin::kernels

#endif
