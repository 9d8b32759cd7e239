// The integer operator that computes Q(op(DQ(x)…)): whether there is one, and how it is made.
#ifndef BURIN_PASSES_QUANTIZE_INTEGERTWIN_H
#define BURIN_PASSES_QUANTIZE_INTEGERTWIN_H

#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace burin::nn {

/// Operand of an integer operator: a quantised value that exists, or a constant to be made.
struct TwinOperand {
  mlir::Value value;                ///< null: a constant
  mlir::RankedTensorType type = {}; ///< of the constant
  std::vector<char> bytes = {};     ///< its storage
};

/// What becomes of one float operator.
struct IntegerTwin {
  std::vector<TwinOperand> operands;
  std::string whyNot; ///< empty: the twin exists
};

/// The quantised value that float value `v` is the dequantisation of, or null.
mlir::Value quantisedSource(mlir::Value v);

/// Plans the operator that computes quantize(op) : `result` on quantised operands of 8 or 16 bits. conv2d, matmul:
/// weights per tensor or per output, constant bias rounded to steps of sx * sw[o] (half to even); add, sub, mul: both
/// quantised, or one constant that has one value; average pools and means; unary; clamp; softmax.
IntegerTwin planIntegerTwin(mlir::Operation *op, mlir::quant::UniformQuantizedType result);

/// Makes the planned operator at `b`, its location that of `op`. Its result has `op`'s shape and element type `result`.
mlir::Operation *buildIntegerTwin(mlir::OpBuilder &b, mlir::Operation *op, const IntegerTwin &plan,
                                  mlir::quant::UniformQuantizedType result);

/// The bias in steps of sx * sw[o]: round_half_even(bias[o] / (sx * sw[o])), the product exact. nullopt with `whyNot`
/// set where one doesn't fit `bits` bits or the bias is no constant (of floats, or dequantised integers). A bias
/// quantised with exactly that scale and zero point 0 is taken as it is.
std::optional<llvm::SmallVector<int64_t>> integerBias(mlir::Value bias, const QuantParams &x,
                                                      const QuantParams &weights, int bits, std::string &whyNot);

} // namespace burin::nn

#endif
