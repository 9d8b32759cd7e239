// How many instructions the heavy kernels take, about.
#ifndef BURIN_PASSES_COST_KERNELS_H
#define BURIN_PASSES_COST_KERNELS_H

#include "ir/kernels/CodeBytes.h"
#include "ir/plan/Call.h"

#include <optional>

namespace burin::cost {

/// Of all runs of a call of a kernel of the family "pairs", in a library that is compiled so; nullopt for other
/// kernels. Fitted to exact counts on a Cortex-M4 (gcc 12, -O2): the kernels' own loops are counted from their text,
/// what surrounds them is fitted; docs/results.md has estimates and counts layer by layer. For other cores the
/// innermost loops are those of their vocabularies, and what surrounds them is scaled.
std::optional<int64_t> kernelInstructions(const plan::Call &call,
                                          kernels::CodeFor how = {.isa = "armv7em", .small = false});

} // namespace burin::cost

#endif
