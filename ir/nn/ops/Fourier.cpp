#include "ir/nn/ops/Fourier.h"
#include "ir/nn/Emit.h"

#include <cmath>
#include <numbers>

namespace burin::nn {
using namespace mlir;

LogicalResult FourierOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  const auto n = static_cast<int64_t>(adaptor.getN()), step = static_cast<int64_t>(adaptor.getStep());
  if (x.getRank() < 2 || n < 1 || n > INT32_MAX || step < 0)
    return emitOptionalError(loc, "fourier needs a tensor of rank 2 or more and a length of 1 or more");
  SmallVector<int64_t> shape(x.getShape());
  const int64_t length = shape[shape.size() - 2];
  shape.pop_back_n(2);
  if (step > 0) {
    if (length < n)
      return emitOptionalError(loc, "fourier: a frame of ", n, " is longer than the signal, ", length);
    shape.push_back((length - n) / step + 1);
  }
  const bool isReal = adaptor.getInverse() && adaptor.getOnesided();
  shape.push_back(adaptor.getOnesided() && !isReal ? n / 2 + 1 : n);
  shape.push_back(isReal ? 1 : 2);
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult FourierOp::verify() {
  const int64_t parts = shapeOf(getX()).back();
  if (parts != 1 && parts != 2)
    return emitOpError() << "has values of " << parts << " components, not 1 or 2";
  if (!isa<FloatType>(elementTypeOf(getX())) || elementTypeOf(getY()) != elementTypeOf(getX()))
    return emitOpError() << "operand and result have one float element type";
  if (getWindow() && (elementTypeOf(getWindow()) != elementTypeOf(getX()) ||
                      shapeOf(getWindow()) != ArrayRef<int64_t>{static_cast<int64_t>(getN())}))
    return emitOpError() << "the window must be " << getN() << " values of the type of x";
  return success();
}

namespace {

/// n = 2^levels * odd.
struct Factors {
  int64_t levels = 0, odd = 1;
};

Factors factorsOf(int64_t n) {
  Factors f;
  for (f.odd = n; f.odd % 2 == 0; f.odd /= 2)
    ++f.levels;
  return f;
}

/// cos and sin of 2 pi k / n, k < n.
template <typename T> std::vector<T> turns(int64_t n) {
  std::vector<T> out;
  for (int64_t k = 0; k < n; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    out.push_back(static_cast<T>(std::cos(angle)));
    out.push_back(static_cast<T>(std::sin(angle)));
  }
  return out;
}

BufferId turnTable(Lowering &l, bool isWide, int64_t n) {
  return isWide ? l.constant<double>("turn", "double", turns<double>(n), {n, 2})
                : l.constant<float>("turn", "float", turns<float>(n), {n, 2});
}

BufferId constantOne(Lowering &l, bool isWide) {
  return isWide ? l.constant<double>("one", "double", {1.0}) : l.constant<float>("one", "float", {1.0F});
}

/// Whether two real values are computed as one complex one.
bool packsReals(FourierOp op) { return op.getN() % 2 == 0 && !op.getInverse() && shapeOf(op.getX()).back() == 1; }

} // namespace

int64_t FourierOp::macs() {
  const auto n = static_cast<int64_t>(packsReals(*this) ? getN() / 2 : getN());
  const Factors f = factorsOf(n);
  ArrayRef<int64_t> y = shapeOf(getY());
  return numElements(y.drop_back(2)) * n * (4 * f.odd + 2 * f.levels);
}

LogicalResult FourierOp::lower(Lowering &l) {
  ArrayRef<int64_t> x = shapeOf(getX()), y = shapeOf(getY());
  if (numElements(y) == 0)
    return success();
  const Type type = elementTypeOf(getX()), computed = computeType(type);
  if (!Lowering::hasKernel("fourier_" + kernelSuffix(computed)))
    return l.unsupportedType(type);
  const auto n = static_cast<int64_t>(getN()), step = static_cast<int64_t>(getStep());
  const bool packs = packsReals(*this);
  const Factors f = factorsOf(packs ? n / 2 : n);
  const int64_t parts = x.back(), line = x[x.size() - 2] * parts, outLine = y.back() * y[y.size() - 2];
  const int64_t frames = step > 0 ? y[y.size() - 3] : 1;
  const int64_t lines = numElements(y.drop_back(2)) / frames;
  const plan::CallArg count = num(step > 0 ? n : x[x.size() - 2]), windowStep = num(getWindow() ? 1 : 0);
  BufferId in = widenedOperand(l, 0);
  BufferId window = getWindow() ? widenedOperand(l, 1) : constantOne(l, computed.isF64());
  BufferId table = turnTable(l, computed.isF64(), n);
  BufferId work = l.scratch("work", computed.isF64() ? "double" : "float", packs ? n : 2 * n);
  BufferId out = computedResult(l);
  LoopNest nest = loopsOver({lines, frames}, {{line, step * parts}, {frames * outLine, outLine}});
  if (packs)
    l.call("fourier_real_" + kernelSuffix(computed),
           {nest.at(in, 0), count, ptr(window), windowStep, ptr(table), ptr(work), num(f.levels), num(f.odd),
            nest.at(out, 1), num(y[y.size() - 2])},
           nest.loops);
  else
    l.call("fourier_" + kernelSuffix(computed),
           {nest.at(in, 0), count, num(parts), num(getInverse() && getOnesided()), ptr(window), windowStep, ptr(table),
            ptr(work), num(f.levels), num(f.odd), real(getInverse() ? 1 : -1),
            real(getInverse() ? 1 / static_cast<double>(n) : 1), nest.at(out, 1), num(y[y.size() - 2]), num(y.back())},
           nest.loops);
  storeResult(l, out);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Fourier.cpp.inc"
