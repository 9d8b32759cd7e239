// Quantised values stay quantised between QuantizeLinear and DequantizeLinear: the casts to plain integers that the
// importer leaves there meet and cancel.
#include "ir/nn/Constants.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Pad.h"
#include "ir/nn/ops/StorageCast.h"
#include "passes/Passes.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace burin {
#define GEN_PASS_DEF_FOLDSTORAGECASTS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

bool isQuantised(Type type) { return isa<quant::QuantizedType>(getElementTypeOrSelf(type)); }
/// From a quantised type to its plain integers, and back.
bool isUnquantising(StorageCastOp cast) { return cast && isQuantised(cast.getX().getType()); }
bool isRequantising(StorageCastOp cast) { return cast && isQuantised(cast.getY().getType()) && !isUnquantising(cast); }

/// cast(constant) = the same storage under the other type.
struct CastConstant : OpRewritePattern<StorageCastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StorageCastOp cast, PatternRewriter &rewriter) const override {
    ConstantOp constant = definingConstant(cast.getX());
    if (!constant)
      return failure();
    auto type = cast.getY().getType();
    // The value may be kept where the storage has the same name, too, which i4 and i8 haven't.
    const bool sameStorage = storageType(elementTypeOf(cast.getX())) == storageType(elementTypeOf(cast.getY()));
    ElementsAttr value = sameStorage ? constant.getValue() : makeElements(tensorType(cast.getY()), constant.bytes());
    auto retyped = ConstantOp::create(rewriter, constant.getLoc(), type, value);
    copyOrigin(constant, retyped);
    rewriter.replaceOp(cast, retyped.getResult());
    return success();
  }
};

/// A padding of plain integers that doesn't say with what: with 0, which isn't what it would mean for quantised values.
bool padsWithImpliedZero(Operation *op) {
  auto pad = dyn_cast<PadOp>(op);
  return pad && pad.getMode() == PadMode::constant && !pad.getValue() && !isQuantised(pad.getX().getType());
}

/// Says so where the padding meets a cast, so that the others can move the cast past it.
struct NamePadZero : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp pad, PatternRewriter &rewriter) const override {
    const bool meetsCast = isUnquantising(pad.getX().getDefiningOp<StorageCastOp>()) ||
                           llvm::any_of(pad.getY().getUsers(), [](Operation *user) {
                             auto cast = dyn_cast<StorageCastOp>(user);
                             return cast && isRequantising(cast);
                           });
    if (!padsWithImpliedZero(pad) || !meetsCast)
      return failure();
    auto type = RankedTensorType::get({}, elementTypeOf(pad.getX()));
    ConstantOp zero =
        makeConstant(rewriter, pad.getLoc(), type, std::vector<char>(static_cast<size_t>(byteSize(type)), 0));
    rewriter.modifyOpInPlace(pad, [&] { pad.getValueMutable().assign(zero.getResult()); });
    return success();
  }
};

/// move(cast(x : quantised)…) = cast(move(x…)).
struct SinkCast : RewritePattern {
  explicit SinkCast(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (padsWithImpliedZero(op))
      return failure();
    SmallVector<unsigned> moved = movedOperands(op);
    Type element;
    for (unsigned i : moved) {
      auto cast = op->getOperand(i).getDefiningOp<StorageCastOp>();
      if (definingConstant(op->getOperand(i)))
        continue;
      if (!isUnquantising(cast) || (element && element != elementTypeOf(cast.getX())))
        return failure();
      element = elementTypeOf(cast.getX());
    }
    Type resultElement = element ? movedElementType(op, element) : Type();
    if (!resultElement)
      return failure();
    SmallVector<Value> operands(op->getOperands());
    for (unsigned i : moved) {
      if (auto cast = operands[i].getDefiningOp<StorageCastOp>())
        operands[i] = cast.getX();
      else
        operands[i] = StorageCastOp::create(rewriter, op->getLoc(), withElementType(tensorType(operands[i]), element),
                                            operands[i]);
    }
    Operation *copy = cloneWith(rewriter, op, operands, resultElement);
    rewriter.replaceOpWithNewOp<StorageCastOp>(op, op->getResult(0).getType(), copy->getResult(0));
    return success();
  }
};

/// cast(move(x…)) : quantised = move(cast(x)…), when nobody else looks at the plain integers.
struct HoistCast : OpRewritePattern<StorageCastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StorageCastOp cast, PatternRewriter &rewriter) const override {
    Operation *op = cast.getX().getDefiningOp();
    if (!isRequantising(cast) || !isMovement(op) || padsWithImpliedZero(op))
      return failure();
    SmallVector<Operation *> users(cast.getX().getUsers());
    if (!llvm::all_of(users, [&](Operation *user) {
          return isa<StorageCastOp>(user) && user->getResult(0).getType() == cast.getY().getType();
        }))
      return failure();
    Type element = movedFromElementType(op, elementTypeOf(cast.getY()));
    if (!element)
      return failure();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands(op->getOperands());
    for (unsigned i : movedOperands(op))
      operands[i] =
          StorageCastOp::create(rewriter, op->getLoc(), withElementType(tensorType(operands[i]), element), operands[i]);
    Operation *copy = cloneWith(rewriter, op, operands, elementTypeOf(cast.getY()));
    for (Operation *user : users)
      rewriter.replaceOp(user, copy->getResult(0));
    return success();
  }
};

/// The integers that a quantised value is cast to may be an ONNX tensor: the value holds it, and outlives the cast.
void handOverOrigins(Operation *root) {
  root->walk([](StorageCastOp cast) {
    Operation *source = cast.getX().getDefiningOp();
    if (source && isUnquantising(cast) && !getOrigin(source))
      copyOrigin(cast, source);
  });
}

struct FoldStorageCasts : impl::FoldStorageCastsBase<FoldStorageCasts> {
  void runOnOperation() override {
    handOverOrigins(getOperation());
    // cast(cast(x : T)) : T = x is the operator's own fold.
    RewritePatternSet patterns(&getContext());
    patterns.add<CastConstant, NamePadZero, SinkCast, HoistCast>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace burin
