// What is computed with integers and what with floats, layer by layer, and why.
#ifndef BURIN_CODEGEN_QUANTISATION_H
#define BURIN_CODEGEN_QUANTISATION_H

#include "codegen/Library.h"

namespace burin::codegen {

/// The layers whose kernels compute with floats, those inside loops and branches instead of what is around them.
std::vector<const Layer *> floatLayers(const Library &library);

/// Whether no kernel computes with floats: the run function needs no floating-point unit and calls none of its
/// emulation.
bool isIntegerOnly(const Library &library);

/// Whether a tensor of the program is quantised: what computes with floats then wants an explanation.
bool hasQuantised(const Library &library);

/// Why a layer of floats isn't one of integers.
std::string whyFloat(const Layer &layer);

/// "int8 -8..7, scale 0.05, zero 3", "int8, 16 scales 0.001 to 0.02", "float32": an element type for people.
std::string describeElement(mlir::Type element);

/// The element types of a layer's operands, constants included, and of its result.
struct LayerTypes {
  std::vector<mlir::Type> operands;
  mlir::Type result;
  bool hasQuantised() const;
};
LayerTypes typesOf(const Layer &layer);

} // namespace burin::codegen

#endif
