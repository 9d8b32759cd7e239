// A library of several models that take turns in one arena (--share-arena).
#ifndef BURIN_CODEGEN_SHARED_H
#define BURIN_CODEGEN_SHARED_H

#include "codegen/Library.h"

namespace burin::codegen {

/// What the library can run: a model, or what is left of it behind a trunk, or a trunk.
struct Run {
  std::string name;          ///< in C: the model's, or "trunk"
  Library library;           ///< its facts; `info.name` is that of the whole, "_" and `name`
  int trunk = -1;            ///< the run that has to come before; -1: none
  std::vector<size_t> heads; ///< of a trunk: the runs that go on with what it leaves

  bool isTrunk() const { return !heads.empty(); }
  /// Bytes of the arena that it uses.
  int64_t planned() const {
    plan::ProgramOp program = library.program;
    return static_cast<int64_t>(program.getArena());
  }
};

struct SharedLibrary {
  /// What the runs have in common, and sums over them: names, the arena, all constants. It has no program.
  Library whole;
  std::vector<Run> runs;                     ///< a trunk stands in front of its heads
  int64_t sharedBytes = 0, sharedTables = 0; ///< constants of a run that are those of another
};

/// Puts the runs together: constants that are equal become one, the arena is that of the greediest. `info` is that of
/// the whole; the test vectors are in the runs' libraries.
SharedLibrary share(LibraryInfo info, std::vector<Run> runs);

/// All files of the library, in memory.
std::vector<File> printLibrary(const SharedLibrary &library);

// The parts of it.
std::string printHeader(const SharedLibrary &library);
std::string printSource(const SharedLibrary &library);
std::string printTest(const SharedLibrary &library);
std::string printReport(const SharedLibrary &library);

/// The models that a trunk belongs to: "a, b and c".
std::string headNames(const SharedLibrary &library, const Run &trunk);
/// The run that begins the model of `run`: its trunk, or itself.
inline const Run &firstOf(const SharedLibrary &library, const Run &run) {
  return run.trunk < 0 ? run : library.runs[static_cast<size_t>(run.trunk)];
}

} // namespace burin::codegen

#endif
