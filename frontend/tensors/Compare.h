// How far a result is from what was expected.
#pragma once

#include "frontend/tensors/HostTensor.h"

namespace burin {

struct Tolerance {
  double rtol = 1e-3, atol = 1e-5; ///< floats and complex numbers: |got − expected| ≤ atol + rtol · |expected|
  uint64_t steps = 0;              ///< integers and bools: |got − expected| ≤ steps
};

/// What `compareTensors` found. All sums run in double, in the order of the elements.
struct Comparison {
  bool sameType = false, sameShape = false; ///< if either is false, nothing below is set
  int64_t elements = 0;
  int64_t mismatches = 0;     ///< elements outside the tolerance
  int64_t firstMismatch = -1; ///< row-major index, or −1
  double maxAbsDiff = 0;      ///< ∞ where only one of the two is NaN or where infinities differ
  uint64_t maxSteps = 0;      ///< integers and bools
  double snrDb = 0;           ///< 10 log₁₀(Σ expected² / Σ (got − expected)²) over elements finite in both; ∞ if equal
  double cosine = 1;          ///< over the same elements; 1 for two zero vectors, 0 if only one is zero
  int64_t gotTop = -1;        ///< index of the largest element, the first of several; −1 if there is none
  int64_t expectedTop = -1;   ///< the same; NaN is never the largest, complex numbers have none

  bool passed() const { return sameType && sameShape && mismatches == 0; }
};

/// Compares as numpy.testing.assert_allclose(got, expected, rtol, atol, equal_nan=True) does: NaN equals NaN, ∞ equals
/// ∞ of the same sign. Both tensors must be valid.
Comparison compareTensors(const HostTensor &got, const HostTensor &expected, const Tolerance &tolerance = {});

/// Element `index` as a double: exact for floats, for integers below 2⁵³, and for bools (0 or 1). Not for complex
/// numbers.
double valueAt(const HostTensor &tensor, int64_t index);

/// The class that a classifier's output says: the first of the largest scores, −1 if all are NaN; a single integer is
/// the class itself, a single float the probability of class 1.
int64_t classOf(const HostTensor &output);

} // namespace burin
