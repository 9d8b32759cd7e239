// An input that comes row by row, as C: NAME_rows, NAME_begin_rows and NAME_push_row.
#ifndef BURIN_CODEGEN_PUSHROWS_H
#define BURIN_CODEGEN_PUSHROWS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin::codegen {

/// How to use such a library, for the header's banner.
std::string pushBanner(const Library &library);

/// What the header declares in place of NAME_run and NAME_run_next.
void printPushDeclarations(const Library &library, CWriter &w);

/// NAME_take_row, which takes a row and computes what can be; after the layers.
void printTakeRow(const Library &library, CWriter &w);

/// NAME_begin_rows and NAME_push_row.
void printPushEntryPoints(const Library &library, CWriter &w);

} // namespace burin::codegen

#endif
