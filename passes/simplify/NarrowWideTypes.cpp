// int64 and double are slow on small machines, and mostly there because ONNX wants them: indices and shapes are int64.
// Where a value's range proves that half the width holds it, operators compute in int32 or float32; casts keep the
// types of everything else, the boundary above all. Exact by construction: nothing here may change a bit of a result.
#include "ir/nn/Constants.h"
#include "ir/nn/ops/ArgReduce.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Gather.h"
#include "ir/nn/ops/GatherElements.h"
#include "ir/nn/ops/GatherNd.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/Reduce.h"
#include "ir/nn/ops/Scan.h"
#include "ir/nn/ops/ScatterElements.h"
#include "ir/nn/ops/ScatterNd.h"
#include "ir/nn/ops/Unary.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>

namespace burin {
#define GEN_PASS_DEF_NARROWWIDETYPES
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// What is known of all elements of an i64 value: min <= element <= max, both within ±2^31. Of an f64 value: that
/// float32 holds every element exactly (the bounds then say nothing).
struct Range {
  int64_t min = 0, max = 0;
};
using MaybeRange = std::optional<Range>;

constexpr int64_t limit = int64_t{1} << 31;

/// The range if it is small enough to be of use: nothing overflows that is computed from such bounds.
MaybeRange bounded(int64_t min, int64_t max) {
  return -limit <= min && max < limit ? MaybeRange({min, max}) : std::nullopt;
}

bool isWide(Value v) { return elementTypeOf(v).isSignlessInteger(64) || elementTypeOf(v).isF64(); }
Type narrowed(Type wide) {
  return wide.isF64() ? Type(Float32Type::get(wide.getContext())) : Type(IntegerType::get(wide.getContext(), 32));
}

MaybeRange ofConstant(Value v) {
  if (auto reals = constantReals(v)) {
    const bool exact =
        llvm::all_of(*reals, [](double r) { return std::isnan(r) || static_cast<double>(static_cast<float>(r)) == r; });
    return exact ? MaybeRange(Range{}) : std::nullopt;
  }
  auto ints = constantInts(v);
  if (!ints || ints->empty())
    return ints ? MaybeRange(Range{}) : std::nullopt;
  auto [min, max] = std::minmax_element(ints->begin(), ints->end());
  return bounded(*min, *max);
}

MaybeRange ofCast(CastOp cast) {
  const Type from = elementTypeOf(cast.getX());
  auto integer = dyn_cast<IntegerType>(from);
  if (elementTypeOf(cast.getY()).isF64()) // 24 bits of fraction
    return (integer ? integer.getWidth() <= 16 : !from.isF64()) ? MaybeRange(Range{}) : std::nullopt;
  if (!integer || integer.getWidth() > 32)
    return std::nullopt;
  const unsigned width = integer.getWidth();
  if (width == 1 || integer.isUnsigned())
    return bounded(0, static_cast<int64_t>(llvm::maxUIntN(width)));
  return bounded(llvm::minIntN(width), llvm::maxIntN(width));
}

MaybeRange hull(MaybeRange a, MaybeRange b) {
  return a && b ? bounded(std::min(a->min, b->min), std::max(a->max, b->max)) : std::nullopt;
}

/// Ranges of the values met so far, and of what operators make of them.
class Ranges {
public:
  MaybeRange of(Value v) const {
    auto known = facts.find(v);
    return known == facts.end() ? std::nullopt : MaybeRange(known->second);
  }
  void set(Value v, MaybeRange range) {
    if (range)
      facts[v] = *range;
  }

  MaybeRange infer(Operation *op) const {
    Value y = op->getResult(0);
    const bool isReal = elementTypeOf(y).isF64();
    return llvm::TypeSwitch<Operation *, MaybeRange>(op)
        .Case([&](ConstantOp constant) { return ofConstant(constant.getResult()); })
        .Case([](CastOp cast) { return ofCast(cast); })
        .Case([](ArgReduceOp arg) { return bounded(0, shapeOf(arg.getX())[arg.getAxis()] - 1); })
        .Case([&](UnaryOp unary) { return ofUnary(unary); })
        .Case([&](BinaryOp binary) { return isMovement(binary) || !isReal ? ofBinary(binary) : std::nullopt; })
        .Case([&](ReduceOp reduce) {
          if (isMovement(reduce))
            return numElements(shapeOf(reduce.getX())) > 0 ? of(reduce.getX()) : std::nullopt;
          const int64_t n = numElements(shapeOf(reduce.getX())) / std::max<int64_t>(numElements(shapeOf(y)), 1);
          return reduce.getKind() == ReduceKind::sum && !isReal ? ofSum(of(reduce.getX()), n) : std::nullopt;
        })
        .Case([&](ScanOp scan) {
          const bool isSum = scan.getKind() == ScanKind::cumsum && !isReal;
          return isSum ? ofSum(of(scan.getX()), shapeOf(scan.getX())[scan.getAxis()]) : std::nullopt;
        })
        .Default([&](Operation *other) { return ofMovement(other); });
  }

private:
  MaybeRange ofMovement(Operation *op) const {
    SmallVector<unsigned> moved = movedOperands(op);
    if (moved.empty())
      return std::nullopt;
    MaybeRange all = of(op->getOperand(moved[0]));
    for (unsigned i : llvm::drop_begin(moved))
      all = hull(all, of(op->getOperand(i)));
    return isa<PadOp>(op) ? hull(all, Range{}) : all; // zeros where no value is given
  }

