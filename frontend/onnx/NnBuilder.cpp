#include "frontend/onnx/NnBuilder.h"

#include "ir/nn/RunTimeCount.h"

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Expand.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Slice.h"
#include "ir/nn/ops/StorageCast.h"
#include "ir/nn/ops/Transpose.h"
#include "ir/nn/ops/Unary.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

#include <cstring>

namespace burin::importer {
using namespace mlir;

namespace {

/// Results beyond this size stay operators unless they are no larger than their operands.
constexpr int64_t maxGrownBytes = int64_t(4) << 20;
/// Folding an operator with more multiply-accumulates than this would make the compiler slow.
constexpr int64_t maxFoldedMacs = int64_t(1) << 26;

/// The product of the dims; nullopt if a dim is negative or the tensor is too large: kernels count elements, and the C
/// text adds up offsets of bytes, with 32 bits.
std::optional<int64_t> countElements(ArrayRef<int64_t> shape, int64_t elementBytes) {
  int64_t count = 1, bound = 1;
  for (int64_t d : shape) {
    if (d < 0 || d >= maxTensorElements)
      return std::nullopt;
    // A zero dim must not hide an overflow of the others: strides are computed from them.
    bound *= std::max<int64_t>(d, 1);
    count *= d;
    if (bound >= maxTensorElements / elementBytes)
      return std::nullopt;
  }
  return count;
}

template <typename T> void append(std::vector<char> &bytes, T value) {
  const char *p = reinterpret_cast<const char *>(&value);
  bytes.insert(bytes.end(), p, p + sizeof value);
}

void appendInt(std::vector<char> &bytes, int64_t value, unsigned width) {
  switch (width) {
  case 64:
    return append(bytes, value);
  case 32:
    return append(bytes, static_cast<uint32_t>(value));
  case 16:
    return append(bytes, static_cast<uint16_t>(value));
  default:
    return append(bytes, static_cast<uint8_t>(value));
  }
}

void appendReal(std::vector<char> &bytes, double value, FloatType type) {
  if (type.isF64())
    return append(bytes, value);
  if (type.isF32())
    return append(bytes, static_cast<float>(value));
  APFloat narrow(value);
  bool losesInfo = false;
  narrow.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
  appendInt(bytes, static_cast<int64_t>(narrow.bitcastToAPInt().getZExtValue()), type.getWidth());
}

} // namespace

std::string describeElementType(Type type) {
  if (auto q = dyn_cast<quant::QuantizedType>(type))
    return "quantised " + describeElementType(nn::storageType(q));
  if (type.isBF16())
    return "bfloat16";
  if (isa<FloatType>(type))
    return "float" + nn::kernelSuffix(type).substr(1); // "float32", "float8e5m2"
  if (type.isInteger(1))
    return "bool";
  if (auto i = dyn_cast<IntegerType>(type))
    return (i.isUnsigned() ? "uint" : "int") + std::to_string(i.getWidth());
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

std::string describeShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (auto [i, d] : llvm::enumerate(shape))
    text += (i ? "," : "") + std::to_string(d);
  return text + "]";
}

std::string describeType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? describeElementType(tensor.getElementType()) + describeShape(tensor.getShape())
                : describeElementType(type);
}

Value NnBuilder::fail(StringRef code, const Twine &message, const Twine &fix) {
  if (!hasFailed)
    report(code, message.str(), inputFacts(), fix.str());
  hasFailed = true;
  return {};
}

bool NnBuilder::inferTypes(OperationState &state, InferTypes infer) {
  SmallVector<Type> types;
  if (llvm::failed(infer(context(), location, state.operands, state.attributes.getDictionary(context()),
                         state.getRawProperties(), {}, types)))
    return false;
  state.types.assign(types.begin(), types.end());
  return true;
}

