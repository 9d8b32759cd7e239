// One program for all sizes from programs compiled for some: the same calls in the same order, their numbers
// expressions of the sizes.
#ifndef BURIN_PASSES_SIZES_UNIFY_H
#define BURIN_PASSES_SIZES_UNIFY_H

#include "ir/sizes/Fit.h"
#include "passes/sizes/PlanFacts.h"

namespace burin {

/// Why programs can't be one.
struct SizeConflict {
  std::string node, what;
  size_t sample = 0; ///< the program that differs from the first
};

/// What the programs have in common.
struct UnifiedPlan {
  sizes::Table table;
  std::vector<std::vector<sizes::Expr>> numbers; ///< [operator][number]
  std::vector<std::vector<sizes::Expr>>
      elements; ///< [operator][element]: of a few integers that aren't constant; or empty
  std::vector<sizes::Fitter::Question> questions;
};

/// `facts[i]` are of the program compiled for `samples[i]`: values of `symbols`.
std::optional<UnifiedPlan> unify(const std::vector<sizes::Quantity> &symbols,
                                 const std::vector<std::vector<int64_t>> &samples, const std::vector<PlanFacts> &facts,
                                 SizeConflict &conflict);

/// A size that the caller gives, as `applySizes` declares it.
struct GivenSize {
  std::string name;
  int64_t min, max, step;
};

/// Makes `program`, which was compiled for `samples[0]`, the program for all sizes: declares the sizes, notes by
/// `plan.varies` what depends on them, and gives every number its value at the largest sizes. Constants that depend on
/// sizes become parts of larger ones, or are computed (`conflict` names one that is neither). Offsets come later.
bool applySizes(plan::ProgramOp program, const std::vector<GivenSize> &given, UnifiedPlan &plan,
                const std::vector<std::vector<int64_t>> &samples, const std::vector<PlanFacts> &facts,
                SizeConflict &conflict);

/// Whether `facts`, of a program compiled for these values of the symbols, are what `plan` says.
bool agrees(const UnifiedPlan &plan, const PlanFacts &reference, const PlanFacts &facts,
            const std::vector<int64_t> &symbols);

} // namespace burin

#endif
