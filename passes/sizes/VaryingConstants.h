// Constants that depend on sizes: tables of positions, masks, shapes used as data.
#ifndef BURIN_PASSES_SIZES_VARYINGCONSTANTS_H
#define BURIN_PASSES_SIZES_VARYINGCONSTANTS_H

#include "passes/sizes/Unify.h"

namespace burin {

/// Replaces the constants of a program that aren't the same for all sizes:
/// * what is a part of a larger one, from its first element on in every axis, by the largest; where that part isn't a
///   prefix of its bytes, a layer at the program's start copies it out;
/// * a few integers that are expressions of the sizes, by a layer that stores them.
class VaryingConstants {
public:
  VaryingConstants(plan::ProgramOp program, const sizes::Table &table,
                   const std::vector<std::vector<int64_t>> &samples);

  /// `facts`: of this constant in each sample; `numbers`: of its attributes. False if it is of neither kind.
  bool replace(plan::ConstantOp constant, const std::vector<const OpFacts *> &facts,
               const std::vector<sizes::Expr> &numbers, const std::vector<sizes::Expr> &elements,
               SizeConflict &conflict);
  /// Puts the layers in place, once all constants are known.
  void finish();

private:
  struct Table {
    plan::ConstantOp constant;
    mlir::RankedTensorType stored;     ///< of the largest sizes
    std::vector<sizes::Expr> dims;     ///< of the part
    std::vector<sizes::Expr> elements; ///< of the values, where they are computed; else empty
  };

  bool takePart(plan::ConstantOp constant, const std::vector<const OpFacts *> &facts,
                const std::vector<sizes::Expr> &dims);
  void emit(const Table &table, int64_t index);
  void emitCopy(const Table &table, mlir::OpBuilder &b, mlir::Location loc, mlir::Value to);
  void emitStores(const Table &table, mlir::OpBuilder &b, mlir::Location loc, mlir::Value to);

  plan::ProgramOp program;
  const sizes::Table &quantities;
  const std::vector<std::vector<int64_t>> &samples;
  std::vector<int64_t> largest; ///< values of all quantities
  std::vector<Table> tables;
};

} // namespace burin

#endif
