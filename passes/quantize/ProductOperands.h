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
  int64_t outAxis = 0; ///< the axis that counts outputs
  int64_t outputs() const { return operand.type.getDimSize(static_cast<unsigned>(outAxis)); }
};

/// The weights behind float value `weights`: dequantised ones, or float constants that are integers times a scale per
/// output, up to the rounding of float32 (2^-22 of a weight); at most 255 steps apart, and as coarse as they can be.
/// Nullopt, with `whyNot`, for others.
/// `maxBits`: of dequantised ones.
std::optional<ProductWeights> productWeights(mlir::Value weights, int64_t outAxis, unsigned maxBits,
                                             std::string &whyNot);

/// A bias in steps of the accumulator, sx * sw[o].
struct ProductBias {
  llvm::SmallVector<int64_t> steps;
  /// What of each bias its integer leaves out, in steps of the accumulator: at most a half.
  llvm::SmallVector<double> rest;
  bool isExact() const {
    return llvm::all_of(rest, [](double r) { return r == 0; });
  }
};

/// The bias in steps of sx * sw[o]: round_half_even(bias[o] / (sx * sw[o])), the product exact. nullopt with `whyNot`
/// set where one doesn't fit `bits` bits or the bias is no constant (of floats, or dequantised integers). A bias
/// quantised with exactly that scale and zero point 0 is taken as it is.
std::optional<ProductBias> productBias(mlir::Value bias, const QuantParams &x, const ProductWeights &weights, int bits,
                                       std::string &whyNot);

} // namespace burin::nn

#endif
