// Activation functions with their parameters and ONNX's default values for them.
#include "frontend/onnx/OpTable.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::BinaryKind;
using nn::UnaryKind;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <UnaryKind kind> void plain(NodeContext &n) { n.output(n.unary(kind, n.input(0))); }

/// kind(x; alpha) with the attribute's default in 1/100000: templates take no floating-point arguments in C++20's
/// clang. Like all attributes, it is a float32.
template <UnaryKind kind, int alphaE5> void withAlpha(NodeContext &n) {
  n.output(n.unary(kind, n.input(0), n.floatAttr("alpha", static_cast<float>(alphaE5 / 1e5))));
}

void relu(NodeContext &n) {
  Value x = n.input(0);
  n.output(n.isFloat(x) ? n.clamp(x, 0, infinity) : n.unary(UnaryKind::relu, x));
}

/// A bound of Clip: the attribute before opset 11, the input since; ±∞ for none. Nothing if it is known only at run
/// time.
std::optional<double> clipBound(NodeContext &n, unsigned input, StringRef attr, double none) {
  if (n.opset() < 11)
    return n.floatAttr(attr, none);
  if (!n.hasInput(input))
    return none;
  auto values = n.numbers(n.input(input));
  return values && values->size() == 1 ? std::optional(values->front()) : std::nullopt;
}

void clip(NodeContext &n) {
  Value x = n.input(0);
  auto lo = clipBound(n, 1, "min", -infinity), hi = clipBound(n, 2, "max", infinity);
  if (n.isFloat(x) && lo && hi)
    return n.output(std::isinf(*lo) && std::isinf(*hi) ? x : n.clamp(x, *lo, *hi));
  // Integers keep all their bits, and bounds of run time are operands.
  auto bounded = [&](BinaryKind kind, Value v, unsigned input) {
    Value bound = n.input(input);
    if (!bound || !n.require(nn::numElements(n.shape(bound)) == 1, "a bound must have one element"))
      return v;
    return n.binary(kind, v, n.reshape(bound, {}));
  };
  n.output(bounded(BinaryKind::min, bounded(BinaryKind::max, x, 1), 2));
}

void gelu(NodeContext &n) {
  const std::string approximate = n.stringAttr("approximate", "none");
  if (!n.require(approximate == "none" || approximate == "tanh", "\"approximate\" must be none or tanh"))
    return;
  n.output(n.unary(approximate == "none" ? UnaryKind::gelu : UnaryKind::gelu_tanh, n.input(0)));
}

void hardSigmoid(NodeContext &n) {
  n.output(n.unary(UnaryKind::hard_sigmoid, n.input(0), n.floatAttr("alpha", 0.2f), n.floatAttr("beta", 0.5)));
}

void selu(NodeContext &n) {
  n.output(n.unary(UnaryKind::selu, n.input(0), n.floatAttr("alpha", 1.67326319217681884765625),
                   n.floatAttr("gamma", 1.05070102214813232421875)));
}

/// Integers go through float32, as the attributes are.
void shrink(NodeContext &n) {
  Value x = n.input(0), real = n.isFloat(x) ? x : n.cast(x, n.f32());
  n.output(n.cast(n.unary(UnaryKind::shrink, real, n.floatAttr("bias", 0), n.floatAttr("lambd", 0.5)), n.element(x)));
}

/// Before opset 7 a slope of one axis belongs to the channels; since then it broadcasts like any operand.
void prelu(NodeContext &n) {
  Value x = n.input(0), slope = n.input(1);
  if (n.opset() < 7 && n.rank(slope) == 1 && n.rank(x) > 1 && n.dim(slope, 0) != 1)
    slope = n.alignAxis(slope, 0, n.rank(x) - 1);
  n.output(n.binary(BinaryKind::prelu, x, slope));
}

/// Swish(a) * b of tensors of one shape.
void swiGlu(NodeContext &n) {
  if (n.require(n.shape(n.input(0)) == n.shape(n.input(1)), "gate and value must have the same shape"))
    n.output(n.mul(n.unary(UnaryKind::swish, n.input(0), n.floatAttr("alpha", 1)), n.input(1)));
}

constexpr OpImporter rows[] = {
    {"Celu", 1, 1, withAlpha<UnaryKind::celu, 100000>},
    {"Clip", 1, 3, clip, types::numbers},
    {"Elu", 1, 1, withAlpha<UnaryKind::elu, 100000>},
    {"Gelu", 1, 1, gelu},
    {"HardSigmoid", 1, 1, hardSigmoid},
    {"HardSwish", 1, 1, plain<UnaryKind::hardswish>},
    {"LeakyRelu", 1, 1, withAlpha<UnaryKind::leaky_relu, 1000>},
    {"Mish", 1, 1, plain<UnaryKind::mish>},
    {"PRelu", 2, 2, prelu, types::floats | types::int32 | types::int64},
    {"Relu", 1, 1, relu, types::floats | types::signedIntegers},
    {"Selu", 1, 1, selu},
    {"Shrink", 1, 1, shrink, types::numbers - types::bfloat16},
    {"Sigmoid", 1, 1, plain<UnaryKind::sigmoid>},
    {"Softplus", 1, 1, plain<UnaryKind::softplus>},
    {"Softsign", 1, 1, plain<UnaryKind::softsign>},
    {"SwiGLU", 2, 2, swiGlu},
    {"Swish", 1, 1, withAlpha<UnaryKind::swish, 100000>},
    {"Tanh", 1, 1, plain<UnaryKind::tanh>},
    {"ThresholdedRelu", 1, 1, withAlpha<UnaryKind::thresholded_relu, 100000>},
};

} // namespace

llvm::ArrayRef<OpImporter> activationOps() { return rows; }

} // namespace burin::importer