Value NnBuilder::finish(OperationState &state, InferTypes infer, Type element) {
  if (hasFailed || llvm::is_contained(state.operands, Value()))
    return {};
  // What the dialect says against the operator becomes the text of our diagnostic.
  std::string why;
  ScopedDiagnosticHandler capture(context(), [&](Diagnostic &d) {
    if (why.empty())
      why = d.str();
    return success();
  });
  const std::string name = state.name.stripDialect().str();
  auto wrong = [&]() {
    return fail("BRN1206", "the inputs don't fit together" + (why.empty() ? "" : ": " + why) + " (in nn." + name + ")");
  };
  if (infer && !inferTypes(state, infer))
    return wrong();
  for (Type &type : state.types) {
    auto inferred = dyn_cast<RankedTensorType>(type);
    if (!inferred)
      return wrong();
    type = tensor(inferred.getShape(), element ? element : inferred.getElementType());
    if (!type)
      return {};
  }
  Operation *op = builder.create(state);
  if (llvm::failed(verify(op))) {
    op->erase();
    return wrong();
  }
  return foldOrKeep(op);
}

std::vector<Value> NnBuilder::finishCounted(OperationState &state, const std::string &name, int64_t bound) {
  const size_t count = state.types.size();
  if (hasFailed || llvm::is_contained(state.operands, Value()))
    return std::vector<Value>(count);
  std::string why;
  ScopedDiagnosticHandler capture(context(), [&](Diagnostic &d) {
    if (why.empty())
      why = d.str();
    return success();
  });
  Operation *op = builder.create(state);
  nn::setRunTimeCount(op, name, bound);
  if (llvm::failed(verify(op))) {
    op->erase();
    fail("BRN1206", "the inputs don't fit together: " + why);
    return std::vector<Value>(count);
  }
  return {op->result_begin(), op->result_end()};
}

Value NnBuilder::foldOrKeep(Operation *op) {
  // Dequantised weights are what the quantise pass looks for; a conversion of run-time scales is not worth the code
  // here.
  if (isa<nn::DequantizeOp, nn::QuantizeOp>(op) || op->getNumOperands() == 0 || op->getNumResults() != 1)
    return op->getResult(0);
  int64_t operandBytes = 0;
  for (Value v : op->getOperands()) {
    if (!nn::definingConstant(v))
      return op->getResult(0);
    operandBytes += nn::byteSize(nn::tensorType(v));
  }
  const RankedTensorType type = nn::tensorType(op->getResult(0));
  const int64_t bytes = nn::byteSize(type);
  if (bytes > budget.bytesLeft || (bytes > maxGrownBytes && bytes > operandBytes) ||
      mlir::cast<nn::NnOp>(op).macs() > maxFoldedMacs)
    return op->getResult(0);
  // An operator without a kernel for its types stays: whoever lowers it says so.
  FailureOr<std::vector<TensorBytes>> folded = evaluateOnConstants(op);
  if (llvm::failed(folded))
    return op->getResult(0);
  budget.bytesLeft -= bytes;
  op->erase();
  return nn::makeConstant(builder, location, type, std::move(folded->front()));
}

RankedTensorType NnBuilder::tensor(ArrayRef<int64_t> shape, Type element) {
  if (!hasFailed && !countElements(shape, nn::elementBytes(element)))
    fail("BRN1210", "a tensor of shape " + describeShape(shape) + " can't be compiled",
         "tensors may have at most 2^31 - 1 bytes");
  return hasFailed ? RankedTensorType() : RankedTensorType::get(shape, element);
}

Value NnBuilder::constant(RankedTensorType type, std::vector<char> bytes) {
  if (hasFailed || !type)
    return {};
  return nn::makeConstant(builder, location, type, std::move(bytes));
}

Value NnBuilder::ints(ArrayRef<int64_t> values) { return ints(values, {static_cast<int64_t>(values.size())}, i64()); }

Value NnBuilder::ints(ArrayRef<int64_t> values, ArrayRef<int64_t> shape, Type element) {
  const unsigned width = element.getIntOrFloatBitWidth();
  if (width == 64) { // little-endian, as all hosts are
    const char *p = reinterpret_cast<const char *>(values.data());
    return constant(tensor(shape, element), std::vector<char>(p, p + values.size() * sizeof(int64_t)));
  }
  std::vector<char> bytes;
  for (int64_t v : values)
    appendInt(bytes, v, width);
  return constant(tensor(shape, element), std::move(bytes));
}

