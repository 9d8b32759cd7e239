// From when to when each row is needed, in the order in which a plan is executed.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace burin::plancheck {

/// From moment `from` to moment `to`, both included, row `row` of a buffer is needed.
struct RowLife {
  int64_t row, from, to;
};

/// Every turn has two moments: in the first it reads what it may write over, in the second all else that it reads and
/// what it writes are there together.
class RowLives {
public:
  /// Bytes of each row, by its mark.
  explicit RowLives(std::vector<int64_t> bytes) : bytes(bytes), from(bytes.size(), never), to(bytes.size(), never) {}

  /// The row is written at `moment`; what it held before isn't needed after it was last read.
  void write(int64_t mark, int64_t moment);
  void read(int64_t mark, int64_t moment);

  /// The greatest sum of the bytes of rows that are needed at one moment, of those whose mark `counts`: no memory that
  /// holds these can be smaller, whatever the places.
  int64_t peak(llvm::function_ref<bool(int64_t)> counts) const;

  /// All lives, as rows that are marks.
  std::vector<RowLife> all() const;

private:
  static constexpr int64_t never = -2;

  std::vector<int64_t> bytes, from, to;
  std::vector<RowLife> ended; ///< by another write
};

} // namespace burin::plancheck
