// The forms that the heavy operators can have on a target, and what each costs.
#ifndef BURIN_PASSES_KERNELS_FORMS_H
#define BURIN_PASSES_KERNELS_FORMS_H

#include "ir/kernels/CodeBytes.h"
#include "mlir/IR/Operation.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::forms {

/// What the attributes of ir/nn/ops/PairRows.h and its neighbours say of an operator.
struct Form {
  int64_t pixels = 0; ///< of a tile, at most; 0: as many as there are
  bool wholeTiles = false, wideWeights = false, winograd = false, joinedPixels = false, anyTaps = false,
       skipZeros = false;
};

/// What a target and the flags permit.
struct Permitted {
  std::string family;
  int64_t tilePixels = 4;
  bool winograd = true, wideWeights = false, joinedPixels = false, skipZeros = false;
  bool onlyWinograd = false, onlyWide = false; ///< where that is possible and faster
  bool smaller = false;                        ///< also forms that save code and are no faster
  bool byRows = true;                          ///< operators will be computed by rows
  kernels::CodeFor code = {.isa = "c99", .small = false};
};

/// A form, and what it costs.
struct PricedForm {
  Form form;
  std::string kernel;       ///< "conv_wide_pairs4"
  int64_t instructions = 0; ///< of a run
  int64_t atSpeed = 0;      ///< the same of code that isn't made small
  int64_t bytes = 0;        ///< of constants
  std::vector<const kernels::Fragment *> fragments;
};

/// Says that the operator, a convolution or a product, has this form.
void setForm(mlir::Operation *op, const Permitted &permitted, const Form &form);

/// The forms of the operator, each once, the usual one first; none if it isn't one of bytes, or plain kernels compute
/// it. They differ in the kernel or in the constants.
std::vector<PricedForm> formsOf(mlir::Operation *op, const Permitted &permitted);

/// What the operator costs in the form that it has; nothing if plain kernels compute it.
std::optional<PricedForm> pricedAsItIs(mlir::Operation *op, const Permitted &permitted);

} // namespace burin::forms

#endif
