// How much RAM the tiles of fast kernels may take.
#ifndef BURIN_COMPILER_TILES_H
#define BURIN_COMPILER_TILES_H

#include "compiler/Pipeline.h"

namespace burin {

/// Makes the tiles of an optimised, not yet planned, program smaller where their panels would make the arena larger by
/// much, or, with `--ram`, larger than there is room for. A smaller tile takes more instructions, never other results.
void fitTiles(Compilation &c, const ScheduleFlags &flags);

} // namespace burin

#endif
