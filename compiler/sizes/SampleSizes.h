// At which sizes a model is compiled, to learn how its program depends on them, and at which the result is checked.
#ifndef BURIN_COMPILER_SIZES_SAMPLESIZES_H
#define BURIN_COMPILER_SIZES_SAMPLESIZES_H

#include <cstdint>
#include <set>
#include <vector>

namespace burin {

/// A size's bounds, for sampling.
struct SampledSize {
  int64_t min = 0, max = 0, step = 1;
};

/// The values of all sizes, sample by sample. They are generic: none is in `avoid` (the model's own dims), they cover
/// all remainders of small divisors, no two sizes grow together, and they may lie outside the bounds: small sizes are
/// special. The last sample is at least the maximum in every size. `attempt` > 0: others, in case a coincidence made
/// one special.
std::vector<std::vector<int64_t>> sampleSizes(const std::vector<SampledSize> &sizes, const std::set<int64_t> &avoid,
                                              int attempt);
constexpr int sampleAttempts = 3;

/// Where the result is checked, at most about `count` points: all values if they are few; else the ends, their
/// neighbours and seeded ones between; for several sizes all lowest, all highest, each lowest and highest among seeded
/// others.
std::vector<std::vector<int64_t>> checkedSizes(const std::vector<SampledSize> &sizes, size_t count);

} // namespace burin

#endif
