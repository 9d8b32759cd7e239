#include "frontend/samples/Convert.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <llvm/ADT/APFloat.h>
#include <utility>

namespace burin::samples {

namespace {

/// Calls `f` with a value of the C++ type that holds elements of `type`; false for types without one.
template <typename F> bool withElementType(DType type, F f) {
  switch (type) {
  case DType::Float32:
    return f(float{}), true;
  case DType::Float64:
    return f(double{}), true;
  case DType::Bool:
  case DType::UInt8:
  case DType::UInt4:
  case DType::UInt2:
    return f(uint8_t{}), true;
  case DType::Int8:
  case DType::Int4:
  case DType::Int2:
    return f(int8_t{}), true;
  case DType::UInt16:
    return f(uint16_t{}), true;
  case DType::Int16:
    return f(int16_t{}), true;
  case DType::UInt32:
    return f(uint32_t{}), true;
  case DType::Int32:
    return f(int32_t{}), true;
  case DType::UInt64:
    return f(uint64_t{}), true;
  case DType::Int64:
    return f(int64_t{}), true;
  default:
    return false;
  }
}

bool isHalf(DType type) { return type == DType::Float16 || type == DType::BFloat16; }
bool isInteger(DType type) {
  const DTypeKind kind = info(type).kind;
  return kind == DTypeKind::SignedInt || kind == DTypeKind::UnsignedInt || kind == DTypeKind::Bool;
}

template <typename T> T elementAt(const std::vector<std::byte> &data, size_t index) {
  T value;
  std::memcpy(&value, &data[index * sizeof(T)], sizeof(T));
  return value;
}

template <typename T> void put(std::vector<std::byte> &data, size_t index, T value) {
  std::memcpy(&data[index * sizeof(T)], &value, sizeof(T));
}

/// The elements as `Real`s, rounded to nearest; false for types that aren't numbers.
template <typename Real> bool toReals(const HostTensor &tensor, std::vector<Real> &values) {
  values.resize(static_cast<size_t>(tensor.size()));
  if (isHalf(tensor.dtype)) {
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<Real>(decodeFloat(tensor.dtype, elementAt<uint16_t>(tensor.data, i)));
    return true;
  }
  return withElementType(tensor.dtype, [&]<typename T>(T) {
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<Real>(elementAt<T>(tensor.data, i));
  });
}

uint16_t halfBits(DType type, double value) {
  llvm::APFloat number(value);
  bool isLossy;
  number.convert(type == DType::Float16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(),
                 llvm::APFloat::rmNearestTiesToEven, &isLossy);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

/// The least and the greatest value of an integer type, its bits counted as in a file.
std::pair<int64_t, uint64_t> limitsOf(DType type) {
  const DTypeInfo &t = info(type);
  if (t.kind == DTypeKind::Bool)
    return {0, 1};
  if (t.kind == DTypeKind::SignedInt)
    return {INT64_MIN >> (64 - t.bits), static_cast<uint64_t>(INT64_MAX >> (64 - t.bits))};
  return {0, UINT64_MAX >> (64 - t.bits)};
}

std::nullopt_t misfit(DiagnosticSink &sink, const HostTensor &tensor, DType wanted, std::string fact, std::string fix) {
  sink.handle({.code = "BRN1802",
               .message = fmt::format("the values of {} don't fit an input of type {}", quoteName(tensor.name),
                                      info(wanted).name),
               .facts = {"data   " + typeText(tensor.dtype, tensor.shape), std::move(fact)},
               .fix = std::move(fix)});
  return std::nullopt;
}

std::optional<HostTensor> integersToIntegers(HostTensor tensor, DType wanted, DiagnosticSink &sink) {
  const auto [least, most] = limitsOf(wanted);
  HostTensor out{.dtype = wanted, .shape = tensor.shape, .data = {}, .name = tensor.name};
  const auto count = static_cast<size_t>(tensor.size());
  out.data.resize(count * static_cast<size_t>(info(wanted).bytes()));
  std::optional<std::string> outside;
  withElementType(tensor.dtype, [&]<typename From>(From) {
    withElementType(wanted, [&, least = least, most = most]<typename To>(To) {
      for (size_t i = 0; i < count && !outside; ++i) {
        const From value = elementAt<From>(tensor.data, i);
        if (std::cmp_less(static_cast<int64_t>(value), least) && std::is_signed_v<From>)
          outside = std::to_string(value);
        else if (value > 0 && static_cast<uint64_t>(value) > most)
          outside = std::to_string(value);
        else
          put<To>(out.data, i, static_cast<To>(value));
      }
    });
  });
  if (outside)
    return misfit(sink, tensor, wanted, fmt::format("value  {}, outside {} … {}", *outside, least, most),
                  "bring the values into range, for example with --scale and --mean");
  return out;
}

std::optional<HostTensor> realsToIntegers(const HostTensor &tensor, const std::vector<double> &values, DType wanted,
                                          bool rounds, DiagnosticSink &sink) {
  const auto [least, most] = limitsOf(wanted);
  HostTensor out{.dtype = wanted, .shape = tensor.shape, .data = {}, .name = tensor.name};
  out.data.resize(values.size() * static_cast<size_t>(info(wanted).bytes()));
  for (size_t i = 0; i < values.size(); ++i) {
    const double whole = std::nearbyint(values[i]);
    if (!rounds && whole != values[i])
      return misfit(sink, tensor, wanted, fmt::format("value  {:.9g}, not a whole number", values[i]),
                    "quantise the data as the model's input is, for example with --scale and --mean");
    // Below 2^63 and 2^64 the limits are exact doubles, or round up to the first value that is too large.
    const double end = std::ldexp(1.0, info(wanted).bits - (info(wanted).kind == DTypeKind::SignedInt ? 1 : 0));
    if (!(whole >= static_cast<double>(least) && (info(wanted).kind == DTypeKind::Bool ? whole <= 1 : whole < end)))
      return misfit(sink, tensor, wanted, fmt::format("value  {:.9g}, outside {} … {}", values[i], least, most),
                    "bring the values into range, for example with --scale and --mean");
    withElementType(wanted, [&]<typename To>(To) { put<To>(out.data, i, static_cast<To>(whole)); });
  }
  return out;
}

/// (x · scale − mean) / std in float32, an operation at a time.
void apply(std::vector<float> &values, const ValueSteps &steps, const std::vector<int64_t> &shape) {
  size_t inner = 1, channels = 1;
  if (steps.axis < shape.size()) {
    channels = static_cast<size_t>(shape[steps.axis]);
    for (size_t axis = steps.axis + 1; axis < shape.size(); ++axis)
      inner *= static_cast<size_t>(shape[axis]);
  }
  const auto of = [&](const std::vector<float> &list, size_t i, float none) {
    return list.empty() ? none : list.size() == 1 ? list[0] : list[i / inner % channels];
  };
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = (values[i] * steps.scale - of(steps.mean, i, 0)) / of(steps.std, i, 1);
}

} // namespace

std::optional<ValueSteps> valueSteps(const Preparation &p, const std::string &input, const std::vector<int64_t> &shape,
                                     std::optional<size_t> channelAxis, bool rounds, DiagnosticSink &sink) {
  ValueSteps steps{.hasArithmetic = p.hasArithmetic(),
                   .scale = p.scale.value_or(1),
                   .mean = p.mean,
                   .std = p.std,
                   .axis = 0,
                   .rounds = rounds || p.hasArithmetic()};
  const size_t channels = std::max(p.mean.size(), p.std.size());
  if (channels <= 1)
    return steps;
  std::vector<size_t> candidates;
  if (channelAxis)
    candidates = {*channelAxis};
  else if (!shape.empty())
    candidates = {std::min<size_t>(1, shape.size() - 1), shape.size() - 1};
  for (size_t axis : candidates)
    if (shape[axis] == static_cast<int64_t>(channels)) {
      steps.axis = axis;
      return steps;
    }
  sink.handle({.code = "BRN1512",
               .message = fmt::format("--mean and --std have {} values, but input {} has no axis of {} channels",
                                      channels, quoteName(input), channels),
               .facts = {"input  " + typeText(DType::Float32, shape)},
               .fix = "give one value, or one for each channel"});
  return std::nullopt;
}

std::optional<HostTensor> convertValues(HostTensor tensor, DType wanted, const ValueSteps &steps,
                                        DiagnosticSink &sink) {
  if (tensor.dtype == wanted && !steps.hasArithmetic)
    return tensor;
  if (isInteger(tensor.dtype) && isInteger(wanted) && !steps.hasArithmetic)
    return integersToIntegers(std::move(tensor), wanted, sink);
  std::vector<double> values;
  std::vector<float> computed;
  const bool isNumeric = steps.hasArithmetic ? toReals(tensor, computed) : toReals(tensor, values);
  if (!isNumeric || (!isInteger(wanted) && (info(wanted).kind != DTypeKind::Float || info(wanted).bits < 16)))
    return misfit(sink, tensor, wanted, "types  there is no conversion between them",
                  "give data of the input's own type");
  if (steps.hasArithmetic) {
    apply(computed, steps, tensor.shape);
    values.assign(computed.begin(), computed.end());
  }
  if (isInteger(wanted))
    return realsToIntegers(tensor, values, wanted, steps.rounds, sink);
  HostTensor out{.dtype = wanted, .shape = tensor.shape, .data = {}, .name = tensor.name};
  out.data.resize(values.size() * static_cast<size_t>(info(wanted).bytes()));
  for (size_t i = 0; i < values.size(); ++i) {
    if (isHalf(wanted))
      put(out.data, i, halfBits(wanted, values[i]));
    else if (wanted == DType::Float32)
      put(out.data, i, static_cast<float>(values[i]));
    else if (wanted == DType::Float64)
      put(out.data, i, values[i]);
  }
  return out;
}

} // namespace burin::samples
