// QONNX: quantisation to any number of bits as an operator on floats, as Brevitas, QKeras' converter and FINN write it.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/QuantTypes.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::BinaryKind;
using nn::CompareKind;
using nn::UnaryKind;

namespace {

enum class Rounding { HalfEven, Ceil, Floor, Up, Down, HalfUp, HalfDown };

/// Attribute "rounding_mode", in capitals or not.
Rounding roundingAttr(NodeContext &n, StringRef absent) {
  const std::string name = StringRef(n.stringAttr("rounding_mode", absent)).upper();
  constexpr std::pair<StringRef, Rounding> known[] = {{"ROUND", Rounding::HalfEven}, {"HALF_EVEN", Rounding::HalfEven},
                                                      {"CEIL", Rounding::Ceil},      {"FLOOR", Rounding::Floor},
                                                      {"UP", Rounding::Up},          {"DOWN", Rounding::Down},
                                                      {"HALF_UP", Rounding::HalfUp}, {"HALF_DOWN", Rounding::HalfDown}};
  const auto *found = llvm::find_if(known, [&](const auto &entry) { return entry.first == name; });
  n.require(found != std::end(known), "\"rounding_mode\" " + name + " is unknown");
  return found != std::end(known) ? found->second : Rounding::HalfEven;
}

/// `v` rounded to an integer: up is away from zero, and half_up so on ties. Source: QONNX IntQuant-1.
double rounded(double v, Rounding mode) {
  const double whole = std::floor(std::fabs(v)), rest = std::fabs(v) - whole;
  switch (mode) {
  case Rounding::HalfEven:
    return std::nearbyint(v);
  case Rounding::Ceil:
    return std::ceil(v);
  case Rounding::Floor:
    return std::floor(v);
  case Rounding::Up:
    return std::copysign(std::ceil(std::fabs(v)), v);
  case Rounding::Down:
    return std::copysign(whole, v);
  case Rounding::HalfUp:
    return std::copysign(whole + (rest >= 0.5), v);
  case Rounding::HalfDown:
    return std::copysign(whole + (rest > 0.5), v);
  }
  return v;
}

/// The same of a tensor.
Value rounded(NodeContext &n, Value v, Rounding mode) {
  auto withSign = [&](Value magnitude) { return n.mul(magnitude, n.unary(UnaryKind::sign, v)); };
  switch (mode) {
  case Rounding::HalfEven:
    return n.unary(UnaryKind::round, v);
  case Rounding::Ceil:
    return n.unary(UnaryKind::ceil, v);
  case Rounding::Floor:
    return n.unary(UnaryKind::floor, v);
  case Rounding::Up:
    return withSign(n.unary(UnaryKind::ceil, n.unary(UnaryKind::abs, v)));
  case Rounding::Down:
    return withSign(n.unary(UnaryKind::floor, n.unary(UnaryKind::abs, v)));
  case Rounding::HalfUp:
  case Rounding::HalfDown:
    break;
  }
  Value magnitude = n.unary(UnaryKind::abs, v), whole = n.unary(UnaryKind::floor, magnitude);
  Value up = n.compare(mode == Rounding::HalfUp ? CompareKind::greater_equal : CompareKind::greater,
                       n.sub(magnitude, whole), n.scalarLike(v, 0.5));
  return withSign(n.add(whole, n.cast(up, n.element(v))));
}

/// The integers that a quantisation gives, and what they mean: (q - zero) * scale.
struct Grid {
  int64_t lo = 0, hi = 0;
  SmallVector<double> scales, zeros; ///< one, or one per index of `axis`
  int64_t axis = -1;                 ///< of the quantised tensor; -1: per tensor
};

/// The least and greatest integer of `bits` bits: narrow ones leave out the least (signed) or greatest.
std::pair<int64_t, int64_t> integersOf(int64_t bits, bool isSigned, bool isNarrow) {
  const int64_t count = int64_t(1) << bits;
  if (isSigned)
    return {-count / 2 + isNarrow, count / 2 - 1};
  return {0, count - 1 - isNarrow};
}

/// The one number of bits that input `i` says, from 1 to `most`.
int64_t bitsInput(NodeContext &n, unsigned i, StringRef what, int64_t most) {
  const double bits = n.constantNumber(i, what, 8).value_or(0);
  if (!n.failed() && n.require(bits >= 1 && bits == std::floor(bits), Twine(what) + " isn't a positive integer") &&
      n.support(bits <= static_cast<double>(most), Twine(what) + " of " + Twine(static_cast<int64_t>(bits))))
    return static_cast<int64_t>(bits);
  return 0;
}

/// The axis of `x` that constant `v` varies along; -1 for one element, nullopt for anything else.
std::optional<int64_t> axisOf(NodeContext &n, Value v, Value x) {
  if (nn::numElements(n.shape(v)) == 1)
    return -1;
  const int64_t shift = n.rank(x) - n.rank(v);
  std::optional<int64_t> axis;
  for (int64_t i = 0; i < n.rank(v); ++i)
    if (n.dim(v, i) != 1) {
      if (axis || shift < 0 || n.dim(v, i) != n.dim(x, shift + i))
        return std::nullopt;
      axis = shift + i;
    }
  return axis;
}

/// The grid of scale and zero point, with the range left to the caller; nullopt if they aren't constants per tensor or
/// along one axis.
std::optional<Grid> gridOf(NodeContext &n, Value scale, Value zero, Value x) {
  auto scales = nn::constantReals(scale), zeros = nn::constantReals(zero);
  std::optional<int64_t> axis = axisOf(n, scale, x), zeroAxis = axisOf(n, zero, x);
  if (!scales || !zeros || scales->empty() || zeros->empty() || !axis || !zeroAxis ||
      (*axis >= 0 && *zeroAxis >= 0 && *axis != *zeroAxis))
    return std::nullopt;
  Grid grid;
  grid.axis = std::max(*axis, *zeroAxis);
  grid.scales = *scales;
  grid.zeros = *zeros;
  const size_t count = std::max(scales->size(), zeros->size());
  grid.scales.resize(count, scales->front());
  grid.zeros.resize(count, zeros->front());
  return grid;
}

/// The quantised type of a grid; null where there is none. It is stored with a sign throughout, moved down by half its
/// range where it needs that: operators that combine two tensors want one storage.
Type typeOf(NodeContext &n, const Grid &grid) {
  for (unsigned bits : {8u, 16u, 32u}) {
    auto [least, most] = nn::integerRange(mlir::cast<IntegerType>(n.intType(bits)));
    if (grid.hi - grid.lo > most - least)
      continue;
    const int64_t shift = grid.hi > most ? least : 0;
    SmallVector<int64_t> zeros;
    for (double zero : grid.zeros) {
      if (zero != std::floor(zero) || std::fabs(zero) > 0x1p32)
        return {};
      zeros.push_back(static_cast<int64_t>(zero) + shift);
    }
    return quantizedType(n.intType(bits), {grid.lo + shift, grid.hi + shift}, grid.scales, zeros, grid.axis);
  }
  return {};
}

/// Reals that are on a grid already, as dequantised integers.
Value onGrid(NodeContext &n, Value reals, const std::optional<Grid> &grid) {
  Type type = grid ? typeOf(n, *grid) : Type();
  return type ? dequantizeAs(n, quantizeAs(n, reals, type), type) : reals;
}

/// The integers that float32 arithmetic gives for constant `x`: round(clamp(x / scale + zero)), in the order of x.
template <typename F> void forEachQuantised(NodeContext &n, Value x, const Grid &grid, Rounding mode, F f) {
  const SmallVector<double> reals = *nn::constantReals(x);
  const int64_t inner =
      grid.axis < 0 ? 1 : nn::numElements(ArrayRef<int64_t>(n.shape(x)).drop_front(static_cast<size_t>(grid.axis) + 1));
  const auto count = static_cast<int64_t>(grid.scales.size());
  for (auto [i, real] : llvm::enumerate(reals)) {
    const int64_t c = static_cast<int64_t>(i) / inner % count;
    const float quotient = static_cast<float>(real) / static_cast<float>(grid.scales[c]);
    const float shifted = quotient + static_cast<float>(grid.zeros[c]);
    const double bounded = std::min<double>(
        static_cast<double>(grid.hi), std::max<double>(static_cast<double>(grid.lo), static_cast<double>(shifted)));
    f(std::isnan(shifted) ? grid.lo : static_cast<int64_t>(rounded(bounded, mode)));
  }
}

/// Constant `x` quantised now, by any rounding. `type` is that of the grid.
Value quantisedConstant(NodeContext &n, Value x, const Grid &grid, Type type, Rounding mode) {
  auto quantised = mlir::cast<quant::QuantizedType>(type);
  const int64_t shift = quantised.getStorageTypeMin() - grid.lo, size = nn::elementBytes(type);
  std::vector<char> bytes;
  forEachQuantised(n, x, grid, mode, [&](int64_t q) {
    const int64_t stored = q + shift; // little-endian: the low bytes come first
    const auto *p = reinterpret_cast<const char *>(&stored);
    bytes.insert(bytes.end(), p, p + size);
  });
  return dequantizeAs(n, n.constant(n.tensor(n.shape(x), nn::storageType(type)), std::move(bytes)), type);
}

/// What the operator computes, in float32: (round(clamp(x / scale + zero)) - zero) * scale.
Value quantisedReals(NodeContext &n, Value x, Value scale, Value zero, std::pair<int64_t, int64_t> range,
                     Rounding mode) {
  Value q = n.add(n.div(x, scale), zero);
  q = n.clamp(q, static_cast<double>(range.first), static_cast<double>(range.second));
  return n.mul(n.sub(rounded(n, q, mode), zero), scale);
}

/// Quant, IntQuant: x, scale, zero point, bits.
void quant(NodeContext &n) {
  Value x = n.input(0), scale = n.input(1), zero = n.cast(n.input(2), n.f32());
  const Rounding mode = roundingAttr(n, "ROUND");
  const int64_t bits = bitsInput(n, 3, "the number of bits", 32);
  if (n.failed())
    return;
  const std::pair<int64_t, int64_t> range = integersOf(bits, n.flag("signed", true), n.flag("narrow", false));
  std::optional<Grid> grid = gridOf(n, scale, zero, x);
  if (grid)
    std::tie(grid->lo, grid->hi) = range;
  Type type = grid ? typeOf(n, *grid) : Type();
  if (type && nn::constantReals(x))
    return n.output(quantisedConstant(n, x, *grid, type, mode));
  // What isn't constant is quantised to 16 bits at most: float32 hasn't more integers.
  const bool hasKernels = type && nn::elementBytes(type) <= 2;
  if (hasKernels && mode == Rounding::HalfEven)
    return n.output(dequantizeAs(n, quantizeAs(n, x, type), type));
  Value reals = quantisedReals(n, x, scale, zero, range, mode);
  n.output(hasKernels ? onGrid(n, reals, grid) : reals);
}

/// BipolarQuant: scale where x >= 0, else -scale.
void bipolarQuant(NodeContext &n) {
  Value x = n.input(0), scale = n.input(1);
  Value isPositive = n.compare(CompareKind::greater_equal, x, n.scalarLike(x, 0));
  Value reals = n.select(isPositive, scale, n.unary(UnaryKind::neg, scale));
  std::optional<Grid> grid = gridOf(n, scale, n.fill(0, {}, n.f32()), x);
  if (n.failed() || !grid)
    return n.output(reals);
  grid->lo = -1;
  grid->hi = 1;
  Type type = typeOf(n, *grid);
  n.output(type && nn::constantReals(reals) ? quantisedConstant(n, reals, *grid, type, Rounding::HalfEven)
                                            : onGrid(n, reals, grid));
}

/// Trunc-1: x, scale, zero point, bits of the input, bits of the output: what is cut off are as many low bits as they
/// differ in; the scale stays. Trunc-2: a scale of the output before its bits, which says how many are cut off, and
/// results are clamped.
void trunc(NodeContext &n) {
  const bool hasOutputScale = n.numInputs() == 6;
  Value x = n.input(0), scale = n.input(1), zero = n.cast(n.input(2), n.f32());
  const Rounding mode = roundingAttr(n, "FLOOR");
  const int64_t inBits = bitsInput(n, 3, "the number of input bits", 32),
                outBits = bitsInput(n, hasOutputScale ? 5 : 4, "the number of output bits", 32);
  auto inScale = n.constantNumber(1, "the scale", 1), outScale = inScale;
  if (hasOutputScale)
    outScale = n.constantNumber(4, "the output's scale", 1);
  if (n.failed() || !n.require(*inScale > 0 && *outScale > 0, "a scale isn't positive"))
    return;
  const double cut = std::exp2(hasOutputScale ? std::nearbyint(std::log2(*outScale / *inScale))
                                              : static_cast<double>(inBits - outBits));
  Value q = n.div(n.unary(UnaryKind::round, n.add(n.div(x, scale), zero)), n.scalarLike(x, cut));
  const auto range = integersOf(outBits, n.flag("signed", true), n.flag("narrow", false));
  if (hasOutputScale) {
    zero = n.div(zero, n.scalarLike(x, cut));
    scale = n.cast(n.input(4), n.f32());
    q = n.clamp(q, static_cast<double>(range.first), static_cast<double>(range.second));
  }
  Value reals = n.mul(n.sub(rounded(n, q, mode), zero), scale);
  std::optional<Grid> grid = hasOutputScale && outBits <= 16 && !n.failed() ? gridOf(n, scale, zero, x) : std::nullopt;
  if (grid)
    std::tie(grid->lo, grid->hi) = range;
  n.output(onGrid(n, reals, grid));
}

/// How many of the thresholds [channels or 1, count] each element reaches, as a float; `axis` is that of the channels.
/// Few comparisons are added up one by one: of bytes they become a table.
Value reachedThresholds(NodeContext &n, Value x, Value thresholds, int64_t axis) {
  constexpr int64_t few = 15;
  const int64_t count = n.dim(thresholds, 1);
  if (count > few) {
    Shape shape(static_cast<size_t>(n.rank(x)), 1);
    shape[axis] = n.dim(thresholds, 0);
    shape.push_back(count);
    Value reached = n.compare(CompareKind::greater_equal, n.insertAxis(x, n.rank(x)), n.reshape(thresholds, shape));
    return n.removeAxis(n.reduce(nn::ReduceKind::sum, n.cast(reached, n.f32()), {n.rank(x)}), n.rank(x));
  }
  Value sum;
  for (int64_t i = 0; i < count && !n.failed(); ++i) {
    Value threshold = n.reshape(n.sliceAxis(thresholds, 1, i, 1), {n.dim(thresholds, 0)});
    threshold = n.dim(threshold, 0) == 1 ? n.reshape(threshold, {}) : n.alignAxis(threshold, axis, n.rank(x));
    Value reached = n.cast(n.compare(CompareKind::greater_equal, x, threshold), n.f32());
    sum = sum ? n.add(sum, reached) : reached;
  }
  return sum;
}

/// MultiThreshold: x, thresholds [channels or 1, count]: out_scale times the number of those that x reaches, +
/// out_bias.
void multiThreshold(NodeContext &n) {
  Value x = n.input(0), thresholds = n.input(1);
  const double scale = n.floatAttr("out_scale", 1), bias = n.floatAttr("out_bias", 0);
  const std::string layout = n.stringAttr("data_layout", "NCHW");
  const bool channelsFirst = n.rank(x) == 2 || (n.rank(x) == 4 && layout == "NCHW");
  const int64_t axis = channelsFirst ? 1 : n.rank(x) - 1;
  if (n.failed() || !n.require(n.rank(x) >= 1 && n.rank(thresholds) == 2 && n.dim(thresholds, 1) > 0 &&
                                   (n.dim(thresholds, 0) == 1 || n.dim(thresholds, 0) == n.dim(x, axis)),
                               "the thresholds aren't one row, or one for each channel"))
    return;
  Value reals = n.add(n.mul(reachedThresholds(n, x, thresholds, axis), n.scalarLike(x, scale)), n.scalarLike(x, bias));
  Grid grid;
  grid.scales = {scale};
  grid.zeros = {-bias / scale};
  grid.lo = static_cast<int64_t>(std::min(0.0, std::floor(grid.zeros[0])));
  grid.hi = static_cast<int64_t>(std::max(static_cast<double>(n.dim(thresholds, 1)), std::ceil(grid.zeros[0])));
  n.output(scale > 0 && grid.hi - grid.lo < 65536 ? onGrid(n, reals, grid) : reals);
}

constexpr unsigned bitsOfQuant = 1u << 3, bitsOfTrunc = inputsFrom(3);
constexpr const char *truncLimits = "scale and bits per tensor";

#define QONNX_ROWS(domain)                                                                                             \
  {"BipolarQuant", 2, 2, bipolarQuant, types::floatsTo32, Half::Compute, 0, "", 1, 0, domain},                         \
      {"IntQuant", 4, 4, quant, types::floatsTo32, Half::Compute, bitsOfQuant, "", 1, 0, domain},                      \
      {"MultiThreshold", 2, 2, multiThreshold, types::floatsTo32, Half::Compute, 0, "", 1, 0, domain},                 \
      {"Quant", 4, 4, quant, types::floatsTo32, Half::Compute, bitsOfQuant, "", 1, 0, domain}, {                       \
    "Trunc", 5, 6, trunc, types::floatsTo32, Half::Compute, bitsOfTrunc, truncLimits, 1, 0, domain                     \
  }

constexpr OpImporter rows[] = {QONNX_ROWS("onnx.brevitas"), QONNX_ROWS("qonnx.custom_op.general"),
                               QONNX_ROWS("finn.custom_op.general")};
#undef QONNX_ROWS

} // namespace

llvm::ArrayRef<OpImporter> qonnxOps() { return rows; }

} // namespace burin::importer
