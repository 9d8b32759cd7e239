// Source: Microsoft's "Multiple channel audio data and WAVE files" and the RIFF specification of 1991.
#include "frontend/samples/Wav.h"
#include "frontend/tensors/Files.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <numbers>
#include <numeric>

namespace burin::samples {

namespace {

constexpr uint32_t pcm = 1, ieeeFloat = 3, extensible = 0xFFFE;
constexpr int64_t mostChannels = 64, mostRate = 768000;

uint32_t number16(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]) | static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}
uint32_t number32(std::string_view bytes, size_t at) { return number16(bytes, at) | number16(bytes, at + 2) << 16; }

struct Format {
  uint32_t tag = 0, bits = 0;
  int64_t channels = 0, rate = 0;
};

std::optional<Format> parseFormat(std::string_view chunk) {
  if (chunk.size() < 16)
    return std::nullopt;
  Format format{.tag = number16(chunk, 0),
                .bits = number16(chunk, 14),
                .channels = number16(chunk, 2),
                .rate = number32(chunk, 4)};
  if (format.tag == extensible && chunk.size() >= 40)
    format.tag = number16(chunk, 24); // the first two bytes of the sub-format's GUID
  return format;
}

/// Empty, or what is wrong.
std::string problemOf(const Format &format) {
  if (format.channels < 1 || format.channels > mostChannels)
    return fmt::format("it has {} channels", format.channels);
  if (format.rate < 1 || format.rate > mostRate)
    return fmt::format("it has {} frames a second", format.rate);
  const bool isKnown = format.tag == pcm
                           ? format.bits == 8 || format.bits == 16 || format.bits == 24 || format.bits == 32
                           : format.tag == ieeeFloat && (format.bits == 32 || format.bits == 64);
  return isKnown ? "" : fmt::format("format {} with {} bits is compressed or unknown", format.tag, format.bits);
}

/// One number at the front of `bytes`.
float decode(const Format &format, std::string_view bytes) {
  if (format.tag == ieeeFloat && format.bits == 32)
    return std::bit_cast<float>(number32(bytes, 0));
  if (format.tag == ieeeFloat)
    return static_cast<float>(
        std::bit_cast<double>(number32(bytes, 0) | static_cast<uint64_t>(number32(bytes, 4)) << 32));
  if (format.bits == 8)
    return static_cast<float>(static_cast<unsigned char>(bytes[0]) - 128) / 128.0f;
  if (format.bits == 16)
    return static_cast<float>(static_cast<int16_t>(number16(bytes, 0))) / 32768.0f;
  const uint32_t high =
      format.bits == 24 ? number16(bytes, 0) << 8 | static_cast<uint32_t>(static_cast<unsigned char>(bytes[2])) << 24
                        : number32(bytes, 0);
  return static_cast<float>(static_cast<double>(static_cast<int32_t>(high)) * 0x1p-31);
}

std::nullopt_t unusable(const std::filesystem::path &path, std::string message, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1016",
               .model = path.filename().string(),
               .message = std::move(message),
               .fix = "save it as a .wav of 16-bit PCM, or remove it from the folder"});
  return std::nullopt;
}

} // namespace

std::optional<Recording> decodeWav(std::string_view bytes, const std::filesystem::path &path, DiagnosticSink &sink) {
  if (bytes.size() < 12 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE")
    return unusable(path, "the file is not a recording in the RIFF WAVE format", sink);
  std::string_view rest = bytes.substr(12), data;
  std::optional<Format> format;
  while (rest.size() >= 8 && data.data() == nullptr) {
    const std::string_view name = rest.substr(0, 4);
    const size_t size = number32(rest, 4);
    const std::string_view chunk = rest.substr(8, size); // up to the file's end, if it promises more
    if (name == "fmt ")
      format = parseFormat(chunk);
    else if (name == "data")
      data = chunk;
    rest.remove_prefix(std::min(rest.size(), 8 + size + size % 2));
  }
  if (!format || data.data() == nullptr)
    return unusable(path, "the recording has no format or no data", sink);
  if (std::string problem = problemOf(*format); !problem.empty())
    return unusable(path, "the recording can't be read: " + problem, sink);
  const size_t width = format->bits / 8, frameBytes = width * static_cast<size_t>(format->channels);
  Recording recording{.rate = format->rate, .channels = format->channels, .values = {}};
  recording.values.reserve(data.size() / width);
  for (size_t at = 0; at < data.size() / frameBytes * frameBytes; at += width)
    recording.values.push_back(decode(*format, data.substr(at, width)));
  return recording;
}

std::optional<Recording> readWav(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, sink);
  return buffer ? decodeWav(textOf(*buffer), path, sink) : std::nullopt;
}

Recording withChannels(const Recording &recording, int64_t channels) {
  if (channels == recording.channels)
    return recording;
  Recording result{.rate = recording.rate, .channels = channels, .values = {}};
  for (int64_t frame = 0; frame < recording.frames(); ++frame) {
    double sum = 0;
    for (int64_t c = 0; c < recording.channels; ++c)
      sum += recording.values[static_cast<size_t>(frame * recording.channels + c)];
    for (int64_t c = 0; c < channels; ++c)
      result.values.push_back(static_cast<float>(sum / static_cast<double>(recording.channels)));
  }
  return result;
}

namespace {

/// The low pass of `resample` at `t` frames from its middle; `cut` is c.
double lowPass(double t, double cut) {
  const double x = t * cut;
  if (std::abs(x) >= 32)
    return 0;
  const double window = std::cos(std::numbers::pi * x / 64);
  const double angle = std::numbers::pi * x;
  return cut * window * window * (angle == 0 ? 1 : std::sin(angle) / angle);
}

} // namespace

Recording resample(const Recording &recording, int64_t rate) {
  if (rate == recording.rate)
    return recording;
  const int64_t common = std::gcd(rate, recording.rate), up = rate / common, down = recording.rate / common;
  const int64_t frames = recording.frames(), channels = recording.channels;
  const double cut = std::min(1.0, static_cast<double>(up) / static_cast<double>(down));
  const auto reach = static_cast<int64_t>(std::ceil(32 / cut));
  Recording result{.rate = rate, .channels = channels, .values = {}};
  result.values.resize(static_cast<size_t>((frames * up + down - 1) / down * channels));
  const bool keeps = up * reach < 1 << 21; // each phase's weights, once they are made
  std::vector<std::vector<double>> phases(keeps ? static_cast<size_t>(up) : 1);
  std::vector<double> sums(static_cast<size_t>(channels));
  for (int64_t k = 0; k * channels < static_cast<int64_t>(result.values.size()); ++k) {
    const int64_t before = k * down / up, phase = k * down % up; // the frame at or before k, and the rest
    std::vector<double> &weights = phases[keeps ? static_cast<size_t>(phase) : 0];
    if (!keeps)
      weights.clear();
    if (weights.empty())
      for (int64_t t = -reach; t <= reach + 1; ++t)
        weights.push_back(lowPass(static_cast<double>(phase) / static_cast<double>(up) - static_cast<double>(t), cut));
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int64_t t = std::max(-reach, -before); t <= std::min(reach + 1, frames - 1 - before); ++t)
      for (int64_t c = 0; c < channels; ++c)
        sums[static_cast<size_t>(c)] += weights[static_cast<size_t>(t + reach)] *
                                        recording.values[static_cast<size_t>((before + t) * channels + c)];
    for (int64_t c = 0; c < channels; ++c)
      result.values[static_cast<size_t>(k * channels + c)] = static_cast<float>(sums[static_cast<size_t>(c)]);
  }
  return result;
}

} // namespace burin::samples
