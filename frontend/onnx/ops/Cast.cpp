// Conversions of element types.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/BitCast.h"

namespace burin::importer {
using namespace mlir;

namespace {

bool isNarrowFloat(Type t) { return isa<FloatType>(t) && t.getIntOrFloatBitWidth() < 32; }

/// Floats of 16 bits and less convert from and to float32 only; everything else goes through it. No value rounds twice:
/// the other types either fit float32 exactly or overflow 16-bit floats in both ways alike, up to ties that only
/// float64 and integers beyond 2^24 reach.
void castTo(NodeContext &n, Type to) {
  Value x = n.input(0);
  const Type from = n.element(x);
  const bool overflow = n.intAttr("saturate", 1) == 0;
  const std::string round = n.stringAttr("round_mode", "up");
  if (!n.require(round == "up" || round == "down" || round == "nearest",
                 "\"round_mode\" is none of up, down and nearest"))
    return;
  if (from != to && ((isNarrowFloat(from) && !to.isF32()) || (isNarrowFloat(to) && !from.isF32())))
    x = n.cast(x, n.f32());
  n.output(n.cast(x, to, overflow, round));
}

/// The target type, which opset 1 names by a string ("FLOAT").
std::optional<DType> targetType(NodeContext &n) {
  if (n.opset() >= 6)
    return dtypeFromOnnx(n.intAttr("to", 0));
  onnx::TensorProto::DataType named{};
  return onnx::TensorProto::DataType_Parse(n.stringAttr("to", ""), &named) ? dtypeFromOnnx(named) : std::nullopt;
}

void cast(NodeContext &n) {
  auto to = targetType(n);
  Type element = to ? elementTypeFor(n.context(), *to) : Type();
  if (!element) {
    n.fail("BRN1205",
           "target type " + Twine(to ? StringRef(info(*to).name) : StringRef("unknown")) + " is not supported");
    return;
  }
  castTo(n, element);
}

void castLike(NodeContext &n) { castTo(n, n.element(n.input(1))); }

/// The type whose bytes are just the bits of `t`: unsigned where a signed integer of 2 or 4 bits is extended to a byte.
Type bitsOf(Type t) {
  auto integer = dyn_cast<IntegerType>(t);
  const bool isExtended = integer && integer.isSignless() && integer.getWidth() > 1 && integer.getWidth() < 8;
  return isExtended ? IntegerType::get(t.getContext(), integer.getWidth(), IntegerType::Unsigned) : t;
}

/// Source: ONNX BitCast-26. A byte other than 0 becomes true, so that kernels may rely on 0 and 1.
void bitCast(NodeContext &n) {
  Value x = n.input(0);
  const auto to = dtypeFromOnnx(n.intAttr("to", 0));
  const Type element = to ? elementTypeFor(n.context(), *to) : Type(), from = n.element(x);
  if (!element) {
    n.fail("BRN1205",
           "target type " + Twine(to ? StringRef(info(*to).name) : StringRef("unknown")) + " is not supported");
    return;
  }
  if (!n.require(info(dtypeFor(from)).bits == info(*to).bits,
                 describeElementType(from) + " and " + describeElementType(element) + " have different widths"))
    return;
  if (from == element)
    return n.output(x);
  if (element.isInteger(1))
    return n.output(n.cast(x, element));
  x = n.cast(x, bitsOf(from));
  const Type bits = bitsOf(element);
  if (n.element(x) != bits)
    x = n.makeTyped<nn::BitCastOp>(n.tensor(n.shape(x), bits), x);
  n.output(n.cast(x, element));
}

constexpr OpImporter rows[] = {
    {"BitCast", 1, 1, bitCast, types::all, Half::Move, 0, "no strings nor complex numbers", 26},
    {"Cast", 1, 1, cast, types::all, Half::Move, 0, "no strings nor complex numbers"},
    {"CastLike", 2, 2, castLike, types::all, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> castOps() { return rows; }

} // namespace burin::importer
