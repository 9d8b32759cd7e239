// One plan for all sizes: the model is compiled at some, the plans are unified, and the result is checked at others.
#ifndef BURIN_COMPILER_SIZES_SIZEDPLAN_H
#define BURIN_COMPILER_SIZES_SIZEDPLAN_H

#include "compiler/Pipeline.h"

namespace burin {

/// Plans `compilation` for all its sizes. Where a compilation for one size has other calls (sizes of 1, say, simplify
/// it), both programs are executed on the same random inputs, and must agree. Diagnostics: BRN1307 (a size that the
/// model can't have), BRN1308 (programs differ), BRN1309 (the plan for all sizes is wrong for one).
bool planForAllSizes(Compilation &compilation, DiagnosticSink &sink);

} // namespace burin

#endif
