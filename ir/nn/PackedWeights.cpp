#include "ir/nn/PackedWeights.h"

#include "ir/nn/Types.h"

#include "llvm/Support/MathExtras.h"
#include <algorithm>

namespace burin::nn {
using namespace mlir;

constexpr llvm::StringLiteral packedBitsAttrName = "nn.packed_bits";

std::optional<unsigned> packedBits(ConstantOp constant) {
  auto attr = constant->getAttrOfType<IntegerAttr>(packedBitsAttrName);
  return attr ? std::optional(static_cast<unsigned>(attr.getInt())) : std::nullopt;
}

void setPackedBits(ConstantOp constant, unsigned bits) {
  constant->setAttr(packedBitsAttrName, IntegerAttr::get(IntegerType::get(constant.getContext(), 64), bits));
}

int32_t signedOffset(Type elementType) {
  auto quantised = dyn_cast<quant::QuantizedType>(elementType);
  auto integer = cast<IntegerType>(storageType(elementType));
  if (!integer.isUnsigned())
    return 0;
  return quantised ? static_cast<int32_t>((quantised.getStorageTypeMax() + 1) / 2) : 1 << (integer.getWidth() - 1);
}

namespace {

/// The smallest and the largest value of a constant of integers of 2 to 8 bits, made signed.
std::optional<std::pair<int32_t, int32_t>> signedRange(ConstantOp constant) {
  const Type type = elementTypeOf(constant.getResult());
  auto integer = dyn_cast<IntegerType>(storageType(type));
  if (!integer || integer.getWidth() < 2 || integer.getWidth() > 8)
    return std::nullopt;
  int32_t lo = 0, hi = 0;
  const int32_t offset = signedOffset(type);
  for (char byte : constant.bytes()) {
    const int32_t stored = integer.isUnsigned() ? static_cast<uint8_t>(byte) : static_cast<int8_t>(byte);
    lo = std::min(lo, stored - offset);
    hi = std::max(hi, stored - offset);
  }
  return std::make_pair(lo, hi);
}

bool fits(std::pair<int32_t, int32_t> range, unsigned bits) {
  return range.first >= llvm::minIntN(bits) && range.second <= llvm::maxIntN(bits);
}

} // namespace

std::optional<unsigned> fewestPackedBits(ConstantOp constant) {
  const auto range = signedRange(constant);
  for (unsigned bits : {2u, 4u})
    if (range && fits(*range, bits))
      return bits;
  return std::nullopt;
}

std::string packedSuffix(unsigned bits) { return "w" + std::to_string(bits); }

int64_t packedElements(int64_t outputs, int64_t depth) { return llvm::divideCeil(outputs * depth, packedPerElement); }

BufferId packedConstant(Lowering &l, StringRef role, ArrayRef<int8_t> values, int64_t outputs, int64_t depth,
                        int64_t groups, unsigned bits) {
  const int64_t perGroup = outputs / groups, elements = packedElements(perGroup, depth);
  std::vector<uint32_t> table(static_cast<size_t>(groups * elements), 0);
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t inGroup = o % perGroup, block = inGroup / packedPerElement * packedPerElement;
    const int64_t lanes = std::min(perGroup - block, packedPerElement);
    for (int64_t d = 0; d < depth; ++d) {
      const int64_t number = block * depth + d * lanes + (inGroup - block);
      const int32_t stored = values[static_cast<size_t>(o * depth + d)] + (1 << (bits - 1));
      assert(stored >= 0 && stored < 1 << bits && "the weights fit their bits");
      table[static_cast<size_t>(o / perGroup * elements + number / packedPerElement)] |=
          static_cast<uint32_t>(stored) << (number % packedPerElement * bits);
    }
  }
  std::vector<char> bytes; // little-endian
  for (uint32_t element : table)
    for (unsigned bit = 0; bit < packedPerElement * bits; bit += 8)
      bytes.push_back(static_cast<char>(element >> bit));
  const std::string ctype = "uint" + std::to_string(packedPerElement * bits) + "_t";
  // The shape counts elements; the bytes are taken as they are.
  return l.constant<char>(role, ctype, bytes, {groups * elements});
}

unsigned packedBitsRead(StringRef kernel, StringRef param) {
  for (unsigned bits : {2u, 4u, 8u})
    if (param == "w" && StringRef(kernel.str() + "_").contains("_" + packedSuffix(bits) + "_"))
      return bits;
  return 0;
}

std::vector<uint8_t> packRows(ConstantOp constant, int64_t row, unsigned bits) {
  const ArrayRef<char> bytes = constant.bytes();
  const int64_t rows = row == 0 ? 0 : static_cast<int64_t>(bytes.size()) / row, rowBytes = packedRowBytes(row, bits);
  const int32_t up = (1 << (bits - 1)) - signedOffset(elementTypeOf(constant.getResult()));
  std::vector<uint8_t> table(static_cast<size_t>(rows * rowBytes), 0);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < row; ++j) {
      // Modulo 256 the sign of what is stored doesn't matter.
      const auto u = static_cast<uint8_t>(bytes[static_cast<size_t>(r * row + j)] + up);
      table[static_cast<size_t>(r * rowBytes + j * bits / 8)] |= static_cast<uint8_t>(u << (j * bits % 8));
    }
  return table;
}

int64_t packedRowBytes(int64_t row, unsigned bits) { return llvm::divideCeil(row * bits, 8); }

} // namespace burin::nn
