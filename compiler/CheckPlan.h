// The memory plan of a library, checked on what was or will be written.
#ifndef BURIN_COMPILER_CHECKPLAN_H
#define BURIN_COMPILER_CHECKPLAN_H

#include "codegen/Library.h"
#include "ir/diagnostics/Diagnostics.h"

namespace burin {

/// Whether the plan in the report among `files` holds; if not, that is a defect of Burin: BRN1701.
bool planHolds(const std::vector<codegen::File> &files, DiagnosticSink &sink);

} // namespace burin

#endif
