#include "ir/nn/ops/Loop.h"
#include "ir/nn/Constants.h"
#include "ir/nn/Lowering.h"
#include "ir/nn/Regions.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Yield.h"

#include "mlir/IR/PatternMatch.h"

#include <limits>

namespace burin::nn {
using namespace mlir;

int64_t LoopOp::macs() {
  const int64_t once = macsOf(getBody().front()), trips = static_cast<int64_t>(getTrips());
  constexpr int64_t most = std::numeric_limits<int64_t>::max() / 4;
  return trips > 0 && once > most / trips ? most : once * trips;
}

/// What `slice` is, stacked `trips` times along `axis`, or null.
static RankedTensorType stacked(Type slice, int64_t axis, int64_t trips) {
  auto type = cast<RankedTensorType>(slice);
  if (axis < 0 || axis > type.getRank())
    return {};
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + axis, trips);
  return RankedTensorType::get(shape, type.getElementType());
}

LogicalResult LoopOp::verify() {
  const int64_t trips = static_cast<int64_t>(getTrips());
  const size_t carriedCount = getInits().size();
  auto yield = dyn_cast_or_null<YieldOp>(getBody().front().empty() ? nullptr : &getBody().front().back());
  if (!yield)
    return emitOpError() << "the body must yield";
  if (trips < 0 || trips > std::numeric_limits<int32_t>::max())
    return emitOpError() << "of " << trips << " turns";
  if (getScanAxes().size() != getScans().size() || getScanReversed().size() != getScans().size() ||
      getOutReversed().size() != numOuts() || yield.getValues().size() != carriedCount + numOuts() ||
      getResults().size() != carriedCount + numOuts() ||
      getBody().getNumArguments() != 1 + carriedCount + getScans().size() + getCaptures().size())
    return emitOpError() << "operands, attributes, the body's arguments and its results don't fit together";
  if (getIndex().getType() != RankedTensorType::get({}, IntegerType::get(getContext(), 64)))
    return emitOpError() << "the index must be an i64 scalar";
  for (size_t i = 0; i < carriedCount; ++i) {
    const Type type = getInits()[i].getType();
    if (carried(i).getType() != type || yielded(i).getType() != type || getResults()[i].getType() != type)
      return emitOpError() << "carried value " << i << " must keep its type";
  }
  for (size_t k = 0; k < getScans().size(); ++k)
    if (stacked(slice(k).getType(), getScanAxes()[k], trips) != getScans()[k].getType())
      return emitOpError() << "scanned operand " << k << " doesn't consist of its slices";
  for (size_t j = 0; j < numOuts(); ++j)
    if (stacked(yieldedOut(j).getType(), getOutAxes()[j], trips) != getResults()[carriedCount + j].getType())
      return emitOpError() << "stacked result " << j << " doesn't consist of what the turns yield";
  for (size_t c = 0; c < getCaptures().size(); ++c)
    if (capture(c).getType() != getCaptures()[c].getType())
      return emitOpError() << "capture " << c << " must keep its type";
  if (getConditional() && (numOuts() > 0 || carriedCount == 0 || !elementTypeOf(getInits()[0]).isInteger(1) ||
                           numElements(shapeOf(getInits()[0])) != 1))
    return emitOpError() << "a conditional loop carries one bool first, and stacks nothing";
  return success();
}

/// The one turn of a loop, in its place; an axis of length 1 comes and goes by reshapes.
static void inlineTurn(LoopOp loop, PatternRewriter &rewriter) {
  const Location loc = loop.getLoc();
  const size_t carriedCount = loop.getInits().size();
  const int64_t zero = 0;
  SmallVector<Value> args{
      makeConstant<int64_t>(rewriter, loc, cast<RankedTensorType>(loop.getIndex().getType()), ArrayRef<int64_t>(zero))};
  llvm::append_range(args, loop.getInits());
  for (auto [k, scan] : llvm::enumerate(loop.getScans()))
    args.push_back(ReshapeOp::create(rewriter, loc, loop.slice(k).getType(), scan));
  llvm::append_range(args, loop.getCaptures());
  Operation *yield = loop.getBody().front().getTerminator();
  rewriter.inlineBlockBefore(&loop.getBody().front(), loop, args);
  SmallVector<Value> results;
  for (auto [i, v] : llvm::enumerate(yield->getOperands()))
    results.push_back(i < carriedCount ? v
                                       : ReshapeOp::create(rewriter, loc, loop.getResults()[i].getType(), v).getY());
  rewriter.replaceOp(loop, results);
  rewriter.eraseOp(yield);
}

/// Loops of no turn and of one are none.
LogicalResult LoopOp::canonicalize(LoopOp loop, PatternRewriter &rewriter) {
  if (loop.getTrips() == 0) {
    SmallVector<Value> results(loop.getInits());
    for (Value v : loop.getResults().drop_front(results.size()))
      results.push_back(makeConstant(rewriter, loop.getLoc(), tensorType(v), {}));
    rewriter.replaceOp(loop, results);
    return success();
  }
  if (loop.getTrips() != 1 || loop.getConditional())
    return failure();
  inlineTurn(loop, rewriter);
  return success();
}

LogicalResult LoopOp::lower(Lowering &l) { return l.fail("BRN1901", "a loop is what its body does, not calls"); }

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/Loop.cpp.inc"
