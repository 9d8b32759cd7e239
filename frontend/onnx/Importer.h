// ONNX model -> nn dialect: what the model means, in canonical operators on tensors of static shape.
#ifndef BURIN_FRONTEND_ONNX_IMPORTER_H
#define BURIN_FRONTEND_ONNX_IMPORTER_H

#include "frontend/onnx/reader/Model.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <string>
#include <vector>

namespace burin {

struct ImportOptions {
  std::map<std::string, int64_t> dims{};                ///< `--dim batch=1`: named dims of inputs
  std::map<std::string, std::vector<int64_t>> shapes{}; ///< `--shape x=1,3,96,96`: whole shapes of inputs
  std::map<std::string, HostTensor> constants{};        ///< inputs fixed at compile time: no inputs of the library
  std::map<std::string, int64_t> counts{}; ///< how many elements operators find (nn::RunTimeCount), by name
};

/// The module with one `func.func @main`, or null with the reasons given to `sink`.
///
/// Arguments are the model's run-time inputs that `options` doesn't fix, results its outputs, in the model's order,
/// each with attribute `nn.name`. Every operator's location names its ONNX node; the operator whose result holds an
/// ONNX tensor says so by `nn.origin`. All shapes are static: dims that the model leaves open are bound by `options`,
/// and an unbound leading dim is 1 (with a remark). Operators whose operands are constants are evaluated.
///
/// Errors: BRN12xx (operators), BRN13xx (dims and shapes).
mlir::OwningOpRef<mlir::ModuleOp> importModel(mlir::MLIRContext &context, const Model &model,
                                              const ImportOptions &options, DiagnosticSink &sink);

/// An operator that can be imported.
struct OpSupport {
  std::string domain, op;
  int sinceOpset, untilOpset; ///< untilOpset 0: to the newest
  std::string types;          ///< of the elements it works on: "floats, bool" (see `typesLegend`)
  std::string restrictions;   ///< what of it can't, or empty
  std::string source;         ///< file of its importer
};
/// In the order of domain and name.
std::vector<OpSupport> supportedOps();
/// What `OpSupport::types` means, in sentences.
std::string typesLegend();

/// The run-time inputs that decide shapes or attributes (the shape of a Reshape, axes, pads …), directly or through
/// other nodes: they have to be fixed by `ImportOptions::constants`.
std::vector<std::string> inputsNeededAsConstants(const Model &model);

} // namespace burin

#endif
