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

std::optional<ProductWeights> productWeights(Value weights, int64_t outAxis, unsigned maxBits, std::string &whyNot) {
  Value stored = quantisedSource(weights);
  if (!stored) {
    std::optional<ProductWeights> grid = gridWeights(weights, outAxis);
    if (!grid)
      whyNot = "its weights aren't quantised to 8 bits or fewer";
    return grid;
  }
  if (quantType(stored).getStorageTypeIntegralWidth() > maxBits) {
    whyNot = "its weights aren't quantised to " + std::to_string(maxBits) + " bits or fewer";
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

std::optional<ProductBias> productBias(Value bias, const QuantParams &x, const ProductWeights &weights, int bits,
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
      out.steps.push_back((*integers)[o]);
      out.rest.push_back(0);
      continue;
    }
    const double real =
        integers ? static_cast<double>((*integers)[o] - at(own.zeros, o)) * at(own.scales, o) : (*reals)[o];
    const double exact = real / (static_cast<double>(sx) * static_cast<double>(sw)), steps = std::nearbyint(exact);
    if (!(std::abs(steps) < std::ldexp(1.0, bits - 1))) {
      whyNot = "its bias " + std::to_string(real) + " of output " + std::to_string(o) + " is beyond 2^" +
               std::to_string(bits - 1) + " steps of the accumulator";
      return std::nullopt;
    }
    out.steps.push_back(static_cast<int64_t>(steps));
    // A bias that was quantised in these steps, of whose product the exporter rounded the scale.
    const double rest = exact - steps;
    out.rest.push_back(std::fabs(rest) <= 0x1p-22 * std::fabs(exact) ? 0 : rest);
  }
  return out;
}

} // namespace burin::nn
