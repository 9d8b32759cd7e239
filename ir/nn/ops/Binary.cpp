#include "ir/nn/ops/Binary.h"
#include "ir/nn/Quantise.h"
#include "ir/numerics/FixedPoint.h"
#include "ir/numerics/HighMultiplier.h"
#include "ir/numerics/Requantize.h"
#include "ir/numerics/TfLite.h"

#include <limits>

namespace burin::nn {
using namespace mlir;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The kernel's name without "brn_" and the type.
StringRef kernelStem(BinaryKind kind) {
  switch (kind) {
  case BinaryKind::logical_and:
    return "and";
  case BinaryKind::logical_or:
    return "or";
  case BinaryKind::logical_xor:
    return "xor";
  default:
    return stringifyBinaryKind(kind);
  }
}

double activationLow(BinaryOp op) { return op.getActLo() ? op.getActLo()->convertToDouble() : -infinity; }
double activationHigh(BinaryOp op) { return op.getActHi() ? op.getActHi()->convertToDouble() : infinity; }

/// a, a_step, b, b_step, y, n: how every binary kernel's arguments begin.
std::vector<plan::CallArg> runArguments(const RunNest &nest, BufferId a, BufferId b, BufferId y) {
  return {nest.at(a, 0), num(nest.steps[0]), nest.at(b, 1), num(nest.steps[1]), nest.at(y, 2), num(nest.n)};
}

/// The quantised types of a, b and y with what the integer kernels need of
/// them.
struct QuantisedBinary {
  quant::UniformQuantizedType a, b, y;
  int32_t lo, hi; ///< stored bounds of the result
  float scale(quant::UniformQuantizedType type) const { return static_cast<float>(type.getScale()); }
  int32_t zero(quant::UniformQuantizedType type) const { return static_cast<int32_t>(type.getZeroPoint()); }
};

/// Types of which one has 16 bits: fixed-point arithmetic. The kernel is that of the three types.
void lowerWide(BinaryOp op, Lowering &l, const QuantisedBinary &q, const RunNest &nest) {
  std::vector<plan::CallArg> args = runArguments(nest, l.operand(0), l.operand(1), l.result());
  const bool multiplies = op.getKind() == BinaryKind::mul;
  if (multiplies) {
    // Products have 33 bits, and 63 are to hold theirs with the multiplier.
    const auto m = numerics::nearestFixedPoint(q.scale(q.a), q.scale(q.b), q.scale(q.y), /*bits=*/30);
    args.insert(args.end(), {num(q.zero(q.a)), num(q.zero(q.b)), num(m.mult), num(m.shift)});
  } else {
    const auto m = numerics::nearestFixedPoints(q.scale(q.a), q.scale(q.b), q.scale(q.y));
    const int64_t sign = op.getKind() == BinaryKind::sub ? -1 : 1;
    args.insert(args.end(), {num(q.zero(q.a)), num(m.a), num(q.zero(q.b)), num(sign * m.b), num(m.shift)});
  }
  args.insert(args.end(), {num(q.zero(q.y)), num(q.lo), num(q.hi)});
  l.call((multiplies ? "qmul_" : "qadd_") + kernelSuffix(q.a) + "_" + kernelSuffix(q.b) + "_" + kernelSuffix(q.y),
         std::move(args), nest.loops);
}

/// The stored integers that a or b may hold.
std::pair<int32_t, int32_t> operandRange(const QuantisedBinary &q) {
  auto [aMin, aMax] = storageRange(q.a);
  auto [bMin, bMax] = storageRange(q.b);
  return {std::min(aMin, bMin), std::max(aMax, bMax)};
}

/// A sum or difference of bytes by two high multiplications, if there are constants with which these give `stored` for
/// all pairs.
bool lowerHighSum(BinaryOp op, Lowering &l, const QuantisedBinary &q, const RunNest &nest,
                  const std::function<int32_t(int32_t, int32_t)> &stored) {
  const auto [min, max] = operandRange(q);
  const double sign = op.getKind() == BinaryKind::sub ? -1 : 1;
  const auto sum =
      numerics::solveHighSum(stored, q.a.getScale() / q.y.getScale(), sign * q.b.getScale() / q.y.getScale(),
                             q.zero(q.a), q.zero(q.b), q.zero(q.y), q.lo, q.hi, min, max);
  if (!sum)
    return false;
  std::vector<plan::CallArg> args = runArguments(nest, l.operand(0), l.operand(1), l.result());
  args.insert(args.end(), {num(sum->aMult), num(sum->bMult), num(sum->offset), num(sum->shift), num(q.lo), num(q.hi)});
  l.call("qadd_high_" + kernelSuffix(q.y), std::move(args), nest.loops);
  return true;
}

LogicalResult lowerAdd(BinaryOp op, Lowering &l, const QuantisedBinary &q, const RunNest &nest) {
  auto [min, max] = operandRange(q);
  // a - b is a sum with b mirrored: (min + max - zb) - (min + max - b) = b - zb, and min + max - b has the range of b.
  // So what is proven for that sum holds for the difference, whose factor of b - zb is the negative.
  const bool subtracts = op.getKind() == BinaryKind::sub;
  const int32_t zb = subtracts ? min + max - q.zero(q.b) : q.zero(q.b), sign = subtracts ? -1 : 1;
  std::optional<numerics::AddParams> p =
      numerics::solveAdd(q.scale(q.a), q.zero(q.a), q.scale(q.b), zb, q.scale(q.y), q.zero(q.y), q.lo, q.hi, min, max);
  if (!p)
    return failNotRepresentable(l, "the scales differ too much for 64-bit integers");
  const auto stored = [&](int32_t a, int32_t b) {
    const int64_t s = int64_t{a - q.zero(q.a)} * p->aMult + int64_t{b - q.zero(q.b)} * sign * p->bMult;
    return static_cast<int32_t>(
        std::clamp<int64_t>(numerics::roundHalfEvenShift(s, p->shift) + q.zero(q.y), q.lo, q.hi));
  };
  if (!p->exact && lowerHighSum(op, l, q, nest, stored))
    return success();
  std::vector<plan::CallArg> args = runArguments(nest, l.operand(0), l.operand(1), l.result());
  if (p->exact)
    args.insert(args.end(), {num(q.zero(q.a)), num(p->aNum), num(q.zero(q.b)), num(sign * p->bNum), num(p->den)});
  else
    args.insert(args.end(), {num(q.zero(q.a)), num(p->aMult), num(q.zero(q.b)), num(sign * p->bMult), num(p->shift)});
  args.insert(args.end(), {num(q.zero(q.y)), num(q.lo), num(q.hi)});
  l.call((p->exact ? "qadd_exact_" : "qadd_") + kernelSuffix(q.y), std::move(args), nest.loops);
  return success();
}

LogicalResult lowerMul(Lowering &l, const QuantisedBinary &q, const RunNest &nest) {
  auto [min, max] = operandRange(q);
  std::optional<numerics::MulParams> p = numerics::solveMul(q.scale(q.a), q.zero(q.a), q.scale(q.b), q.zero(q.b),
                                                            q.scale(q.y), q.zero(q.y), q.lo, q.hi, min, max);
  if (!p)
    return failNotRepresentable(l, "the scales differ too much for 64-bit integers");
  std::vector<plan::CallArg> args = runArguments(nest, l.operand(0), l.operand(1), l.result());
  args.insert(args.end(), {num(q.zero(q.a)), num(q.zero(q.b))});
  if (p->exact)
    args.insert(args.end(), {num(p->num), num(p->den)});
  else
    args.insert(args.end(), {num(p->mult), num(p->shift)});
  args.insert(args.end(), {num(q.zero(q.y)), num(q.lo), num(q.hi)});
  l.call((p->exact ? "qmul_exact_" : "qmul_") + kernelSuffix(q.y), std::move(args), nest.loops);
  return success();
}

/// Sums and products as TFLite's reference kernels have them.
LogicalResult lowerAsTflite(BinaryOp op, Lowering &l, const QuantisedBinary &q, const RunNest &nest) {
  using namespace numerics::tflite;
  const double sa = q.scale(q.a), sb = q.scale(q.b), sy = q.scale(q.y);
  std::vector<plan::CallArg> args = runArguments(nest, l.operand(0), l.operand(1), l.result());
  std::string kernel = ("q" + stringifyBinaryKind(op.getKind()) + "_tflite_" + kernelSuffix(q.y)).str();
  if (op.getKind() == BinaryKind::mul) {
    const Scale scale = scaleOf(sa * sb / sy);
    args.insert(args.end(), {num(q.zero(q.a)), num(q.zero(q.b)), num(scale.mult), num(scale.shift)});
  } else {
    const AddScales s = addScales(sa, sb, sy);
    const int32_t sign = op.getKind() == BinaryKind::sub ? -1 : 1;
    const auto stored = [&](int32_t a, int32_t b) {
      const int32_t u = scaled((a - q.zero(q.a)) * (1 << 20), s.a), v = scaled((b - q.zero(q.b)) * (1 << 20), s.b);
      return static_cast<int32_t>(std::clamp<int64_t>(int64_t{scaled(u + sign * v, s.y)} + q.zero(q.y), q.lo, q.hi));
    };
    if (lowerHighSum(op, l, q, nest, stored))
      return success();
    args.insert(args.end(), {num(q.zero(q.a)), num(s.a.mult), num(s.a.shift), num(q.zero(q.b)), num(s.b.mult),
                             num(s.b.shift), num(s.y.mult), num(s.y.shift)});
  }
  args.insert(args.end(), {num(q.zero(q.y)), num(q.lo), num(q.hi)});
  l.call(kernel, std::move(args), nest.loops);
  return success();
}

/// On equal types the order of the stored integers is that of the values.
LogicalResult lowerExtreme(BinaryOp op, Lowering &l, const QuantisedBinary &q, const RunNest &nest) {
  if (failed(callTyped(l, kernelStem(op.getKind()), q.y, runArguments(nest, l.operand(0), l.operand(1), l.result()),
                       nest.loops)))
    return failure();
  return emitStoredClamp(l, q.y, l.result(), l.result(), numElements(shapeOf(op.getY())), q.lo, q.hi);
}

LogicalResult lowerQuantised(BinaryOp op, Lowering &l) {
  QuantisedBinary q{perTensorQuant(op.getA()), perTensorQuant(op.getB()), perTensorQuant(op.getY()), 0, 0};
  if (!hasIntegerForm(op.getKind(), q.a, q.b, q.y))
    return failNotRepresentable(l, "add, sub and mul take per-tensor types of 16 bits, or of 8 and one storage, min "
                                   "and max one type");
  std::tie(q.lo, q.hi) = clampRange(q.y, activationLow(op), activationHigh(op));
  RunNest nest = broadcastRuns({op.getA(), op.getB()}, op.getY());
  const bool ordered = op.getKind() == BinaryKind::min || op.getKind() == BinaryKind::max;
  if (!ordered && hasWordType({q.a, q.b, q.y})) {
    lowerWide(op, l, q, nest);
    return success();
  }
  if (!ordered && roundsAsTflite(op))
    return lowerAsTflite(op, l, q, nest);
  switch (op.getKind()) {
  case BinaryKind::add:
  case BinaryKind::sub:
    return lowerAdd(op, l, q, nest);
  case BinaryKind::mul:
    return lowerMul(l, q, nest);
  default:
    return lowerExtreme(op, l, q, nest);
  }
}

} // namespace

