// RAM and flash that there are: what plans need, and what would help where they need more.
#ifndef BURIN_COMPILER_BUDGET_H
#define BURIN_COMPILER_BUDGET_H

#include "compiler/Pipeline.h"

namespace burin {

/// A plan for the RAM–time curve: `flags` make it, on top of those of the compilation.
struct PlanPoint {
  std::string flags;
  PlanFigures figures;
};

/// The plans of an optimised, not yet planned, program that are worth a choice, the one with most RAM first: schedules
/// from the layers one by one to the least RAM, and budgets between. None for programs with sizes known at run time
/// only.
std::vector<PlanPoint> planCurve(Compilation &c);

/// Flags with which the planned program would need less than `ram` bytes of RAM, each tried, the best first.
std::vector<PlanPoint> whatHelps(const Compilation &c, int64_t ram);

/// Whether the planned program fits `--ram`; if not, BRN1707 with the layer that needs most and the flags, each tried,
/// with which it would need less.
bool fitsRam(Compilation &c, DiagnosticSink &sink);

/// Whether constants and code fit `--flash`; if not, BRN1708.
bool fitsFlash(const codegen::Library &library, int64_t flash, DiagnosticSink &sink);

} // namespace burin

#endif
