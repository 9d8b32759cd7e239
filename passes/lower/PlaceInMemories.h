// Buffers and tables go to the memories of the target.
#ifndef BURIN_PASSES_LOWER_PLACEINMEMORIES_H
#define BURIN_PASSES_LOWER_PLACEINMEMORIES_H

#include "ir/plan/Memory.h"

namespace burin {

/// What finds no place in the memories.
struct MemoryShortage {
  llvm::SmallVector<plan::BufferOp> buffers; ///< while all others lie somewhere
  llvm::SmallVector<plan::ConstantOp> tables;
  bool state = false;       ///< what lives between two runs finds none
  int64_t missingBytes = 0; ///< so much larger the last memory of that kind has to be, for everything to fit
  explicit operator bool() const { return !buffers.empty() || !tables.empty() || state; }
};

/// Gives the buffers of `program`, whose offsets in a single arena are assigned, and its tables a memory each, and
/// buffers an offset in it. `memories` are in the order of preference; where none is for RAM, or for tables, those stay
/// as they are.
///
/// An arena that fits into the first memory as it is lies there. Otherwise buffers are taken in the order of the bytes
/// accessed for each of their bytes (plan::Accesses), the most first, and each goes to the first memory that has room
/// for it among those that are there; one that finds none is taken before all others, and they are placed anew. The
/// buffers of each memory are then planned by themselves. Tables likewise, in the order of the passes over them. What
/// lives between two runs lies as one in the first memory that has room for it, after an arena that fits as it is, and
/// before one that is divided.
///
/// Fails with a `shortage`, or, where a placement fails its check, with BRN1701.
llvm::LogicalResult placeInMemories(plan::ProgramOp program, llvm::ArrayRef<plan::Memory> memories, int64_t planTime,
                                    MemoryShortage &shortage);

} // namespace burin

#endif
