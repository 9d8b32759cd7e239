// Work spread over processes: the compiler's IR can be read by one thread only, but a fork has its own.
#ifndef BURIN_COMPILER_PROCESSES_H
#define BURIN_COMPILER_PROCESSES_H

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace burin {

/// The processors that work is spread over; at least 1.
unsigned processorCount();

/// Calls `work(part)` for each part < `parts`, each in a process of its own, all at once; what it returns is passed
/// back. Nothing if one returns nothing (it has told why) or dies.
std::optional<std::vector<std::vector<char>>>
inProcesses(size_t parts, const std::function<std::optional<std::vector<char>>(size_t)> &work);

} // namespace burin

#endif
