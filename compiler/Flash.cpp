#include "compiler/Flash.h"

#include "ir/nn/ops/KernelFamily.h"

namespace burin {
using namespace mlir;

int64_t flashNeed(const codegen::Library &library) {
  return library.constantBytes + codegen::estimateCodeBytes(library, codegen::printSource(library));
}

bool planWithinFlash(Compilation &c, llvm::function_ref<bool()> plan) {
  const int64_t flash = c.options.flash;
  // What the kernels are chosen by is nearly what the whole needs less all else: few steps are enough.
  constexpr int mostSteps = 6;
  for (int step = 0;; ++step) {
    const std::optional<int64_t> kernelBytes = c.kernelBytes();
    if (flash == 0 || !kernelBytes || step == mostSteps)
      return plan();
    OwningOpRef<ModuleOp> chosen = c.copyOfModule();
    if (!plan())
      return false;
    const int64_t tooMuch = flashNeed(c.library({})) - flash;
    if (tooMuch <= 0)
      return true;
    OwningOpRef<ModuleOp> planned = c.exchangeModule(std::move(chosen));
    if (!c.chooseKernels(std::max<int64_t>(0, *kernelBytes - tooMuch)))
      return false;
    if (*c.kernelBytes() >= *kernelBytes) { // these are the smallest
      c.exchangeModule(std::move(planned));
      return true;
    }
  }
}

} // namespace burin
