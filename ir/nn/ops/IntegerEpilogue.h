// The integers of a quantised convolution or matrix product, found at compile time: signed weights, folded bias, proven
// range of the accumulator, multiplier and shift per output channel.
//
//   acc[o] = Σ (x − zx)(w[o] − zw[o]) + b[o]  =  Σ x·w[o] − zw[o]·Σ x + bias'[o],   bias' = b − zx·Σ (w − zw)
//   y = clamp(round_half_even(f32(acc)·scale[o]) + zy, lo, hi),                     scale = f32(f32(sx·sw[o]) / sy)
//   y = clamp(round_half_even(acc·scale[o]) + zy, lo, hi) where one of x, w, y has 16 bits, scale = sx·sw[o]/sy to 31
//   bits
//
// Source: ONNX QLinearConv, QLinearMatMul, ConvInteger, MatMulInteger; rounding as ONNX Runtime's kernels have it.
#ifndef BURIN_IR_NN_OPS_INTEGEREPILOGUE_H
#define BURIN_IR_NN_OPS_INTEGEREPILOGUE_H

#include "ir/nn/Constants.h"
#include "ir/nn/Types.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/numerics/Requantize.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::nn {

/// Constant weights as the kernels read them. Unsigned ones become signed: half their range (128 for bytes) is
/// subtracted from value and zero point.
struct IntegerWeights {
  int64_t channels = 0, depth = 0;
  std::vector<int8_t> values;       ///< [channels][depth]
  llvm::SmallVector<int32_t> zeros; ///< one per channel
  llvm::SmallVector<float> scales;  ///< one per channel
  bool asStored = false;            ///< `values` are the bytes of the constant

  /// A weight less its channel's zero point.
  int32_t less(int64_t channel, int64_t tap) const { return values[channel * depth + tap] - zeros[channel]; }
  bool symmetric() const {
    return llvm::all_of(zeros, [](int32_t z) { return z == 0; });
  }
};

/// How the constant lays out channels and taps.
enum class WeightOrder { ChannelMajor, DepthMajor };

/// `constant` as weights; its storage has at most 8 bits, its quantised axis, if any, is that of the channels.
IntegerWeights integerWeights(ConstantOp constant, mlir::quant::QuantizedType type, int64_t channels, int64_t depth,
                              WeightOrder order);

/// Integers from min to max.
struct Interval {
  int64_t min = 0, max = 0;
  /// Whether a signed integer of `bits` bits holds them.
  bool fits(int bits) const { return min >= -(int64_t{1} << (bits - 1)) && max < int64_t{1} << (bits - 1); }
};

/// What is added to Σ x·w − zw·Σ x, and the exact range of the sum over all inputs, padded taps included.
struct ChannelSums {
  std::vector<int64_t> bias; ///< kernels take it modulo their sums' size: only the final sum has to fit
  llvm::SmallVector<Interval> ranges;
};
/// `bias` has one entry per channel or is empty.
ChannelSums channelSums(const IntegerWeights &weights, mlir::quant::UniformQuantizedType x,
                        llvm::ArrayRef<int64_t> bias);

/// The sums of values that are taken `less` than they are.
ChannelSums recentred(ChannelSums sums, const IntegerWeights &weights, int64_t less);

/// Whether the products of taps 2n and 2n + 1 with any bytes always fit 16 bits together.
bool pairsFit(const IntegerWeights &weights);

/// The zero point that all channels share, or nullopt.
std::optional<int64_t> commonZero(mlir::quant::QuantizedType type);

/// The ranges of Σ (x − zx)(w − zw) + b over `depth` taps when w may hold anything; w has one zero point. `bias` as
/// above.
llvm::SmallVector<Interval> anyWeightsRanges(mlir::quant::UniformQuantizedType x, mlir::quant::QuantizedType w,
                                             int64_t depth, int64_t channels, llvm::ArrayRef<int64_t> bias);

/// Bits of the sums' integers, 32 or 64: for 16-bit arithmetic (`hasWord`) 64 where 32 can't be proven to do.
int sumBits(llvm::ArrayRef<Interval> ranges, bool hasWord);
/// A sentence about the first range that the sums' integers don't hold; empty if all fit. Sums of 64 bits stay below
/// 2^61, as their rescaling wants it.
std::string rangeProblem(llvm::ArrayRef<Interval> ranges, bool hasWord);

/// From accumulators to stored results.
struct Requantisation {
  std::vector<int32_t> mult;
  std::vector<uint8_t> shift;
  std::vector<int32_t> offset; ///< of the fine form; else empty
  int32_t zero = 0, lo = 0, hi = 0;
};
/// One multiplier per entry of `ranges`, which `rangeProblem` accepts; `weightScales` has as many.
/// Nullopt if a quotient of the scales is no finite float (never with `hasWord`).
std::optional<Requantisation> requantisation(mlir::quant::UniformQuantizedType x, llvm::ArrayRef<float> weightScales,
                                             llvm::ArrayRef<Interval> ranges, mlir::quant::UniformQuantizedType y,
                                             Clamp clamp, bool hasWord);

/// The attribute of a product whose bias lies between the steps of its accumulator: what is to be added to its
/// integers, per output, in steps; at most a half.
inline constexpr llvm::StringLiteral biasRestAttrName = "nn.bias_rest";
/// The same with parts of a step added to each sum: results are those of real numbers, rounded once.
/// Nullopt if a quotient of the scales lies outside [2^-31, 2^29).
std::optional<Requantisation> fineRequantisation(mlir::quant::UniformQuantizedType x,
                                                 llvm::ArrayRef<float> weightScales, llvm::ArrayRef<Interval> ranges,
                                                 llvm::ArrayRef<double> rest, mlir::quant::UniformQuantizedType y,
                                                 Clamp clamp);

/// The same as TFLite has it, by its multipliers of 31 bits, whose double scale is sx * sw / sy; `asFloat`: sx * sw is
/// rounded to float32, as for its fully connected layers.
Requantisation tfliteRequantisation(mlir::quant::UniformQuantizedType x, llvm::ArrayRef<float> weightScales,
                                    mlir::quant::UniformQuantizedType y, Clamp clamp, bool asFloat);

/// The ratio of scales as integers that make an average over up to `taps` elements exact, if 64 bits suffice.
std::optional<numerics::Ratio> averageRatio(mlir::quant::UniformQuantizedType x, mlir::quant::UniformQuantizedType y,
                                            int64_t taps);

/// Whether weights can be of this type: up to `maxBits`, per tensor or per `channelAxis`, zero points in range.
bool isWeightType(mlir::RankedTensorType type, int64_t channelAxis, unsigned maxBits = 8);

} // namespace burin::nn

#endif