Value NnBuilder::floats(ArrayRef<double> values, ArrayRef<int64_t> shape, Type element) {
  auto type = dyn_cast<FloatType>(element);
  if (!type)
    return fail("BRN1206", "floats are needed, not " + describeElementType(element));
  std::vector<char> bytes;
  for (double v : values)
    appendReal(bytes, v, type);
  return constant(tensor(shape, element), std::move(bytes));
}

Value NnBuilder::positions(ArrayRef<int64_t> shape) {
  const int64_t count = nn::numElements(shape);
  if (count > maxGenerated)
    return fail("BRN1202", "an axis of " + Twine(count) + " elements is too long to number its elements");
  return ints(llvm::to_vector(llvm::seq<int64_t>(0, count)), shape, i64());
}

Value NnBuilder::fill(double value, ArrayRef<int64_t> shape, Type element) {
  Value scalar =
      isa<FloatType>(element) ? floats({value}, {}, element) : ints({static_cast<int64_t>(value)}, {}, element);
  return expand(scalar, shape);
}

Value NnBuilder::scalarLike(Value like, double value) { return fill(value, {}, element(like)); }

std::optional<SmallVector<double>> NnBuilder::numbers(Value v) {
  if (auto reals = nn::constantReals(v))
    return reals;
  auto integers = nn::constantInts(v);
  if (!integers)
    return std::nullopt;
  return SmallVector<double>(integers->begin(), integers->end());
}

Shape NnBuilder::shape(Value v) { return v ? Shape(nn::shapeOf(v)) : Shape(); }

int64_t NnBuilder::dim(Value v, int64_t axis) {
  Shape s = shape(v);
  return axis >= 0 && axis < static_cast<int64_t>(s.size()) ? s[axis] : 1;
}

Type NnBuilder::element(Value v) const { return v ? nn::elementTypeOf(v) : f32(); }

namespace {

/// The constant integers that `x` dequantises, or null.
Value dequantizedConstant(Value x) {
  auto dequantize = x ? x.getDefiningOp<nn::DequantizeOp>() : nn::DequantizeOp();
  return dequantize && nn::definingConstant(dequantize.getX()) ? dequantize.getX() : Value();
}

/// The quantised type after a reshape; null if the quantised axis doesn't survive it.
Type reshapedElement(Type element, ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!q)
    return element;
  const auto axis = static_cast<size_t>(q.getQuantizedDimension());
  const int64_t before = nn::numElements(from.take_front(axis));
  for (size_t i = 0; i < to.size(); ++i)
    if (to[i] == from[axis] && nn::numElements(to.take_front(i)) == before)
      return quant::UniformQuantizedPerAxisType::get(q.getFlags(), q.getStorageType(), q.getExpressedType(),
                                                     q.getScales(), q.getZeroPoints(), static_cast<int32_t>(i),
                                                     q.getStorageTypeMin(), q.getStorageTypeMax());
  return {};
}

} // namespace

Value NnBuilder::reshape(Value x, ArrayRef<int64_t> to) {
  if (!x || hasFailed || ArrayRef<int64_t>(shape(x)) == to)
    return hasFailed ? Value() : x;
  if (Value stored = dequantizedConstant(x); stored && nn::numElements(to) == nn::numElements(shape(x)))
    if (Type type = reshapedElement(element(stored), nn::shapeOf(x), to)) {
      ArrayRef<char> bytes = nn::definingConstant(stored).bytes();
      Value moved = constant(tensor(to, type), std::vector<char>(bytes.begin(), bytes.end()));
      return makeTyped<nn::DequantizeOp>(tensor(to, element(x)), moved);
    }
  return makeTyped<nn::ReshapeOp>(tensor(to, element(x)), x);
}

Value NnBuilder::transpose(Value x, ArrayRef<int64_t> perm) {
  if (x && nn::isIdentityPermutation(perm))
    return x;
  if (Value stored = dequantizedConstant(x)) {
    Value moved = make<nn::TransposeOp>(stored, perm);
    return moved ? makeTyped<nn::DequantizeOp>(tensor(shape(moved), element(x)), moved) : Value();
  }
  return make<nn::TransposeOp>(x, perm);
}

Value NnBuilder::expand(Value x, ArrayRef<int64_t> to) {
  if (!x || hasFailed || ArrayRef<int64_t>(shape(x)) == to)
    return hasFailed ? Value() : x;
  return makeTyped<nn::ExpandOp>(tensor(to, element(x)), x);
}

