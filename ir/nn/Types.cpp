#include "ir/nn/Types.h"

#include <cmath>

namespace burin::nn {
using namespace mlir;

Type storageType(Type elementType) {
  auto q = dyn_cast<quant::QuantizedType>(elementType);
  if (!q)
    return elementType;
  // The quant dialect stores signedness beside a signless type.
  return q.isSigned() ? q.getStorageType()
                      : IntegerType::get(q.getContext(), q.getStorageTypeIntegralWidth(), IntegerType::Unsigned);
}

Type byteType(Type elementType) {
  Type t = storageType(elementType);
  auto i = dyn_cast<IntegerType>(t);
  return i && i.getWidth() > 1 && i.getWidth() < 8 ? IntegerType::get(t.getContext(), 8, i.getSignedness()) : t;
}

int64_t elementBytes(Type elementType) {
  Type t = storageType(elementType);
  return std::max<int64_t>(1, t.getIntOrFloatBitWidth() / 8);
}

std::string kernelSuffix(Type elementType) {
  Type t = storageType(elementType);
  if (t.isF32())
    return "f32";
  if (t.isF64())
    return "f64";
  if (t.isF16())
    return "f16";
  if (t.isBF16())
    return "bf16";
  if (isa<Float8E4M3FNType>(t))
    return "f8e4m3fn";
  if (isa<Float8E4M3FNUZType>(t))
    return "f8e4m3fnuz";
  if (isa<Float8E5M2Type>(t))
    return "f8e5m2";
  if (isa<Float8E5M2FNUZType>(t))
    return "f8e5m2fnuz";
  if (isa<Float8E8M0FNUType>(t))
    return "f8e8m0";
  if (isa<Float4E2M1FNType>(t))
    return "f4e2m1";
  auto i = dyn_cast<IntegerType>(t);
  if (!i)
    return "";
  if (i.getWidth() == 1)
    return "b8";
  return (i.isUnsigned() ? "u" : "s") + std::to_string(i.getWidth());
}

std::string cType(Type elementType) {
  std::string s = kernelSuffix(byteType(elementType));
  if (s == "f32")
    return "float";
  if (s == "f64")
    return "double";
  if (s == "f16" || s == "bf16")
    return "uint16_t";
  if (s == "b8" || s.empty() || s[0] == 'f') // a float of 8 or 4 bits
    return "uint8_t";
  return (s[0] == 'u' ? "uint" : "int") + s.substr(1) + "_t";
}

RankedTensorType tensorType(Value v) { return cast<RankedTensorType>(v.getType()); }
ArrayRef<int64_t> shapeOf(Value v) { return tensorType(v).getShape(); }
Type elementTypeOf(Value v) { return tensorType(v).getElementType(); }

int64_t numElements(ArrayRef<int64_t> shape) {
  int64_t n = 1;
  for (int64_t d : shape)
    n *= d;
  return n;
}

int64_t byteSize(RankedTensorType type) { return numElements(type.getShape()) * elementBytes(type.getElementType()); }

RankedTensorType withElementType(RankedTensorType type, Type elementType) {
  return RankedTensorType::get(type.getShape(), elementType, type.getEncoding());
}

RankedTensorType resized(RankedTensorType type, int64_t axis, int64_t size) {
  SmallVector<int64_t> shape(type.getShape());
  shape[static_cast<size_t>(axis)] = size;
  return RankedTensorType::get(shape, type.getElementType());
}

quant::UniformQuantizedType perTensorQuant(Value v) { return dyn_cast<quant::UniformQuantizedType>(elementTypeOf(v)); }
quant::QuantizedType quantType(Value v) { return dyn_cast<quant::QuantizedType>(elementTypeOf(v)); }

std::pair<int64_t, int64_t> integerRange(IntegerType type) {
  assert(type.getWidth() < 64 && "the range fits int64_t");
  const int64_t count = int64_t(1) << type.getWidth();
  const int64_t lo = type.isUnsigned() || type.getWidth() == 1 ? 0 : -count / 2;
  return {lo, lo + count - 1};
}

std::pair<int32_t, int32_t> storageRange(quant::QuantizedType type) {
  return {static_cast<int32_t>(type.getStorageTypeMin()), static_cast<int32_t>(type.getStorageTypeMax())};
}

QuantParams quantParams(quant::QuantizedType type) {
  QuantParams p;
  if (auto t = dyn_cast<quant::UniformQuantizedType>(type)) {
    p.scales.push_back(static_cast<float>(t.getScale()));
    p.zeros.push_back(t.getZeroPoint());
  } else {
    auto axis = cast<quant::UniformQuantizedPerAxisType>(type);
    for (double s : axis.getScales())
      p.scales.push_back(static_cast<float>(s));
    p.zeros.assign(axis.getZeroPoints().begin(), axis.getZeroPoints().end());
    p.axis = axis.getQuantizedDimension();
  }
  return p;
}

bool hasUsableParams(quant::QuantizedType type) {
  const QuantParams params = quantParams(type);
  return llvm::all_of(params.zeros,
                      [&](int64_t z) { return z >= type.getStorageTypeMin() && z <= type.getStorageTypeMax(); }) &&
         llvm::all_of(params.scales, [](float s) { return s > 0 && std::isfinite(s); });
}

bool isActivationType(Type elementType) {
  auto q = dyn_cast_or_null<quant::UniformQuantizedType>(elementType);
  return q && (q.getStorageTypeIntegralWidth() == 8 || q.getStorageTypeIntegralWidth() == 16) && hasUsableParams(q);
}

bool isByteTensor(Type elementType) { return isActivationType(elementType) && elementBytes(elementType) == 1; }

bool hasWordType(ArrayRef<Type> elementTypes) {
  return llvm::any_of(elementTypes, [](Type t) {
    auto q = dyn_cast_or_null<quant::QuantizedType>(t);
    return q && q.getStorageTypeIntegralWidth() == 16;
  });
}

std::pair<int32_t, int32_t> clampRange(quant::UniformQuantizedType type, double lo, double hi) {
  auto [min, max] = storageRange(type);
  // x / scale in float32, as QuantizeLinear computes it; nearbyint rounds half to even.
  auto bound = [&, min = min, max = max](double real, int32_t unbound) {
    if (std::isinf(real))
      return unbound;
    float q = std::nearbyint(static_cast<float>(real) / static_cast<float>(type.getScale()));
    double stored = static_cast<double>(q) + static_cast<double>(type.getZeroPoint());
    return static_cast<int32_t>(std::min<double>(max, std::max<double>(min, stored)));
  };
  return {bound(lo, min), bound(hi, max)};
}

bool sameShapes(TypeRange a, TypeRange b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](auto pair) {
           auto x = dyn_cast<RankedTensorType>(std::get<0>(pair)), y = dyn_cast<RankedTensorType>(std::get<1>(pair));
           return x && y && x.getShape() == y.getShape();
         });
}

