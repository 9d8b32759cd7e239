// Drives a fuzz target where it isn't built for libFuzzer, with the flags of the same names:
//   XFuzzer [-runs=N] [-seed=S] FILE|FOLDER...
// Every file is tried, then mutants of them: N inputs in all, the same ones on every machine. No coverage guides it.
#include "tests/frontend/reader/Mutate.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
}

using namespace burin;
namespace fs = std::filesystem;

namespace {

constexpr size_t maxBytes = 1 << 16;
Random *generator = nullptr; ///< of the running mutation

/// `argument` is "-NAME=VALUE": the value, else null.
const char *flagValue(const char *argument, const char *name) {
  const size_t length = std::strlen(name);
  const bool same = argument[0] == '-' && std::strncmp(argument + 1, name, length) == 0 && argument[1 + length] == '=';
  return same ? argument + length + 2 : nullptr;
}

std::vector<std::string> readSeeds(std::vector<fs::path> paths) {
  for (size_t i = 0; i < paths.size(); ++i) // grows: a folder is replaced by what it holds
    if (fs::is_directory(paths[i]))
      for (const auto &entry : fs::directory_iterator(fs::path(paths[i])))
        paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const fs::path &path : paths) {
    if (!fs::is_regular_file(path))
      continue;
    std::ifstream file(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    if (!bytes.empty() && bytes.size() < maxBytes)
      seeds.push_back(std::move(bytes));
  }
  return seeds;
}

void tryInput(std::string_view bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
}

} // namespace

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize) {
  std::string bytes(reinterpret_cast<const char *>(data), size);
  mutateBytes(bytes, *generator);
  bytes.resize(std::min(bytes.size(), maxSize));
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

int main(int argc, char **argv) {
  uint64_t runs = 1000, seed = 1;
  std::vector<fs::path> paths;
  for (int i = 1; i < argc; ++i) {
    if (const char *value = flagValue(argv[i], "runs"))
      runs = std::strtoull(value, nullptr, 10);
    else if (const char *value = flagValue(argv[i], "seed"))
      seed = std::strtoull(value, nullptr, 10);
    else
      paths.emplace_back(argv[i]);
  }
  const std::vector<std::string> seeds = readSeeds(std::move(paths));
  if (seeds.empty()) {
    std::fprintf(stderr, "usage: %s [-runs=N] [-seed=S] FILE|FOLDER...\n", argv[0]);
    return 1;
  }
  auto remember = [](const char *data, size_t size) { // the input that a crash was about
    if (const char *path = std::getenv("BURIN_FUZZ_LAST"))
      std::ofstream(path, std::ios::binary).write(data, static_cast<long>(size));
  };
  for (const std::string &bytes : seeds) {
    remember(bytes.data(), bytes.size());
    tryInput(bytes);
  }
  Random random(seed);
  generator = &random;
  std::vector<uint8_t> buffer(maxBytes);
  for (uint64_t run = seeds.size(); run < runs; ++run) {
    const std::string &bytes = seeds[random.below(seeds.size())];
    std::copy(bytes.begin(), bytes.end(), buffer.begin());
    const size_t size =
        LLVMFuzzerCustomMutator(buffer.data(), bytes.size(), maxBytes, static_cast<unsigned>(random.bits()));
    remember(reinterpret_cast<const char *>(buffer.data()), size);
    tryInput({reinterpret_cast<const char *>(buffer.data()), size});
  }
  std::printf("seed %llu: %llu inputs of %zu seeds\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(std::max<uint64_t>(runs, seeds.size())), seeds.size());
  return 0;
}
