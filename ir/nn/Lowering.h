// What an operator means, said in kernel calls. Filled by `NnOp::lower`; read by the interpreter and by the nn -> plan
// pass.
#ifndef BURIN_IR_NN_LOWERING_H
#define BURIN_IR_NN_LOWERING_H

#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"
#include "ir/plan/Call.h"

#include <string>
#include <vector>

namespace burin::nn {

/// Names a buffer of one lowering; index into `Lowering::buffers()`.
using BufferId = unsigned;

/// A buffer that the calls of one operator refer to.
struct LoweredBuffer {
  enum class Kind { Operand, Result, Constant, Scratch, Count };
  Kind kind;
  unsigned index = 0; ///< which operand or result
  std::string ctype;  ///< C element type
  int64_t bytes = 0;
  std::string role;                 ///< constants and scratch: "weights", "bias", "table" …; becomes part of the C name
  bool transient = false;           ///< scratch: holds nothing from one call of a kernel to the next
  llvm::SmallVector<int64_t> shape; ///< constants: how the table is laid out in the C text, rows by the last axis
  std::vector<char> data;           ///< constants
};

class Lowering {
public:
  /// `byRows`: each call is to compute rows of the result, with a loop over them; see RowRule::Calls.
  explicit Lowering(mlir::Operation *op, bool byRows = false);

  mlir::Operation *op() const { return operation; }
  bool byRows() const { return isByRows; }
  BufferId operand(unsigned i) const { return i; }
  BufferId result(unsigned i = 0) const { return operation->getNumOperands() + i; }

  /// A constant derived from the operator's attributes or constant operands: folded bias, packed weights, table.
  template <typename T>
  BufferId constant(llvm::StringRef role, llvm::StringRef ctype, llvm::ArrayRef<T> values,
                    llvm::ArrayRef<int64_t> shape = {}) {
    const char *p = reinterpret_cast<const char *>(values.data());
    return addConstant(role, ctype, std::vector<char>(p, p + values.size() * sizeof(T)),
                       shape.empty() ? llvm::SmallVector<int64_t>{static_cast<int64_t>(values.size())}
                                     : llvm::SmallVector<int64_t>(shape));
  }
  /// Arena bytes that live only during this operator; if `transient`, only during each call of a kernel.
  BufferId scratch(llvm::StringRef role, llvm::StringRef ctype, int64_t elements, bool transient = false);

  /// The uint32 where the kernel of an operator with a count known at run time (RunTimeCount.h) stores it.
  BufferId count();

  /// Appends a call of kernel `brn_<kernel>`. Argument count and kinds are checked (a mismatch is our bug: it aborts).
  void call(const llvm::Twine &kernel, std::vector<plan::CallArg> args, llvm::ArrayRef<int64_t> loops = {});
  /// Appends a call whose first loop counts turns of the layer, from turn `first` on: for results that need more turns
  /// than they have rows, or that get several rows a turn; only `byRows`.
  void callInTurns(const llvm::Twine &kernel, std::vector<plan::CallArg> args, llvm::ArrayRef<int64_t> loops,
                   int64_t first);
  /// Says that a call which makes several rows of the result reads, when it has written some of one, what earlier ones
  /// are made of: no row may lie over what they read.
  void readsAgain() { rereads = true; }
  bool isReadAgain() const { return rereads; }
  /// Says, for the report, why this operator isn't on a fast path.
  void slow(const llvm::Twine &why) { slowReason = why.str(); }
  llvm::StringRef whySlow() const { return slowReason; }
  /// Says, for the report, why these kernels were chosen where there are others.
  void because(const llvm::Twine &why) { choiceReason = why.str(); }
  llvm::StringRef whyKernels() const { return choiceReason; }
  /// Whether kernel `brn_<kernel>` exists.
  static bool hasKernel(const llvm::Twine &kernel);

  /// Reports diagnostic `code` ("BRN1204") on the operator; returns failure.
  mlir::LogicalResult fail(llvm::StringRef code, const llvm::Twine &message, const llvm::Twine &fix = "");
  /// The usual failure: no kernel for this element type.
  mlir::LogicalResult unsupportedType(mlir::Type type);

  llvm::ArrayRef<LoweredBuffer> buffers() const { return allBuffers; }
  llvm::ArrayRef<plan::Call> calls() const { return allCalls; }
  std::vector<plan::Call> &mutableCalls() { return allCalls; }
  std::vector<LoweredBuffer> takeBuffers() { return std::move(allBuffers); }
  std::vector<plan::Call> takeCalls() { return std::move(allCalls); }

private:
  BufferId addConstant(llvm::StringRef role, llvm::StringRef ctype, std::vector<char> data,
                       llvm::SmallVector<int64_t> shape);

  mlir::Operation *operation;
  bool isByRows, rereads = false;
  std::vector<LoweredBuffer> allBuffers; // operands, results, then constants and scratch
  std::vector<plan::Call> allCalls;
  std::string slowReason, choiceReason;
};

// Short forms for argument lists.
inline plan::CallArg ptr(BufferId buffer, int64_t offset = 0, llvm::ArrayRef<int64_t> strides = {}) {
  return plan::PointerArg{buffer, offset, llvm::SmallVector<int64_t, 4>(strides)};
}
inline plan::CallArg num(int64_t value, llvm::ArrayRef<int64_t> strides = {}) {
  return plan::IntArg{value, llvm::SmallVector<int64_t, 4>(strides)};
}
inline plan::CallArg real(double value) { return plan::FloatArg{value}; }
inline plan::CallArg null() { return plan::NullArg{}; }

/// A loop nest over several strided operands with neighbouring axes merged where all operands allow it: the shape every
/// broadcast, copy and reduction is emitted in.
struct StridedNest {
  llvm::SmallVector<int64_t> shape;                ///< extents, outermost first; 1s removed
  std::vector<llvm::SmallVector<int64_t>> strides; ///< [operand][axis], elements
};
/// `strides[o]` has one entry per axis of `shape`. The result has at least one axis (extent 1 if the shape is all
/// ones).
StridedNest mergeAxes(llvm::ArrayRef<int64_t> shape, std::vector<llvm::SmallVector<int64_t>> strides);
/// Strides of an operand of shape `from` broadcast to `to` (0 on broadcast axes), right-aligned.
llvm::SmallVector<int64_t> broadcastStrides(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// Emits y[i..] = x[i..] as strided copies: element (i0, i1, …) of `shape` from x at xOffset + Σ i·xStrides to y
/// likewise. `elementBytes` is 1, 2, 4 or 8. Contiguous runs become memcpy.
void emitStridedCopy(Lowering &l, int64_t elementBytes, llvm::ArrayRef<int64_t> shape, BufferId x, int64_t xOffset,
                     llvm::ArrayRef<int64_t> xStrides, BufferId y, int64_t yOffset, llvm::ArrayRef<int64_t> yStrides);

} // namespace burin::nn

#endif
