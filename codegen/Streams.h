// Streams as C: the loop in which their layers take turns, and where the rows of a ring lie.
#ifndef BURIN_CODEGEN_STREAMS_H
#define BURIN_CODEGEN_STREAMS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin::codegen {

/// Where row `row`, an expression, lies in a ring of `rows` rows: "(row & 3u)", "kws_mod3(row)"; empty for one row.
std::string ringSlot(const Library &library, int64_t rows, llvm::StringRef row);

/// The functions that `ringSlot` calls.
void printRingSlots(const Library &library, CWriter &w);

/// The loop that a layer with a plan.stream consists of. Where its input is pushed row by row, the counters are those
/// of NAME_rows, `rows`, and it ends when the next row is needed; where its output is pulled, it gives the next row of
/// that, or NULL.
void printStream(const Library &library, const Layer &layer, CWriter &w);

/// That results of the stream are missing yet, with its counters named "BEFORE" + layer.
std::string streamIsUnfinished(const Layer &layer, llvm::StringRef before);

} // namespace burin::codegen

#endif
