// The memory plan as report.json states it (docs/report.md), read and found to be well-formed.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace burin::plancheck {

/// A memory that a part of the arena lies in. A plan of which the report names no memories has one, without a name.
struct Memory {
  std::string name = {};
  int64_t bytes = 0; ///< that there are
  int64_t used = 0;  ///< of these, by buffers, and the state if that lies there too
  bool holdsState = false;
  int64_t arena = 0, base = 0; ///< bytes of buffers; where these begin if all memories lie one behind the other
  int64_t claimedBound = 0;
  bool claimsOptimal = false;
  std::vector<int> proof = {}; ///< buffers that are said to need all of `arena` by themselves
};

/// A memory of constants, and the bytes of the tables that are said to lie there.
struct TableMemory {
  std::string name;
  int64_t bytes = 0, used = 0, tables = 0;
};

/// Bytes at a fixed place of the arena or of the state. Alive from step `first` (-1: from the start) to step `last`
/// (the number of steps: to the end), both included.
struct Buffer {
  std::string name;
  bool isState = false;
  bool isPushed = false; ///< lies in the caller's memory: it has no offset
  bool isPulled = false; ///< likewise
  int64_t offset = 0, bytes = 0, align = 1;
  int64_t first = -1, last = 0;
  int64_t rows = 1, rowBytes = 0;
  int64_t ring = 0;  ///< rows that are kept, row r at r mod ring; 0: all
  int64_t kept = -1; ///< number among what a trunk leaves for other runs; -1: none of it
  int memory = 0;    ///< of the arena's buffers: the number of theirs
  int64_t base = 0;  ///< of that memory

  bool isCallers() const { return isPushed || isPulled; }
  bool inArena() const { return !isState && !isCallers(); }
  /// Where row `row` begins, if all memories lie one behind the other.
  int64_t placeOf(int64_t row) const { return base + offset + (ring > 0 ? row % ring : row) * rowBytes; }
};

/// Turn t reads rows t·stride + first … + span − 1 of the buffer, those that exist; a layer without turns, all rows.
struct Read {
  int buffer = 0;
  int64_t stride = 0, first = 0, span = 0;
  bool isOverwritable = false; ///< a row that the turn writes may lie exactly where this row of the buffer lies
};

/// What is done in one step: kernel calls, or other layers in some order.
struct Layer {
  enum class Kind { Calls, Stream, Loop, Branch };
  Kind kind = Kind::Calls;
  int64_t step = 0;
  std::string name;
  int64_t turns = 0; ///< 0: everything at once
  int64_t made = 1;  ///< rows of the result that a turn writes
  bool accumulates = false, isLazy = false;
  std::vector<Read> reads;
  /// Turn t writes rows t·made … + made − 1 of it, those that exist; with `accumulates` the last turn writes all,
  /// without turns the layer. -1: nothing.
  int result = -1;
  std::vector<int> writes; ///< further ones, as wholes; in a layer with turns they keep their bytes from turn to turn
  std::vector<int> transient; ///< scratch that holds nothing from turn to turn
  int condition = -1;
  bool maySkip = false; ///< a loop: perhaps no turn
  std::vector<Layer> body, otherwise;
};

struct Plan {
  std::string run;   ///< of a library of several, its name
  std::string trunk; ///< the run that comes before this one; empty: none
  int64_t arena = 0, state = 0, steps = 0;
  int64_t claimedBound = 0;
  std::vector<Memory> memories; ///< at least one
  std::vector<TableMemory> tableMemories;
  bool isByRows = false; ///< rows are placed by their lives, not whole buffers by theirs
  bool hasSizes = false; ///< some sizes are known only at run time
  int64_t ramArena = 0, ramState = 0;
  std::vector<Buffer> buffers;
  std::vector<int> inputs, outputs;
  /// Of the library's inputs and outputs, where the report says that they lie.
  struct Boundary {
    std::string name;
    int64_t offset = 0;
    bool isState = false, isOutput = false;
    int memory = 0;
    bool isCallers = false; ///< it lies in the caller's memory
  };
  std::vector<Boundary> boundary;
  std::vector<Layer> layers;
};

/// The plan of a report, or those of its runs. Without one, or with one that is no plan, nothing, and BRN1706.
std::optional<std::vector<Plan>> readPlans(llvm::StringRef report, DiagnosticSink &sink);

} // namespace burin::plancheck
