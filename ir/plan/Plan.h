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

/// The numbers of all layers of a program, those inside loops and branches included: what lifetimes count in.
class LayerNumbers {
public:
  explicit LayerNumbers(ProgramOp program);

  int64_t count() const { return static_cast<int64_t>(layers.size()); }
  LayerOp layer(int64_t number) const { return layers[static_cast<size_t>(number)]; }
  /// A layer's own number, and that of the last layer inside it (its own if there is none).
  int64_t first(LayerOp layer) const { return firsts.lookup(layer); }
  int64_t last(LayerOp layer) const;

private:
  llvm::SmallVector<LayerOp> layers;
  llvm::DenseMap<mlir::Operation *, int64_t> firsts;
};

/// Of the turns that `layers` of a stream have taken, which the caller keeps between two pushed rows, and of whether
/// one is there, where rows are pulled.
constexpr int64_t bytesOfCounters(int64_t layers, bool pulls) { return 4 * (layers + (pulls ? 1 : 0)); }

/// All RAM that a planned program needs besides the stack: the arena, the state and the caller's counters.
int64_t ramOf(ProgramOp program);

/// A layer, and the bytes of the arena's buffers that are alive during it.
struct LayerNeed {
  LayerOp layer; ///< null in a program without layers
  int64_t bytes = 0;
};
/// Of the outermost layers, in which streams, loops and branches are one, the first with the most such bytes.
LayerNeed neediestLayer(ProgramOp program);

} // namespace burin::plan

#endif
