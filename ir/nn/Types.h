// Questions about element types and shapes that every part of the compiler asks.
#ifndef BURIN_IR_NN_TYPES_H
#define BURIN_IR_NN_TYPES_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeRange.h"
#include "mlir/IR/Value.h"

#include <cstdint>
#include <string>

namespace burin::nn {

/// The type the bytes are stored as: the storage type of a quantised type (i8, or ui8 for `u8`), else the type itself.
mlir::Type storageType(mlir::Type elementType);

/// Bytes of one element: 1 for bool and anything up to 8 bits (integers extended to a byte, floats in its low bits).
int64_t elementBytes(mlir::Type elementType);

/// The 8-bit integer of the same sign for an integer of 2 or 4 bits, which lies extended to a byte; else `storageType`.
/// Kernels that read such integers are those of the byte.
mlir::Type byteType(mlir::Type elementType);

/// Suffix of the kernels for this storage: "f32", "s8", "u64", "b8", "s4", "f8e5m2" …; empty for a type without
/// kernels.
std::string kernelSuffix(mlir::Type elementType);

/// The C type of the storage: "float", "int8_t", "uint8_t" (bool and ui8), "uint16_t" (f16, bf16) …
std::string cType(mlir::Type elementType);

mlir::RankedTensorType tensorType(mlir::Value v);
mlir::ArrayRef<int64_t> shapeOf(mlir::Value v);
mlir::Type elementTypeOf(mlir::Value v);
int64_t numElements(mlir::ArrayRef<int64_t> shape);
/// Bytes of the whole tensor.
int64_t byteSize(mlir::RankedTensorType type);
/// The same shape with another element type.
mlir::RankedTensorType withElementType(mlir::RankedTensorType type, mlir::Type elementType);
/// The same with another size of one axis.
mlir::RankedTensorType resized(mlir::RankedTensorType type, int64_t axis, int64_t size);

/// The per-tensor quantised element type of `v`, or null.
mlir::quant::UniformQuantizedType perTensorQuant(mlir::Value v);
/// The quantised element type of any kind of `v`, or null.
mlir::quant::QuantizedType quantType(mlir::Value v);
/// The smallest and largest value of an integer type of less than 64 bits.
std::pair<int64_t, int64_t> integerRange(mlir::IntegerType type);
/// The smallest and largest stored integer of a quantised type.
std::pair<int32_t, int32_t> storageRange(mlir::quant::QuantizedType type);
/// Scales and zero points with one entry per tensor (size 1) or per index of the quantised axis.
struct QuantParams {
  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeros;
  int64_t axis = -1; ///< -1: per tensor
};
QuantParams quantParams(mlir::quant::QuantizedType type);
/// Whether integer kernels can read and write activations of this type: quantised per tensor with 8 or 16 bits, a
/// positive scale, a zero point that it can store.
bool isActivationType(mlir::Type elementType);
/// The same with 8 bits.
bool isByteTensor(mlir::Type elementType);
/// Whether any of the element types is quantised with 16 bits: then arithmetic is the fixed-point one of
/// ir/numerics/FixedPoint.h, else that of ir/numerics/Requantize.h.
bool hasWordType(mlir::ArrayRef<mlir::Type> elementTypes);
/// Scales are positive float32 numbers, zero points are storable.
bool hasUsableParams(mlir::quant::QuantizedType type);
/// The stored range that real bounds [lo, hi] leave of a per-tensor type: clamp(round_half_even(bound / scale) + zero).
std::pair<int32_t, int32_t> clampRange(mlir::quant::UniformQuantizedType type, double lo, double hi);

/// Whether the ranked tensor types agree in shape, element types set aside.
bool sameShapes(mlir::TypeRange a, mlir::TypeRange b);
/// Whether result types may stand where others were inferred: the same shapes, and the same element types unless one of
/// them is quantised (the scales of a result, or an i32 accumulator, don't follow from the operands).
bool areCompatibleResults(mlir::TypeRange inferred, mlir::TypeRange actual);

/// NumPy broadcast of two shapes; nullopt if they don't fit.
std::optional<llvm::SmallVector<int64_t>> broadcastShapes(mlir::ArrayRef<int64_t> a, mlir::ArrayRef<int64_t> b);

/// Row-major strides in elements.
llvm::SmallVector<int64_t> rowMajorStrides(mlir::ArrayRef<int64_t> shape);

/// The inverse permutation, and composition (result[i] = a[b[i]]).
llvm::SmallVector<int64_t> inversePermutation(mlir::ArrayRef<int64_t> perm);
llvm::SmallVector<int64_t> composePermutations(mlir::ArrayRef<int64_t> a, mlir::ArrayRef<int64_t> b);
bool isIdentityPermutation(mlir::ArrayRef<int64_t> perm);

} // namespace burin::nn

#endif
