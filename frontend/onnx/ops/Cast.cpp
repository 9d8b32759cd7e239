// Conversions of element types.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/BitCast.h"

namespace burin::importer {
using namespace mlir;

namespace {

bool isHalf(Type t) { return t.isF16() || t.isBF16(); }

/// 16-bit floats convert from and to float32 only; everything else goes through it. No value rounds twice: the other
/// types either fit float32 exactly or overflow 16-bit floats in both ways alike, up to ties that only integers beyond
/// 2^24 reach.
void castTo(NodeContext &n, Type to) {
  Value x = n.input(0);
  const Type from = n.element(x);
  if (from != to && ((isHalf(from) && !to.isF32()) || (isHalf(to) && !from.isF32())))
    x = n.cast(x, n.f32());
  n.output(n.cast(x, to));
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
  if (!n.require(nn::elementBytes(from) == nn::elementBytes(element),
                 describeElementType(from) + " and " + describeElementType(element) + " have different widths"))
    return;
  if (from == element)
    return n.output(x);
  n.output(element.isInteger(1) ? n.cast(x, element) : n.makeTyped<nn::BitCastOp>(n.tensor(n.shape(x), element), x));
}

constexpr OpImporter rows[] = {
    {"BitCast", 1, 1, bitCast, Half::Move, 0, "no strings, complex numbers, nor types of less than 8 bits or float8",
     26},
    {"Cast", 1, 1, cast, Half::Move, 0, "no strings, complex numbers, nor types of less than 8 bits or float8"},
    {"CastLike", 2, 2, castLike, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> castOps() { return rows; }

} // namespace burin::importer
