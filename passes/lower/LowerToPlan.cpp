// nn -> plan: one layer an operator, in program order; every value gets a buffer, views and in-place results share one.
#include "ir/nn/Constants.h"
#include "ir/nn/Lowering.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Recurrent.h"
#include "ir/nn/ops/TreeEnsemble.h"
#include "passes/Passes.h"
#include "passes/lower/LayerNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/SHA256.h"

#include <map>
#include <memory>

namespace burin {
#define GEN_PASS_DEF_LOWERTOPLAN
#include "passes/Passes.h.inc"

namespace {
using namespace mlir;
using nn::LoweredBuffer;

/// An arena buffer while its lifetime is still being found.
struct ArenaBuffer {
  std::string name;
  int64_t bytes, align;
  int64_t first, last; // layers, inclusive; -1 = from the start
  Type type;
  bool isOutput = false;
  bool isState = false; // lives between two runs
  Value value = {};     // the plan.buffer, once created
};

/// Where the bytes of an nn value lie: an arena buffer, or a constant.
struct Place {
  int arena = -1;
  nn::ConstantOp constant = {};
};

class ProgramBuilder {
public:
  ProgramBuilder(func::FuncOp function, plan::ProgramOp program)
      : function(function), program(program), b(OpBuilder::atBlockEnd(&program.getBody().front())) {}

  LogicalResult build();

private:
  struct Layer {
    Operation *op = nullptr;                // null: a copy to an output
    std::unique_ptr<nn::Lowering> lowering; // null for the copy
    std::string name, kind;
    std::vector<int> arenaOf;               // per lowered buffer: arena buffer, or -1
    std::vector<nn::ConstantOp> constantOf; // per lowered buffer: the operand's constant, or null
    int copyFrom = -1, copyTo = -1;
    nn::ConstantOp copyConstant = {};
    Type type;
  };

  LogicalResult addLayer(nn::NnOp op);
  void placeResult(Layer &layer, unsigned result);
  int overwritten(nn::NnOp op, unsigned result) const;
  LogicalResult addArguments();
  bool isLastReader(Operation *op, Value v) const;
  int stateOf(nn::NnOp op, unsigned result) const;
  int addCopy(Place from, Type type, int to = -1);
  void addStates(func::ReturnOp ret);
  void addOutputs(func::ReturnOp ret);
  void countUses();
  int newBuffer(const Twine &name, RankedTensorType type, int64_t first);
  void emit();
  void emitLayer(Layer &layer, int64_t index);
  void emitCopy(Layer &layer);
  void emitReset(const ArenaBuffer &state, ElementsAttr value);
  Value constantBuffer(StringRef name, StringRef ctype, ArrayRef<int64_t> shape, ArrayRef<char> data,
                       ElementsAttr shared = {});
  Value bufferOf(Layer &layer, unsigned lowered);
  Type cElement(StringRef ctype);

  func::FuncOp function;
  plan::ProgramOp program;
  OpBuilder b;
  LayerNames names;
  llvm::DenseMap<Value, Place> places;
  std::vector<ArenaBuffer> arena;
  std::vector<Layer> layers;
  std::vector<int> outputs;
  llvm::DenseMap<unsigned, unsigned> stateArguments; // result of the function -> argument that it is at the next run
  llvm::DenseMap<Value, int> remainingUses; // per root value: reads not yet lowered
  llvm::DenseMap<Value, Value> roots;       // a view's value -> the value that owns the bytes
  std::map<std::string, Value> constants;   // by content: equal tables are stored once
  llvm::StringSet<> constantNames;

