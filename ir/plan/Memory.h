// The memories of a target: what places buffers and tables, by their size and by what an access costs.
#ifndef BURIN_IR_PLAN_MEMORY_H
#define BURIN_IR_PLAN_MEMORY_H

#include "ir/plan/Plan.h"

#include <algorithm>
#include <string>
#include <vector>

namespace burin::plan {

/// A memory as the user tells of it. Their order is that of preference, those whose accesses are slow behind the
/// others.
struct Memory {
  std::string name; ///< lower-case letters and digits, a letter first
  int64_t bytes = 0;
  bool isSlow = false;
  bool forConstants = false; ///< it is read-only: tables lie there, and buffers don't
};

/// The memories of a planned program, or none.
llvm::SmallVector<MemoryAttr> memoriesOf(ProgramOp program);

/// What the C types of the arena and of the state are aligned to at most.
int64_t alignmentOf(ProgramOp program);

/// Where a buffer's bytes begin if the parts of the arena lie one behind the other, each aligned.
int64_t placeInArena(BufferOp buffer);

/// How many bytes a run reads and writes of a buffer, about, and how often it reads each element of a table. The caller
/// writes the inputs and reads the outputs. A layer writes its result once, reads an operand as often as its windows go
/// over the rows, and goes over its scratch with each call. A weight is used as often as its layer has
/// multiply-accumulates for it; kernels that compute several pixels at a time read it less often.
struct Accesses {
  explicit Accesses(ProgramOp program);

  /// Bytes of buffers, passes of tables.
  double of(mlir::Value place) const { return counts.lookup(place); }
  /// Bytes accessed for each byte of the buffer.
  double perByte(BufferOp buffer) const {
    return of(buffer.getResult()) / static_cast<double>(std::max<uint64_t>(1, buffer.getBytes()));
  }

private:
  void add(LayerOp layer, double times);

  llvm::DenseMap<mlir::Value, double> counts;
};

} // namespace burin::plan

#endif
