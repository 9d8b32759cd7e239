// The sizes of a program that are known only at run time, and what depends on them.
#ifndef BURIN_IR_PLAN_PROGRAMSIZES_H
#define BURIN_IR_PLAN_PROGRAMSIZES_H

#include "ir/plan/Plan.h"
#include "ir/sizes/SizeExpr.h"

namespace burin::plan {

/// The dictionary of an operator's numbers that depend on sizes: path -> expression.
constexpr llvm::StringLiteral variesAttrName = "plan.varies";

class ProgramSizes {
public:
  explicit ProgramSizes(ProgramOp program);

  bool empty() const { return symbolOps.empty(); }
  /// All sizes: the symbols in the program's order, then those derived from them.
  const sizes::Table &table() const { return all; }
  /// The plan.size of each symbol.
  llvm::ArrayRef<SizeOp> symbols() const { return symbolOps; }

  /// The expression of the number at `path`; nullopt if it is what the attribute says.
  std::optional<sizes::Expr> varying(mlir::Operation *op, llvm::StringRef path) const;
  /// The same as an expression in any case.
  sizes::Expr number(mlir::Operation *op, llvm::StringRef path, int64_t value) const;

  /// What `op` says when the quantities have these values.
  Call callAt(CallOp op, const std::vector<int64_t> &quantities) const;
  mlir::RankedTensorType typeAt(mlir::Operation *op, llvm::StringRef path, mlir::Type type,
                                const std::vector<int64_t> &quantities) const;

private:
  mlir::Attribute at(mlir::Operation *op, llvm::StringRef path, mlir::Attribute attribute,
                     const std::vector<int64_t> &quantities) const;

  sizes::Table all;
  llvm::SmallVector<SizeOp> symbolOps;
};

} // namespace burin::plan

#endif
