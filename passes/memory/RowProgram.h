// A program as the memory planner sees it when tensors are born and die row by row. Plain structs: no MLIR.
#pragma once

#include <cstdint>
#include <vector>

namespace burin::memory {

/// Which form of the one layer that needs it has a tensor: scratch.
enum class NeededBy { Both, Alone, Stream };

/// What must be placed: `rows` rows of equal size.
struct RowTensor {
  int64_t bytes = 0, align = 1;
  int64_t rows = 1;
  int first = 0, last = 0; ///< the layers of its life: -1, an input; the number of layers, an output
  /// One layer writes it (none, an input), all that read it say which rows. Otherwise all of it lives from layer
  /// `first` to layer `last`, both included.
  bool rowwise = false;
  int64_t ring = 0;  ///< how many rows are kept, row r at r mod ring; 0: all
  int64_t block = 1; ///< a ring has a multiple of so many rows, which are written or read as one piece
  NeededBy neededBy = NeededBy::Both;
  bool transient = false; ///< scratch of a layer with turns, which holds nothing from one turn to the next

  int64_t rowBytes() const { return bytes / rows; }
  int64_t keptBytes() const { return ring == 0 ? bytes : ring * rowBytes(); }
};

/// Turn t reads rows t·stride + first … + span − 1 of the tensor, those that exist.
struct RowAccess {
  int tensor = 0;
  int64_t stride = 0, first = 0, span = 0;
  bool overwritable = false; ///< the rows that a turn writes may lie where the same rows of this tensor lie
};

/// Turn t writes rows t·made … + made − 1 of `result`, those that exist; with `accumulates` the last turn writes all of
/// it.
struct RowLayer {
  int64_t turns = 1;
  int64_t made = 1;
  int result = -1; ///< -1: nothing that is rowwise
  bool accumulates = false;
  bool streamable = false;               ///< can take its turns between those of other layers
  bool inOrder = false;                  ///< takes its turns in order when it runs alone; otherwise all at once
  bool lazy = false;                     ///< in a stream: see plan.stream
  int64_t aloneCost = 0, streamCost = 0; ///< what depends on the schedule of what it costs, in instructions
  std::vector<RowAccess> reads = {};
};

/// Layers are executed in this order. All bytes together stay below 2^62.
struct RowProgram {
  std::vector<RowTensor> tensors;
  std::vector<RowLayer> layers;
  /// The first so many layers are part of one stream, all of them streamable: 0, or at least 2.
  int together = 0;
};

/// Layers begin … end − 1: one that runs alone, or several that form a stream.
struct Segment {
  int begin = 0, end = 0;
  bool isStream() const { return end - begin > 1; }
};

} // namespace burin::memory
