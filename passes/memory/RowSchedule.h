// Which layers run as streams: the division of a program into segments that needs the fewest bytes.
#pragma once

#include "passes/memory/RowPlacement.h"

namespace burin::memory {

enum class ScheduleKind {
  Alone,   ///< every layer by itself, where it may be: tensors overlap row by row
  Streams, ///< as long streams as there can be
  Auto,    ///< streams where they make the arena smaller
};

/// Divides the program's layers into segments, and makes rings of what the streams keep to themselves. No row is
/// computed twice. Dynamic programming over the bytes that each segment needs by itself, then trials of the divisions
/// whose greatest need is near the smallest, with their placements. With a `budget` in bytes, Auto takes the division
/// that costs least of those found that fit; if none does, the smallest.
/// `planTime` is in seconds, about: it counts in trials, so that the same comes out every time.
std::vector<Segment> chooseSegments(RowProgram &program, ScheduleKind kind, int64_t budget = 0, int64_t planTime = 10);

} // namespace burin::memory
