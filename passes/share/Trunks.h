// Models that begin with the same computation: it becomes a trunk, a function of its own, and the models go on with
// what that leaves.
#ifndef BURIN_PASSES_SHARE_TRUNKS_H
#define BURIN_PASSES_SHARE_TRUNKS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <vector>

namespace burin::share {

/// A trunk and what is left of its users, each as a module of one function.
struct Trunk {
  std::vector<size_t> users;                            ///< at least two, rising
  mlir::OwningOpRef<mlir::ModuleOp> trunk;              ///< in the context of the first user
  std::vector<mlir::OwningOpRef<mlir::ModuleOp>> heads; ///< of the users, each in its own context
};

/// Finds groups of functions that have a prefix in common, and splits them; `functions` stay as they are.
///
/// The prefix is all that every function of the group computes alike from inputs that they have in common (see
/// ValueNumbers): it has multiply-accumulates, or it wouldn't be worth keeping its results. A function joins the group
/// in which that saves most, if it saves more than without it.
///
/// The trunk takes the inputs that it reads, and returns what the heads read of it, hidden results with `nn.kept` 0, 1
/// …; an input that heads read as well has `nn.kept` as the trunk's argument. Each head takes all that is kept, hidden
/// and with the same numbers, then its further inputs, and returns its function's results. Views (reshapes) cost
/// nothing and are repeated in the heads rather than kept.
std::vector<Trunk> splitTrunks(llvm::ArrayRef<mlir::func::FuncOp> functions);

} // namespace burin::share

#endif
