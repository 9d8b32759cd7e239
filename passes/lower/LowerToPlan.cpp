// nn -> plan: one layer an operator, in program order; every value gets a buffer, views and in-place results share one.
#include "ir/nn/Constants.h"
#include "ir/nn/Kept.h"
#include "ir/nn/RunTimeCount.h"
#include "ir/nn/Strips.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/KernelFamily.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Recurrent.h"
#include "ir/nn/ops/TreeEnsemble.h"
#include "passes/Passes.h"
#include "passes/lower/ProgramBuilder.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/SHA256.h"

namespace burin {
#define GEN_PASS_DEF_LOWERTOPLAN
#include "passes/Passes.h.inc"

using namespace mlir;
using nn::LoweredBuffer;

void ProgramBuilder::countUses(Block &block) {
  for (Operation &op : block) {
    for (Region &body : op.getRegions())
      countUses(body.front());
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

/// The arena buffer that `op`'s result may take over from a dying operand, or -1.
int ProgramBuilder::overwritten(nn::NnOp op, unsigned result) const {
  if (result != 0 || schedule) // by rows, offsets decide it
    return -1;
  for (auto [i, v] : llvm::enumerate(op->getOperands())) {
    Place place = places.lookup(root(v));
    if (mayTakeOver(place) && isLastReader(op, v) && op.mayOverwrite(static_cast<unsigned>(i)) &&
        arena[place.arena].bytes == nn::byteSize(nn::tensorType(op->getResult(0))))
      return place.arena;
  }
  return -1;
}

/// Whether a call of `lowering` has a pointer to `buffer`.
static bool isNamed(const nn::Lowering &lowering, unsigned buffer) {
  return llvm::any_of(lowering.calls(), [&](const plan::Call &call) {
    return llvm::any_of(call.args, [&](const plan::CallArg &arg) {
      const auto *p = std::get_if<plan::PointerArg>(&arg);
      if (const auto *w = std::get_if<plan::WindowArg>(&arg))
        p = &w->image;
      return p && p->buffer == buffer;
    });
  });
}

/// The arena buffer that `op`'s result is to be computed in, or -1.
int ProgramBuilder::wished(nn::NnOp op, unsigned result) const {
  auto it = wishes.find(op->getResult(result));
  if (it == wishes.end())
    return -1;
  const auto &[place, carried] = it->second;
  if (!carried)
    return place;
  int reads = 0;
  for (auto [i, v] : llvm::enumerate(op->getOperands()))
    if (root(v) == carried) {
      ++reads;
      if (result != 0 || !op.mayOverwrite(static_cast<unsigned>(i)))
        return -1;
    }
  return remainingUses.lookup(carried) == reads + 1 ? place : -1; // the loop itself keeps one use of it
}

/// Where `op` stores its count: a size of the program, kept to the end, or scratch if the count is known.
int ProgramBuilder::newCount(Operation *op, StringRef layer) {
  auto type = RankedTensorType::get({1}, cElement("uint32_t"));
  std::optional<nn::RunTimeCount> count = nn::runTimeCount(op);
  const int place = newBuffer(count ? "size_" + count->name : layer + "_count", type, now());
  if (count)
    counts.push_back({op, place});
  return place;
}

LogicalResult ProgramBuilder::addLayer(nn::NnOp op) {
  Layer layer = newLayer(LayerNames::kindOf(op), op->getResult(0).getType(), op->getLoc());
  layer.op = op;
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
      place = wished(op, r);
      if (place < 0)
        place = stateOf(op, r);
      if (place < 0)
        place = overwritten(op, r);
      if (place < 0)
        place = newBuffer(op->getNumResults() == 1 ? Twine(layer.name) : layer.name + "_" + Twine(r),
                          nn::tensorType(op->getResult(r)), now());
      arena[place].last = std::max(arena[place].last, now());
      places[op->getResult(r)].arena = place;
    } else if (buffer.kind == LoweredBuffer::Kind::Scratch) {
      auto type = RankedTensorType::get({buffer.bytes / plan::elementSize(buffer.ctype)}, cElement(buffer.ctype));
      place = newBuffer(layer.name + "_" + buffer.role, type, now());
    } else if (buffer.kind == LoweredBuffer::Kind::Count) {
      place = newCount(op, layer.name);
    }
    layer.arenaOf.push_back(place);
    layer.constantOf.push_back(constant);
  }
  for (Value v : op->getOperands())
    --remainingUses[root(v)];
  if (schedule)
    addRowForm(layer);
  layers.push_back(std::move(layer));
  return success();
}

/// Every output gets a buffer of its own: an output that is an input, a state, a constant or another output is copied.
LogicalResult ProgramBuilder::addOutputs(func::ReturnOp ret) {
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    outputs.push_back(-1);
    if (stateArguments.contains(static_cast<unsigned>(i)))
      continue;
    Place place = places.lookup(root(v));
    const bool own =
        place.arena >= 0 && !arena[place.arena].isOutput && !arena[place.arena].isState && !isa<BlockArgument>(root(v));
    outputs.back() = own ? place.arena : copied(place, v.getType(), function.getLoc());
    arena[outputs.back()].isOutput = true;
    if (auto kept = function.getResultAttrOfType<IntegerAttr>(static_cast<unsigned>(i), nn::keptAttrName))
      arena[outputs.back()].kept = kept.getInt();
  }
  addStates(ret);
  if (pullRows && failed(addPull(ret)))
    return failure();
  for (int o : outputs)
    arena[o].last = now();
  for (auto [op, place] : counts)
    arena[place].last = now();
  for (ArenaBuffer &a : arena)
    if (a.isState || a.kept >= 0)
      a.last = now();
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
  if (outermost)
    b.setInsertionPoint(outermost);
  else
    b.setInsertionPointToEnd(&program.getBody().front());
  // Two operands of one layer may have the same role.
  std::string unique = name.str();
  for (int i = 2; !constantNames.insert(unique).second; ++i)
    unique = name.str() + "_" + std::to_string(i);
  known = plan::ConstantOp::create(b, function.getLoc(), plan::BufferType::get(b.getContext()), b.getStringAttr(unique),
                                   shared, TypeAttr::get(type), /*memory=*/IntegerAttr());
  return known;
}

