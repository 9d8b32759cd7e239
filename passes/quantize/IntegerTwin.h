// The integer operator that computes Q(op(DQ(x)…)): whether there is one, and how it is made.
#ifndef BURIN_PASSES_QUANTIZE_INTEGERTWIN_H
#define BURIN_PASSES_QUANTIZE_INTEGERTWIN_H

#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace burin::nn {

/// How far a bias may lie from its integer where the rest can't be added, in steps of the result: what is above
/// `statedBiasError` is said.
inline constexpr double maxBiasError = 1.0 / 16, statedBiasError = 1.0 / 4096;

/// Operand of an integer operator: a quantised value that exists, or a constant to be made.
struct TwinOperand {
  mlir::Value value;                ///< null: a constant
  mlir::RankedTensorType type = {}; ///< of the constant
  std::vector<char> bytes = {};     ///< its storage
};

/// What becomes of one float operator.
struct IntegerTwin {
  std::vector<TwinOperand> operands;
  std::string whyNot;                      ///< empty: the twin exists
  std::string note = {};                   ///< what of it isn't exact
  llvm::SmallVector<double> biasRest = {}; ///< parts of the accumulator's steps that the bias leaves out; empty: none
};

/// The quantised value that float value `v` is the dequantisation of, or null.
mlir::Value quantisedSource(mlir::Value v);

/// Plans the operator that computes quantize(op) : `result` on quantised operands of 8 or 16 bits. conv2d, matmul:
/// weights per tensor or per output, or float weights on such a grid; constant bias, to the nearest of steps of
/// sx * sw[o], the rest apart; add, sub, mul: both quantised, or one constant that has one value; average pools and
/// means; unary; clamp; softmax.
IntegerTwin planIntegerTwin(mlir::Operation *op, mlir::quant::UniformQuantizedType result);

/// Makes the planned operator at `b`, its location that of `op`. Its result has `op`'s shape and element type `result`.
mlir::Operation *buildIntegerTwin(mlir::OpBuilder &b, mlir::Operation *op, const IntegerTwin &plan,
                                  mlir::quant::UniformQuantizedType result);

/// Plans the accumulator of a convolution or product whose result isn't quantised to 8 bits: i32, in steps of
/// sx * sw[o] * 2^-shift. The shift makes room for a bias that lies between the steps of the products.
struct AccumulatorTwin {
  std::vector<TwinOperand> operands;      ///< x, weights, and the bias if it needs no shift
  llvm::SmallVector<double> scales;       ///< one per output
  llvm::SmallVector<int32_t> shiftedBias; ///< what is added behind the shift; empty: nothing
  int32_t shift = 0;
  std::string whyNot; ///< empty: the twin exists
};
AccumulatorTwin planAccumulator(mlir::Operation *op);

/// Makes the planned accumulator and the float32 result of `op` behind it, which the last operator made gives.
mlir::Operation *buildAccumulator(mlir::OpBuilder &b, mlir::Operation *op, const AccumulatorTwin &plan);

} // namespace burin::nn

#endif
