// An input that comes row by row, and an output that goes so, as C: NAME_rows, NAME_begin_rows, NAME_push_row and
// NAME_next_row.
#ifndef BURIN_CODEGEN_PUSHROWS_H
#define BURIN_CODEGEN_PUSHROWS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin::codegen {

/// How to use such a library, for the header's banner.
std::string pushBanner(const Library &library);

/// The output that is handed out row by row, of a library that has one, and its C type.
const Tensor &pulledOutput(const Library &library);
std::string outputCType(const Library &library);

/// Where row `row`, an expression, of that output lies.
std::string pulledRow(const Library &library, llvm::StringRef row);

/// What the header declares in place of NAME_run and NAME_run_next.
void printPushDeclarations(const Library &library, CWriter &w);

/// NAME_take_row, which takes a row and computes what can be; after the layers.
void printTakeRow(const Library &library, CWriter &w);

/// NAME_begin_rows, NAME_push_row and, where the output is pulled, NAME_next_row.
void printPushEntryPoints(const Library &library, CWriter &w);

} // namespace burin::codegen

#endif
