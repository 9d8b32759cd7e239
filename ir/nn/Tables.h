// Functions of one quantised value: of 8 bits as tables, of 16 bits linear in pieces.
#ifndef BURIN_IR_NN_TABLES_H
#define BURIN_IR_NN_TABLES_H

#include "ir/nn/Lowering.h"
#include "ir/numerics/FixedPoint.h"

#include <array>
#include <optional>
#include <vector>

namespace burin::nn {

/// table[b] is the stored byte of the result where the operand's stored byte is b.
using ByteTable = std::array<uint8_t, 256>;

/// y[i] = table[x[i]] from operand 0 to result 0; a copy if the table is the identity.
void emitTable(Lowering &l, const ByteTable &table);

/// Maps `n` values in place; false if it can't.
using FloatFunction = llvm::function_ref<bool(float *values, int64_t n)>;

/// A function from x to y, found on every x. In order of x's bits (8-bit x) or of its stored integer (16-bit x).
struct Tabulated {
  std::vector<int32_t> results; ///< stored integers of Q(f(DQ(x))); the range of y's storage binds
  std::vector<double> reals;    ///< f(DQ(x)) / sy + zy in float32 division, clamped to that range; zy for NaN
};

/// DQ and Q are the kernels of nn.dequantize and nn.quantize. nullopt if `f` fails or unless both are activation types.
std::optional<Tabulated> tabulate(mlir::quant::UniformQuantizedType x, mlir::quant::UniformQuantizedType y,
                                  FloatFunction f);

/// Pieces of a 16-bit x that give results of `y`'s type: within 1/4 step of the real values, for an 8-bit y 1/32, or
/// within twice that if it takes too many; no result is more than one step off, for every x is tried with the kernel's
/// own arithmetic. nullopt if there are more than 1024 pieces.
std::optional<numerics::Pieces> buildPieces(const Tabulated &function, mlir::quant::UniformQuantizedType y);

/// Whether y = Q(f(DQ(x))) is y = x on bytes.
bool isIdentity(mlir::Value x, mlir::Value y, FloatFunction f);

/// y = Q(f(DQ(x))) from operand 0 to result 0, as docs/numerics.md defines it; false if it has no such form.
bool emitFunction(Lowering &l, mlir::Value x, mlir::Value y, FloatFunction f);

/// Calls kernel `brn_<kernel>` at compile time; buffer i of `args` is `buffers[i]`. False if there is no such kernel.
bool runKernel(llvm::StringRef kernel, std::vector<plan::CallArg> args, llvm::ArrayRef<void *> buffers);

} // namespace burin::nn

#endif
