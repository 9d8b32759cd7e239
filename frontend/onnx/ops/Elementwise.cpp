// Arithmetic, comparisons, logic: one nn operator each, or a chain for the variadic ones.
#include "frontend/onnx/OpTable.h"

namespace burin::importer {
using namespace mlir;
using nn::BinaryKind;
using nn::CompareKind;
using nn::UnaryKind;

namespace {

template <UnaryKind kind> void unary(NodeContext &n) { n.output(n.unary(kind, n.input(0))); }

void isInf(NodeContext &n) {
  n.output(n.unary(UnaryKind::is_inf, n.input(0), n.flag("detect_negative", true), n.flag("detect_positive", true)));
}

/// Before opset 7, `broadcast` allowed the second operand to be smaller, and `axis` said where it lies in the first.
Value secondOperand(NodeContext &n) {
  Value a = n.input(0), b = n.input(1);
  if (n.opset() >= 7 || !n.flag("broadcast") || !n.hasAttr("axis"))
    return b;
  const int64_t rank = n.rank(a), axis = n.axisAttr("axis", 0, rank);
  Shape shape = n.shape(b);
  if (!n.require(axis + static_cast<int64_t>(shape.size()) <= rank, "the second input doesn't fit behind \"axis\""))
    return {};
  shape.resize(static_cast<size_t>(rank - axis), 1);
  return n.reshape(b, shape);
}

template <BinaryKind kind> void binary(NodeContext &n) { n.output(n.binary(kind, n.input(0), secondOperand(n))); }

template <CompareKind kind> void compare(NodeContext &n) { n.output(n.compare(kind, n.input(0), secondOperand(n))); }

template <BinaryKind kind> Value chain(NodeContext &n) {
  SmallVector<Value> xs = n.allInputs();
  if (n.failed())
    return {};
  Value y = xs.front();
  for (Value x : llvm::drop_begin(xs))
    y = n.binary(kind, y, x);
  return y;
}

template <BinaryKind kind> void variadic(NodeContext &n) { n.output(chain<kind>(n)); }

void mean(NodeContext &n) {
  Value sum = chain<BinaryKind::add>(n);
  n.output(n.numInputs() == 1 ? sum : n.div(sum, n.scalarLike(sum, n.numInputs())));
}

void mod(NodeContext &n) {
  const bool fmod = n.flag("fmod");
  if (!n.require(fmod || !n.isFloat(n.input(0)) || n.opset() >= 28, "floats need fmod = 1 before opset 28"))
    return;
  n.output(n.binary(fmod ? BinaryKind::fmod : BinaryKind::mod, n.input(0), n.input(1)));
}

void pow(NodeContext &n) {
  Value x = n.input(0), exponent = secondOperand(n);
  if (auto e = n.numbers(exponent); e && e->size() == 1 && e->front() == 2 && n.rank(exponent) <= n.rank(x))
    return n.output(n.mul(x, x));
  const Type type = n.element(x);
  if (!n.isFloat(x) && n.isFloat(exponent)) // exact for results below 2^53, as the reference computes it
    return n.output(n.cast(n.binary(BinaryKind::pow, n.cast(x, n.f64()), n.cast(exponent, n.f64())), type));
  n.output(n.binary(BinaryKind::pow, x, n.cast(exponent, type)));
}

void bitShift(NodeContext &n) {
  const std::string direction = n.stringAttr("direction", "");
  if (!n.require(direction == "LEFT" || direction == "RIGHT", "\"direction\" must be LEFT or RIGHT"))
    return;
  n.output(n.binary(direction == "LEFT" ? BinaryKind::shift_left : BinaryKind::shift_right, n.input(0), n.input(1)));
}

void where(NodeContext &n) { n.output(n.select(n.input(0), n.input(1), n.input(2))); }

constexpr OpImporter rows[] = {
    {"Abs", 1, 1, unary<UnaryKind::abs>, types::numbers},
    {"Acos", 1, 1, unary<UnaryKind::acos>},
    {"Acosh", 1, 1, unary<UnaryKind::acosh>},
    {"Add", 2, 2, binary<BinaryKind::add>, types::numbers},
    {"And", 2, 2, binary<BinaryKind::logical_and>, types::boolean},
    {"Asin", 1, 1, unary<UnaryKind::asin>},
    {"Asinh", 1, 1, unary<UnaryKind::asinh>},
    {"Atan", 1, 1, unary<UnaryKind::atan>},
    {"Atanh", 1, 1, unary<UnaryKind::atanh>},
    {"BitShift", 2, 2, bitShift, types::integers},
    {"BitwiseAnd", 2, 2, binary<BinaryKind::bitwise_and>, types::integers},
    {"BitwiseNot", 1, 1, unary<UnaryKind::bitwise_not>, types::integers},
    {"BitwiseOr", 2, 2, binary<BinaryKind::bitwise_or>, types::integers},
    {"BitwiseXor", 2, 2, binary<BinaryKind::bitwise_xor>, types::integers},
    {"Ceil", 1, 1, unary<UnaryKind::ceil>},
    {"Cos", 1, 1, unary<UnaryKind::cos>},
    {"Cosh", 1, 1, unary<UnaryKind::cosh>},
    {"Div", 2, 2, binary<BinaryKind::div>, types::numbers},
    {"Equal", 2, 2, compare<CompareKind::equal>, types::scalars},
    {"Erf", 1, 1, unary<UnaryKind::erf>},
    {"Exp", 1, 1, unary<UnaryKind::exp>},
    {"Floor", 1, 1, unary<UnaryKind::floor>},
    {"Greater", 2, 2, compare<CompareKind::greater>, types::numbers},
    {"GreaterOrEqual", 2, 2, compare<CompareKind::greater_equal>, types::numbers},
    {"IsInf", 1, 1, isInf},
    {"IsNaN", 1, 1, unary<UnaryKind::is_nan>},
    {"Less", 2, 2, compare<CompareKind::less>, types::numbers},
    {"LessOrEqual", 2, 2, compare<CompareKind::less_equal>, types::numbers},
    {"Log", 1, 1, unary<UnaryKind::log>},
    {"Max", 1, anyNumber, variadic<BinaryKind::max>, types::numbers},
    {"Mean", 1, anyNumber, mean},
    {"Min", 1, anyNumber, variadic<BinaryKind::min>, types::numbers},
    {"Mod", 2, 2, mod, types::numbers},
    {"Mul", 2, 2, binary<BinaryKind::mul>, types::numbers},
    {"Neg", 1, 1, unary<UnaryKind::neg>, types::floats | types::signedIntegers},
    {"Not", 1, 1, unary<UnaryKind::logical_not>, types::boolean},
    {"Or", 2, 2, binary<BinaryKind::logical_or>, types::boolean},
    {"Pow", 2, 2, pow, types::floats | types::int32 | types::int64},
    {"Reciprocal", 1, 1, unary<UnaryKind::reciprocal>},
    {"Round", 1, 1, unary<UnaryKind::round>},
    {"Sign", 1, 1, unary<UnaryKind::sign>, types::numbers},
    {"Sin", 1, 1, unary<UnaryKind::sin>},
    {"Sinh", 1, 1, unary<UnaryKind::sinh>},
    {"Sqrt", 1, 1, unary<UnaryKind::sqrt>},
    {"Sub", 2, 2, binary<BinaryKind::sub>, types::numbers},
    {"Sum", 1, anyNumber, variadic<BinaryKind::add>},
    {"Tan", 1, 1, unary<UnaryKind::tan>},
    worksOn(1, {"Where", 3, 3, where, types::scalars, Half::Move}),
    {"Xor", 2, 2, binary<BinaryKind::logical_xor>, types::boolean},
};

} // namespace

llvm::ArrayRef<OpImporter> elementwiseOps() { return rows; }

} // namespace burin::importer
