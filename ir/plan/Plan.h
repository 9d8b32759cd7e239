// The plan dialect: buffers, layers, calls. Include this to use any of its operators.
#ifndef BURIN_IR_PLAN_PLAN_H
#define BURIN_IR_PLAN_PLAN_H

#include "ir/plan/Call.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "ir/plan/PlanDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/plan/PlanTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/plan/PlanAttrs.h.inc"
#define GET_OP_CLASSES
#include "ir/plan/PlanOps.h.inc"

namespace burin::plan {

/// A call's arguments as attributes, and back. Buffer numbers index the operands of the CallOp.
mlir::ArrayAttr argsToAttr(mlir::MLIRContext *context, llvm::ArrayRef<CallArg> args);
std::vector<CallArg> argsFromAttr(mlir::ArrayAttr args);

/// The call that `op` describes, as a value.
Call toCall(CallOp op);

} // namespace burin::plan

#endif
