// Import, as a part of fuzz targets.
#pragma once

#include "frontend/onnx/Importer.h"

#include <cstdint>
#include <functional>

namespace burin {

/// Reads and imports the bytes; `then` gets the module, if one comes of them.
void withImported(const uint8_t *data, size_t size,
                  const std::function<void(mlir::ModuleOp module, CollectingSink &sink)> &then);

} // namespace burin
