#include "ir/interpreter/Bodies.h"

#include "ir/nn/Types.h"
#include "ir/nn/ops/If.h"
#include "ir/nn/ops/Loop.h"

#include <algorithm>
#include <cstring>

namespace burin {
using namespace mlir;

namespace {

/// Where the elements with one index of an axis lie in a tensor: `count` runs of `bytes`, `step` bytes apart.
struct Slice {
  size_t first, bytes, step, count;
};

Slice sliceAt(RankedTensorType type, int64_t axis, int64_t index) {
  size_t inner = static_cast<size_t>(nn::elementBytes(type.getElementType())), outer = 1;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (i != axis)
      (i < axis ? outer : inner) *= static_cast<size_t>(type.getDimSize(static_cast<unsigned>(i)));
  const auto extent = static_cast<size_t>(type.getDimSize(static_cast<unsigned>(axis)));
  return {static_cast<size_t>(index) * inner, inner, inner * extent, outer};
}

TensorBytes takeSlice(ArrayRef<char> whole, const Slice &s) {
  TensorBytes out;
  out.reserve(s.bytes * s.count);
  for (size_t run = 0; run < s.count && s.bytes > 0; ++run)
    out.insert(out.end(), whole.data() + s.first + run * s.step, whole.data() + s.first + run * s.step + s.bytes);
  return out;
}

void putSlice(TensorBytes &whole, const Slice &s, const TensorBytes &slice) {
  for (size_t run = 0; run < s.count && s.bytes > 0; ++run)
    std::memcpy(whole.data() + s.first + run * s.step, slice.data() + run * s.bytes, s.bytes);
}

FailureOr<std::vector<TensorBytes>> evaluateLoop(nn::LoopOp loop, ArrayRef<ArrayRef<char>> operands) {
  const size_t carriedCount = loop.getInits().size(), scanCount = loop.getScans().size();
  const auto trips = static_cast<int64_t>(loop.getTrips());
  std::vector<TensorBytes> values; // carried, then stacked
  for (size_t i = 0; i < carriedCount; ++i)
    values.emplace_back(operands[i].begin(), operands[i].end());
  for (Value v : loop.getResults().drop_front(carriedCount))
    values.emplace_back(static_cast<size_t>(nn::byteSize(nn::tensorType(v))));

  for (int64_t turn = 0; turn < trips && !(loop.getConditional() && values[0][0] == 0); ++turn) {
    std::vector<TensorBytes> slices;
    SmallVector<ArrayRef<char>> inputs{ArrayRef<char>(reinterpret_cast<const char *>(&turn), sizeof turn)};
    for (size_t k = 0; k < scanCount; ++k)
      slices.push_back(
          takeSlice(operands[carriedCount + k], sliceAt(nn::tensorType(loop.getScans()[k]), loop.getScanAxes()[k],
                                                        loop.getScanReversed()[k] ? trips - 1 - turn : turn)));
    inputs.append(values.begin(), values.begin() + static_cast<ptrdiff_t>(carriedCount));
    inputs.append(slices.begin(), slices.end());
    inputs.append(operands.begin() + carriedCount + scanCount, operands.end());
    FailureOr<std::vector<TensorBytes>> yielded = interpret(loop.getBody().front(), inputs);
    if (failed(yielded))
      return failure();
    for (size_t i = 0; i < carriedCount; ++i)
      values[i] = std::move((*yielded)[i]);
    for (size_t j = 0; j < loop.numOuts(); ++j)
      putSlice(values[carriedCount + j],
               sliceAt(nn::tensorType(loop.getResults()[carriedCount + j]), loop.getOutAxes()[j],
                       loop.getOutReversed()[j] ? trips - 1 - turn : turn),
               (*yielded)[carriedCount + j]);
  }
  return values;
}

} // namespace

FailureOr<std::vector<TensorBytes>> evaluateBodies(Operation *op, ArrayRef<ArrayRef<char>> operands) {
  if (auto loop = dyn_cast<nn::LoopOp>(op))
    return evaluateLoop(loop, operands);
  auto choice = cast<nn::IfOp>(op);
  Region &taken = operands[0][0] != 0 ? choice.getThen() : choice.getOtherwise();
  return interpret(taken.front(), operands.drop_front());
}

} // namespace burin
