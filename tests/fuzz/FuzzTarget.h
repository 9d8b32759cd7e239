// What the fuzz targets share.
#pragma once

#include "frontend/onnx/reader/Model.h"
#include "ir/diagnostics/Diagnostics.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace burin {

/// Mutates a serialised model in place: every other time through protobuf's fields, so that most mutants get past the
/// parser, else byte by byte as libFuzzer does. Returns the new size, at most `maxSize`. The body of
/// LLVMFuzzerCustomMutator.
size_t mutateSerialisedModel(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

/// Whether `step` succeeded. Aborts if it and its diagnostics disagree, or if they report a defect of our own
/// (BRN19xx).
bool checked(bool succeeded, const char *step, const CollectingSink &sink);

/// The model in the bytes, or nothing if the reader refused them.
std::optional<Model> readChecked(const uint8_t *data, size_t size, CollectingSink &sink);

} // namespace burin
