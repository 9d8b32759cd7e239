#include "passes/quantize/ProductOperands.h"

#include <cfloat>
#include <cmath>

namespace burin::nn {
using namespace mlir;

namespace {

/// The flat indices of a tensor's elements, by their index along one axis.
SmallVector<SmallVector<int64_t>> elementsAlong(ArrayRef<int64_t> shape, int64_t axis) {
  SmallVector<SmallVector<int64_t>> out(static_cast<size_t>(shape[axis]));
  const int64_t inner = numElements(shape.drop_front(axis + 1));
  for (int64_t i = 0, n = numElements(shape); i < n; ++i)
    out[i / inner % shape[axis]].push_back(i);
  return out;
}

RankedTensorType perOutputType(RankedTensorType like, const QuantParams &params, int64_t axis) {
  MLIRContext *context = like.getContext();
  SmallVector<double> scales(params.scales.begin(), params.scales.end());
  Type element = quant::UniformQuantizedPerAxisType::get(quant::QuantizationFlags::Signed, IntegerType::get(context, 8),
                                                         Float32Type::get(context), scales, params.zeros,
                                                         static_cast<int32_t>(axis), -128, 127);
  return withElementType(like, element);
}

/// The integers q of the coarsest grid with w = q * scale, least and greatest at most 255 apart; empty if there is
/// none.
SmallVector<int32_t> stepsOf(ArrayRef<double> weights, float &scale) {
  double largest = 0;
  for (double w : weights)
    largest = std::max(largest, std::fabs(w));
  scale = 1;
  if (largest == 0)
    return SmallVector<int32_t>(weights.size(), 0);
  for (int32_t count = 1; count <= 255; ++count) {
    scale = static_cast<float>(largest / count);
    SmallVector<int32_t> steps;
    int32_t least = 0, most = 0;
    for (double w : weights) {
      const double step = std::nearbyint(w / static_cast<double>(scale));
      if (std::fabs(w - step * static_cast<double>(scale)) > 0x1p-22 * std::fabs(w))
        break;
      steps.push_back(static_cast<int32_t>(step));
      least = std::min(least, steps.back());
      most = std::max(most, steps.back());
    }
    if (steps.size() == weights.size() && most - least <= 255 && scale >= FLT_MIN)
      return steps;
  }
  return {};
}

std::optional<ProductWeights> gridWeights(Value weights, int64_t outAxis) {
  std::optional<SmallVector<double>> reals = constantReals(weights);
  if (!reals || reals->empty() || !llvm::all_of(*reals, [](double w) { return std::isfinite(w); }))
    return std::nullopt;
  ProductWeights out;
  out.outAxis = out.params.axis = outAxis;
  out.operand.bytes.resize(reals->size());
  for (const SmallVector<int64_t> &elements : elementsAlong(shapeOf(weights), outAxis)) {
    SmallVector<double> own;
    for (int64_t i : elements)
      own.push_back((*reals)[i]);
    float scale = 1;
    SmallVector<int32_t> steps = stepsOf(own, scale);
    if (steps.empty())
      return std::nullopt;
    const int32_t least = *llvm::min_element(steps), most = *llvm::max_element(steps);
    const int32_t zero = least < -128 ? -128 - least : most > 127 ? 127 - most : 0;
    out.params.scales.push_back(scale);
    out.params.zeros.push_back(zero);
    for (auto [i, step] : llvm::zip(elements, steps))
      out.operand.bytes[static_cast<size_t>(i)] = static_cast<char>(step + zero);
  }
  out.operand.type = perOutputType(tensorType(weights), out.params, outAxis);
  return out;
}

} // namespace

std::optional<ProductWeights> productWeights(Value weights, int64_t outAxis, std::string &whyNot) {
  Value stored = quantisedSource(weights);
  if (!stored) {
    std::optional<ProductWeights> grid = gridWeights(weights, outAxis);
    if (!grid)
      whyNot = "its weights aren't quantised to 8 bits or fewer";
    return grid;
  }
  if (quantType(stored).getStorageTypeIntegralWidth() > 8) {
    whyNot = "its weights aren't quantised to 8 bits or fewer";
    return std::nullopt;
  }
  ProductWeights out;
  out.operand = {stored, tensorType(stored)};
  out.params = quantParams(quantType(stored));
  out.outAxis = outAxis;
  if (out.params.axis >= 0 && out.params.axis != outAxis) {
    whyNot = "its weights have a scale per input, not per output";
    return std::nullopt;
  }
  return out;
}

std::optional<ProductBias> productBias(Value bias, const QuantParams &x, const ProductWeights &weights,
                                       std::string &whyNot) {
  Value stored = quantisedSource(bias);
  std::optional<SmallVector<int64_t>> integers = stored ? constantInts(stored) : std::nullopt;
  std::optional<SmallVector<double>> reals = constantReals(bias);
  if (!integers && !reals) {
    whyNot = "its bias isn't constant";
    return std::nullopt;
  }
  const QuantParams own = stored ? quantParams(quantType(stored)) : QuantParams();
  auto at = [](const auto &values, size_t i) { return values[values.size() == 1 ? 0 : i]; };
  ProductBias out;
  for (size_t o = 0, n = integers ? integers->size() : reals->size(); o < n; ++o) {
    const float sx = x.scales[0], sw = at(weights.params.scales, o);
    if (integers && at(own.zeros, o) == 0 && at(own.scales, o) == sx * sw) {
      out.steps.push_back(static_cast<int32_t>((*integers)[o]));
      out.errors.push_back(0);
      out.exact.push_back(static_cast<double>((*integers)[o]));
      continue;
    }
    const double real =
        integers ? static_cast<double>((*integers)[o] - at(own.zeros, o)) * at(own.scales, o) : (*reals)[o];
    const double exact = real / (static_cast<double>(sx) * static_cast<double>(sw)), steps = std::nearbyint(exact);
    if (!(std::abs(steps) <= INT32_MAX)) {
      whyNot = "its bias " + std::to_string(real) + " of output " + std::to_string(o) +
               " is beyond 2^31 steps of the accumulator";
      return std::nullopt;
    }
    out.steps.push_back(static_cast<int32_t>(steps));
    // A bias that was quantised in these steps, of whose product the exporter rounded the scale.
    const double error = std::fabs(exact - steps);
    out.errors.push_back(error <= 0x1p-22 * std::fabs(exact) ? 0 : error);
    out.exact.push_back(exact);
  }
  return out;
}

namespace {

/// The integer nearest to `exact` that can stand for it: with acc a multiple of `multiple`, acc + b and acc + exact
/// reach (k - 1/2) / m alike for every result k. Nullopt if there is none.
std::optional<int32_t> equalBias(double exact, double m, int64_t multiple, int64_t least, int64_t most) {
  double from = -0x1p31, below = 0x1p31;
  const auto step = static_cast<double>(multiple);
  for (int64_t k = least + 1; k <= most; ++k) {
    const double threshold = (static_cast<double>(k) - 0.5) / m;
    const double first = step * std::ceil((threshold - exact) / step); // of the multiples that reach it
    from = std::max(from, threshold - first);
    below = std::min(below, threshold - first + step);
  }
  // A threshold is reached for certain where doubles can't err.
  const double margin = 1e-9 * (1 + std::fabs(exact));
  const double low = std::ceil(from + margin), high = std::floor(below - margin);
  const double nearest = std::min(std::max(std::nearbyint(exact), low), high);
  return low <= high && std::fabs(nearest) < 0x1p31 ? std::optional(static_cast<int32_t>(nearest)) : std::nullopt;
}

} // namespace

void settle(ProductBias &bias, float sx, const ProductWeights &weights, quant::UniformQuantizedType result) {
  const int64_t least = result.getStorageTypeMin() - result.getZeroPoint(),
                most = result.getStorageTypeMax() - result.getZeroPoint();
  for (auto [o, error] : llvm::enumerate(bias.errors)) {
    const float sw = weights.params.scales[weights.params.scales.size() == 1 ? 0 : o];
    const double m = static_cast<double>(sx) * static_cast<double>(sw) / result.getScale();
    if (error == 0)
      continue;
    if (auto equal = equalBias(bias.exact[o], m, weights.multiples.empty() ? 1 : weights.multiples[o], least, most)) {
      bias.steps[o] = *equal;
      error = 0;
    }
  }
}

bool refine(ProductWeights &weights, int64_t bits) {
  std::optional<SmallVector<int64_t>> stored;
  if (weights.operand.value)
    stored = constantInts(weights.operand.value);
  else
    stored = SmallVector<int64_t>(weights.operand.bytes.begin(), weights.operand.bytes.end());
  if (!stored || bits <= 0)
    return false;
  ProductWeights finer = weights;
  finer.params = {};
  finer.params.axis = weights.outAxis;
  finer.multiples.clear();
  finer.operand.value = {};
  finer.operand.bytes.resize(stored->size());
  bool isFiner = false;
  for (auto [o, elements] : llvm::enumerate(elementsAlong(weights.operand.type.getShape(), weights.outAxis))) {
    const size_t at = weights.params.scales.size() == 1 ? 0 : o;
    const int64_t zero = weights.params.zeros[at];
    int64_t least = 0, most = 0, shift = 0;
    for (int64_t i : elements) {
      least = std::min(least, (*stored)[i] - zero);
      most = std::max(most, (*stored)[i] - zero);
    }
    while (shift < bits && least * (int64_t{2} << shift) >= -128 && most * (int64_t{2} << shift) <= 127)
      ++shift;
    const float scale = std::ldexp(weights.params.scales[at], -static_cast<int>(shift));
    if (scale < FLT_MIN || least < -128 || most > 127)
      return false;
    isFiner |= shift > 0;
    finer.params.scales.push_back(scale);
    finer.params.zeros.push_back(0);
    finer.multiples.push_back(int64_t{1} << shift);
    for (int64_t i : elements)
      finer.operand.bytes[static_cast<size_t>(i)] = static_cast<char>(((*stored)[i] - zero) << shift);
  }
  finer.operand.type = perOutputType(weights.operand.type, finer.params, weights.outAxis);
  if (isFiner)
    weights = std::move(finer);
  return isFiner;
}

} // namespace burin::nn
