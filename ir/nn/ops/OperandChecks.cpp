#include "ir/nn/ops/OperandChecks.h"

#include "ir/nn/ops/IntegerEpilogue.h"

#include <limits>

namespace burin::nn {
using namespace mlir;

LogicalResult checkBias(Operation *op, Value bias, int64_t channels) {
  if (bias && shapeOf(bias) != ArrayRef<int64_t>(channels))
    return op->emitOpError() << "bias has type " << bias.getType() << ", not one entry for each of " << channels
                             << " output channels";
  return success();
}

LogicalResult checkClamp(Operation *op, std::optional<APFloat> lo, std::optional<APFloat> hi) {
  if ((lo || hi) && isa<IntegerType>(elementTypeOf(op->getResult(0))))
    return op->emitOpError() << "an integer result has no clamp";
  if ((lo && lo->isNaN()) || (hi && hi->isNaN()))
    return op->emitOpError() << "a clamp bound is NaN";
  return success();
}

Clamp clampOf(std::optional<APFloat> lo, std::optional<APFloat> hi) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double upper = hi ? hi->convertToDouble() : infinity;
  return {std::min(upper, lo ? lo->convertToDouble() : -infinity), upper};
}

LogicalResult checkWeighted(Operation *op, Value x, Value w, Value bias, int64_t channelAxis, unsigned maxWeightBits) {
  const Type xElement = elementTypeOf(x), yElement = elementTypeOf(op->getResult(0));
  if (isa<FloatType>(xElement)) {
    const bool integerWeights = xElement.isF32() && isWeightType(tensorType(w), channelAxis);
    const bool same = (elementTypeOf(w) == xElement || integerWeights) && yElement == xElement &&
                      (!bias || elementTypeOf(bias) == xElement);
    return same ? success() : op->emitOpError() << "operands and result of a float operator have one element type";
  }
  if (!isActivationType(xElement))
    return op->emitOpError() << "can't compute on element type " << xElement;
  if (!isWeightType(tensorType(w), channelAxis, maxWeightBits))
    return op->emitOpError() << "weights of type " << w.getType() << " are not integers of up to " << maxWeightBits
                             << " bits with one scale per tensor or output channel";
  const bool hasWord = hasWordType({xElement, elementTypeOf(w), yElement});
  if (bias && !elementTypeOf(bias).isSignlessInteger(32) && !(hasWord && elementTypeOf(bias).isSignlessInteger(64)))
    return op->emitOpError() << "a quantised operator takes an i32 bias, not " << elementTypeOf(bias);
  if (!isActivationType(yElement) && (hasWord || !yElement.isSignlessInteger(32)))
    return op->emitOpError() << "a quantised operator gives a type of 8 or 16 bits, or i32 of 8-bit operands, not "
                             << yElement;
  return success();
}

} // namespace burin::nn
