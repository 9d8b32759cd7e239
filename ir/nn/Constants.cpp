#include "ir/nn/Constants.h"
#include "ir/nn/ops/Constant.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

namespace burin::nn {
using namespace mlir;

namespace {

constexpr size_t maxInlineBytes = 256;

/// The type an elements attribute can have: storage instead of quantised types.
RankedTensorType storageTensor(RankedTensorType type) {
  return RankedTensorType::get(type.getShape(), storageType(type.getElementType()));
}

/// Inline attributes keep bools as bits and equal elements as one; everything else has our byte layout.
bool canBeInline(RankedTensorType type, ArrayRef<char> bytes) {
  const size_t size = static_cast<size_t>(elementBytes(type.getElementType()));
  if (bytes.size() > maxInlineBytes || bytes.empty() || type.getElementType().getIntOrFloatBitWidth() < 8)
    return false;
  for (size_t i = size; i < bytes.size(); i += size)
    if (std::memcmp(bytes.data(), bytes.data() + i, size) != 0)
      return true;
  return bytes.size() == size;
}

} // namespace

ElementsAttr makeElements(RankedTensorType type, std::vector<char> &&bytes) {
  RankedTensorType storage = storageTensor(type);
  if (canBeInline(storage, bytes))
    return DenseElementsAttr::getFromRawBuffer(storage, bytes);
  // The blob owns the vector: moved, never copied.
  auto *owner = new std::vector<char>(std::move(bytes));
  AsmResourceBlob blob(
      llvm::ArrayRef<char>(owner->data(), owner->size()), /*dataAlignment=*/16,
      [owner](void *, size_t, size_t) { delete owner; }, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(storage, "c", std::move(blob));
}

ElementsAttr makeElements(RankedTensorType type, ArrayRef<char> bytes) {
  return makeElements(type, std::vector<char>(bytes.begin(), bytes.end()));
}

ConstantOp makeConstant(OpBuilder &b, Location loc, RankedTensorType type, std::vector<char> bytes) {
  return ConstantOp::create(b, loc, type, makeElements(type, std::move(bytes)));
}

ArrayRef<char> elementsBytes(ElementsAttr attr, RankedTensorType type, std::vector<char> &storage) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = cast<DenseElementsAttr>(attr);
  const int64_t count = numElements(type.getShape()), size = elementBytes(type.getElementType());
  if (dense.getElementType().isInteger(1)) {
    for (bool v : dense.getValues<bool>())
      storage.push_back(v ? 1 : 0);
    return storage;
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat() || count == 1)
    return raw;
  storage.resize(static_cast<size_t>(count * size));
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(storage.data() + i * size, raw.data(), static_cast<size_t>(size));
  return storage;
}

ConstantOp definingConstant(Value v) { return v ? v.getDefiningOp<ConstantOp>() : ConstantOp(); }

namespace {

template <typename T> T load(const char *p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

int64_t loadInt(const char *p, IntegerType type) {
  const bool isUnsigned = type.isUnsigned() || type.getWidth() == 1;
  switch (type.getWidth()) {
  case 64:
    return load<int64_t>(p);
  case 32:
    return isUnsigned ? static_cast<int64_t>(load<uint32_t>(p)) : load<int32_t>(p);
  case 16:
    return isUnsigned ? load<uint16_t>(p) : load<int16_t>(p);
  default:
    return isUnsigned ? load<uint8_t>(p) : load<int8_t>(p);
  }
}

} // namespace

std::optional<SmallVector<int64_t>> constantInts(Value v) {
  ConstantOp constant = definingConstant(v);
  auto type = constant ? dyn_cast<IntegerType>(storageType(elementTypeOf(v))) : IntegerType();
  if (!type)
    return std::nullopt;
  SmallVector<int64_t> out;
  ArrayRef<char> bytes = constant.bytes();
  const int64_t size = elementBytes(type);
  for (int64_t i = 0, n = numElements(shapeOf(v)); i < n; ++i)
    out.push_back(loadInt(bytes.data() + i * size, type));
  return out;
}

std::optional<SmallVector<double>> constantReals(Value v) {
  ConstantOp constant = definingConstant(v);
  auto type = constant ? dyn_cast<FloatType>(elementTypeOf(v)) : FloatType();
  if (!type)
    return std::nullopt;
  SmallVector<double> out;
  ArrayRef<char> bytes = constant.bytes();
  const int64_t size = elementBytes(type);
  for (int64_t i = 0, n = numElements(shapeOf(v)); i < n; ++i) {
    const char *p = bytes.data() + i * size;
    if (type.isF32())
      out.push_back(load<float>(p));
    else if (type.isF64())
      out.push_back(load<double>(p));
    else if (type.getWidth() == 16)
      out.push_back(APFloat(type.getFloatSemantics(), APInt(16, load<uint16_t>(p))).convertToDouble());
    else
      out.push_back(
          APFloat(type.getFloatSemantics(), APInt(type.getWidth(), load<uint8_t>(p), false, true)).convertToDouble());
  }
  return out;
}

} // namespace burin::nn
