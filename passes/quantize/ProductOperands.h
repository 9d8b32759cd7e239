// The integer weights and bias of a convolution or product whose input is quantised.
#ifndef BURIN_PASSES_QUANTIZE_PRODUCTOPERANDS_H
#define BURIN_PASSES_QUANTIZE_PRODUCTOPERANDS_H

#include "passes/quantize/IntegerTwin.h"

#include <optional>

namespace burin::nn {

/// Weights as quantised values that exist, or as a constant to be made.
struct ProductWeights {
  TwinOperand operand;
  QuantParams params;
  int64_t outAxis = 0;                    ///< the axis that counts outputs
  llvm::SmallVector<int64_t> multiples{}; ///< per output, what all its integers are multiples of; empty: 1
  int64_t outputs() const { return operand.type.getDimSize(static_cast<unsigned>(outAxis)); }
};

/// The weights behind float value `weights`: dequantised ones, or float constants that are integers times a scale per
/// output, up to the rounding of float32 (2^-22 of a weight); at most 255 steps apart, and as coarse as they can be.
/// Nullopt, with `whyNot`, for others.
std::optional<ProductWeights> productWeights(mlir::Value weights, int64_t outAxis, std::string &whyNot);

/// A bias in steps of the accumulator, sx * sw[o].
struct ProductBias {
  llvm::SmallVector<int32_t> steps;
  /// How far a bias lies from its integer, in steps of the accumulator, per output.
  llvm::SmallVector<double> errors;
  llvm::SmallVector<double> exact; ///< the bias in steps, not rounded
};

/// The bias in steps of sx * sw[o]: round_half_even(bias[o] / (sx * sw[o])), the product exact. nullopt with `whyNot`
/// set where one doesn't fit 32 bits or the bias is no constant (of floats, or dequantised integers). A bias quantised
/// with exactly that scale and zero point 0 is taken as it is.
std::optional<ProductBias> productBias(mlir::Value bias, const QuantParams &x, const ProductWeights &weights,
                                       std::string &whyNot);

/// Weights of few bits as larger integers of finer scales, by the powers of two that fit a byte: makes the
/// accumulator's steps finer, so that a bias finds its place among them. `bits` is the most that the accumulator has to
/// spare. False where nothing can be gained.
bool refine(ProductWeights &weights, int64_t bits);

/// Moves a bias that isn't a whole number of steps to one that gives the same results for every sum of products: those
/// are multiples of what the weights are multiples of, and leave room between the thresholds of the result. Errors
/// become 0 where there is one. The results are round((sum * scale + bias) / result scale) of real numbers.
void settle(ProductBias &bias, float sx, const ProductWeights &weights, mlir::quant::UniformQuantizedType result);

} // namespace burin::nn

#endif
