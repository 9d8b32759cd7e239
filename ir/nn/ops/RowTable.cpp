#include "ir/nn/ops/RowTable.h"

#include <numeric>

namespace burin::nn {

plan::WindowArg RowTable::window(BufferId x, int64_t inRows, int64_t rowElements) const {
  plan::WindowArg rows;
  rows.image = {x, 0, {}};
  rows.rowLoop = 0;
  rows.stride = step;
  rows.pad = -first;
  rows.count = span;
  rows.height = inRows;
  rows.rowElements = rowElements;
  return rows;
}

std::optional<RowTable> rowTable(llvm::ArrayRef<int64_t> index, int64_t rows, int64_t inRows) {
  RowTable t{};
  t.turns = std::gcd(rows, inRows);
  if (t.turns <= 1)
    return std::nullopt;
  t.made = rows / t.turns;
  t.step = inRows / t.turns;
  const int64_t perTurn = static_cast<int64_t>(index.size()) / t.turns;
  std::vector<int64_t> distance; // from the turn's row t·step
  for (auto [i, row] : llvm::enumerate(index))
    distance.push_back(row - static_cast<int64_t>(i) / perTurn * t.step);
  const auto [least, most] = std::minmax_element(distance.begin(), distance.end());
  t.first = *least;
  t.span = *most - *least + 1;
  if (t.span >= inRows)
    return std::nullopt;
  for (int64_t d : distance)
    t.inWindow.push_back(static_cast<uint32_t>(d - t.first));
  return t;
}

} // namespace burin::nn
