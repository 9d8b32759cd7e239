// The beginning of a network on an image becomes several, one for each strip of columns, and a concatenation: computed
// one strip after the other, they need rings of short rows. The image is brought once for each strip.
#include "ir/nn/Strips.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Slice.h"
#include "passes/Passes.h"
#include "passes/strips/ColumnRanges.h"

#include "mlir/IR/IRMapping.h"

namespace burin {
#define GEN_PASS_DEF_SPLITCOLUMNS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

constexpr unsigned rowAxis = 1, columnAxis = 2;

/// Rewrites the region, strip by strip, in front of what follows it.
class Splitter {
public:
  Splitter(const StripRegion &region, int64_t strips)
      : region(region), strips(strips), rows(shapeOf(region.image())[rowAxis]), b(region.ops.back()) {}

  void run() {
    b.setInsertionPointAfter(region.ops.back());
    Value image = region.image();
    image.setType(resized(tensorType(image), rowAxis, strips * rows));
    SmallVector<Value> parts;
    for (int64_t strip = 0; strip < strips; ++strip)
      parts.push_back(addStrip(strip));
    Operation *last = region.ops.back();
    auto whole = ConcatOp::create(b, last->getLoc(), last->getResult(0).getType(), parts, columnAxis);
    copyOrigin(last, whole);
    last->getResult(0).replaceAllUsesExcept(whole, whole);
    for (Operation *op : llvm::reverse(region.ops))
      op->erase();
  }

private:
  /// Columns of a value, of which the strip has `has`.
  Value slice(Value v, int64_t firstRow, int64_t rowCount, Columns has, Columns want, Location location) {
    RankedTensorType type = tensorType(v);
    SmallVector<int64_t> starts(4, 0), steps(4, 1), sizes(type.getShape());
    starts[rowAxis] = firstRow;
    sizes[rowAxis] = rowCount;
    starts[columnAxis] = want.begin - has.begin;
    sizes[columnAxis] = want.size();
    return SliceOp::create(b, location, RankedTensorType::get(sizes, type.getElementType()), v,
                           b.getDenseI64ArrayAttr(starts), b.getDenseI64ArrayAttr(steps),
                           b.getDenseI64ArrayAttr(sizes));
  }

  Value addStrip(int64_t strip) {
    const llvm::MapVector<Value, Columns> columns = stripColumns(region, strips, strip);
    IRMapping map;
    Value image = region.image();
    const Columns all{0, shapeOf(image)[columnAxis]};
    map.map(image, slice(image, strip * rows, rows, all, columns.lookup(image), region.ops.front()->getLoc()));
    for (Operation *op : region.ops)
      addPart(op, columns, map);
    return map.lookup(region.result());
  }

  /// The operator on the strip's columns.
  void addPart(Operation *op, const llvm::MapVector<Value, Columns> &columns, IRMapping &map) {
    const Columns result = columns.lookup(op->getResult(0));
    SmallVector<Value> operands;
    for (Value v : op->getOperands()) {
      auto known = columns.find(v);
      Value part = map.lookupOrDefault(v);
      if (known != columns.end()) {
        const Columns read = columnsRead(op, v, result);
        if (read != known->second)
          part = slice(part, 0, shapeOf(part)[rowAxis], known->second, read, op->getLoc());
      }
      operands.push_back(part);
    }
    Operation *clone = b.clone(*op);
    clone->setOperands(operands);
    clone->removeAttr(originAttrName); // it is a part of that tensor
    clone->getResult(0).setType(resized(tensorType(op->getResult(0)), columnAxis, result.size()));
    setPads(op, clone, result);
    map.map(op->getResult(0), clone->getResult(0));
  }

  /// The windows see the columns that they saw: padding stays padding at the image's border, and goes elsewhere.
  void setPads(Operation *op, Operation *clone, Columns result) {
    const std::optional<Window2d> w = columnWindow(op);
    if (!w)
      return;
    const Columns read = columnsRead(op, op->getOperand(0), result);
    SmallVector<int64_t> pads(op->getAttrOfType<DenseI64ArrayAttr>("pads").asArrayRef());
    const int64_t first = result.begin * w->strides[1] - w->padBegin[1];
    const int64_t end = (result.end - 1) * w->strides[1] - w->padBegin[1] + w->extent(1);
    pads[1] = read.begin - first;
    pads[3] = end - read.end;
    if (auto size = op->getAttrOfType<DenseI64ArrayAttr>("out_size")) { // the last window may reach beyond the pads
      pads[3] = std::min(pads[3], w->padEnd[1]);
      clone->setAttr("out_size", b.getDenseI64ArrayAttr({size[0], result.size()}));
    }
    clone->setAttr("pads", b.getDenseI64ArrayAttr(pads));
  }

  const StripRegion &region;
  int64_t strips, rows;
  OpBuilder b;
};

struct SplitColumns : impl::SplitColumnsBase<SplitColumns> {
  using SplitColumnsBase::SplitColumnsBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (const StripRegion &region : stripRegions(function)) {
      if (static_cast<int64_t>(region.ops.size()) != length || !repeatedMacs(region, strips))
        continue;
      Splitter(region, strips).run();
      function.setArgAttr(0, stripsAttrName, IntegerAttr::get(IntegerType::get(&getContext(), 64), strips));
      SmallVector<Type> inputs(function.getBody().front().getArgumentTypes());
      function.setType(FunctionType::get(&getContext(), inputs, function.getResultTypes()));
      return;
    }
    function.emitError("no region of ") << length << " operators can be computed in " << strips << " strips";
    signalPassFailure();
  }
};

} // namespace
} // namespace burin
