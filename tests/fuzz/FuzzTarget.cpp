#include "tests/fuzz/FuzzTarget.h"

#include "tests/frontend/reader/Mutate.h"

#include <cstring>

extern "C" {
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

/// MLIR's archives aren't instrumented: memory that our inlined copy of LLVM's allocators poisons, theirs never
/// unpoisons. A hostile size must be refused before memory is asked for, so malloc may return null here without being
/// the failure.
__attribute__((visibility("default"))) const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_leaks=0:detect_odr_violation=0";
}
}

size_t burin::mutateSerialisedModel(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  Random random(seed);
  onnx::ModelProto model;
  if (random.oneIn(2) || !model.ParseFromArray(data, static_cast<int>(size)))
    return LLVMFuzzerMutate(data, size, maxSize);
  mutateModel(model, random);
  const std::string bytes = model.SerializePartialAsString();
  if (bytes.empty() || bytes.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