/// The role of an operand that is a constant, as part of its C name.
static StringRef operandRole(Operation *op, unsigned operand) {
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
  if (layer.chosenArena()[lowered] >= 0)
    return arena[layer.chosenArena()[lowered]].value;
  const LoweredBuffer &buffer = layer.chosen().buffers()[lowered];
  if (nn::ConstantOp c = lowered < layer.op->getNumOperands() ? layer.constantOf[lowered] : nn::ConstantOp()) {
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
  auto arg = dyn_cast<BlockArgument>(v);
  if (auto function = arg ? dyn_cast<func::FuncOp>(arg.getOwner()->getParentOp()) : func::FuncOp()) {
    const unsigned number = arg.getArgNumber();
    auto perm = function.getArgAttrOfType<DenseI64ArrayAttr>(number, "nn.perm"); // channels last at the boundary
    if (auto name = function.getArgAttrOfType<StringAttr>(number, "nn.name"))
      return nn::OriginAttr::get(name.getContext(), name, perm ? perm.asArrayRef() : ArrayRef<int64_t>());
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
  for (const plan::Call &call : layer.chosen().calls()) {
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
  SmallVector<Attribute> elements;
  for (Value v : op->getOperands())
    elements.push_back(TypeAttr::get(nn::elementTypeOf(v)));
  layerOp->setAttr("nn.operand_elements", b.getArrayAttr(elements));
  for (StringRef said : {StringRef("nn.float_because"), StringRef("nn.inexact"), StringRef(nn::kernelCostsAttrName)})
    if (Attribute text = op->getAttr(said))
      layerOp->setAttr(said, text);
  std::string slow = layer.lowering->whySlow().str();
  if (auto because = op->getAttrOfType<StringAttr>("nn.float_because"))
    slow = because.str();
  if (!slow.empty())
    layerOp.setSlow(slow);
  if (StringRef because = layer.lowering->whyKernels(); !because.empty())
    layerOp->setAttr("nn.kernels_because", b.getStringAttr(because));
  if (Attribute removed = op->getAttr("nn.removed"))
    layerOp->setAttr("nn.removed", removed);
  if (nn::OriginAttr origin = nn::getOrigin(op))
    layerOp->setAttr(nn::originAttrName, origin);
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  if (schedule)
    describeRows(layer, layerOp);
  OpBuilder inner = OpBuilder::atBlockEnd(&layerOp.getBody().emplaceBlock());
  for (auto &[buffers, call] : calls)
    plan::CallOp::create(inner, op->getLoc(), call.kernel->name, buffers, call.loops,
                         plan::argsToAttr(b.getContext(), call.args), call.turned, call.first);
}

void ProgramBuilder::emitCopy(Layer &layer) {
  auto type = cast<RankedTensorType>(layer.type);
  SmallVector<Value> reads, buffers;
  SmallVector<Attribute> readTypes, readOrigins;
  if (layer.copyFrom >= 0) {
    reads.push_back(arena[layer.copyFrom].value);
    readTypes.push_back(TypeAttr::get(layer.fromType));
    readOrigins.push_back(b.getUnitAttr());
    buffers = reads;
  } else if (nn::ConstantOp c = layer.copyConstant) {
    auto constantType = cast<RankedTensorType>(c.getType());
    buffers.push_back(constantBuffer(layer.name + "_value", nn::cType(constantType.getElementType()),
                                     constantType.getShape(), c.bytes(), c.getValue()));
  }
  Value to = arena[layer.copyTo].value;
  buffers.push_back(to);
  auto layerOp = plan::LayerOp::create(b, layer.location, layer.name, layer.kind, 0, reads, to,
                                       b.getArrayAttr(readTypes), type, StringAttr());
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  OpBuilder inner = OpBuilder::atBlockEnd(&layerOp.getBody().emplaceBlock());
  auto call = [&](StringRef kernel, ArrayRef<int64_t> loops, ArrayRef<plan::CallArg> args, bool turned) {
    plan::CallOp::create(inner, layer.location, kernel, buffers, loops, plan::argsToAttr(b.getContext(), args), turned);
  };
  if (layer.moves.empty() && nn::byteSize(type) > 0)
    call("brn_copy", {}, {nn::ptr(0), nn::ptr(1), nn::num(nn::byteSize(type))}, false);
  for (const plan::Call &move : layer.moves)
    call(move.kernel->name, move.loops, move.args, move.turned);
  if (layer.pushes > 0) {
    layerOp.setTurns(layer.pushes);
    layerOp.setRowsMade(rowsAsOne(layer.copyTo, arena[layer.copyFrom].type));
    layerOp.setRowReadsAttr(b.getArrayAttr(plan::RowsAttr::get(b.getContext(), 1, 0, 1)));
  } else if (layer.pulls > 0) {
    const int64_t rows = rowsAsOne(layer.copyFrom, arena[layer.copyTo].type);
    layerOp.setTurns(layer.pulls);
    layerOp.setRowReadsAttr(b.getArrayAttr(plan::RowsAttr::get(b.getContext(), rows, 0, rows)));
  }
}

/// The layers from `begin` to before `end`, where the builder stands.
void ProgramBuilder::emitLayers(int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    Layer &layer = layers[static_cast<size_t>(i)];
    if (layer.end > 0) {
      if (layer.op)
        emitBodies(layer, i);
      else
        emitStream(layer, i);
      i = layer.end - 1;
    } else if (layer.op) {
      emitLayer(layer, i);
    } else {
      emitCopy(layer);
    }
  }
}

void ProgramBuilder::emit() {
  auto bufferType = plan::BufferType::get(b.getContext());
  for (ArenaBuffer &a : arena) {
    if (!a.isNeeded)
      continue;
    const int64_t rowBytes = a.ring > 0 ? nn::rowsOf(cast<RankedTensorType>(a.type)).bytes : 0;
    auto buffer =
        plan::BufferOp::create(b, function.getLoc(), bufferType, b.getStringAttr(a.name),
                               b.getI64IntegerAttr(a.ring > 0 ? a.ring * rowBytes : a.bytes),
                               b.getI64IntegerAttr(a.align), b.getDenseI64ArrayAttr({a.first, a.last}), IntegerAttr(),
                               TypeAttr::get(a.type), a.isState ? b.getUnitAttr() : UnitAttr());
    if (a.ring > 0) {
      buffer.setRing(a.ring);
      buffer.setRowBytes(rowBytes);
    }
    buffer.setTransient(a.isTransient);
    buffer.setPushed(a.isPushed);
    buffer.setPulled(a.isPulled);
    if (a.kept >= 0)
      buffer.setKept(a.kept);
    a.value = buffer;
  }
  for (auto [op, place] : counts) {
    const nn::RunTimeCount count = *nn::runTimeCount(op);
    auto name = dyn_cast<NameLoc>(op->getLoc());
    plan::SizeOp::create(b, op->getLoc(), b.getStringAttr(count.name), b.getI64IntegerAttr(0),
                         b.getI64IntegerAttr(count.bound), b.getI64IntegerAttr(1),
                         name ? name.getName() : b.getStringAttr(count.name), arena[place].value);
  }
  auto nameOf = [&](DictionaryAttr attrs, const Twine &fallback) {
    auto name = attrs ? attrs.getAs<StringAttr>("nn.name") : StringAttr();
    return name ? name.str() : fallback.str();
  };
  auto copyBoundary = [](DictionaryAttr from, Operation *to) {
    for (StringRef key : {"nn.quant", "nn.perm", "nn.hidden", nn::stripsAttrName.data()})
      if (Attribute a = from ? from.get(key) : Attribute())
        to->setAttr(key, a);
  };
  for (BlockArgument arg : function.getArguments()) {
    DictionaryAttr attrs = function.getArgAttrDict(arg.getArgNumber());
    const int place = places[arg].arena;
    auto op = plan::InputOp::create(b, function.getLoc(), nameOf(attrs, "input_" + Twine(arg.getArgNumber())),
                                    arg.getType(), arena[place == pushed.to ? pushed.from : place].value);
    copyBoundary(attrs, op);
    if (auto reset = attrs ? attrs.getAs<ElementsAttr>("nn.reset") : ElementsAttr())
      emitReset(arena[places[arg].arena], reset);
    if (const ArenaBuffer &a = arena[places[arg].arena]; a.kept >= 0) // it is there behind the program, too
      plan::OutputOp::create(b, function.getLoc(), op.getName(), arg.getType(), a.value)
          ->setAttr("nn.hidden", b.getUnitAttr());
  }
  for (auto [i, o] : llvm::enumerate(outputs)) {
    DictionaryAttr attrs = function.getResultAttrDict(static_cast<unsigned>(i));
    auto op = plan::OutputOp::create(b, function.getLoc(), nameOf(attrs, "output_" + Twine(i)),
                                     function.getResultTypes()[i], arena[o].value);
    copyBoundary(attrs, op);
  }
  emitLayers(0, now());
}

/// The layers of the operators of `block`; its terminator is the caller's.
LogicalResult ProgramBuilder::addBlock(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (auto constant = dyn_cast<nn::ConstantOp>(&op)) {
      places[constant.getResult()].constant = constant;
      continue;
    }
    auto node = dyn_cast<nn::NnOp>(&op);
    if (!node)
      return op.emitError("BRN1901: no meaning is defined for ") << op.getName();
    LogicalResult added = success();
    if (auto loop = dyn_cast<nn::LoopOp>(&op))
      added = addLoop(loop);
    else if (auto choice = dyn_cast<nn::IfOp>(&op))
      added = addIf(choice);
    else if (!node.isView())
      added = addLayer(node);
    if (failed(added))
      return failure();
  }
  return success();
}

LogicalResult ProgramBuilder::build() {
  Block &body = function.getBody().front();
  countUses(body);
  if (failed(addArguments()) || (pushRows && failed(addPush())))
    return failure();
  if (failed(addBlock(body)))
    return failure();
  if (failed(addOutputs(cast<func::ReturnOp>(body.getTerminator()))))
    return failure();
  if (schedule && failed(chooseStreams()))
    return failure();
  emit();
  return success();
}

namespace {

struct LowerToPlanPass : impl::LowerToPlanBase<LowerToPlanPass> {
  using LowerToPlanBase::LowerToPlanBase;

  /// How the layers are to be scheduled: nothing if they run one by one with buffers that live as wholes.
  FailureOr<std::optional<memory::ScheduleKind>> scheduleOf(func::FuncOp function) {
    auto kind = llvm::StringSwitch<std::optional<memory::ScheduleKind>>(schedule)
                    .Case("overlap", memory::ScheduleKind::Alone)
                    .Case("streams", memory::ScheduleKind::Streams)
                    .Case("auto", memory::ScheduleKind::Auto)
                    .Default(std::nullopt);
    if (!kind && schedule != "layers")
      return function.emitError("there is no schedule \"") << schedule << "\"";
    const bool hasBodies =
        llvm::any_of(function.getBody().front(), [](Operation &op) { return op.getNumRegions() > 0; });
    if (hasBodies || !kind)
      kind = std::nullopt;
    if (pushRows && (!kind || kind == memory::ScheduleKind::Alone)) {
      InFlightDiagnostic d = function.emitError("BRN1514: the input can't come row by row: ")
                             << (hasBodies ? "the model has loops or branches" : "this schedule has no streams");
      d.attachNote() << "fix: "
                     << (hasBodies ? "compile without --push-rows"
                                   : "use --schedule auto, the default with --push-rows");
      return d;
    }
    if (pullRows && !pushRows)
      return function.emitError("BRN1515: the output can't be taken row by row: the input isn't brought so");
    return kind;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto function = *module.getOps<func::FuncOp>().begin();
    FailureOr<std::optional<memory::ScheduleKind>> kind = scheduleOf(function);
    if (failed(kind))
      return signalPassFailure();
    if (*kind)
      exposeRows(function);
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    auto program =
        plan::ProgramOp::create(b, function.getLoc(), b.getStringAttr(function.getName()), /*arena=*/0, /*bound=*/0,
                                /*optimal=*/false, /*state=*/0, /*rowwise=*/false, /*proof=*/ArrayAttr(),
                                /*memories=*/ArrayAttr());
    program.getBody().emplaceBlock();
    program.setRowwise(kind->has_value());
    if (failed(ProgramBuilder(function, program, *kind, pushRows, pullRows, ram, planTime).build()))
      return signalPassFailure();
    function.erase();
  }
};

} // namespace
} // namespace burin
