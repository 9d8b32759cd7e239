// The reference: ONNX Runtime without graph optimisation, in a Python of its own process.
#ifndef BURIN_COMPILER_VERIFY_REFERENCE_H
#define BURIN_COMPILER_VERIFY_REFERENCE_H

#include "frontend/onnx/reader/Model.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace burin {

/// The inputs of one run, by name.
using ReferenceInputs = std::map<std::string, HostTensor>;

struct ReferenceRun {
  std::vector<HostTensor> outputs;           ///< in the model's order
  std::map<std::string, HostTensor> tensors; ///< the inner ones asked for; those the reference doesn't have are missing
  std::string version;                       ///< "ONNX Runtime 1.31.1"
};

/// The Python to use: `requested`, else $BURIN_PYTHON, else build/venv beside this program; empty if there is none.
std::string findPython(const std::string &requested);

/// Runs the model on `inputs` (by name). Nodes QLinear* are first rewritten to DQ -> op -> Q: the reference's own
/// kernels for them saturate on some hosts. BRN1804 (no Python), BRN1805 (the reference fails, with its words).
std::optional<ReferenceRun> runReference(const Model &model, const ReferenceInputs &inputs,
                                         const std::vector<std::string> &tensors, const std::string &python,
                                         DiagnosticSink &sink);

/// The same on several samples, in one process; the inner `tensors` only on the first.
std::optional<std::vector<ReferenceRun>> runReferenceOn(const Model &model, const std::vector<ReferenceInputs> &samples,
                                                        const std::vector<std::string> &tensors,
                                                        const std::string &python, DiagnosticSink &sink);

} // namespace burin

#endif