  MaybeRange ofUnary(UnaryOp op) const {
    MaybeRange x = of(op.getX());
    if (!x || (op.getKind() != UnaryKind::neg && op.getKind() != UnaryKind::abs))
      return std::nullopt;
    return op.getKind() == UnaryKind::neg ? bounded(-x->max, -x->min)
                                          : bounded(0, std::max(std::abs(x->min), std::abs(x->max)));
  }

  MaybeRange ofBinary(BinaryOp op) const {
    MaybeRange a = of(op.getA()), b = of(op.getB());
    if (!a || !b)
      return std::nullopt;
    switch (op.getKind()) {
    case BinaryKind::add:
      return bounded(a->min + b->min, a->max + b->max);
    case BinaryKind::sub:
      return bounded(a->min - b->max, a->max - b->min);
    case BinaryKind::mul: {
      auto [min, max] = std::minmax({a->min * b->min, a->min * b->max, a->max * b->min, a->max * b->max});
      return bounded(min, max);
    }
    case BinaryKind::min:
    case BinaryKind::max:
      return hull(a, b);
    case BinaryKind::div: { // the quotient is no larger; a division by 0 gives 0
      const int64_t most = std::max(std::abs(a->min), std::abs(a->max));
      return bounded(-most, most);
    }
    default:
      return std::nullopt;
    }
  }

  /// Of sums of up to n elements, the empty one among them.
  static MaybeRange ofSum(MaybeRange x, int64_t n) {
    if (!x || n >= limit)
      return std::nullopt;
    return bounded(std::min<int64_t>(0, x->min * n), std::max<int64_t>(0, x->max * n));
  }

  llvm::DenseMap<Value, Range> facts;
};

/// Operands of `op` that its one result is computed from, in the same element type; empty if `op` can't change its
/// width.
SmallVector<unsigned> computedFrom(Operation *op) {
  if (isMovement(op))
    return movedOperands(op);
  return llvm::TypeSwitch<Operation *, SmallVector<unsigned>>(op)
      .Case([](UnaryOp) { return SmallVector<unsigned>{0}; })
      .Case<BinaryOp, CompareOp>([](auto) { return SmallVector<unsigned>{0, 1}; })
      .Case<ReduceOp, ScanOp>([](auto) { return SmallVector<unsigned>{0}; })
      .Default([](Operation *) { return SmallVector<unsigned>{}; });
}

/// The operand that holds indices, which may be i32 or i64; -1 if there is none.
int indexOperand(Operation *op) {
  return isa<GatherOp, GatherElementsOp, GatherNdOp, ScatterElementsOp, ScatterNdOp>(op) ? 1 : -1;
}

/// Whether narrowing `v` undoes a widening; else it would add a cast.
bool wasWidened(Value v) {
  auto cast = v.getDefiningOp<CastOp>();
  return cast && elementBytes(elementTypeOf(cast.getX())) < elementBytes(elementTypeOf(v)) &&
         isa<FloatType>(elementTypeOf(cast.getX())) == isa<FloatType>(elementTypeOf(v));
}

class Narrowing {
public:
  void run(Operation *root) {
    root->walk<WalkOrder::PreOrder>([&](NnOp op) { visit(op); });
  }

private:
  void visit(Operation *op) {
    narrowIndices(op);
    MaybeRange range = op->getNumResults() == 1 && isWide(op->getResult(0)) ? ranges.infer(op) : std::nullopt;
    if (op->getNumResults() == 1)
      ranges.set(op->getResult(0), range);
    if (canNarrow(op, range))
      narrow(op, range);
  }

  bool canNarrow(Operation *op, MaybeRange range) const {
    SmallVector<unsigned> sources = computedFrom(op);
    if (sources.empty() || !isWide(op->getOperand(sources[0])) || (isWide(op->getResult(0)) && !range))
      return false;
    auto known = [&](unsigned i) { return ranges.of(op->getOperand(i)).has_value(); };
    auto widened = [&](unsigned i) { return wasWidened(op->getOperand(i)); };
    return llvm::all_of(sources, known) && llvm::any_of(sources, widened);
  }

  void narrow(Operation *op, MaybeRange range) {
    OpBuilder b(op);
    SmallVector<Value> operands(op->getOperands());
    const Type wide = elementTypeOf(operands[computedFrom(op)[0]]);
    for (unsigned i : computedFrom(op))
      operands[i] = castTo(b, op->getLoc(), operands[i], narrowed(wide));
    Value y = op->getResult(0);
    if (!isWide(y)) { // a comparison
      op->setOperands(operands);
      return;
    }
    Operation *copy = cloneWith(b, op, operands, narrowed(wide));
    copy->removeAttr(originAttrName); // the ONNX tensor has the wide type
    auto widened = CastOp::create(b, op->getLoc(), y.getType(), copy->getResult(0));
    copyOrigin(op, widened);
    y.replaceAllUsesWith(widened.getY());
    ranges.set(widened.getY(), range);
    op->erase();
  }

  void narrowIndices(Operation *op) {
    const int i = indexOperand(op);
    if (i < 0 || !isWide(op->getOperand(i)) || !wasWidened(op->getOperand(i)) || !ranges.of(op->getOperand(i)))
      return;
    OpBuilder b(op);
    op->setOperand(i, castTo(b, op->getLoc(), op->getOperand(i), narrowed(elementTypeOf(op->getOperand(i)))));
  }

  static Value castTo(OpBuilder &b, Location loc, Value v, Type element) {
    return CastOp::create(b, loc, withElementType(tensorType(v), element), v).getY();
  }

  Ranges ranges;
};

struct NarrowWideTypes : impl::NarrowWideTypesBase<NarrowWideTypes> {
  void runOnOperation() override { Narrowing().run(getOperation()); }
};

} // namespace
} // namespace burin
