// When each row of each tensor is alive, for given streams.
#pragma once

#include "passes/memory/RowProgram.h"

namespace burin::memory {

/// Bytes lo … hi − 1 of a tensor's place hold something from time `from` to time `to`, both included. A turn takes two
/// units of time: the first reads what the turn may write over, the second is all else that it reads, and what it
/// writes.
struct Life {
  int64_t lo, hi, from, to;
  int64_t row = 0;
};

struct Lives {
  std::vector<std::vector<Life>> of; ///< per tensor, by rows
  int64_t end = 0;                   ///< the first time after the last turn
};

/// The lives of all tensors while `segments`, which follow one another, run. What is alive before is so from time -1,
/// what is alive behind them to `end`. Tensors that aren't alive meanwhile have no lives.
Lives livesDuring(const RowProgram &program, const std::vector<Segment> &segments);

/// Makes a ring of every tensor that only the stream `segment` writes and reads, with as few rows as its lives allow,
/// and the stream's layers lazy or not, whichever takes fewer bytes.
void makeRings(RowProgram &program, const Segment &segment);

/// The greatest sum of bytes alive at one time.
int64_t peakBytes(const RowProgram &program, const Lives &lives);

} // namespace burin::memory
