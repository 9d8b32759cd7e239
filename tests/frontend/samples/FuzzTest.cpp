// Damaged files: one diagnostic, or a sample that fits.
#include "frontend/samples/Image.h"
#include "frontend/samples/SampleSet.h"
#include "frontend/samples/Wav.h"
#include "tests/frontend/reader/Mutate.h"
#include "tests/frontend/samples/Media.h"

using namespace burin;
using namespace burin::samples;

static void checkProblem(const CollectingSink &sink) {
  REQUIRE(sink.errorCount() == 1);
  for (const Diagnostic &d : sink.diagnostics)
    REQUIRE((d.severity != Severity::Error || findPage(d.code)));
}

static void tryImages(std::string_view name, uint64_t count) {
  size_t accepted = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    INFO(name << ", seed " << seed);
    Random random(seed);
    std::string mutant(mediaFile(name));
    mutateBytes(mutant, random);
    CollectingSink sink;
    const auto image = decodeImage(mutant, "mutant", ImageChannels::Rgb, sink);
    if (!image) {
      checkProblem(sink);
      continue;
    }
    ++accepted;
    REQUIRE(static_cast<int64_t>(image->values.size()) == image->size.height * image->size.width * 3);
  }
  CHECK(accepted > 0);
}

TEST_CASE("mutants of images") {
  for (const char *name : {"colours.png", "transparent.png", "colours.ppm", "colours.bmp", "halves.jpg"})
    tryImages(name, 2'000);
}

TEST_CASE("mutants of images, many", "[.full]") {
  for (const char *name : {"colours.png", "transparent.png", "colours.ppm", "colours.bmp", "halves.jpg"})
    tryImages(name, 200'000);
}

TEST_CASE("mutants of recordings") {
  const std::string original = wavFile(1, 2, 8000, 16, pcm16(std::vector<int>(50, 77)));
  size_t accepted = 0;
  for (uint64_t seed = 1; seed <= 5'000; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    std::string mutant = original;
    mutateBytes(mutant, random);
    CollectingSink sink;
    const auto recording = decodeWav(mutant, "mutant", sink);
    if (!recording) {
      checkProblem(sink);
      continue;
    }
    ++accepted;
    REQUIRE(recording->frames() * recording->channels == static_cast<int64_t>(recording->values.size()));
    if (recording->frames() > 0)
      REQUIRE(resample(recording->rate > 100 ? *recording : Recording{8000, 1, {1}}, 16000).frames() > 0);
  }
  CHECK(accepted > 100);
}

/// A file that SampleSet reads, damaged.
static void trySets(const std::string &fileName, std::string_view original, const SampleInput &input, uint64_t count) {
  TemporaryFolder folder;
  size_t accepted = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    INFO(fileName << ", seed " << seed);
    Random random(seed);
    std::string mutant(original);
    mutateBytes(mutant, random);
    CollectingSink sink;
    const auto set = SampleSet::open({.data = folder.write(fileName, mutant)}, {input}, sink);
    if (!set) {
      checkProblem(sink);
      continue;
    }
    for (size_t i = 0; i < std::min<size_t>(set->size(), 10); ++i) {
      CollectingSink problems;
      const auto sample = set->sample(i, problems);
      if (!sample) {
        checkProblem(problems);
        break;
      }
      ++accepted;
      const HostTensor &tensor = sample->inputs[0];
      REQUIRE(tensor.dtype == input.dtype);
      REQUIRE(static_cast<int64_t>(tensor.data.size()) == tensor.size() * info(tensor.dtype).bytes());
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("mutants of arrays, archives and recordings as samples") {
  const SampleInput floats{"x", DType::Float32, std::vector<int64_t>{anySize, 2, 3}};
  const SampleInput sound{"x", DType::Int16, std::vector<int64_t>{1, anySize}};
  trySets("x.npy", npyFile("<i2", "(2, 2, 3)", std::string(24, '\1')), floats, 2'000);
  trySets("x.npy", npyFile(">f8", "(2, 2, 3)", std::string(96, '\1'), true), floats, 1'000);
  trySets("x.npz", mediaFile("stored.npz"), floats, 2'000);
  trySets("x.npz", mediaFile("deflated.npz"), floats, 2'000);
  trySets("x.wav", wavFile(1, 1, 8000, 16, pcm16(std::vector<int>(50, 77))), sound, 1'000);
}
