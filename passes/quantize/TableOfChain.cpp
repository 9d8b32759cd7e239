// Operators between a dequantisation and a quantisation that see one byte only are a table of 256 bytes.
#include "ir/interpreter/Interpreter.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Cast.h"
#include "ir/nn/ops/Clamp.h"
#include "ir/nn/ops/Compare.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Lookup.h"
#include "ir/nn/ops/Quantize.h"
#include "ir/nn/ops/Select.h"
#include "ir/nn/ops/Unary.h"
#include "passes/quantize/IntegerTwin.h"
#include "passes/quantize/Patterns.h"
#include "passes/simplify/Rewriting.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace burin::nn {
using namespace mlir;

namespace {

bool isByte(quant::UniformQuantizedType type) { return type && type.getStorageTypeIntegralWidth() == 8; }

/// Whether all elements of constant `v` are one.
bool isSplat(Value v) {
  ConstantOp constant = definingConstant(v);
  if (!constant || quantType(v))
    return false;
  ArrayRef<char> bytes = constant.bytes();
  const auto size = static_cast<size_t>(elementBytes(elementTypeOf(v)));
  for (size_t i = size; i < bytes.size(); i += size)
    if (bytes.slice(i, size) != bytes.take_front(size))
      return false;
  return !bytes.empty();
}

/// A function of one dequantised byte: the operators between it and `root`, in an order in which they can be computed.
struct Chain {
  DequantizeOp source;
  llvm::SetVector<Operation *> ops;

  static std::optional<Chain> behind(QuantizeOp root) {
    Chain chain;
    if (!chain.visit(root.getX(), root) || !chain.source || chain.ops.size() < 2)
      return std::nullopt;
    // A value that is needed elsewhere stays a float anyway.
    for (Operation *op : chain.ops)
      for (Operation *user : op->getUsers())
        if (user != root && !chain.ops.contains(user))
          return std::nullopt;
    return chain;
  }

private:
  static constexpr size_t mostOps = 64;

  bool visit(Value v, QuantizeOp root) {
    Operation *op = v.getDefiningOp();
    if (!op || ops.contains(op) || isSplat(v))
      return op != nullptr;
    if (auto dequantize = dyn_cast<DequantizeOp>(op)) {
      const bool isFirst = !source || source == dequantize;
      source = dequantize;
      return isFirst && shapeOf(v) == shapeOf(root.getX()) && isByte(perTensorQuant(dequantize.getX()));
    }
    if (!isa<UnaryOp, BinaryOp, ClampOp, CompareOp, SelectOp, CastOp>(op) || op->getNumResults() != 1 ||
        shapeOf(v) != shapeOf(root.getX()) || ops.size() > mostOps)
      return false;
    const bool all = llvm::all_of(op->getOperands(), [&](Value operand) { return visit(operand, root); });
    ops.insert(op);
    return all;
  }
};

/// `op` on constants, as a constant; its result has shape `shape`.
FailureOr<Value> computed(OpBuilder &b, Operation *op, IRMapping &map, ArrayRef<int64_t> shape) {
  Operation *copy = b.clone(*op, map);
  Value y = copy->getResult(0);
  y.setType(RankedTensorType::get(shape, elementTypeOf(y)));
  FailureOr<std::vector<TensorBytes>> bytes = evaluateOnConstants(copy);
  if (failed(bytes))
    return failure();
  Value value = makeConstant(b, op->getLoc(), tensorType(y), std::move(bytes->front()));
  map.map(op->getResult(0), value);
  return value;
}

/// What `root` stores for each stored byte behind `chain`.
std::optional<SmallVector<int8_t>> tableOf(const Chain &chain, QuantizeOp root) {
  Block aside;
  OpBuilder b(root.getContext());
  b.setInsertionPointToStart(&aside);
  constexpr int64_t entries = 256;
  std::vector<char> bytes;
  for (int64_t i = 0; i < entries; ++i)
    bytes.push_back(static_cast<char>(i));
  auto source = chain.source;
  Value x = source.getX();
  IRMapping map;
  map.map(x, makeConstant(b, root.getLoc(), RankedTensorType::get({entries}, elementTypeOf(x)), bytes).getResult());
  for (Operation *op : chain.ops)
    for (Value v : op->getOperands())
      if (ConstantOp constant = definingConstant(v); constant && !map.contains(v)) {
        const auto size = static_cast<size_t>(elementBytes(elementTypeOf(v)));
        ArrayRef<char> first = constant.bytes().take_front(size);
        map.map(v, makeConstant(b, root.getLoc(), RankedTensorType::get({}, elementTypeOf(v)),
                                std::vector<char>(first.begin(), first.end()))
                       .getResult());
      }
  if (failed(computed(b, source, map, {entries})))
    return std::nullopt;
  for (Operation *op : chain.ops) {
    // What depends on constants alone has one element.
    const bool isConstant = llvm::all_of(op->getOperands(), [&](Value v) { return shapeOf(map.lookup(v)).empty(); });
    if (failed(computed(b, op, map, isConstant ? ArrayRef<int64_t>() : ArrayRef<int64_t>(entries))))
      return std::nullopt;
  }
  FailureOr<Value> stored = computed(b, root, map, {entries});
  if (failed(stored))
    return std::nullopt;
  const auto [lo, hi] = storageRange(quantType(root.getY()));
  const SmallVector<int64_t> integers = *constantInts(*stored);
  SmallVector<int8_t> table;
  for (int64_t q : integers) // a type may leave the ends of its storage unused
    table.push_back(static_cast<int8_t>(std::clamp<int64_t>(q, lo, hi)));
  return table;
}

/// quantize(f(dequantize(x))) = lookup(x), for two operators or more.
struct ChainToTable : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp quantize, PatternRewriter &rewriter) const override {
    std::optional<Chain> chain =
        isByte(perTensorQuant(quantize.getY())) ? Chain::behind(quantize) : std::optional<Chain>();
    std::optional<SmallVector<int8_t>> table = chain ? tableOf(*chain, quantize) : std::optional<SmallVector<int8_t>>();
    if (!table)
      return failure();
    auto lookup =
        LookupOp::create(rewriter, quantize.getLoc(), quantize.getY().getType(), chain->source.getX(), *table);
    SmallVector<Operation *> nodes(chain->ops.begin(), chain->ops.end());
    nodes.push_back(quantize);
    lookup->setLoc(fusedLocation(nodes));
    replaceKeepingOrigin(rewriter, quantize, lookup);
    return success();
  }
};

} // namespace

void populateTableOfChainPatterns(RewritePatternSet &patterns) { patterns.add<ChainToTable>(patterns.getContext()); }

} // namespace burin::nn
