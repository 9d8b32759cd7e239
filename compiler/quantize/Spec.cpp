#include "compiler/quantize/Spec.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace burin::quantize {
using llvm::StringRef;

bool matches(const std::string &pattern, const std::string &name) {
  size_t p = 0, n = 0, star = std::string::npos, retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == name[n] && pattern[p] != '*'))) {
      ++p, ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (star != std::string::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string::npos;
}

Scheme Spec::schemeOf(const std::string &name, int number, int layers) const {
  Scheme result = scheme;
  if (number == 0 && firstLayer)
    result = *firstLayer;
  if (number >= 0 && number == layers - 1 && lastLayer)
    result = *lastLayer;
  for (const SchemeOverride &o : overrides)
    if (matches(o.pattern, name))
      result = o.scheme;
  return result;
}

namespace {

std::optional<Scheme> parseScheme(StringRef text, int activations) {
  return llvm::StringSwitch<std::optional<Scheme>>(text)
      .Case("w8a8", Scheme{8, 8})
      .Case("w4a8", Scheme{4, 8})
      .Case("w8a16", Scheme{8, 16})
      .Case("w4a16", Scheme{4, 16})
      .Case("w8", Scheme{8, activations})
      .Case("w4", Scheme{4, activations})
      .Case("float", Scheme{8, 8, true})
      .Default(std::nullopt);
}

std::optional<Toggle> parseToggle(StringRef text) {
  return llvm::StringSwitch<std::optional<Toggle>>(text)
      .Cases({"", "on"}, Toggle::On)
      .Case("off", Toggle::Off)
      .Case("auto", Toggle::Auto)
      .Default(std::nullopt);
}

template <typename T> bool assign(T &to, const std::optional<T> &value) {
  if (value)
    to = *value;
  return value.has_value();
}

bool parseRange(Spec &spec, StringRef value) {
  auto [name, parameter] = value.split(':');
  spec.range = quantization::rangeMethodNamed(name.str());
  if (name == "percentile" && !parameter.empty())
    return !parameter.getAsDouble(spec.percentile) && spec.percentile > 0 && spec.percentile <= 100;
  return parameter.empty() && (spec.range || value == "auto");
}

bool parseGranularity(Spec &spec, StringRef value) {
  auto [name, parameter] = value.split(':');
  if (name == "block") {
    spec.granularity = quantization::Granularity::Block;
    return !parameter.getAsInteger(10, spec.block) && spec.block > 0;
  }
  spec.granularity = name == "tensor" ? quantization::Granularity::Tensor : quantization::Granularity::Channel;
  return value == "tensor" || value == "channel";
}

bool parseRounding(Spec &spec, StringRef value) {
  spec.rounding = llvm::StringSwitch<std::optional<Rounding>>(value)
                      .Case("nearest", Rounding::Nearest)
                      .Case("learned", Rounding::Learned)
                      .Case("hessian", Rounding::Hessian)
                      .Default(std::nullopt);
  return spec.rounding || value == "auto";
}

bool parseOverride(Spec &spec, StringRef value) {
  auto [pattern, scheme] = value.rsplit('=');
  std::optional<Scheme> parsed = parseScheme(scheme, spec.scheme.activations);
  if (pattern.empty() || !parsed)
    return false;
  spec.overrides.push_back({pattern.str(), *parsed});
  return true;
}

/// What the values of each key are; the fix of a wrong one.
constexpr std::pair<const char *, const char *> values[] = {
    {"range", "minmax, moving, percentile[:P] (0 < P <= 100), mse, entropy or auto"},
    {"weights", "tensor, channel or block:N"},
    {"activations", "asymmetric, symmetric or power-of-two"},
    {"skip", "the name of a node, * for any characters"},
    {"keep", "NODE=SCHEME, for example keep=/head/*=w8a16"},
    {"first-layer", "float, w8, w4, w8a8, w4a8, w8a16 or w4a16"},
    {"last-layer", "float, w8, w4, w8a8, w4a8, w8a16 or w4a16"},
    {"rounding", "nearest, learned, hessian or auto"},
    {"equalise", "on, off or auto"},
    {"bias-correction", "on, off or auto"},
    {"clip", "on or off"},
};

bool parseValue(Spec &spec, StringRef key, StringRef value) {
  if (key == "range")
    return parseRange(spec, value);
  if (key == "weights")
    return parseGranularity(spec, value);
  if (key == "activations")
    return assign(spec.activations, llvm::StringSwitch<std::optional<ActivationGrid>>(value)
                                        .Case("asymmetric", ActivationGrid::Asymmetric)
                                        .Case("symmetric", ActivationGrid::Symmetric)
                                        .Case("power-of-two", ActivationGrid::PowerOfTwo)
                                        .Default(std::nullopt));
  if (key == "skip") {
    spec.overrides.push_back({value.str(), {8, 8, true}});
    return !value.empty();
  }
  if (key == "keep")
    return parseOverride(spec, value);
  if (key == "first-layer" || key == "last-layer") {
    std::optional<Scheme> &layer = key == "first-layer" ? spec.firstLayer : spec.lastLayer;
    layer = parseScheme(value, spec.scheme.activations);
    return layer.has_value();
  }
  if (key == "rounding")
    return parseRounding(spec, value);
  if (key == "equalise")
    return assign(spec.equalise, parseToggle(value));
  if (key == "bias-correction")
    return assign(spec.biasCorrection, parseToggle(value));
  std::optional<Toggle> clip = parseToggle(value);
  spec.clip = clip && *clip == Toggle::On;
  return clip && *clip != Toggle::Auto;
}

bool refuse(DiagnosticSink &sink, const std::string &item, std::string fix) {
  sink.handle({.code = "BRN1520",
               .message = "how to quantise: " + quoteName(item) + " isn't understood",
               .fix = std::move(fix)});
  return false;
}

} // namespace

bool addItem(Spec &spec, const std::string &item, DiagnosticSink &sink) {
  StringRef text = StringRef(item).trim();
  if (text.starts_with("w") && !text.contains('=')) {
    std::optional<Scheme> scheme = text.contains('a') ? parseScheme(text, 8) : std::nullopt;
    return assign(spec.scheme, scheme) || refuse(sink, item, "use w8a8, w4a8, w8a16 or w4a16");
  }
  auto [key, value] = text.split('=');
  std::string known;
  for (auto [name, meaning] : values) {
    known += (known.empty() ? "" : ", ") + std::string(name);
    if (key == name)
      return parseValue(spec, key, value.trim()) || refuse(sink, item, key.str() + " is " + meaning);
  }
  return refuse(sink, item, "use w8a8, w4a8, w8a16 or w4a16, or one of: " + known);
}

std::optional<Spec> parseSpec(const std::string &text, DiagnosticSink &sink) {
  Spec spec;
  llvm::SmallVector<StringRef> items;
  StringRef(text).split(items, ',');
  for (StringRef item : items)
    if (!item.trim().empty() && !addItem(spec, item.str(), sink))
      return std::nullopt;
  return spec;
}

} // namespace burin::quantize
