// A body of nn.if or nn.loop while its nodes are imported: a block of its own, and what it takes from outside.
#ifndef BURIN_FRONTEND_ONNX_BODY_H
#define BURIN_FRONTEND_ONNX_BODY_H

#include "ir/nn/Constants.h"
#include "mlir/IR/Builders.h"

namespace burin::importer {

/// From its construction on operators are made in the body; `close` (or the destructor) returns to where they were
/// made.
class Body {
public:
  explicit Body(mlir::OpBuilder &builder) : builder(builder), outside(builder.saveInsertionPoint()) {
    builder.setInsertionPointToEnd(&region.emplaceBlock());
  }
  ~Body() { close(); }
  Body(const Body &) = delete;
  Body &operator=(const Body &) = delete;

  void close() {
    if (isOpen)
      builder.restoreInsertionPoint(outside);
    isOpen = false;
  }

  mlir::Block &block() { return region.front(); }
  mlir::Value addArgument(mlir::Type type, mlir::Location loc) { return block().addArgument(type, loc); }
  const mlir::OpBuilder::InsertPoint &whereOutside() const { return outside; }

  /// What stands for the outer value `v` inside: a copy of a constant (dequantised or not), else an argument.
  mlir::Value capture(mlir::Value v);
  /// The outer values that became arguments, in the order of these.
  llvm::ArrayRef<mlir::Value> captures() const { return captured; }
  /// Makes the last arguments stand for `wanted`, among which all captures are.
  void setCaptures(llvm::ArrayRef<mlir::Value> wanted);

  mlir::Region region;

private:
  mlir::OpBuilder &builder;
  mlir::OpBuilder::InsertPoint outside;
  llvm::SmallVector<mlir::Value> captured;
  bool isOpen = true;
};

/// Removes what nobody uses, from the end: constants of shape arithmetic, outputs of nodes that lead nowhere. All nn
/// operators are pure.
void eraseDeadOps(mlir::Block &block);

} // namespace burin::importer

#endif
