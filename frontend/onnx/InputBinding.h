// Gives every run-time input of a model a static shape.
#ifndef BURIN_FRONTEND_ONNX_INPUTBINDING_H
#define BURIN_FRONTEND_ONNX_INPUTBINDING_H

#include "frontend/onnx/Importer.h"

namespace burin::importer {

struct BoundInput {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
};

/// The run-time inputs that `options` doesn't fix, with their shapes, in the model's order.
///
/// A dim is bound by `--shape` of its input, by `--dim` of its name, or by another input whose shape gives that name a
/// value; a leading dim that is still open then is 1 (remark), also wherever its name occurs again. What is open after
/// that is an error naming the flag (BRN1301). Contradictions are errors: BRN1302 (with the model), BRN1303 (between
/// flags or inputs), BRN1304 (flags that name nothing), BRN1305 (constants). Dims named "?" or "-1" are anonymous.
std::optional<std::vector<BoundInput>> bindInputs(const Model &model, const ImportOptions &options,
                                                  DiagnosticSink &sink);

} // namespace burin::importer

#endif
