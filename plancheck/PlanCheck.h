// An independent check of the memory plan in a report.json. It knows the format (docs/report.md) and nothing of how
// plans are made.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace burin::plancheck {

/// What was checked and with which counts, a line each; the last one is "plan: ok, arena N of bound M". Nothing, with
/// BRN1705 for each thing that is wrong, if the plan doesn't hold; with BRN1706 if `report` is no report.
/// Without `withProof` a claim that the arena is the smallest isn't searched for a counterexample, which can take
/// seconds.
std::optional<std::string> checkPlan(llvm::StringRef report, DiagnosticSink &sink, bool withProof = true);

} // namespace burin::plancheck
