// The fastest kernels that fit the flash that there is.
#ifndef BURIN_COMPILER_FLASH_H
#define BURIN_COMPILER_FLASH_H

#include "compiler/Pipeline.h"

namespace burin {

/// Bytes of constants and, about, of code.
int64_t flashNeed(const codegen::Library &library);

/// Plans an optimised program by `plan`; with `--flash` again and again, each time with kernels that need less, until
/// it fits or there are none. Whether it does is for `fitsFlash` to say.
bool planWithinFlash(Compilation &c, llvm::function_ref<bool()> plan);

} // namespace burin

#endif
