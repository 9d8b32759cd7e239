// Rounding ties: elements that a float reference may round the other way although integers are exact.
#ifndef BURIN_COMPILER_VERIFY_TIES_H
#define BURIN_COMPILER_VERIFY_TIES_H

#include "ir/nn/Nn.h"

#include <vector>

namespace burin {

/// For a quantised pool, sum or product `op`: which elements of the result are ties. Their exact value lies so near a
/// half that moving the output's scale by one unit in its last place, the resolution at which models store scales,
/// changes the rounding. `operands`: the storage of all operands. Empty for other operators, where ties are not
/// excused.
std::vector<bool> findTies(mlir::Operation *op, llvm::ArrayRef<llvm::ArrayRef<char>> operands);

} // namespace burin

#endif
