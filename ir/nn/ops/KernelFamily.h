// Families of kernels for quantised convolutions and products. A target names the one that it computes fastest with;
// an operator that no form of the family fits is lowered to plain C.
#ifndef BURIN_IR_NN_OPS_KERNELFAMILY_H
#define BURIN_IR_NN_OPS_KERNELFAMILY_H

#include "ir/nn/ops/ChannelScales.h"
#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// A string on an operator: the name of the family that it is lowered to where that has a form of it. Absent or empty:
/// plain C.
inline constexpr llvm::StringLiteral kernelFamilyAttrName = "nn.kernels";

/// On such an operator, what its kernels cost, the chosen form first: an array of dictionaries {kernel, instructions,
/// bytes}. Of the chosen one these are the instructions of a run and the bytes of its constants; of each other by how
/// many the whole library's would differ with it, code included.
inline constexpr llvm::StringLiteral kernelCostsAttrName = "nn.kernel_costs";
/// On the module: bytes of constants and code of all operators with such costs.
inline constexpr llvm::StringLiteral kernelBytesAttrName = "nn.kernel_bytes";

/// A convolution of bytes, whose weights less their zero points are constant bytes, is what a family computes.
struct KernelFamily {
  llvm::StringLiteral name;
  /// Whether it has a kernel for such shapes.
  bool (*takes)(const ConvRows &rows);
  /// Emits the convolution; `sums`, `r` and `form` ("", "tflite_" or "fine_") are those of its integer form. False if
  /// its channels have no scales that the kernels take (ChannelScales.h); nothing is emitted then.
  bool (*emit)(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
               const Requantisation &r, llvm::StringRef form);
};

/// The family that the operator is to be lowered to; null: plain C, or what it computes isn't bytes.
const KernelFamily *kernelFamily(mlir::Operation *op, const IntegerWeights &weights);

/// The table of exceptions that kernels of a family take, or null; groups have `perGroup` channels.
plan::CallArg exceptionTable(Lowering &l, const ConvRows &rows, const ChannelScales &scales, int64_t perGroup);

/// Calls brn_<stem>_<type of operand 0>_<type of the result>.
void callOfTypes(Lowering &l, llvm::StringRef stem, std::vector<plan::CallArg> args, const ConvRows &rows);

/// A table of one pixel of padding, of at least so many values, or null if no window of the convolution has taps
/// outside the image.
plan::CallArg paddingPixel(Lowering &l, const ConvShape &shape, int64_t least = 0);

} // namespace burin::nn

#endif
