// The choice among several forms of each operator, where code is shared by all that take the same form.
#ifndef BURIN_PASSES_KERNELS_SELECT_H
#define BURIN_PASSES_KERNELS_SELECT_H

#include <cstdint>
#include <vector>

namespace burin::kernels {

/// A form that an operator can have.
struct FormCost {
  int64_t instructions = 0;     ///< of a run
  int64_t bytes = 0;            ///< of constants, the operator's own
  std::vector<unsigned> pieces; ///< of code, each there once for all operators
};

struct Choices {
  std::vector<std::vector<FormCost>> operators; ///< each has at least one form
  std::vector<int64_t> pieceBytes;
};

/// Which form each operator has, and what all need: bytes of constants and of the pieces of code that are used.
struct Selection {
  std::vector<unsigned> forms;
  int64_t instructions = 0, bytes = 0;
};

/// What a selection needs.
Selection costed(const Choices &choices, std::vector<unsigned> forms);

// Finding the best is a facility location problem, and NP-hard. These search locally, by moving one operator, by giving
// up a piece of code, and by moving all operators that can to one form, from several beginnings: mostly the best, and
// the same every time.

/// With the least instructions + price * bytes.
Selection selectAtPrice(const Choices &choices, double price);
/// The one with the least instructions of at most `bytes`; the smallest that was found, if none is so small.
Selection fastestWithin(const Choices &choices, int64_t bytes);
/// The one with the least bytes of at most `instructions`; the fastest, if none is so fast.
Selection smallestWithin(const Choices &choices, int64_t instructions);

} // namespace burin::kernels

#endif
