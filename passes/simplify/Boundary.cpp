#include "passes/simplify/Boundary.h"

namespace burin::nn {
using namespace mlir;

LogicalResult refuseBoundary(func::FuncOp function, unsigned index, bool isInput, const Twine &why, const Twine &fix) {
  auto name = isInput ? function.getArgAttrOfType<StringAttr>(index, "nn.name")
                      : function.getResultAttrOfType<StringAttr>(index, "nn.name");
  InFlightDiagnostic error = function.emitError();
  error << "BRN1508: " << (isInput ? "input" : "output") << " \"" << (name ? name.getValue() : "") << "\" " << why;
  error.attachNote() << "fix: " << fix;
  return error;
}

void updateFunctionType(func::FuncOp function) {
  Block &body = function.getBody().front();
  function.setFunctionType(
      FunctionType::get(function.getContext(), body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
}

} // namespace burin::nn
