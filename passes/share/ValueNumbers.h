// Which values of several functions are the same, whatever inputs come.
#ifndef BURIN_PASSES_SHARE_VALUENUMBERS_H
#define BURIN_PASSES_SHARE_VALUENUMBERS_H

#include "ir/nn/Nn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <string>

namespace burin::share {

/// Global value numbering over functions, which may be of several contexts: two values have one number if they are
/// computed alike from the same inputs. Inputs are the same where name, type, layout and quantisation are, constants
/// where type and bytes are, operators where attributes, result types and the numbers of all operands are (where they
/// come from aside). What is read of a state, and operators with bodies, are like nothing else.
class ValueNumbers {
public:
  void add(mlir::func::FuncOp function);

  unsigned of(mlir::Value v) const { return numbers.at(v); }
  /// The number of what the operator does.
  unsigned of(mlir::Operation *op) const { return operators.at(op); }

private:
  unsigned intern(std::string key) { return known.try_emplace(std::move(key), next++).first->second; }
  void addOperator(mlir::Operation &op);

  std::map<std::string, unsigned> known;
  unsigned next = 0;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  llvm::DenseMap<mlir::Operation *, unsigned> operators;
};

} // namespace burin::share

#endif
