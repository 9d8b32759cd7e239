// Rows of a result that are made of rows of an operand which a table names: resampling and gathering along the rows.
#ifndef BURIN_IR_NN_OPS_ROWTABLE_H
#define BURIN_IR_NN_OPS_ROWTABLE_H

#include "ir/nn/Lowering.h"

#include <optional>

namespace burin::nn {

/// Turn t makes the `made` rows of the result from row t·made on, of the rows t·step + first … + span − 1 of the
/// operand.
struct RowTable {
  int64_t turns, made, step, first, span;
  /// Per entry of the table: which of these rows it names, counted from t·step + first.
  std::vector<uint32_t> inWindow;

  /// The rows of `x`, of which it has `inRows` of `rowElements` elements, that a turn reads. The call's first loop is
  /// over turns.
  plan::WindowArg window(BufferId x, int64_t inRows, int64_t rowElements) const;
};

/// `index` names, for each of the result's `rows` rows, as many of the operand's `inRows` rows as for any other; all
/// are in range. With rows/inRows = made/step in lowest terms. Nullopt if that leaves one turn, or a turn reads all
/// rows.
std::optional<RowTable> rowTable(llvm::ArrayRef<int64_t> index, int64_t rows, int64_t inRows);

} // namespace burin::nn

#endif
