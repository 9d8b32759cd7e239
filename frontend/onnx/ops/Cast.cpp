// Conversions of element types.
#include "frontend/onnx/OpTable.h"

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

void cast(NodeContext &n) {
  auto to = dtypeFromOnnx(n.intAttr("to", 0));
  Type element = to ? elementTypeFor(n.context(), *to) : Type();
  if (!element) {
    n.fail("BRN1205",
           "target type " + Twine(to ? StringRef(info(*to).name) : StringRef("unknown")) + " is not supported");
    return;
  }
  castTo(n, element);
}

void castLike(NodeContext &n) { castTo(n, n.element(n.input(1))); }

constexpr OpImporter rows[] = {
    {"Cast", 1, 1, cast, Half::Move, 0, "no strings, complex numbers, nor types of less than 8 bits or float8", 6},
    {"CastLike", 2, 2, castLike, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> castOps() { return rows; }

} // namespace burin::importer
