// A kernel call inside a loop nest, as a plain value: what an operator lowers to, what the interpreter executes and
// what the plan dialect and the C printer carry.
#ifndef BURIN_IR_PLAN_CALL_H
#define BURIN_IR_PLAN_CALL_H

#include "ir/kernels/Kernel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace burin::plan {

/// A pointer into buffer `buffer`: element offset + Σ loop index · stride, in elements of the parameter's C type.
struct PointerArg {
  unsigned buffer = 0;
  int64_t offset = 0;
  llvm::SmallVector<int64_t, 4> strides = {}; ///< one per loop of the call; missing ones are 0
};

/// Pointers to `count` rows of an image: row k is r = index(rowLoop)·stride − pad + k·dilation; NULL unless 0 <= r <
/// height; else pointer + r·rowElements. `rowLoop` < 0: index 0.
struct WindowArg {
  PointerArg image;
  int rowLoop = -1;
  int64_t stride = 1, pad = 0, dilation = 1, count = 1, height = 1, rowElements = 0;
};

/// An integer, affine in the loop indices.
struct IntArg {
  int64_t value = 0;
  llvm::SmallVector<int64_t, 4> strides = {};
};

struct FloatArg {
  double value = 0;
};

/// A NULL pointer.
struct NullArg {};

using CallArg = std::variant<PointerArg, WindowArg, IntArg, FloatArg, NullArg>;

struct Call {
  const kernels::Kernel *kernel = nullptr;
  llvm::SmallVector<int64_t, 4> loops; ///< trip counts, outermost first
  std::vector<CallArg> args = {};      ///< one per kernel parameter
  bool turned = false; ///< loops[0] is a loop around the layer: its index is the turn that the loop is in …
  int64_t first = 0;   ///< … less this: the call runs in the turns first .. first + loops[0] - 1
};

/// How the bytes of a buffer are kept: whole (rows = 0), or as a ring of `rows` rows, where row r lies at r mod rows.
struct Ring {
  int64_t rows = 0, rowBytes = 0;

  /// Where byte `offset` of the whole tensor lies in the buffer.
  int64_t at(int64_t offset) const {
    return rows == 0 ? offset : offset / rowBytes % rows * rowBytes + offset % rowBytes;
  }
};

/// Bytes of a C element type ("float": 4; "int8_t": 1 …).
int64_t elementSize(std::string_view ctype);

/// Runs the loop nest on memory: `buffers[i]` is the first byte of buffer i, which is kept as `rings[i]` says (none
/// given: all are whole). A turned call runs for turn `turn` alone, if it is one of its turns.
void execute(const Call &call, llvm::ArrayRef<std::byte *> buffers, int64_t turn = 0, llvm::ArrayRef<Ring> rings = {});

/// Checks a call against its kernel's signature: count and kinds of arguments. Returns an empty string or what is
/// wrong.
std::string checkCall(const Call &call);

} // namespace burin::plan

#endif
