// Unary functions of 8-bit quantised tensors, as tables of 256 bytes.
#ifndef BURIN_IR_NN_TABLES_H
#define BURIN_IR_NN_TABLES_H

#include "ir/nn/Lowering.h"

#include <array>
#include <optional>

namespace burin::nn {

/// table[b] is the stored byte of the result where the operand's stored byte is b.
using ByteTable = std::array<uint8_t, 256>;

/// Computes Q(f(DQ(x))) for every stored x: DQ and Q are the kernels of nn.dequantize and nn.quantize, then the storage
/// range of `y`'s type binds. `f` maps 256 values in place; it returns false if it can't. nullopt in that case, or
/// unless both types are per-tensor quantised with 8 bits.
std::optional<ByteTable> buildTable(mlir::Value x, mlir::Value y, llvm::function_ref<bool(float *values)> f);

/// Whether looking up changes nothing.
bool isIdentity(const ByteTable &table);

/// y[i] = table[x[i]] from operand 0 to result 0; a copy if the table is the identity.
void emitTable(Lowering &l, const ByteTable &table);

/// Calls kernel `brn_<kernel>` at compile time; buffer i of `args` is `buffers[i]`. False if there is no such kernel.
bool runKernel(llvm::StringRef kernel, std::vector<plan::CallArg> args, llvm::ArrayRef<void *> buffers);

} // namespace burin::nn

#endif
