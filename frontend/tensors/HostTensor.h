// A tensor in the compiler's memory, and its passage from and to ONNX's TensorProto.
#pragma once

#include "frontend/tensors/DType.h"
#include "ir/diagnostics/Diagnostics.h"

#include <cstddef>
#include <onnx/onnx_pb.h>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace burin {

/// Ranks beyond this are errors; ONNX sets no limit, real models stay below 9.
inline constexpr int maxRank = 16;

/// Π shape. Nothing if a dim is negative, the rank exceeds `maxRank`, or the product of the nonzero dims exceeds 2⁵⁵
/// (so that byte and bit counts and strides fit int64 as well, even where a zero dim makes the tensor empty).
std::optional<int64_t> elementCount(std::span<const int64_t> shape);

/// Elements in row-major order, each in `info(dtype).bytes()` bytes, little-endian. Types under 8 bits take one byte
/// per element: integers hold their value (signed ones as int8), float4e2m1 its four bits. Bools are 0 or 1. Strings
/// cannot be held.
struct HostTensor {
  DType dtype = DType::Float32;
  std::vector<int64_t> shape;
  std::vector<std::byte> data;
  std::string name;

  /// Number of elements; `shape` must be valid.
  int64_t size() const { return elementCount(shape).value(); }
};

/// "float32[1,40,64]"
std::string typeText(DType dtype, std::span<const int64_t> shape);

/// Checks that `tensor` is whole: known element type (BRN1108), dims (BRN1106), data of exactly the right length in the
/// one right field (BRN1105), integers within their type (BRN1117), not segmented (BRN1105), data inside the protobuf
/// (BRN1006: external data are the reader's business, before this).
bool checkTensor(const onnx::TensorProto &tensor, DiagnosticSink &sink);

/// The values of `tensor`. Nothing, and a diagnostic, if it isn't whole or holds strings (BRN1013).
std::optional<HostTensor> fromTensorProto(const onnx::TensorProto &tensor, DiagnosticSink &sink);

/// `tensor` with its data in `raw_data` (packed, for types under 8 bits).
onnx::TensorProto toTensorProto(const HostTensor &tensor);

} // namespace burin
