#include "compiler/Boundary.h"

#include "ir/plan/Execute.h"
#include "ir/plan/ProgramSizes.h"

#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <cstring>

namespace burin {
using namespace mlir;

bool markBoundary(func::FuncOp function, StringRef flag, DiagnosticSink &sink) {
  auto [name, words] = flag.rsplit('=');
  auto fail = [&](std::string message, std::string fix) {
    sink.handle({.code = "BRN1503", .message = std::move(message), .fix = std::move(fix)});
    return false;
  };
  SmallVector<StringRef> parts;
  words.split(parts, ',');
  Builder b(function.getContext());
  SmallVector<StringAttr> keys;
  for (StringRef word : parts) {
    if (word != "quantized" && word != "nhwc")
      return fail("--io " + quoteName(std::string(flag)) + ": " + quoteName(std::string(word)) + " is unknown",
                  "use NAME=quantized, NAME=nhwc or NAME=quantized,nhwc");
    keys.push_back(b.getStringAttr("nn.io_" + word.str()));
  }
  std::string known;
  bool found = false;
  auto visit = [&](StringAttr own, auto mark) {
    if (!own)
      return;
    known += (known.empty() ? "" : ", ") + own.getValue().str();
    if (own.getValue() != name)
      return;
    found = true;
    for (StringAttr key : keys)
      mark(key);
  };
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    visit(function.getArgAttrOfType<StringAttr>(i, "nn.name"),
          [&](StringAttr key) { function.setArgAttr(i, key, b.getUnitAttr()); });
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    visit(function.getResultAttrOfType<StringAttr>(i, "nn.name"),
          [&](StringAttr key) { function.setResultAttr(i, key, b.getUnitAttr()); });
  return found || fail("--io names " + quoteName(std::string(name)) + ", which is no input or output",
                       "the model's inputs and outputs: " + known);
}

namespace {

codegen::Tensor boundaryTensor(Type type, DictionaryAttr attrs) {
  codegen::Tensor t;
  t.type = cast<RankedTensorType>(type);
  t.ctype = nn::cType(t.type.getElementType());
  if (!attrs)
    return t;
  if (auto name = attrs.getAs<StringAttr>("nn.name"))
    t.onnxName = name.str();
  if (auto perm = attrs.getAs<DenseI64ArrayAttr>("nn.perm"))
    t.perm.assign(perm.asArrayRef().begin(), perm.asArrayRef().end());
  if (auto quant = attrs.getAs<TypeAttr>("nn.quant"))
    t.quant = dyn_cast<quant::UniformQuantizedType>(quant.getValue());
  return t;
}

} // namespace

/// Whether an argument, result or plan operator with these attributes is no concern of the library's user.
static bool isHidden(DictionaryAttr attrs) { return attrs && attrs.contains("nn.hidden"); }

std::vector<codegen::Tensor> functionInputs(func::FuncOp function) {
  std::vector<codegen::Tensor> out;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    if (DictionaryAttr attrs = function.getArgAttrDict(static_cast<unsigned>(i)); !isHidden(attrs))
      out.push_back(boundaryTensor(type, attrs));
  return out;
}

std::vector<codegen::Tensor> functionOutputs(func::FuncOp function) {
  std::vector<codegen::Tensor> out;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    if (DictionaryAttr attrs = function.getResultAttrDict(static_cast<unsigned>(i)); !isHidden(attrs))
      out.push_back(boundaryTensor(type, attrs));
  return out;
}

namespace {

template <typename BoundaryOp>
std::vector<codegen::Tensor> programTensors(plan::ProgramOp program, std::vector<int64_t> sizes) {
  const plan::ProgramSizes all(program);
  for (size_t i = sizes.size(); i < all.symbols().size(); ++i)
    sizes.push_back(all.table().quantities[i].min);
  const std::vector<int64_t> quantities = all.table().evaluate(sizes);
  std::vector<codegen::Tensor> out;
  for (auto op : program.getBody().getOps<BoundaryOp>()) {
    if (isHidden(op->getAttrDictionary()))
      continue;
    codegen::Tensor t = boundaryTensor(all.typeAt(op, "type", op.getType(), quantities), op->getAttrDictionary());
    t.onnxName = op.getName().str();
    out.push_back(std::move(t));
  }
  return out;
}

} // namespace

std::vector<codegen::Tensor> programInputs(plan::ProgramOp program, const std::vector<int64_t> &sizes) {
  return programTensors<plan::InputOp>(program, sizes);
}
std::vector<codegen::Tensor> programOutputs(plan::ProgramOp program, const std::vector<int64_t> &sizes) {
  return programTensors<plan::OutputOp>(program, sizes);
}

std::optional<ProgramRun> runProgram(plan::ProgramOp program, const std::vector<int64_t> &sizes,
                                     const std::vector<HostTensor> &inputs, DiagnosticSink &sink) {
  const std::vector<codegen::Tensor> takes = programInputs(program, sizes);
  std::vector<std::vector<char>> bytes;
  for (size_t i = 0; i < takes.size() && i < inputs.size(); ++i) {
    std::optional<std::vector<char>> b = toLibrary(inputs[i], takes[i], sink);
    if (!b)
      return std::nullopt;
    bytes.push_back(std::move(*b));
  }
  SmallVector<ArrayRef<char>> views(bytes.begin(), bytes.end());
  plan::Execution execution;
  execution.sizes = sizes;
  if (failed(plan::executeProgram(program, views, execution, /*poison=*/true)))
    return std::nullopt;
  return ProgramRun{std::move(execution.sizes), std::move(execution.outputs)};
}

DType hostType(Type elementType) {
  static constexpr std::pair<const char *, DType> types[] = {{"f32", DType::Float32},
                                                             {"f64", DType::Float64},
                                                             {"f16", DType::Float16},
                                                             {"bf16", DType::BFloat16},
                                                             {"s8", DType::Int8},
                                                             {"u8", DType::UInt8},
                                                             {"s16", DType::Int16},
                                                             {"u16", DType::UInt16},
                                                             {"s32", DType::Int32},
                                                             {"u32", DType::UInt32},
                                                             {"s64", DType::Int64},
                                                             {"u64", DType::UInt64},
                                                             {"s4", DType::Int4},
                                                             {"u4", DType::UInt4},
                                                             {"s2", DType::Int2},
                                                             {"u2", DType::UInt2},
                                                             {"b8", DType::Bool},
                                                             {"f8e4m3fn", DType::Float8E4M3FN},
                                                             {"f8e4m3fnuz", DType::Float8E4M3FNUZ},
                                                             {"f8e5m2", DType::Float8E5M2},
                                                             {"f8e5m2fnuz", DType::Float8E5M2FNUZ},
                                                             {"f8e8m0", DType::Float8E8M0},
                                                             {"f4e2m1", DType::Float4E2M1}};
  const std::string suffix = nn::kernelSuffix(elementType);
  for (auto [name, type] : types)
    if (suffix == name)
      return type;
  return DType::Float32;
}

namespace {

/// Moves elements of `size` bytes: axis i of the result is axis perm[i] of the source.
std::vector<char> permute(ArrayRef<char> bytes, ArrayRef<int64_t> shape, ArrayRef<int64_t> perm, int64_t size) {
  if (perm.empty())
    return std::vector<char>(bytes.begin(), bytes.end());
  SmallVector<int64_t> strides = nn::rowMajorStrides(shape), to, step;
  for (int64_t axis : perm) {
    to.push_back(shape[axis]);
    step.push_back(strides[axis]);
  }
  std::vector<char> out(bytes.size());
  SmallVector<int64_t> index(perm.size(), 0);
  for (size_t i = 0; i < out.size(); i += static_cast<size_t>(size)) {
    int64_t from = 0;
    for (size_t a = 0; a < perm.size(); ++a)
      from += index[a] * step[a];
    std::memcpy(out.data() + i, bytes.data() + from * size, static_cast<size_t>(size));
    for (size_t a = perm.size(); a-- > 0;) {
      if (++index[a] < to[a])
        break;
      index[a] = 0;
    }
  }
  return out;
}

template <typename F> void eachFloat(ArrayRef<char> bytes, F f) {
  for (size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    float x;
    std::memcpy(&x, bytes.data() + i, sizeof x);
    f(x);
  }
}

} // namespace

std::optional<std::vector<char>> toLibrary(const HostTensor &tensor, const codegen::Tensor &as, DiagnosticSink &sink) {
  SmallVector<int64_t> shape(as.type.getShape());
  if (!as.perm.empty())
    for (size_t i = 0; i < as.perm.size(); ++i)
      shape[as.perm[i]] = as.type.getDimSize(static_cast<unsigned>(i));
  const DType wanted = hostType(as.type.getElementType());
  const bool quantise = tensor.dtype == DType::Float32 && wanted != DType::Float32 && as.quant;
  if (ArrayRef<int64_t>(tensor.shape) != ArrayRef<int64_t>(shape) || (tensor.dtype != wanted && !quantise)) {
    sink.handle({.code = "BRN1802",
                 .message = "the data for " + quoteName(as.onnxName) + " don't fit the model",
                 .facts = {"data   " + typeText(tensor.dtype, tensor.shape),
                           "model  " + typeText(wanted, std::vector<int64_t>(shape.begin(), shape.end()))},
                 .fix = "give data of the model's type and shape"});
    return std::nullopt;
  }
  ArrayRef<char> bytes(reinterpret_cast<const char *>(tensor.data.data()), tensor.data.size());
  std::vector<char> quantised;
  if (quantise) {
    auto [min, max] = nn::storageRange(as.quant);
    eachFloat(bytes, [&, min = min, max = max](float x) {
      const double q = static_cast<double>(std::nearbyint(x / static_cast<float>(as.quant.getScale()))) +
                       static_cast<double>(as.quant.getZeroPoint());
      quantised.push_back(static_cast<char>(static_cast<int64_t>(std::min<double>(max, std::max<double>(min, q)))));
    });
    bytes = quantised;
  }
  return permute(bytes, shape, as.perm, nn::elementBytes(as.type.getElementType()));
}

namespace {

/// A stored integer of a quantised type, little-endian.
int64_t storedInteger(const char *bytes, quant::QuantizedType type) {
  const unsigned bits = 8 * static_cast<unsigned>(nn::elementBytes(type));
  uint64_t value = 0;
  for (unsigned i = 0; i < bits / 8; ++i)
    value |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  return type.isSigned() ? static_cast<int64_t>(value << (64 - bits)) >> (64 - bits) : static_cast<int64_t>(value);
}

} // namespace

HostTensor fromLibrary(ArrayRef<char> bytes, const codegen::Tensor &from, DType dtype) {
  HostTensor out;
  out.name = from.onnxName;
  out.dtype = hostType(from.type.getElementType());
  SmallVector<int64_t> inverse;
  if (!from.perm.empty())
    inverse = nn::inversePermutation(from.perm);
  std::vector<char> data = permute(bytes, from.type.getShape(), inverse, nn::elementBytes(from.type.getElementType()));
  out.shape.assign(from.type.getShape().begin(), from.type.getShape().end());
  for (size_t i = 0; i < inverse.size(); ++i)
    out.shape[i] = from.type.getDimSize(static_cast<unsigned>(inverse[i]));
  if (dtype == DType::Float32 && out.dtype != DType::Float32 && from.quant) {
    std::vector<char> reals;
    const auto size = static_cast<size_t>(nn::elementBytes(from.quant));
    for (size_t i = 0; i + size <= data.size(); i += size) {
      const int64_t q = storedInteger(data.data() + i, from.quant);
      const float x = static_cast<float>(q - from.quant.getZeroPoint()) * static_cast<float>(from.quant.getScale());
      reals.insert(reals.end(), reinterpret_cast<const char *>(&x), reinterpret_cast<const char *>(&x) + sizeof x);
    }
    data = std::move(reals);
    out.dtype = dtype;
  }
  const auto *p = reinterpret_cast<const std::byte *>(data.data());
  out.data.assign(p, p + data.size());
  return out;
}

} // namespace burin
