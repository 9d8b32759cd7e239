#include "tests/fuzz/FuzzTarget.h"

#include "frontend/onnx/reader/Reader.h"
#include "tests/frontend/reader/Mutate.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace burin;

extern "C" {
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

/// MLIR's archives aren't instrumented: memory that our inlined copy of LLVM's allocators poisons, theirs never
/// unpoisons. A hostile size must be refused before memory is asked for, so malloc may return null here without being
/// the failure.
__attribute__((visibility("default"))) const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_leaks=0:detect_odr_violation=0";
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateSerialisedModel(data, size, maxSize, seed);
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

static void expect(bool condition, const char *what, const CollectingSink &sink) {
  if (condition)
    return;
  std::fprintf(stderr, "violated: %s\n", what);
  for (const Diagnostic &d : sink.diagnostics)
    std::fprintf(stderr, "%s %s: %s\n", d.code.c_str(), d.node.c_str(), d.message.c_str());
  std::abort();
}

bool burin::checked(bool succeeded, const char *step, const CollectingSink &sink) {
  expect(succeeded == (sink.errorCount() == 0), step, sink);
  for (const Diagnostic &d : sink.diagnostics)
    expect(!d.code.starts_with("BRN19"), step, sink);
  return succeeded;
}

std::optional<Model> burin::readChecked(const uint8_t *data, size_t size, CollectingSink &sink) {
  auto model = readModelFromBytes({reinterpret_cast<const char *>(data), size}, "absent-folder/fuzz.onnx", sink);
  checked(model.has_value(), "read", sink);
  return model;
}
