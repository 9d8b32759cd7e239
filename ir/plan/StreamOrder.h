// In which order the layers of a stream take their turns: the meaning of plan.stream, as a plain algorithm.
#ifndef BURIN_IR_PLAN_STREAMORDER_H
#define BURIN_IR_PLAN_STREAMORDER_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace burin::plan {

/// What a layer reads of another one's result: turn t reads rows t·stride + first … + span − 1 of `rows`.
struct StreamRead {
  int producer; ///< layer of the stream
  int64_t stride, first, span, rows;

  /// Rows that have to be there before turn `turn`.
  int64_t needed(int64_t turn) const { return std::clamp<int64_t>(turn * stride + first + span, 0, rows); }
};

struct StreamLayer {
  int64_t turns = 1;
  int64_t made = 1;         ///< rows of its result that a turn writes
  bool accumulates = false; ///< its result is there after the last turn, all at once
  bool lazy = false;        ///< takes a turn only if the next turn of one of its readers lacks a row
  bool complete = true;     ///< has to take all turns before the stream ends
  std::vector<StreamRead> reads = {};
};

struct StreamTurn {
  int layer;
  int64_t turn;
};

/// All turns in order: always that of the last layer that can take one. Every layer reads results of layers before it.
std::vector<StreamTurn> streamOrder(const std::vector<StreamLayer> &layers);

} // namespace burin::plan

#endif
