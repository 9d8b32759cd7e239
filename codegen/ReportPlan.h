// The memory plan in report.json.
#ifndef BURIN_CODEGEN_REPORTPLAN_H
#define BURIN_CODEGEN_REPORTPLAN_H

#include "codegen/Library.h"

#include "llvm/Support/JSON.h"

namespace burin::codegen {

/// The member "plan": places and lives of all buffers, and which of them each step reads and writes. It says all that
/// is needed to check it: plancheck/ does. docs/report.md describes it.
void printPlan(llvm::json::OStream &j, const Library &library);

} // namespace burin::codegen

#endif
