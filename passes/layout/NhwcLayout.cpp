// Transposes sink, rise and cancel: every operator that doesn't care computes in the axis order that moves the fewest
// bytes.
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/Transpose.h"
#include "passes/Passes.h"
#include "passes/layout/LayoutGraph.h"
#include "passes/simplify/Rewriting.h"

namespace burin {
#define GEN_PASS_DEF_NHWCLAYOUT
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// Rebuilds a block in the chosen orders, operator by operator.
class LayoutRewriter {
public:
  LayoutRewriter(Block &block, const LayoutGraph &graph) : block(block), graph(graph), b(block.getParentOp()) {}

  void run() {
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      ops.push_back(&op);
    for (Operation *op : ops) {
      b.setInsertionPoint(op);
      if (auto transpose = dyn_cast<TransposeOp>(op))
        keepTranspose(transpose);
      else if (isFlexible(op))
        rebuild(op);
      else
        readAsItIs(op);
    }
    for (Operation *op : llvm::reverse(ops))
      if (isOpTriviallyDead(op))
        op->erase();
  }

private:
  /// A transpose whose source stays as it is serves whoever needs that order.
  void keepTranspose(TransposeOp op) {
    const bool onlyUnitAxesMove = llvm::is_sorted(longAxes(shapeOf(op.getX()), op.getPerm()));
    if (!op.getX().getDefiningOp<TransposeOp>() && !stored.contains(op.getX()) && !onlyUnitAxesMove)
      made[op.getX()].push_back({SmallVector<int64_t>(op.getPerm()), op.getY()});
  }

  void readAsItIs(Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      operand.set(inOrder(operand.get(), identityOrder(tensorType(operand.get()).getRank()), shapeOf(operand.get())));
  }

  void rebuild(Operation *op) {
    const AxisOrder order = graph.orderOf(op);
    if (isIdentityPermutation(order))
      return readAsItIs(op);
    SmallVector<Value> operands;
    for (auto [i, v] : llvm::enumerate(op->getOperands()))
      operands.push_back(inOrder(v, *operandOrder(op, i, order), operandShape(op, i, order)));
    stored[op->getResult(0)] = {buildInOrder(b, op, operands, order)->getResult(0), order};
  }

  /// The value of `v` stored in `order` and viewed in `shape`.
  Value inOrder(Value v, ArrayRef<int64_t> order, ArrayRef<int64_t> shape) {
    auto [source, through] = stripTransposes(v);
    Value x = source;
    SmallVector<int64_t> perm = composePermutations(through, order);
    if (auto other = stored.find(source); other != stored.end()) {
      x = other->second.value;
      perm = composePermutations(inversePermutation(other->second.order), perm);
    }
    x = transposed(x, perm, v.getDefiningOp<TransposeOp>());
    return shapeOf(x) == shape ? x : reshaped(x, shape);
  }

  Value transposed(Value x, const SmallVector<int64_t> &perm, TransposeOp like) {
    if (isIdentityPermutation(perm))
      return x;
    for (const Made &earlier : made[x])
      if (earlier.perm == perm)
        return earlier.value;
    const RankedTensorType type = transposedType(tensorType(x), perm);
    const Location loc = like ? like.getLoc() : x.getLoc();
    const bool onlyUnitAxesMove = llvm::is_sorted(longAxes(shapeOf(x), perm));
    if (onlyUnitAxesMove && !isa<quant::UniformQuantizedPerAxisType>(type.getElementType()))
      made[x].push_back({perm, ReshapeOp::create(b, loc, type, x)});
    else
      made[x].push_back({perm, TransposeOp::create(b, loc, type, x, perm)});
    return made[x].back().value;
  }

  Value reshaped(Value x, ArrayRef<int64_t> shape) {
    return ReshapeOp::create(b, x.getLoc(), RankedTensorType::get(shape, elementTypeOf(x)), x);
  }

  struct Stored {
    Value value;
    AxisOrder order;
  };
  struct Made {
    SmallVector<int64_t> perm;
    Value value;
  };

  Block &block;
  const LayoutGraph &graph;
  OpBuilder b;
  llvm::DenseMap<Value, Stored> stored;          // what was rebuilt in another order
  llvm::DenseMap<Value, SmallVector<Made>> made; // the transposes of a value so far
};

struct NhwcLayout : impl::NhwcLayoutBase<NhwcLayout> {
  void runOnOperation() override {
    // Each body by itself: its arguments and results keep their orders.
    getOperation()->walk([](Block *block) {
      LayoutGraph graph(*block);
      graph.solve();
      LayoutRewriter(*block, graph).run();
    });
  }
};

} // namespace
} // namespace burin