  Value root(Value v) const {
    auto it = roots.find(v);
    return it == roots.end() ? v : it->second;
  }
  int64_t now() const { return static_cast<int64_t>(layers.size()); }
};

void ProgramBuilder::countUses() {
  for (Operation &op : function.getBody().front()) {
    if (auto view = dyn_cast<nn::NnOp>(&op); view && view.isView()) {
      roots[op.getResult(0)] = root(op.getOperand(0));
      continue;
    }
    for (Value v : op.getOperands())
      ++remainingUses[root(v)];
  }
}

int ProgramBuilder::newBuffer(const Twine &name, RankedTensorType type, int64_t first) {
  ArenaBuffer buffer;
  buffer.name = name.str();
  buffer.bytes = nn::byteSize(type);
  buffer.align = nn::elementBytes(type.getElementType());
  buffer.first = first;
  buffer.last = first;
  buffer.type = type;
  arena.push_back(std::move(buffer));
  return static_cast<int>(arena.size() - 1);
}

/// Whether nothing reads `v` after `op`.
bool ProgramBuilder::isLastReader(Operation *op, Value v) const {
  return remainingUses.lookup(root(v)) ==
         static_cast<int>(llvm::count_if(op->getOperands(), [&](Value other) { return root(other) == root(v); }));
}

/// The buffer of the state that becomes `op`'s result and may be written by `op` itself: its old value is read no more,
/// or by `op` only before the bytes are written. -1: there is none.
int ProgramBuilder::stateOf(nn::NnOp op, unsigned result) const {
  func::FuncOp f = function; // its methods are not const
  auto ret = cast<func::ReturnOp>(f.getBody().front().getTerminator());
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    auto state = stateArguments.find(static_cast<unsigned>(i));
    if (state == stateArguments.end() || root(v) != op->getResult(result))
      continue;
    Value old = f.getArgument(state->second);
    const auto reads = [&](auto operand) { return root(operand.value()) == old; };
    const bool readsBefore = llvm::all_of(llvm::enumerate(op->getOperands()), [&](auto operand) {
      return !reads(operand) || (result == 0 && op.mayOverwrite(static_cast<unsigned>(operand.index())));
    });
    if (isLastReader(op, old) && readsBefore)
      return places.lookup(old).arena;
  }
  return -1;
}

/// The arena buffer that `op`'s result may take over from a dying operand, or -1.
int ProgramBuilder::overwritten(nn::NnOp op, unsigned result) const {
  if (result != 0)
    return -1;
  for (auto [i, v] : llvm::enumerate(op->getOperands())) {
    Place place = places.lookup(root(v));
    if (place.arena >= 0 && !arena[place.arena].isState && isLastReader(op, v) && op.mayOverwrite(static_cast<unsigned>(i)) &&
        arena[place.arena].bytes == nn::byteSize(nn::tensorType(op->getResult(0))))
      return place.arena;
  }
  return -1;
}

/// Whether a call of `lowering` has a pointer to `buffer`.
bool isNamed(const nn::Lowering &lowering, unsigned buffer) {
  return llvm::any_of(lowering.calls(), [&](const plan::Call &call) {
    return llvm::any_of(call.args, [&](const plan::CallArg &arg) {
      const auto *p = std::get_if<plan::PointerArg>(&arg);
      if (const auto *w = std::get_if<plan::WindowArg>(&arg))
        p = &w->image;
      return p && p->buffer == buffer;
    });
  });
}

LogicalResult ProgramBuilder::addLayer(nn::NnOp op) {
  Layer layer;
  layer.op = op;
  layer.kind = LayerNames::kindOf(op);
  layer.name = names.unique(layer.kind, now());
  layer.type = op->getResult(0).getType();
  layer.lowering = std::make_unique<nn::Lowering>(op);
  if (failed(op.lower(*layer.lowering)))
    return failure();

  const unsigned operands = op->getNumOperands();
  for (auto [i, buffer] : llvm::enumerate(layer.lowering->buffers())) {
    int place = -1;
    nn::ConstantOp constant;
    if (buffer.kind == LoweredBuffer::Kind::Operand) {
      Place p = places.lookup(root(op->getOperand(static_cast<unsigned>(i))));
      place = p.arena;
      constant = p.constant;
      if (place >= 0)
        arena[place].last = now();
    } else if (buffer.kind == LoweredBuffer::Kind::Result) {
      const unsigned r = static_cast<unsigned>(i) - operands;
      if (r > 0 && op->getResult(r).use_empty() && !isNamed(*layer.lowering, static_cast<unsigned>(i))) {
        layer.arenaOf.push_back(-1); // neither computed nor read
        layer.constantOf.push_back(constant);
        continue;
      }
      place = stateOf(op, r);
      if (place < 0)
        place = overwritten(op, r);
      if (place < 0)
        place = newBuffer(op->getNumResults() == 1 ? Twine(layer.name) : layer.name + "_" + Twine(r),
                          nn::tensorType(op->getResult(r)), now());
      arena[place].last = now();
      places[op->getResult(r)].arena = place;
    } else if (buffer.kind == LoweredBuffer::Kind::Scratch) {
      auto type = RankedTensorType::get({buffer.bytes / plan::elementSize(buffer.ctype)}, cElement(buffer.ctype));
      place = newBuffer(layer.name + "_" + buffer.role, type, now());
    }
    layer.arenaOf.push_back(place);
    layer.constantOf.push_back(constant);
  }
  for (Value v : op->getOperands())
    --remainingUses[root(v)];
  layers.push_back(std::move(layer));
  return success();
}

/// Appends a layer that copies what lies at `from` into buffer `to`, or a new one; returns the buffer.
int ProgramBuilder::addCopy(Place from, Type type, int to) {
  Layer layer;
  layer.kind = "copy";
  layer.name = names.unique("copy", now());
  layer.type = type;
  layer.copyFrom = from.arena;
  layer.copyConstant = from.constant;
  if (from.arena >= 0)
    arena[from.arena].last = std::max(arena[from.arena].last, now());
  layer.copyTo = to >= 0 ? to : newBuffer(layer.name, cast<RankedTensorType>(type), now());
  arena[layer.copyTo].last = std::max(arena[layer.copyTo].last, now());
  layers.push_back(std::move(layer));
  return layers.back().copyTo;
}

/// Every output gets a buffer of its own: an output that is an input, a state, a constant or another output is copied.
void ProgramBuilder::addOutputs(func::ReturnOp ret) {
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    outputs.push_back(-1);
    if (stateArguments.contains(static_cast<unsigned>(i)))
      continue;
    Place place = places.lookup(root(v));
    const bool own = place.arena >= 0 && !arena[place.arena].isOutput && !arena[place.arena].isState &&
                     !isa<BlockArgument>(root(v));
    outputs.back() = own ? place.arena : addCopy(place, v.getType());
    arena[outputs.back()].isOutput = true;
  }
  addStates(ret);
  for (int o : outputs)
    arena[o].last = now();
  for (ArenaBuffer &a : arena)
    if (a.isState)
      a.last = now();
}

