#include "ir/nn/ops/Unary.h"
#include "ir/nn/Emit.h"
#include "ir/nn/Quantise.h"
#include "ir/nn/Tables.h"
#include "ir/numerics/TfLite.h"

namespace burin::nn {
using namespace mlir;

namespace {

bool givesBool(UnaryKind kind) { return kind == UnaryKind::is_nan || kind == UnaryKind::is_inf; }

bool takesParameters(UnaryKind kind) {
  switch (kind) {
  case UnaryKind::leaky_relu:
  case UnaryKind::elu:
  case UnaryKind::celu:
  case UnaryKind::selu:
  case UnaryKind::hard_sigmoid:
  case UnaryKind::thresholded_relu:
  case UnaryKind::shrink:
  case UnaryKind::swish:
    return true;
  default:
    return false;
  }
}

/// The kernel's name without "brn_" and the type.
StringRef kernelStem(UnaryKind kind) { return kind == UnaryKind::logical_not ? "not" : stringifyUnaryKind(kind); }

std::vector<plan::CallArg> arguments(UnaryOp op, BufferId x, BufferId y, int64_t n) {
  const double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble();
  std::vector<plan::CallArg> args = {ptr(x), ptr(y), num(n)};
  if (takesParameters(op.getKind()))
    args.insert(args.end(), {real(alpha), real(beta)});
  if (op.getKind() == UnaryKind::is_inf)
    args.insert(args.end(), {num(alpha != 0), num(beta != 0)});
  return args;
}

/// TFLite's fixed-point logistic function, whose result has one quantisation: steps of 1/256 from the least integer on.
std::optional<ByteTable> tfliteLogistic(UnaryOp op) {
  quant::UniformQuantizedType x = perTensorQuant(op.getX()), y = perTensorQuant(op.getY());
  if (op.getKind() != UnaryKind::sigmoid || !roundsAsTflite(op) || !x || !y || elementBytes(x) != 1 ||
      elementBytes(y) != 1 || y.getScale() != 0x1p-8 || y.getZeroPoint() != storageRange(y).first)
    return std::nullopt;
  ByteTable table;
  for (int32_t i = 0; i < 256; ++i) {
    const int32_t stored = x.isSigned() ? static_cast<int8_t>(i) : i;
    const auto zero = static_cast<int32_t>(x.getZeroPoint());
    table[static_cast<size_t>(i)] = static_cast<uint8_t>(numerics::tflite::logistic(stored - zero, x.getScale()) +
                                                         static_cast<int32_t>(y.getZeroPoint()));
  }
  return table;
}

/// The float function in place, as every unary kernel works; false if it isn't one from floats to floats.
bool compute(UnaryOp op, float *values, int64_t n) {
  return !givesBool(op.getKind()) &&
         runKernel((kernelStem(op.getKind()) + "_f32").str(), arguments(op, 0, 0, n), {values});
}

} // namespace

bool hasIntegerForm(UnaryOp op, quant::UniformQuantizedType x, quant::UniformQuantizedType y) {
  std::optional<Tabulated> function = tabulate(x, y, [&](float *values, int64_t n) { return compute(op, values, n); });
  return function && (elementBytes(x) == 1 || buildPieces(*function, y));
}

LogicalResult UnaryOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  types.push_back(givesBool(adaptor.getKind()) ? withElementType(x, IntegerType::get(context, 1)) : x);
  return success();
}

bool UnaryOp::mayOverwrite(unsigned) { return coversInOrder(getX(), getY()); }

bool UnaryOp::isView() {
  return isIdentity(getX(), getY(), [&](float *values, int64_t n) { return compute(*this, values, n); });
}

RowRule UnaryOp::rowRule() { return RowRule::Alike; }

LogicalResult UnaryOp::lower(Lowering &l) {
  const int64_t n = numElements(shapeOf(getY()));
  if (n == 0)
    return success();
  if (std::optional<ByteTable> logistic = tfliteLogistic(*this)) {
    emitTable(l, *logistic);
    return success();
  }
  if (quantType(getX()) || quantType(getY())) {
    if (emitFunction(l, getX(), getY(), [&](float *values, int64_t n) { return compute(*this, values, n); }))
      return success();
    return failNotRepresentable(l, "only float functions from and to per-tensor types of 8 bits are tables, and of 16 "
                                   "bits linear in up to 1024 pieces");
  }
  const Type type = computeType(elementTypeOf(getX()));
  BufferId x = widenedCopy(l, 0);
  // A widened operand is ours to overwrite.
  BufferId y = x == l.operand(0) || givesBool(getKind()) ? l.result() : x;
  if (failed(callTyped(l, kernelStem(getKind()), type, arguments(*this, x, y, n))))
    return failure();
  storeResult(l, y);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Unary.cpp.inc"
