// Making and reading nn.constant.
#ifndef BURIN_IR_NN_CONSTANTS_H
#define BURIN_IR_NN_CONSTANTS_H

#include "ir/nn/Nn.h"
#include "ir/nn/ops/Constant.h"

#include <optional>
#include <vector>

namespace burin::nn {

/// Elements attribute for `bytes` (row-major storage of `type`'s elements, bool as one byte). Small tensors are kept
/// inline so that IR reads well; large ones become resource blobs that are never copied or printed as text.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);
/// The same without a copy.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, std::vector<char> &&bytes);

/// Creates an nn.constant; `type` may be quantised, `bytes` are its storage.
ConstantOp makeConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type, std::vector<char> bytes);

/// Creates an nn.constant from C++ values whose size matches the element storage.
template <typename T>
ConstantOp makeConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type, llvm::ArrayRef<T> values) {
  const char *p = reinterpret_cast<const char *>(values.data());
  return makeConstant(b, loc, type, std::vector<char>(p, p + values.size() * sizeof(T)));
}

/// The storage bytes behind an elements attribute made above or parsed from text. Splats are expanded into `storage`.
llvm::ArrayRef<char> elementsBytes(mlir::ElementsAttr attr, mlir::RankedTensorType type, std::vector<char> &storage);

/// The constant that defines `v` (looking through nothing), or null.
ConstantOp definingConstant(mlir::Value v);

/// The values of a constant of integers of any width, or of floats, widened; nullopt if `v` isn't one.
std::optional<llvm::SmallVector<int64_t>> constantInts(mlir::Value v);
std::optional<llvm::SmallVector<double>> constantReals(mlir::Value v);

} // namespace burin::nn

#endif
