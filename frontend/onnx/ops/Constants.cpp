// Operators that make tensors from attributes, shapes and constants.
#include "frontend/onnx/OpTable.h"

#include <cmath>
#include <numbers>

namespace burin::importer {
using namespace mlir;
using onnx::AttributeProto;

namespace {

void constant(NodeContext &n) {
  const auto &attributes = n.node().attribute();
  if (!n.require(attributes.size() == 1, "exactly one attribute must give the value"))
    return;
  const std::string &name = attributes[0].name();
  if (name == "value") {
    if (const AttributeProto *a = n.requiredAttr(name, AttributeProto::TENSOR))
      n.output(n.constant(a->t()));
  } else if (name == "sparse_value") {
    if (const AttributeProto *a = n.requiredAttr(name, AttributeProto::SPARSE_TENSOR))
      n.output(n.constant(a->sparse_tensor()));
  } else if (name == "value_float") {
    n.output(n.floats({n.floatAttr(name, 0)}, {}, n.f32()));
  } else if (name == "value_int") {
    n.output(n.ints({n.intAttr(name, 0)}, {}, n.i64()));
  } else if (name == "value_floats") {
    const auto values = n.floatsAttr(name).value_or(SmallVector<double>());
    n.output(n.floats(values, {static_cast<int64_t>(values.size())}, n.f32()));
  } else if (name == "value_ints") {
    n.output(n.ints(n.intsAttr(name, Shape())));
  } else {
    n.support(false, "a value of this kind (" + Twine(StringRef(name).take_front(40)) + ") is not supported");
  }
}

void constantOfShape(NodeContext &n) {
  auto shape = n.constantInts(0, "the shape");
  Value value = n.floats({0}, {}, n.f32());
  if (const AttributeProto *a = n.hasAttr("value") ? n.requiredAttr("value", AttributeProto::TENSOR) : nullptr)
    value = n.constant(a->t());
  if (!shape || !value || !n.require(nn::numElements(n.shape(value)) == 1, "\"value\" must have one element"))
    return;
  n.output(n.expand(n.reshape(value, {}), *shape));
}

void shape(NodeContext &n) {
  const Shape dims = n.shape(n.input(0));
  const int64_t rank = static_cast<int64_t>(dims.size());
  auto bound = [&](StringRef name, int64_t absent) {
    int64_t v = n.intAttr(name, absent);
    return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank);
  };
  const int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
  n.output(n.ints(ArrayRef(dims).slice(static_cast<size_t>(start), static_cast<size_t>(end - start))));
}

void size(NodeContext &n) { n.output(n.ints({nn::numElements(n.shape(n.input(0)))}, {}, n.i64())); }

void range(NodeContext &n) {
  const auto start = n.constantNumber(0, "the length", 0), limit = n.constantNumber(1, "the length", 0),
             delta = n.constantNumber(2, "the length", 1);
  if (!start || !limit || !delta || !n.require(*delta != 0, "\"delta\" is zero"))
    return;
  const double count = std::max(0.0, std::ceil((*limit - *start) / *delta));
  if (!n.support(count <= maxGenerated, "the range is too long"))
    return;
  const int64_t length = static_cast<int64_t>(count);
  SmallVector<double> values;
  for (int64_t i = 0; i < length; ++i)
    values.push_back(*start + static_cast<double>(i) * *delta);
  const Type type = n.element(n.input(0));
  n.output(isa<FloatType>(type) ? n.floats(values, {length}, type)
                                : n.ints(Shape(values.begin(), values.end()), {length}, type));
}

/// The element type that attribute `name` asks for; fails if it can't be held.
Type typeAttr(NodeContext &n, StringRef name, Type absent) {
  if (!n.hasAttr(name))
    return absent;
  auto dtype = dtypeFromOnnx(n.intAttr(name, 0));
  Type type = dtype ? elementTypeFor(n.context(), *dtype) : Type();
  if (!type)
    n.fail("BRN1205", "the type that \"" + name + "\" asks for is not supported");
  return type;
}

void eyeLike(NodeContext &n) {
  const Shape shape = n.shape(n.input(0));
  const int64_t k = n.intAttr("k", 0);
  Type type = typeAttr(n, "dtype", n.element(n.input(0)));
  if (!type || !n.require(shape.size() == 2, "the input must have rank 2") ||
      !n.support(nn::numElements(shape) <= maxGenerated, "the matrix is too large"))
    return;
  Shape values(static_cast<size_t>(nn::numElements(shape)), 0);
  for (int64_t row = 0; row < shape[0]; ++row)
    if (k >= -row && k < shape[1] - row)
      values[row * shape[1] + row + k] = 1;
  n.output(isa<FloatType>(type) ? n.floats(SmallVector<double>(values.begin(), values.end()), shape, type)
                                : n.ints(values, shape, type));
}

/// w[i] = a0 - a1 cos(2 pi i / N) + a2 cos(4 pi i / N); N is the size (periodic) or one less. ONNX HannWindow-17 etc.
template <int a0E3, int a1E3, int a2E3> void window(NodeContext &n) {
  const auto size = n.constantNumber(0, "the length", 0);
  Type type = typeAttr(n, "output_datatype", n.f32());
  if (!size || !type || !n.require(*size >= 0, "the size is negative") ||
      !n.support(*size <= maxGenerated && isa<FloatType>(type), "only windows of floats, of at most 2^24 elements"))
    return;
  // ONNX's Hamming has 25/46, not 0.543.
  const double a0 = a0E3 == 543 ? 25.0 / 46.0 : a0E3 / 1e3, a1 = a0E3 == 543 ? 1 - a0 : a1E3 / 1e3, a2 = a2E3 / 1e3;
  const double period = n.flag("periodic", true) ? *size : *size - 1;
  SmallVector<double> values;
  for (int64_t i = 0; i < static_cast<int64_t>(*size); ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / period;
    values.push_back(a0 - a1 * std::cos(phase) + a2 * std::cos(2 * phase));
  }
  n.output(n.floats(values, {static_cast<int64_t>(values.size())}, type));
}

constexpr OpImporter rows[] = {
    {"BlackmanWindow", 1, 1, window<420, 500, 80>, types::int32 | types::int64, Half::Move, inputsFrom(0)},
    {"Constant", 0, 0, constant, types::all, Half::Move, 0, "no strings"},
    {"ConstantOfShape", 1, 1, constantOfShape, types::int64, Half::Move, inputsFrom(0)},
    {"EyeLike", 1, 1, eyeLike, types::scalars, Half::Move},
    {"HammingWindow", 1, 1, window<543, 0, 0>, types::int32 | types::int64, Half::Move, inputsFrom(0)},
    {"HannWindow", 1, 1, window<500, 500, 0>, types::int32 | types::int64, Half::Move, inputsFrom(0)},
    {"Range", 3, 3, range, types::floats | types::int16 | types::int32 | types::int64, Half::Move, inputsFrom(0)},
    {"Shape", 1, 1, shape, types::all, Half::Move},
    {"Size", 1, 1, size, types::all, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> constantOps() { return rows; }

} // namespace burin::importer
