// What the libFuzzer targets share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace burin {

/// Mutates a serialised model in place: every other time through protobuf's fields, so that most mutants get past the
/// parser, else byte by byte as libFuzzer does. Returns the new size, at most `maxSize`. The body of
/// LLVMFuzzerCustomMutator.
size_t mutateSerialisedModel(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

} // namespace burin