/// The new states are written when all old ones have been read: one that is another state's old value is saved first.
void ProgramBuilder::addStates(func::ReturnOp ret) {
  SmallVector<std::pair<Place, unsigned>> writes;
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    auto state = stateArguments.find(static_cast<unsigned>(i));
    if (state == stateArguments.end())
      continue;
    Place from = places.lookup(root(v));
    const int to = places.lookup(function.getArgument(state->second)).arena;
    outputs[i] = to;
    if (from.arena == to && from.arena >= 0)
      continue;
    if (from.arena >= 0 && arena[from.arena].isState)
      from.arena = addCopy(from, v.getType());
    writes.emplace_back(from, static_cast<unsigned>(i));
  }
  for (auto [from, i] : writes)
    addCopy(from, ret.getOperand(i).getType(), outputs[i]);
}

/// Every argument gets a buffer that is alive from the start. Argument attribute `nn.state` is the result that becomes
/// the argument at the next run: the two share a buffer of the state.
LogicalResult ProgramBuilder::addArguments() {
  for (BlockArgument arg : function.getArguments()) {
    auto next = function.getArgAttrOfType<IntegerAttr>(arg.getArgNumber(), "nn.state");
    places[arg].arena = newBuffer((next ? "state_" : "input_") + Twine(arg.getArgNumber()), nn::tensorType(arg), -1);
    if (!next)
      continue;
    const auto result = static_cast<unsigned>(next.getInt());
    for (StringRef key : {"nn.quant", "nn.perm"})
      if (function.getArgAttr(arg.getArgNumber(), key) != function.getResultAttr(result, key))
        return function.emitError("BRN1511: a state's input and output differ in layout or quantisation");
    if (arg.getType() != function.getResultTypes()[result])
      return function.emitError("BRN1511: a state's input has type ")
             << arg.getType() << ", its output " << function.getResultTypes()[result];
    arena.back().isState = true;
    stateArguments[result] = arg.getArgNumber();
  }
  return success();
}

