// libFuzzer target: any bytes are read, or refused with numbered diagnostics.
#include "frontend/onnx/reader/Reader.h"
#include "tests/fuzz/FuzzTarget.h"

#include <cstdlib>
#include <string_view>

using namespace burin;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CollectingSink sink;
  const auto model = readModelFromBytes({reinterpret_cast<const char *>(data), size}, "absent-folder/fuzz.onnx", sink);
  if (static_cast<bool>(model) != (sink.errorCount() == 0))
    std::abort();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateSerialisedModel(data, size, maxSize, seed);
}
