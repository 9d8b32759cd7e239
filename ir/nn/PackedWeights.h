// Packed weights: quantised weights of 2, 4 or 8 bits as they lie in the library, and as the kernels with a "w2", "w4"
// or "w8" in their names read them.
//
// Outputs come in blocks of four, the last one of what is left: the lanes. A block holds, step by step (the order of
// the taps in a row of [outputs][taps]), the weights of its lanes: lane j of step d is number d * lanes + j. Four
// weights fill an element (uint8_t for 2 bits, uint16_t for 4, uint32_t for 8), the first in the lowest bits; a weight
// w is stored as u = w + 2^(bits-1).
#ifndef BURIN_IR_NN_PACKEDWEIGHTS_H
#define BURIN_IR_NN_PACKEDWEIGHTS_H

#include "ir/nn/Lowering.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::nn {

/// 2 or 4 if nn.constant `constant` is to be packed in the library by all that read it. What it holds stays the same.
std::optional<unsigned> packedBits(ConstantOp constant);
void setPackedBits(ConstantOp constant, unsigned bits);

/// Weights in one element of a packed table.
constexpr int64_t packedPerElement = 4;

/// What is subtracted from stored unsigned integers of at most 8 bits, quantised or not, to make them signed: half
/// their range. 0 for signed ones.
int32_t signedOffset(mlir::Type elementType);

/// 2 or 4: the fewest bits that hold the values of a constant of such integers, made signed, or nullopt.
std::optional<unsigned> fewestPackedBits(ConstantOp constant);

/// "w4": in the names of the kernels.
std::string packedSuffix(unsigned bits);
/// Elements of the table of `outputs` x `depth` weights.
int64_t packedElements(int64_t outputs, int64_t depth);

/// A table of signed weights [outputs][depth]. Each of `groups` groups of outputs is packed for itself, one behind the
/// other.
BufferId packedConstant(Lowering &l, llvm::StringRef role, llvm::ArrayRef<int8_t> values, int64_t outputs,
                        int64_t depth, int64_t groups, unsigned bits);

/// Bits of the packed weights that kernel `kernel` reads through its parameter `param`; 0 for any other parameter.
unsigned packedBitsRead(llvm::StringRef kernel, llvm::StringRef param);

// Tables that rows are gathered from are packed row by row: 8 / bits to a byte, the first in the lowest bits, each row
// from a whole byte on. What is stored is u as above.
std::vector<uint8_t> packRows(ConstantOp constant, int64_t row, unsigned bits);
/// Bytes of a row of `row` integers.
int64_t packedRowBytes(int64_t row, unsigned bits);

} // namespace burin::nn

#endif