bool areCompatibleResults(TypeRange inferred, TypeRange actual) {
  return sameShapes(inferred, actual) && llvm::all_of(llvm::zip(inferred, actual), [](auto pair) {
           Type x = cast<RankedTensorType>(std::get<0>(pair)).getElementType();
           Type y = cast<RankedTensorType>(std::get<1>(pair)).getElementType();
           return x == y || isa<quant::QuantizedType>(x) || isa<quant::QuantizedType>(y);
         });
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  size_t rank = std::max(a.size(), b.size());
  SmallVector<int64_t> out(rank);
  for (size_t i = 0; i < rank; ++i) {
    int64_t x = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    int64_t y = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    if (x != y && x != 1 && y != 1)
      return std::nullopt;
    out[i] = x == 1 ? y : x;
  }
  return out;
}

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

SmallVector<int64_t> inversePermutation(ArrayRef<int64_t> perm) {
  SmallVector<int64_t> inverse(perm.size());
  for (size_t i = 0; i < perm.size(); ++i)
    inverse[perm[i]] = static_cast<int64_t>(i);
  return inverse;
}

SmallVector<int64_t> composePermutations(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  SmallVector<int64_t> out;
  for (int64_t i : b)
    out.push_back(a[i]);
  return out;
}

bool isIdentityPermutation(ArrayRef<int64_t> perm) {
  for (size_t i = 0; i < perm.size(); ++i)
    if (perm[i] != static_cast<int64_t>(i))
      return false;
  return true;
}

} // namespace burin::nn
