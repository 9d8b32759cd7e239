// Verification shared by the operators with weights: conv2d, conv_transpose2d, matmul.
#ifndef BURIN_IR_NN_OPS_OPERANDCHECKS_H
#define BURIN_IR_NN_OPS_OPERANDCHECKS_H

#include "ir/nn/Nn.h"

#include "llvm/ADT/APFloat.h"
#include <optional>

namespace burin::nn {

/// Bias is absent or of shape [channels].
mlir::LogicalResult checkBias(mlir::Operation *op, mlir::Value bias, int64_t channels);

/// The bounds are absent, or they are numbers and the result is of a float or quantised type.
mlir::LogicalResult checkClamp(mlir::Operation *op, std::optional<llvm::APFloat> lo, std::optional<llvm::APFloat> hi);

/// A clamp in real numbers, lo <= hi; infinite where it doesn't bind.
struct Clamp {
  double lo, hi;
};
/// The clamp of the attributes; bounds that cross make everything hi, as min(max(y, lo), hi) does.
Clamp clampOf(std::optional<llvm::APFloat> lo, std::optional<llvm::APFloat> hi);

/// Element types: all one float type; or x quantised per tensor with 8 or 16 bits, w per tensor or per `channelAxis`
/// with up to `maxWeightBits`, and the result as x. bias is then i32, or i64 where one of them has 16 bits; where none
/// has, the result may be i32.
mlir::LogicalResult checkWeighted(mlir::Operation *op, mlir::Value x, mlir::Value w, mlir::Value bias,
                                  int64_t channelAxis, unsigned maxWeightBits);

} // namespace burin::nn

#endif