Type ProgramBuilder::cElement(StringRef ctype) {
  if (ctype == "float")
    return b.getF32Type();
  if (ctype == "double")
    return b.getF64Type();
  const bool isUnsigned = ctype.consume_front("u");
  unsigned width = 8;
  ctype.drop_front(3).take_while([](char c) { return llvm::isDigit(c); }).getAsInteger(10, width);
  return IntegerType::get(b.getContext(), width, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
}

Value ProgramBuilder::constantBuffer(StringRef name, StringRef ctype, ArrayRef<int64_t> shape, ArrayRef<char> data,
                                     ElementsAttr shared) {
  llvm::SHA256 hash;
  hash.update(ctype);
  hash.update(llvm::StringRef(data.data(), data.size()));
  const auto digest = hash.final();
  Value &known = constants[std::string(digest.begin(), digest.end())];
  if (known)
    return known;
  auto type = RankedTensorType::get(shape, cElement(ctype));
  if (!shared)
    shared = nn::makeElements(type, data);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(&program.getBody().front());
  // Two operands of one layer may have the same role.
  std::string unique = name.str();
  for (int i = 2; !constantNames.insert(unique).second; ++i)
    unique = name.str() + "_" + std::to_string(i);
  known = plan::ConstantOp::create(b, function.getLoc(), plan::BufferType::get(b.getContext()), b.getStringAttr(unique),
                                   shared, TypeAttr::get(type));
  return known;
}

/// The role of an operand that is a constant, as part of its C name.
StringRef operandRole(Operation *op, unsigned operand) {
  if (isa<nn::Conv2dOp, nn::ConvTranspose2dOp, nn::MatmulOp>(op))
    return operand == 1 ? "weights" : operand == 2 ? "bias" : "input";
  static constexpr const char *treeRoles[] = {"input", "roots", "test", "feature", "jump", "value"};
  if (isa<nn::TreeEnsembleOp>(op))
    return treeRoles[operand];
  if (isa<nn::RecurrentOp>(op))
    return operand == 1 ? "recurrent" : "parameter";
  return operand == 0 ? "lhs" : "rhs";
}

Value ProgramBuilder::bufferOf(Layer &layer, unsigned lowered) {
  if (layer.arenaOf[lowered] >= 0)
    return arena[layer.arenaOf[lowered]].value;
  const LoweredBuffer &buffer = layer.lowering->buffers()[lowered];
  if (nn::ConstantOp c = layer.constantOf[lowered]) {
    auto type = cast<RankedTensorType>(c.getType());
    return constantBuffer(layer.name + "_" + operandRole(layer.op, lowered).str(), buffer.ctype, type.getShape(),
                          c.bytes(), c.getValue());
  }
  return constantBuffer(layer.name + "_" + buffer.role, buffer.ctype, buffer.shape, buffer.data);
}

/// The ONNX tensor a value holds: that of its operator, or of the input it is.
Attribute originOf(Value v) {
  if (Operation *op = v.getDefiningOp(); op && v == op->getResult(0))
    if (nn::OriginAttr origin = nn::getOrigin(op))
      return origin;
  if (auto arg = dyn_cast<BlockArgument>(v)) {
    auto function = cast<func::FuncOp>(arg.getOwner()->getParentOp());
    if (auto name = function.getArgAttrOfType<StringAttr>(arg.getArgNumber(), "nn.name"))
      return nn::OriginAttr::get(name.getContext(), name, ArrayRef<int64_t>());
  }
  return UnitAttr::get(v.getContext());
}

void ProgramBuilder::emitLayer(Layer &layer, int64_t index) {
  Operation *op = layer.op;
  SmallVector<Value> reads;
  SmallVector<Attribute> readTypes, readOrigins;
  for (auto [i, v] : llvm::enumerate(op->getOperands())) {
    if (layer.arenaOf[i] < 0)
      continue;
    reads.push_back(arena[layer.arenaOf[i]].value);
    readTypes.push_back(TypeAttr::get(v.getType()));
    readOrigins.push_back(originOf(v));
  }
  // The calls' constants are made before the layer that reads them.
  SmallVector<std::pair<SmallVector<Value>, plan::Call>> calls;
  for (const plan::Call &call : layer.lowering->calls()) {
    plan::Call local = call;
    SmallVector<Value> buffers;
    for (plan::CallArg &arg : local.args) {
      plan::PointerArg *p = std::get_if<plan::PointerArg>(&arg);
      if (auto *w = std::get_if<plan::WindowArg>(&arg))
        p = &w->image;
      if (!p)
        continue;
      Value v = bufferOf(layer, p->buffer);
      auto *it = llvm::find(buffers, v);
      p->buffer = static_cast<unsigned>(it - buffers.begin());
      if (it == buffers.end())
        buffers.push_back(v);
    }
    calls.emplace_back(std::move(buffers), std::move(local));
  }
  Value result = arena[layer.arenaOf[op->getNumOperands()]].value;
  auto node = cast<nn::NnOp>(op);
  auto layerOp = plan::LayerOp::create(b, op->getLoc(), layer.name, layer.kind, node.macs(), reads, result,
                                       b.getArrayAttr(readTypes), layer.type, StringAttr());
  std::string slow = layer.lowering->whySlow().str();
  if (auto because = op->getAttrOfType<StringAttr>("nn.float_because"))
    slow = because.str();
  if (!slow.empty())
    layerOp.setSlow(slow);
  if (nn::OriginAttr origin = nn::getOrigin(op))
    layerOp->setAttr(nn::originAttrName, origin);
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  OpBuilder inner = OpBuilder::atBlockEnd(&layerOp.getBody().emplaceBlock());
  for (auto &[buffers, call] : calls)
    plan::CallOp::create(inner, op->getLoc(), call.kernel->name, buffers, call.loops,
                         plan::argsToAttr(b.getContext(), call.args));
}

void ProgramBuilder::emitCopy(Layer &layer) {
  auto type = cast<RankedTensorType>(layer.type);
  SmallVector<Value> reads;
  SmallVector<Attribute> readTypes, readOrigins;
  Value from;
  if (layer.copyFrom >= 0) {
    from = arena[layer.copyFrom].value;
    reads.push_back(from);
    readTypes.push_back(TypeAttr::get(type));
    readOrigins.push_back(b.getUnitAttr());
  } else {
    nn::ConstantOp c = layer.copyConstant;
    from = constantBuffer(layer.name + "_value", nn::cType(type.getElementType()), type.getShape(), c.bytes(),
                          c.getValue());
  }
  Value to = arena[layer.copyTo].value;
  auto layerOp = plan::LayerOp::create(b, function.getLoc(), layer.name, layer.kind, 0, reads, to,
                                       b.getArrayAttr(readTypes), type, StringAttr());
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  OpBuilder inner = OpBuilder::atBlockEnd(&layerOp.getBody().emplaceBlock());
  if (nn::byteSize(type) > 0)
    plan::CallOp::create(inner, function.getLoc(), "brn_copy", ValueRange{from, to}, ArrayRef<int64_t>{},
                         plan::argsToAttr(b.getContext(), {nn::ptr(0), nn::ptr(1), nn::num(nn::byteSize(type))}));
}

void ProgramBuilder::emitReset(const ArenaBuffer &state, ElementsAttr value) {
  auto type = cast<RankedTensorType>(state.type);
  std::vector<char> storage;
  ArrayRef<char> bytes = nn::elementsBytes(value, type, storage);
  Value constant =
      constantBuffer(state.name + "_reset", nn::cType(type.getElementType()), type.getShape(), bytes, value);
  plan::ResetOp::create(b, function.getLoc(), state.value, constant);
}

void ProgramBuilder::emit() {
  auto bufferType = plan::BufferType::get(b.getContext());
  for (ArenaBuffer &a : arena)
    a.value = plan::BufferOp::create(b, function.getLoc(), bufferType, b.getStringAttr(a.name),
                                     b.getI64IntegerAttr(a.bytes), b.getI64IntegerAttr(a.align),
                                     b.getDenseI64ArrayAttr({a.first, a.last}), IntegerAttr(), TypeAttr::get(a.type),
                                     a.isState ? b.getUnitAttr() : UnitAttr());
  auto nameOf = [&](DictionaryAttr attrs, const Twine &fallback) {
    auto name = attrs ? attrs.getAs<StringAttr>("nn.name") : StringAttr();
    return name ? name.str() : fallback.str();
  };
  auto copyBoundary = [](DictionaryAttr from, Operation *to) {
    for (StringRef key : {"nn.quant", "nn.perm"})
      if (Attribute a = from ? from.get(key) : Attribute())
        to->setAttr(key, a);
  };
  for (BlockArgument arg : function.getArguments()) {
    DictionaryAttr attrs = function.getArgAttrDict(arg.getArgNumber());
    auto op = plan::InputOp::create(b, function.getLoc(), nameOf(attrs, "input_" + Twine(arg.getArgNumber())),
                                    arg.getType(), arena[places[arg].arena].value);
    copyBoundary(attrs, op);
    if (auto reset = attrs ? attrs.getAs<ElementsAttr>("nn.reset") : ElementsAttr())
      emitReset(arena[places[arg].arena], reset);
  }
  for (auto [i, o] : llvm::enumerate(outputs)) {
    DictionaryAttr attrs = function.getResultAttrDict(static_cast<unsigned>(i));
    auto op = plan::OutputOp::create(b, function.getLoc(), nameOf(attrs, "output_" + Twine(i)),
                                     function.getResultTypes()[i], arena[o].value);
    copyBoundary(attrs, op);
  }
  for (auto [i, layer] : llvm::enumerate(layers)) {
    if (layer.op)
      emitLayer(layer, static_cast<int64_t>(i));
    else
      emitCopy(layer);
  }
}

LogicalResult ProgramBuilder::build() {
  countUses();
  if (failed(addArguments()))
    return failure();
  for (Operation &op : function.getBody().front()) {
    if (auto constant = dyn_cast<nn::ConstantOp>(&op)) {
      places[constant.getResult()].constant = constant;
    } else if (auto ret = dyn_cast<func::ReturnOp>(&op)) {
      addOutputs(ret);
    } else if (auto node = dyn_cast<nn::NnOp>(&op)) {
      if (!node.isView() && failed(addLayer(node)))
        return failure();
    } else {
      return op.emitError("BRN1901: no meaning is defined for ") << op.getName();
    }
  }
  emit();
  return success();
}

struct LowerToPlanPass : impl::LowerToPlanBase<LowerToPlanPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto function = *module.getOps<func::FuncOp>().begin();
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    auto program = plan::ProgramOp::create(b, function.getLoc(), b.getStringAttr(function.getName()), 0, 0, false);
    program.getBody().emplaceBlock();
    if (failed(ProgramBuilder(function, program).build()))
      return signalPassFailure();
    function.erase();
  }
};

} // namespace
} // namespace burin
