#include "ir/plan/Plan.h"
#include "ir/plan/Memory.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "ir/plan/PlanDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/plan/PlanTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/plan/PlanAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "ir/plan/PlanOps.cpp.inc"

namespace burin::plan {
using namespace mlir;

void PlanDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/plan/PlanAttrs.cpp.inc"
      >();
}

void PlanDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/plan/PlanTypes.cpp.inc"
      >();
}

void PlanDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "ir/plan/PlanOps.cpp.inc"
      >();
}

void BufferOp::getAsmResultNames(OpAsmSetValueNameFn set) { set(getResult(), getName()); }
void ConstantOp::getAsmResultNames(OpAsmSetValueNameFn set) { set(getResult(), getName()); }

namespace {

struct ToAttr {
  MLIRContext *context;
  PtrAttr pointer(const PointerArg &p) const { return PtrAttr::get(context, p.buffer, p.offset, p.strides); }
  Attribute operator()(const PointerArg &p) const { return pointer(p); }
  Attribute operator()(const WindowArg &w) const {
    return WindowAttr::get(context, pointer(w.image), w.rowLoop, w.stride, w.pad, w.dilation, w.count, w.height,
                           w.rowElements);
  }
  Attribute operator()(const IntArg &a) const {
    if (llvm::all_of(a.strides, [](int64_t s) { return s == 0; }))
      return IntegerAttr::get(IntegerType::get(context, 64), a.value);
    return NumAttr::get(context, a.value, a.strides);
  }
  Attribute operator()(const FloatArg &a) const { return FloatAttr::get(Float64Type::get(context), a.value); }
  Attribute operator()(const NullArg &) const { return UnitAttr::get(context); }
};

PointerArg pointerFrom(PtrAttr p) { return {p.getBuffer(), p.getOffset(), SmallVector<int64_t, 4>(p.getStrides())}; }

CallArg argFrom(Attribute a) {
  return llvm::TypeSwitch<Attribute, CallArg>(a)
      .Case<PtrAttr>([](PtrAttr p) { return pointerFrom(p); })
      .Case<WindowAttr>([](WindowAttr w) {
        return WindowArg{pointerFrom(w.getImage()),
                         static_cast<int>(w.getLoop()),
                         w.getStride(),
                         w.getPad(),
                         w.getDilation(),
                         w.getCount(),
                         w.getHeight(),
                         w.getRow()};
      })
      .Case<NumAttr>([](NumAttr n) { return IntArg{n.getValue(), SmallVector<int64_t, 4>(n.getStrides())}; })
      .Case<IntegerAttr>([](IntegerAttr i) { return IntArg{i.getInt(), {}}; })
      .Case<FloatAttr>([](FloatAttr f) { return FloatArg{f.getValueAsDouble()}; })
      .Default([](Attribute) { return NullArg{}; });
}

} // namespace

ArrayAttr argsToAttr(MLIRContext *context, ArrayRef<CallArg> args) {
  SmallVector<Attribute> attrs;
  for (const CallArg &a : args)
    attrs.push_back(std::visit(ToAttr{context}, a));
  return ArrayAttr::get(context, attrs);
}

std::vector<CallArg> argsFromAttr(ArrayAttr args) {
  std::vector<CallArg> out;
  for (Attribute a : args)
    out.push_back(argFrom(a));
  return out;
}

Call toCall(CallOp op) {
  Call c;
  c.kernel = kernels::findKernel(op.getKernel().str());
  c.loops.assign(op.getLoops().begin(), op.getLoops().end());
  c.args = argsFromAttr(op.getArgs());
  c.turned = op.getTurned();
  c.first = static_cast<int64_t>(op.getFirst());
  return c;
}

int64_t ramOf(ProgramOp program) {
  int64_t counters = 0;
  program.walk([&](StreamOp stream) {
    auto layers = llvm::to_vector(stream.getBody().getOps<LayerOp>());
    const bool pulls = layers.back().getResult().getDefiningOp<BufferOp>().getPulled();
    auto isPushed = [](Value v) { return v.getDefiningOp<BufferOp>().getPushed(); };
    if (llvm::any_of(layers.front().getReads(), isPushed))
      counters = bytesOfCounters(static_cast<int64_t>(layers.size()), pulls);
  });
  // The library's types round the arena and the state up.
  const auto align = static_cast<uint64_t>(alignmentOf(program));
  return static_cast<int64_t>(llvm::alignTo(program.getArena(), align) + llvm::alignTo(program.getState(), align)) +
         counters;
}

LayerNumbers::LayerNumbers(ProgramOp program) {
  program.walk<WalkOrder::PreOrder>([&](LayerOp layer) { layers.push_back(layer); });
  for (auto [i, layer] : llvm::enumerate(layers))
    firsts[layer] = static_cast<int64_t>(i);
}

int64_t LayerNumbers::last(LayerOp layer) const {
  int64_t count = -1;
  layer->walk([&](LayerOp) { ++count; });
  return first(layer) + count;
}

LogicalResult LayerOp::verify() {
  const auto made = static_cast<int64_t>(getRowsMade());
  if (ArrayAttr rows = getRowReadsAttr(); rows && rows.size() != getReads().size())
    return emitOpError() << "says of " << rows.size() << " of its " << getReads().size()
                         << " operands which rows it reads";
  if (made < 1 || (made > 1 && (!getTurns() || getAccumulates())))
    return emitOpError() << "makes " << made << " rows a turn, which it has none of";
  auto buffer = getResult().getDefiningOp<BufferOp>();
  if (buffer && buffer.getRing() && static_cast<int64_t>(*buffer.getRing()) % made != 0)
    return emitOpError() << "makes " << made << " rows a turn, and the ring of its result has " << *buffer.getRing();
  return success();
}

LogicalResult CallOp::verify() {
  Call c = toCall(*this);
  if (std::string wrong = checkCall(c); !wrong.empty())
    return emitOpError() << wrong;
  for (const CallArg &a : c.args) {
    const PointerArg *p = std::get_if<PointerArg>(&a);
    if (auto *w = std::get_if<WindowArg>(&a))
      p = &w->image;
    if (p && p->buffer >= getBuffers().size())
      return emitOpError() << "argument names buffer " << p->buffer << " of " << getBuffers().size();
  }
  return success();
}

LayerNeed neediestLayer(ProgramOp program) {
  const LayerNumbers numbers(program);
  LayerNeed most;
  for (auto layer : program.getBody().getOps<LayerOp>()) {
    int64_t alive = 0;
    for (auto buffer : program.getBody().getOps<BufferOp>())
      if (buffer.isInArena() && buffer.getLive()[0] <= numbers.last(layer) &&
          numbers.first(layer) <= buffer.getLive()[1])
        alive += static_cast<int64_t>(buffer.getBytes());
    if (!most.layer || alive > most.bytes)
      most = {layer, alive};
  }
  return most;
}

} // namespace burin::plan