Value NnBuilder::slice(Value x, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes) {
  return slice(x, starts, Shape(starts.size(), 1), sizes);
}

Value NnBuilder::slice(Value x, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps, ArrayRef<int64_t> sizes) {
  if (x && ArrayRef<int64_t>(shape(x)) == sizes && llvm::all_of(steps, [](int64_t s) { return s == 1; }))
    return x;
  return make<nn::SliceOp>(x, starts, steps, sizes);
}

Value NnBuilder::sliceAxis(Value x, int64_t axis, int64_t start, int64_t size) {
  Shape sizes = shape(x), starts(sizes.size(), 0);
  if (axis < 0 || axis >= static_cast<int64_t>(sizes.size()))
    return {};
  starts[axis] = start;
  sizes[axis] = size;
  return slice(x, starts, sizes);
}

Value NnBuilder::concat(ArrayRef<Value> xs, int64_t axis) {
  if (xs.size() == 1)
    return xs.front();
  return make<nn::ConcatOp>(ValueRange(xs), static_cast<uint64_t>(axis));
}

Value NnBuilder::alignAxis(Value x, int64_t axis, int64_t rankOfResult) {
  if (!x || axis < 0 || axis >= rankOfResult)
    return {};
  Shape to(static_cast<size_t>(rankOfResult), 1);
  to[axis] = dim(x, 0);
  return reshape(x, to);
}

Value NnBuilder::insertAxis(Value x, int64_t axis) {
  Shape to = shape(x);
  if (!x || axis < 0 || axis > static_cast<int64_t>(to.size()))
    return {};
  to.insert(to.begin() + axis, 1);
  return reshape(x, to);
}

Value NnBuilder::removeAxis(Value x, int64_t axis) {
  Shape to = shape(x);
  if (axis < 0 || axis >= static_cast<int64_t>(to.size()))
    return {};
  to.erase(to.begin() + axis);
  return reshape(x, to);
}

Value NnBuilder::cast(Value x, Type to, bool overflow, StringRef round) {
  if (!x || hasFailed || element(x) == to)
    return hasFailed ? Value() : x;
  return makeTyped<nn::CastOp>(tensor(shape(x), to), x, overflow, round);
}

Value NnBuilder::storageCast(Value x, Type to) {
  if (!x || hasFailed || element(x) == to)
    return hasFailed ? Value() : x;
  return makeTyped<nn::StorageCastOp>(tensor(shape(x), to), x);
}

Value NnBuilder::unary(nn::UnaryKind kind, Value x, double alpha, double beta) {
  return make<nn::UnaryOp>(kind, x, APFloat(alpha), APFloat(beta));
}

Value NnBuilder::binary(nn::BinaryKind kind, Value a, Value b) {
  return make<nn::BinaryOp>(kind, a, b, FloatAttr(), FloatAttr());
}

Value NnBuilder::compare(nn::CompareKind kind, Value a, Value b) { return make<nn::CompareOp>(kind, a, b); }

Value NnBuilder::select(Value c, Value a, Value b) { return make<nn::SelectOp>(c, a, b); }

Value NnBuilder::clamp(Value x, double lo, double hi) {
  return make<nn::ClampOp>(x, builder.getF64FloatAttr(lo), builder.getF64FloatAttr(hi));
}

Value NnBuilder::reduce(nn::ReduceKind kind, Value x, ArrayRef<int64_t> axes) {
  return make<nn::ReduceOp>(kind, x, axes);
}

Value NnBuilder::matmul(Value a, Value b, bool transposeB, Value bias) {
  return make<nn::MatmulOp>(a, b, bias, transposeB, FloatAttr(), FloatAttr());
}

Value NnBuilder::gather(Value x, Value indices, int64_t axis) {
  return make<nn::GatherOp>(x, indices, static_cast<uint64_t>(axis));
}

Value NnBuilder::pad(Value x, Value value, nn::PadMode mode, ArrayRef<int64_t> lo, ArrayRef<int64_t> hi) {
  return make<nn::PadOp>(x, value, mode, lo, hi);
}

} // namespace burin::importer
