// Checks a placement of tensors that live row by row; shares nothing with the planner but its structs.
#pragma once

#include "passes/memory/RowProgram.h"

#include <string>
#include <vector>

namespace burin::memory {

/// One sentence for each kind of thing that is wrong; none means that the plan is right. Executes the plan on memory in
/// which every byte knows the tensor and the row that it holds: whatever a turn reads must be there, before and
/// after it has written, and what outlives a layer must be there behind it. `offsets` has one entry per tensor.
std::vector<std::string> checkRows(const RowProgram &program, const std::vector<Segment> &segments,
                                   const std::vector<int64_t> &offsets, int64_t bytes);

} // namespace burin::memory
