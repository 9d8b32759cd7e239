// What the two passes that change the function's boundary share.
#ifndef BURIN_PASSES_SIMPLIFY_BOUNDARY_H
#define BURIN_PASSES_SIMPLIFY_BOUNDARY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace burin::nn {

/// Reports BRN1508: the input (or output) number `index` can't be taken or given as its --io flag asks. Returns
/// failure.
mlir::LogicalResult refuseBoundary(mlir::func::FuncOp function, unsigned index, bool isInput, const llvm::Twine &why,
                                   const llvm::Twine &fix);

/// Sets the function's type to what its arguments and its return have become.
void updateFunctionType(mlir::func::FuncOp function);

} // namespace burin::nn

#endif
