// Fuzz target: any bytes are read, or refused with numbered diagnostics.
#include "tests/fuzz/FuzzTarget.h"

using namespace burin;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CollectingSink sink;
  readChecked(data, size, sink);
  return 0;
}
