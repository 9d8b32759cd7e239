// The element types of ONNX.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace burin {

// Files are little-endian; tensors are copied to and from them without swapping.
static_assert(std::endian::native == std::endian::little, "Burin runs on little-endian hosts");

/// The values are those of onnx.TensorProto.DataType. (libonnx's enum ends at 16; `data_type` is a plain int32.)
enum class DType : uint8_t {
  Float32 = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Float64 = 11,
  UInt32 = 12,
  UInt64 = 13,
  Complex64 = 14,
  Complex128 = 15,
  BFloat16 = 16,
  Float8E4M3FN = 17,
  Float8E4M3FNUZ = 18,
  Float8E5M2 = 19,
  Float8E5M2FNUZ = 20,
  UInt4 = 21,
  Int4 = 22,
  Float4E2M1 = 23,
  Float8E8M0 = 24,
  UInt2 = 25,
  Int2 = 26,
};

enum class DTypeKind : uint8_t { Float, SignedInt, UnsignedInt, Bool, Complex, String };

struct DTypeInfo {
  DType type;
  std::string_view name; ///< "float32"
  DTypeKind kind;
  int bits;               ///< in a file; 0 for strings. Types under 8 bits are packed there, the first in the low bits
  std::string_view numpy; ///< `descr` in a .npy file, "<f4"; empty where numpy itself has no such type
  int bytes() const { return bits < 8 ? (bits + 7) / 8 : bits / 8; } ///< of one element in a HostTensor
};

const DTypeInfo &info(DType type);

/// The type of `data_type`, `elem_type` or attribute `to` = `onnxNumber`; nothing for 0 and for numbers that Burin
/// doesn't know (27 and 28 are 6-bit floats).
std::optional<DType> dtypeFromOnnx(int64_t onnxNumber);

inline int toOnnx(DType type) { return static_cast<int>(type); }

/// Bytes of `count` elements in a file: ⌈count · bits / 8⌉. `count` ≤ 2⁵⁵.
int64_t packedBytes(DType type, int64_t count);

/// The value of the float of `type` (16 bits or fewer) whose bits are the low ones of `bits`, exactly.
double decodeFloat(DType type, uint16_t bits);

} // namespace burin
