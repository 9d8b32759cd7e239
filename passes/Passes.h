// The passes of Burin, declared from Passes.td.
#ifndef BURIN_PASSES_PASSES_H
#define BURIN_PASSES_PASSES_H

#include "ir/nn/Nn.h"
#include "ir/plan/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace burin {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"
} // namespace burin

#endif
