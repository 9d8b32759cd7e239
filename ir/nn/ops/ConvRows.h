// The loop nest and the arguments that all row kernels of convolutions share.
//
// A call computes one output row; batch, group and row are loops around it. Where rows are equal to the kernel (a 1x1
// convolution, a matrix product), they are merged: one long row has no borders and less loop overhead. The planner then
// lays a row of the result over those that no later one reads (RowForm.h): a kernel that makes several pixels at a time
// has read all that they need before it writes the first, or it is said of it that it hasn't (Lowering::readsAgain).
#ifndef BURIN_IR_NN_OPS_CONVROWS_H
#define BURIN_IR_NN_OPS_CONVROWS_H

#include "ir/nn/Lowering.h"
#include "ir/nn/ops/OperandChecks.h"
#include "ir/nn/ops/Window2d.h"

namespace burin::nn {

/// Shapes of one convolution; weights are [outChannels][kernel 0][kernel 1][inChannels / groups].
struct ConvShape {
  int64_t batch = 1, inHeight = 1, inWidth = 1, inChannels = 1;
  int64_t outHeight = 1, outWidth = 1, outChannels = 1, groups = 1;
  Window2d window = {};

  int64_t groupInputs() const { return inChannels / groups; }
  int64_t groupOutputs() const { return outChannels / groups; }
  /// Taps of one output: multiplications it takes, padding included.
  int64_t depth() const { return window.kernel[0] * window.kernel[1] * groupInputs(); }
  bool isDepthwise() const { return groups > 1 && groups == inChannels && groups == outChannels; }
  int64_t macs() const { return batch * outHeight * outWidth * outChannels * depth(); }
};

/// Whether taps of some window lie outside the image.
bool isPadded(const ConvShape &shape);

/// Whether what each window sees of a row lies there as it is: in the image, one tap behind the other.
bool isContiguous(const ConvShape &shape);

class Conv2dOp;
ConvShape convShape(Conv2dOp op);

/// The arguments of the calls of `brn_conv_row_*` or `brn_depthwise_row_*`. A depthwise convolution takes the latter,
/// whose weights are [kernel 0][kernel 1][channels].
class ConvRows {
public:
  /// `repackable`: the weights can be brought into the depthwise order. `byRows`: rows stay rows.
  ConvRows(const ConvShape &original, bool repackable, bool byRows = false);

  bool depthwise() const { return isDepthwise; }
  /// What a call computes rows of: the convolution, with as few and as long rows as can be if they aren't wanted.
  const ConvShape &convolution() const { return shape; }
  /// "conv_row_" or "depthwise_row_".
  llvm::StringRef kernelStem() const { return isDepthwise ? "depthwise_row_" : "conv_row_"; }
  llvm::ArrayRef<int64_t> loops() const { return tripCounts; }
  /// Pixels of a row of the result, if one call makes several rows; else 0.
  int64_t pixelsOfMerged(const Lowering &l) const;

  /// rows … dilation.
  std::vector<plan::CallArg> inputs(BufferId x) const;
  /// `perElement`: weights in one element of the table, in which each group begins at a whole element.
  plan::CallArg weights(BufferId w, int64_t perElement = 1) const;
  /// Groups that the kernel takes one at a time.
  int64_t groups() const { return isDepthwise ? 1 : shape.groups; }
  /// A table of which each group has `elements`.
  plan::CallArg perGroup(BufferId table, int64_t elements) const { return ptr(table, 0, strides(0, elements, 0)); }
  /// A table with one entry per output channel.
  plan::CallArg perChannel(BufferId table) const;
  /// y, out_w, out_c (not depthwise), out_step.
  void appendOutput(std::vector<plan::CallArg> &args, BufferId y) const;
  /// Says in the report what keeps this convolution from the best kernel.
  void noteSlow(Lowering &l) const;

private:
  llvm::SmallVector<int64_t> strides(int64_t perBatch, int64_t perGroup, int64_t perRow) const;

  ConvShape shape;
  bool isDepthwise;
  llvm::SmallVector<int64_t> tripCounts;
  int batchLoop = -1, groupLoop = -1, rowLoop = -1;
};

/// Emits the float convolution; `weights` are in the order that `rows` asks for, `bias` may be absent.
void emitFloatRows(Lowering &l, const ConvRows &rows, mlir::Type computed, BufferId x, BufferId weights,
                   std::optional<BufferId> bias, BufferId y, Clamp clamp);

/// Pixels of the larger tiles of rows of `width` pixels, at most `most`. Rows are made of as few tiles as possible,
/// each of that many pixels or one fewer.
int64_t balancedTilePixels(int64_t width, int64_t most);

/// A matrix [rows][columns] with rows and columns exchanged. Of weights [channels][taps] it makes the depthwise order
/// [taps][channels], of a right-hand matrix [depth][outputs] the order [outputs][depth].
template <typename T> std::vector<T> transposed(llvm::ArrayRef<T> matrix, int64_t rows, int64_t columns) {
  std::vector<T> out(matrix.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      out[static_cast<size_t>(c * rows + r)] = matrix[static_cast<size_t>(r * columns + c)];
  return out;
}

/// The constant float operand as a matrix [rows][columns], transposed, in its compute type. `shape` is how the table is
/// printed.
BufferId transposedConstant(Lowering &l, unsigned operand, int64_t rows, int64_t columns, llvm::StringRef role,
                            llvm::ArrayRef<int64_t> shape);

} // namespace burin::nn

#endif
