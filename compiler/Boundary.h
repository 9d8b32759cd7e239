// The boundary of the library: between the model's tensors (ONNX types and layouts) and what the library takes and
// gives.
#ifndef BURIN_COMPILER_BOUNDARY_H
#define BURIN_COMPILER_BOUNDARY_H

#include "codegen/Library.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace burin {

/// Notes flag `--io NAME=quantized,nhwc` on the function's argument or result, for the boundary pass. BRN1503 if the
/// name or a word is unknown.
bool markBoundary(mlir::func::FuncOp function, llvm::StringRef flag, DiagnosticSink &sink);

/// The arguments and results of the nn function as boundary tensors (no offsets yet).
std::vector<codegen::Tensor> functionInputs(mlir::func::FuncOp function);
std::vector<codegen::Tensor> functionOutputs(mlir::func::FuncOp function);

/// The inputs and outputs of a plan as boundary tensors (no offsets), of the shapes that they have at these sizes: in
/// the order of its plan.size operators, missing ones the smallest.
std::vector<codegen::Tensor> programInputs(plan::ProgramOp program, const std::vector<int64_t> &sizes);
std::vector<codegen::Tensor> programOutputs(plan::ProgramOp program, const std::vector<int64_t> &sizes);

/// What executing a plan gave.
struct ProgramRun {
  std::vector<int64_t> sizes; ///< of all plan.size operators
  std::vector<std::vector<char>> outputs;
};

/// Executes the plan on the compiler's own kernels, dead bytes poisoned. `sizes`: those that its caller gives.
std::optional<ProgramRun> runProgram(plan::ProgramOp program, const std::vector<int64_t> &sizes,
                                     const std::vector<HostTensor> &inputs, DiagnosticSink &sink);

/// The element type of a library tensor as a host type.
DType hostType(mlir::Type elementType);

/// The model's tensor in the library's form: axes permuted, floats quantised (saturate(round_half_even(x / scale) +
/// zero)). Nullopt, with BRN1802, if type or shape don't fit.
std::optional<std::vector<char>> toLibrary(const HostTensor &tensor, const codegen::Tensor &as, DiagnosticSink &sink);

/// The library's bytes as the model's tensor of element type `dtype`.
HostTensor fromLibrary(llvm::ArrayRef<char> bytes, const codegen::Tensor &from, DType dtype);

} // namespace burin

#endif