bool hasIntegerForm(BinaryKind kind, Type a, Type b, Type y) {
  auto qa = dyn_cast_or_null<quant::UniformQuantizedType>(a), qb = dyn_cast_or_null<quant::UniformQuantizedType>(b),
       qy = dyn_cast_or_null<quant::UniformQuantizedType>(y);
  if (!qa || !qb || !qy)
    return false;
  switch (kind) {
  case BinaryKind::add:
  case BinaryKind::sub:
  case BinaryKind::mul:
    if (hasWordType({a, b, y}))
      return isActivationType(a) && isActivationType(b) && isActivationType(y);
    return elementBytes(a) == 1 && storageType(a) == storageType(b) && storageType(a) == storageType(y);
  case BinaryKind::min:
  case BinaryKind::max:
    return a == b && a == y;
  default:
    return false;
  }
}

LogicalResult BinaryOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto shape = broadcastShapes(shapeOf(adaptor.getA()), shapeOf(adaptor.getB()));
  if (!shape)
    return failure();
  types.push_back(RankedTensorType::get(*shape, elementTypeOf(adaptor.getA())));
  return success();
}

LogicalResult BinaryOp::verify() {
  const Type type = elementTypeOf(getA());
  if (quantType(getA()) || quantType(getB()) || quantType(getY()))
    return success(); // what the integer kernels can't do, lowering reports
  if (type != elementTypeOf(getB()))
    return emitOpError() << "operands of different element types: " << type << " and " << elementTypeOf(getB());
  if ((getActLo() || getActHi()) && !isa<FloatType>(type))
    return emitOpError() << "a clamp in real numbers on " << type;
  return success();
}

bool BinaryOp::mayOverwrite(unsigned index) { return coversInOrder(getOperand(index), getY()); }

RowRule BinaryOp::rowRule() { return RowRule::Alike; }

LogicalResult BinaryOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  if (quantType(getA()) || quantType(getB()) || quantType(getY()))
    return lowerQuantised(*this, l);
  const Type type = computeType(elementTypeOf(getY()));
  RunNest nest = broadcastRuns({getA(), getB()}, getY());
  BufferId a = widenedOperand(l, 0), b = widenedOperand(l, 1), y = computedResult(l);
  if (failed(callTyped(l, kernelStem(getKind()), type, runArguments(nest, a, b, y), nest.loops)))
    return failure();
  if ((getActLo() || getActHi()) &&
      failed(emitFloatClamp(l, type, y, y, n, activationLow(*this), activationHigh(*this))))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Binary.cpp.inc"
