// How far a network is computed in strips of columns: by the plans that result.
#ifndef BURIN_COMPILER_STRIPS_H
#define BURIN_COMPILER_STRIPS_H

#include "compiler/Pipeline.h"

namespace burin {

/// Splits the beginning of the nn program into `--strips` strips if there are to be any and it isn't split, where that
/// saves most RAM among what costs at most a twentieth of the program's multiply-accumulates more. False: BRN1517,
/// nothing can be split so.
bool splitIntoStrips(Compilation &c, const ScheduleFlags &flags, DiagnosticSink &sink);

} // namespace burin

#endif
