#include "frontend/samples/Preparation.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

namespace burin {

namespace {

/// The widest image or longest step that a flag may ask for.
constexpr int64_t mostPixels = 16384, mostFrames = 1 << 30, mostRate = 768000;

bool bad(DiagnosticSink &sink, const char *flag, const std::string &text, const char *wanted) {
  sink.handle({.code = "BRN1512",
               .message = fmt::format("{} {} isn't {}", flag, quoteName(text), wanted),
               .fix = "see `burin explain BRN1512`"});
  return false;
}

std::optional<int64_t> wholeNumber(std::string_view text, int64_t most) {
  int64_t value = 0;
  auto [end, failure] = std::from_chars(text.begin(), text.end(), value);
  if (failure != std::errc() || end != text.end() || value < 1 || value > most)
    return std::nullopt;
  return value;
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  auto [end, failure] = std::from_chars(text.begin(), text.end(), value);
  if (failure != std::errc() || end != text.end() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// "0.5", or a quotient like "1/255", as a float32 that is not 0 because it is too small.
std::optional<float> number(std::string_view text) {
  const size_t slash = text.find('/');
  std::optional<double> value = decimal(text.substr(0, slash));
  if (value && slash != std::string_view::npos) {
    const std::optional<double> divisor = decimal(text.substr(slash + 1));
    if (!divisor || *divisor == 0)
      return std::nullopt;
    *value /= *divisor;
  }
  if (!value || !std::isfinite(static_cast<float>(*value)) || (*value != 0 && static_cast<float>(*value) == 0))
    return std::nullopt;
  return static_cast<float>(*value);
}

bool parseSize(const char *flag, const std::string &text, std::optional<ImageSize> &size, DiagnosticSink &sink) {
  if (text.empty())
    return true;
  const size_t cross = text.find_first_of("xX");
  const std::string_view view = text;
  const auto height = wholeNumber(view.substr(0, cross), mostPixels);
  const auto width =
      cross == std::string::npos ? std::optional<int64_t>() : wholeNumber(view.substr(cross + 1), mostPixels);
  if (!height || !width)
    return bad(sink, flag, text, "HEIGHTxWIDTH in pixels, for example 96x96");
  size = ImageSize{*height, *width};
  return true;
}

bool parseNumbers(const char *flag, const std::string &text, std::vector<float> &values, DiagnosticSink &sink) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::optional<float> value = number(rest.substr(0, comma));
    if (!value || comma + 1 == rest.size())
      return bad(sink, flag, text, "a number, or one for each channel: 0.485,0.456,0.406");
    values.push_back(*value);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return true;
}

bool parseCount(const char *flag, const std::string &text, int64_t most, std::optional<int64_t> &value,
                DiagnosticSink &sink) {
  if (text.empty())
    return true;
  value = wholeNumber(text, most);
  return value || bad(sink, flag, text, "a whole number above 0");
}

bool parseScale(const std::string &text, std::optional<float> &scale, DiagnosticSink &sink) {
  if (text.empty())
    return true;
  scale = number(text);
  return scale || bad(sink, "--scale", text, "a number or a quotient, for example 1/255");
}

template <typename T>
bool parseWord(const char *flag, const std::string &text, std::initializer_list<std::pair<const char *, T>> words,
               const char *wanted, std::optional<T> &value, DiagnosticSink &sink) {
  for (auto [word, meaning] : words)
    if (text == word)
      value = meaning;
  return text.empty() || value || bad(sink, flag, text, wanted);
}

bool divides(const std::string &text, const std::vector<float> &std, DiagnosticSink &sink) {
  for (float value : std)
    if (value == 0)
      return bad(sink, "--std", text, "free of zeros, by which one can't divide");
  return true;
}

} // namespace

std::optional<Preparation> parsePreparation(const SampleOptions &o, DiagnosticSink &sink) {
  Preparation p;
  const bool good = parseSize("--resize", o.resize, p.resize, sink) && parseSize("--crop", o.crop, p.crop, sink) &&
                    parseWord<ImageChannels>(
                        "--channels", o.channels,
                        {{"rgb", ImageChannels::Rgb}, {"bgr", ImageChannels::Bgr}, {"gray", ImageChannels::Gray}},
                        "rgb, bgr or gray", p.channels, sink) &&
                    parseWord<ArrayLayout>("--layout", o.layout,
                                           {{"nchw", ArrayLayout::ChannelsFirst}, {"nhwc", ArrayLayout::ChannelsLast}},
                                           "nchw or nhwc", p.layout, sink) &&
                    parseScale(o.scale, p.scale, sink) && parseNumbers("--mean", o.mean, p.mean, sink) &&
                    parseNumbers("--std", o.std, p.std, sink) && divides(o.std, p.std, sink) &&
                    parseCount("--rate", o.rate, mostRate, p.rate, sink) &&
                    parseCount("--hop", o.hop, mostFrames, p.hop, sink);
  if (!good)
    return std::nullopt;
  if (p.mean.size() > 1 && p.std.size() > 1 && p.mean.size() != p.std.size()) {
    bad(sink, "--std", o.std, fmt::format("as long as --mean, which has {} values", p.mean.size()).c_str());
    return std::nullopt;
  }
  return p;
}

} // namespace burin
