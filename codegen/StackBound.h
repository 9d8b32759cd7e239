// An upper bound of the stack that a generated library needs, known before any compiler has run.
#ifndef BURIN_CODEGEN_STACKBOUND_H
#define BURIN_CODEGEN_STACKBOUND_H

#include "codegen/Library.h"

namespace burin::codegen {

/// Bytes below the caller's frame that NAME_run may use: the deepest chain run -> layer -> kernel -> helpers, each
/// frame its arrays plus an allowance for saved registers and spills. The tests compare it with -fstack-usage of gcc
/// and clang.
int64_t stackBound(const Library &library);

} // namespace burin::codegen

#endif
