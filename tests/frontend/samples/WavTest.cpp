#include "frontend/samples/Wav.h"
#include "tests/frontend/samples/Media.h"

#include <cmath>
#include <numbers>

using namespace burin;
using namespace burin::samples;

static Recording decoded(const std::string &bytes) {
  CollectingSink sink;
  const auto recording = decodeWav(bytes, "x.wav", sink);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(recording);
  return *recording;
}

TEST_CASE("every width of numbers") {
  CHECK(decoded(wavFile(1, 1, 8000, 8, {"\x00\x80\xFF", 3})).values == std::vector<float>{-1, 0, 127 / 128.0f});
  CHECK(decoded(wavFile(1, 1, 8000, 16, pcm16({-32768, 0, 1, 32767}))).values ==
        std::vector<float>{-1, 0, 1 / 32768.0f, 32767 / 32768.0f});
  const std::string wide = littleEndian(0x800000, 3) + littleEndian(1, 3) + littleEndian(0x400000, 3);
  CHECK(decoded(wavFile(1, 1, 8000, 24, wide)).values == std::vector<float>{-1, 1 / 8388608.0f, 0.5f});
  CHECK(decoded(wavFile(1, 1, 8000, 32, littleEndian(0x80000000, 4) + littleEndian(0x40000000, 4))).values ==
        std::vector<float>{-1, 0.5f});
  CHECK(decoded(wavFile(3, 1, 8000, 32, bytesOf<float>({0.25f, -1.5f}))).values == std::vector<float>{0.25f, -1.5f});
  CHECK(decoded(wavFile(3, 1, 8000, 64, bytesOf<double>({0.25, -1.5}))).values == std::vector<float>{0.25f, -1.5f});
}

TEST_CASE("channels, extensible formats, other chunks") {
  const Recording stereo = decoded(wavFile(1, 2, 44100, 16, pcm16({16384, 0, -16384, 8192, 5}))); // and half a frame
  CHECK(stereo.rate == 44100);
  CHECK(stereo.frames() == 2);
  CHECK(withChannels(stereo, 1).values == std::vector<float>{0.25f, -0.125f});
  CHECK(withChannels(withChannels(stereo, 1), 2).values == std::vector<float>{0.25f, 0.25f, -0.125f, -0.125f});

  // fmt of 40 bytes: its sub-format begins with 1, PCM. A LIST chunk of odd length stands in front of the data.
  const std::string format = littleEndian(0xFFFE, 2) + littleEndian(1, 2) + littleEndian(8000, 4) +
                             littleEndian(16000, 4) + littleEndian(2, 2) + littleEndian(16, 2) + littleEndian(22, 2) +
                             littleEndian(16, 2) + littleEndian(4, 4) + littleEndian(1, 2) + std::string(14, '\0');
  const std::string body = "WAVEfmt " + littleEndian(40, 4) + format + "LIST" + littleEndian(3, 4) + "abc" +
                           std::string(1, '\0') + "data" + littleEndian(1000, 4) + pcm16({16384});
  CHECK(decoded("RIFF" + littleEndian(body.size(), 4) + body).values == std::vector<float>{0.5f}); // promised more
}

TEST_CASE("files that aren't recordings") {
  const auto refused = [](const std::string &bytes) {
    CollectingSink sink;
    CHECK_FALSE(decodeWav(bytes, "x.wav", sink));
    CHECK(onlyCode(sink) == "BRN1016");
  };
  refused("");
  refused("RIFF");
  refused(std::string("RIFF\4\0\0\0WAVE", 12));
  refused(wavFile(1, 1, 8000, 12, "xxxx"));
  refused(wavFile(6, 1, 8000, 8, "xxxx")); // A-law
  refused(wavFile(1, 0, 8000, 16, "xxxx"));
  refused(wavFile(1, 65, 8000, 16, "xxxx"));
  refused(wavFile(1, 1, 0, 16, "xxxx"));
  refused(wavFile(3, 1, 8000, 16, "xxxx"));
  refused(wavFile(1, 1, 8000, 16, "xxxx").substr(0, 30));
}

/// A sine of `hertz` at `rate`.
static Recording sine(double hertz, int64_t rate, int64_t frames) {
  Recording recording{.rate = rate, .channels = 1, .values = {}};
  for (int64_t n = 0; n < frames; ++n)
    recording.values.push_back(static_cast<float>(
        0.8 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(n) / static_cast<double>(rate))));
  return recording;
}

TEST_CASE("resampling keeps what the new rate can hold") {
  for (auto [from, to] : {std::pair<int64_t, int64_t>{44100, 16000}, {8000, 16000}, {48000, 16000}, {11025, 16000}}) {
    INFO(from << " to " << to);
    const Recording result = resample(sine(1000, from, from / 2), to), wanted = sine(1000, to, to / 2);
    CHECK(result.rate == to);
    REQUIRE(std::abs(result.frames() - wanted.frames()) <= 1);
    double worst = 0;
    for (size_t n = 200; n + 200 < wanted.values.size(); ++n) // away from the ends, beyond which there is silence
      worst = std::max(worst, std::abs(static_cast<double>(result.values[n]) - static_cast<double>(wanted.values[n])));
    CHECK(worst < 2e-3);
  }
}

TEST_CASE("resampling removes what the new rate can't hold") {
  const Recording result = resample(sine(11000, 44100, 22050), 16000);
  double worst = 0;
  for (size_t n = 200; n + 200 < result.values.size(); ++n)
    worst = std::max(worst, std::abs(static_cast<double>(result.values[n])));
  CHECK(worst < 1e-3);
}

TEST_CASE("resampling by hand, and at its ends") {
  const Recording impulse{.rate = 2, .channels = 1, .values = {0, 1, 0}};
  // y(k) = h(k / 2 − 1) for rate 4: h(0) = 1, h(±1/2) = sinc(1/2) · cos²(π/128), h(±1) = 0.
  const Recording twice = resample(impulse, 4);
  REQUIRE(twice.frames() == 6);
  const double half = 2 / std::numbers::pi * std::pow(std::cos(std::numbers::pi / 128), 2);
  CHECK(twice.values[1] == Approx(half));
  CHECK(twice.values[2] == Approx(1));
  CHECK(twice.values[3] == Approx(half));
  CHECK(std::abs(twice.values[0]) < 1e-12);
  CHECK(resample(impulse, 1).frames() == 2);
  CHECK(resample({.rate = 5, .channels = 1, .values = {}}, 7).frames() == 0);
  CHECK(resample({.rate = 767999, .channels = 2, .values = {1, 1}}, 16000).frames() == 1);
}
