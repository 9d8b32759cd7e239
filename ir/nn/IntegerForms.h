// Which float operators have an integer form: asked by the quantise pass before it builds one.
#ifndef BURIN_IR_NN_INTEGERFORMS_H
#define BURIN_IR_NN_INTEGERFORMS_H

#include "ir/nn/Nn.h"

#include <string>

namespace burin::nn {

/// Whether `floatOp` has an integer lowering when its operands have the element types `quantOperands` (one per operand:
/// the quantised type of an operand that is quantised, else its own type; a bias may be i32 or quantised i32) and its
/// result the element type `quantResult`. Tensor types count as their element types. Constant weights and bias are
/// looked for through dequantize, quantize and storage_cast; the sums must fit the kernels' integers. Returns "" or a
/// sentence for the report that says why not.
std::string whyNotInteger(mlir::Operation *floatOp, mlir::TypeRange quantOperands, mlir::Type quantResult);

} // namespace burin::nn

#endif
