// nn.loop and nn.if -> plan: a layer around layers. What a turn or a branch computes is lowered as everything else;
// copies bring slices in, and results out.
#include "ir/nn/Constants.h"
#include "passes/lower/ProgramBuilder.h"

namespace burin {
using namespace mlir;

ProgramBuilder::Layer ProgramBuilder::newLayer(StringRef kind, Type type, Location location) const {
  return Layer{
      .name = names.unique(kind, now()), .kind = kind.str(), .type = type, .fromType = type, .location = location};
}

void ProgramBuilder::addMove(StringRef kind, Place from, Type fromType, int to, Type type, Location location,
                             std::vector<plan::Call> calls) {
  Layer layer = newLayer(kind, type, location);
  layer.copyFrom = from.arena;
  layer.copyConstant = from.constant;
  layer.copyTo = to;
  layer.fromType = fromType;
  layer.moves = std::move(calls);
  for (int place : {from.arena, to})
    if (place >= 0)
      arena[place].last = std::max(arena[place].last, now());
  layers.push_back(std::move(layer));
}

void ProgramBuilder::addCopy(Place from, Type type, int to, Location location) {
  addMove("copy", from, type, to, type, location, {});
}

/// A new arena buffer that what lies at `from` is copied into.
int ProgramBuilder::copied(Place from, Type type, Location location) {
  const int to = newBuffer(names.unique("copy", now()), cast<RankedTensorType>(type), now());
  addCopy(from, type, to, location);
  return to;
}

/// The arena buffer that holds `v`: a copy if it is a constant.
int ProgramBuilder::inArena(Value v, Location location) {
  Place place = places.lookup(root(v));
  return place.arena >= 0 ? place.arena : copied(place, v.getType(), location);
}

/// The buffer of a carried value: that of its first value if nobody else needs it, else a copy.
int ProgramBuilder::carriedBuffer(nn::LoopOp loop, size_t index) {
  Value init = loop.getInits()[index], owner = root(init);
  const Place place = places.lookup(owner);
  const auto readsHere = llvm::count_if(loop->getOperands(), [&](Value v) { return root(v) == owner; });
  if (mayTakeOver(place) && readsHere == 1 && remainingUses.lookup(owner) == 1)
    return place.arena;
  const int to = newBuffer(names.unique("carried", now()), nn::tensorType(init), now());
  addCopy(place, init.getType(), to, loop.getLoc());
  return to;
}

/// `inside` is `outside`, and stays what it is: the next turn needs it, too.
void ProgramBuilder::capture(Value outside, BlockArgument inside) {
  places[inside] = places.lookup(root(outside));
  ++remainingUses[inside];
}

/// Begins the layer of an operator with bodies, which reads the given buffers.
size_t ProgramBuilder::openBodies(Operation *op, ArrayRef<int> reads) {
  Layer layer = newLayer(op->getName().stripDialect(), op->getResult(0).getType(), op->getLoc());
  layer.op = op;
  layer.arenaOf.assign(reads.begin(), reads.end());
  layers.push_back(std::move(layer));
  return layers.size() - 1;
}

/// Ends it: the buffers in `whole` and those that it reads are alive as long as it runs.
void ProgramBuilder::closeBodies(size_t number, ArrayRef<int> whole) {
  Layer &layer = layers[number];
  layer.end = now();
  auto keep = [&](int place) {
    if (place < 0)
      return;
    arena[place].first = std::min(arena[place].first, static_cast<int64_t>(number));
    arena[place].last = std::max(arena[place].last, now() - 1);
  };
  llvm::for_each(whole, keep);
  llvm::for_each(layer.arenaOf, keep);
  for (Value v : layer.op->getOperands())
    --remainingUses[root(v)];
}

/// Copies between a tensor (buffer 0 if `takes`, else 1) and its slice in the turn of the loop around.
static std::vector<plan::Call> sliceCalls(nn::LoopOp loop, RankedTensorType whole, RankedTensorType slice, int64_t axis,
                                          bool reversed, bool takes) {
  const int64_t trips = static_cast<int64_t>(loop.getTrips()), bytes = nn::elementBytes(whole.getElementType());
  SmallVector<int64_t> strides = nn::rowMajorStrides(whole.getShape());
  const int64_t perTurn = strides[static_cast<size_t>(axis)];
  strides.erase(strides.begin() + axis);
  nn::Lowering l(loop);
  const nn::BufferId from = l.scratch("from", "uint8_t", 0), to = l.scratch("to", "uint8_t", 0);
  const int64_t start = reversed ? (trips - 1) * perTurn : 0;
  const SmallVector<int64_t> packed = nn::rowMajorStrides(slice.getShape());
  nn::emitStridedCopy(l, bytes, slice.getShape(), from, takes ? start : 0, takes ? strides : packed, to,
                      takes ? 0 : start, takes ? packed : strides);
  std::vector<plan::Call> calls = l.takeCalls();
  for (plan::Call &call : calls) {
    call.turned = true;
    call.loops.insert(call.loops.begin(), trips);
    for (auto [arg, param] : llvm::zip(call.args, call.kernel->params)) {
      auto *p = std::get_if<plan::PointerArg>(&arg);
      if (!p)
        continue;
      const bool isWhole = (p->buffer == from) == takes;
      const int64_t step = perTurn * bytes / plan::elementSize(param.elem);
      p->strides.insert(p->strides.begin(), isWhole ? (reversed ? -step : step) : 0);
      p->buffer = p->buffer == from ? 0 : 1;
    }
  }
  return calls;
}

/// What the body reads of this turn: its number, and slices.
void ProgramBuilder::addSlices(nn::LoopOp loop) {
  const auto trips = static_cast<int64_t>(loop.getTrips());
  if (BlockArgument index = loop.getIndex(); !index.use_empty()) {
    plan::Call store;
    store.kernel = kernels::findKernel("brn_store_index");
    store.loops = {trips};
    store.args = {nn::ptr(0), nn::num(0, {1})};
    store.turned = true;
    const int to = places[index].arena = newBuffer(names.unique("turn", now()), nn::tensorType(index), now());
    addMove("turn", {}, index.getType(), to, index.getType(), loop.getLoc(), {store});
  }
  for (auto [k, scan] : llvm::enumerate(loop.getScans())) {
    BlockArgument slice = loop.slice(k);
    if (slice.use_empty())
      continue;
    const int to = places[slice].arena = newBuffer(names.unique("slice", now()), nn::tensorType(slice), now());
    std::vector<plan::Call> calls = sliceCalls(loop, nn::tensorType(scan), nn::tensorType(slice), loop.getScanAxes()[k],
                                               loop.getScanReversed()[k], /*takes=*/true);
    addMove("slice", places.lookup(root(scan)), scan.getType(), to, slice.getType(), loop.getLoc(), std::move(calls));
  }
}

/// Brings what this turn yields to its place in the stacked results.
void ProgramBuilder::addStacks(nn::LoopOp loop, ArrayRef<int> stacks) {
  for (auto [j, to] : llvm::enumerate(stacks)) {
    Value out = loop.yieldedOut(j), result = loop.getResults()[loop.getInits().size() + j];
    std::vector<plan::Call> calls = sliceCalls(loop, nn::tensorType(result), nn::tensorType(out), loop.getOutAxes()[j],
                                               loop.getOutReversed()[j], /*takes=*/false);
    addMove("stack", places.lookup(root(out)), out.getType(), to, result.getType(), loop.getLoc(), std::move(calls));
  }
}

/// Brings the carried values of the next turn to their buffers, all at once: what another carried value's buffer holds
/// is saved first.
void ProgramBuilder::addCarries(nn::LoopOp loop, ArrayRef<int> carried) {
  SmallVector<Place> from;
  for (auto [i, to] : llvm::enumerate(carried)) {
    Value next = loop.yielded(i);
    Place place = places.lookup(root(next));
    if (place.arena >= 0 && place.arena != to && llvm::is_contained(carried, place.arena)) {
      const int saved = newBuffer(names.unique("saved", now()), nn::tensorType(next), now());
      addMove("save", place, next.getType(), saved, next.getType(), loop.getLoc(), {});
      place.arena = saved;
    }
    from.push_back(place);
  }
  for (auto [i, to] : llvm::enumerate(carried))
    if (from[i].arena != to)
      addMove("carry", from[i], loop.yielded(i).getType(), to, loop.yielded(i).getType(), loop.getLoc(), {});
}

LogicalResult ProgramBuilder::addLoop(nn::LoopOp loop) {
  SmallVector<int> carried, stacks, reads;
  for (size_t i = 0; i < loop.getInits().size(); ++i) {
    carried.push_back(carriedBuffer(loop, i));
    BlockArgument arg = loop.carried(i);
    places[arg].arena = carried.back();
    ++remainingUses[arg]; // its buffer is the loop's
  }
  reads.append(carried);
  for (Value v :
       llvm::concat<Value>(llvm::to_vector_of<Value>(loop.getScans()), llvm::to_vector_of<Value>(loop.getCaptures())))
    reads.push_back(places.lookup(root(v)).arena);
  for (auto [c, v] : llvm::enumerate(loop.getCaptures()))
    capture(v, loop.capture(c));

  const size_t layer = openBodies(loop, reads);
  for (Value result : loop.getResults().drop_front(carried.size())) {
    stacks.push_back(newBuffer(names.unique("stacked", static_cast<int64_t>(layer)) + "_" + Twine(stacks.size()),
                               nn::tensorType(result), static_cast<int64_t>(layer)));
    places[result].arena = stacks.back();
  }
  for (auto [i, to] : llvm::enumerate(carried)) {
    wishes.try_emplace(root(loop.yielded(i)), Wish{to, loop.carried(i)});
    places[loop.getResults()[i]].arena = to;
  }
  addSlices(loop);
  if (failed(addBlock(loop.getBody().front())))
    return failure();
  addStacks(loop, stacks);
  addCarries(loop, carried);
  stacks.append(carried);
  closeBodies(layer, stacks);
  return success();
}

LogicalResult ProgramBuilder::addBranch(Region &branch, nn::IfOp choice, ArrayRef<int> results) {
  Block &body = branch.front();
  for (auto [outside, inside] : llvm::zip(choice.getCaptures(), body.getArguments()))
    capture(outside, inside);
  Operation *yield = body.getTerminator();
  for (auto [v, to] : llvm::zip(yield->getOperands(), results))
    wishes.try_emplace(root(v), Wish{to, {}});
  if (failed(addBlock(body)))
    return failure();
  for (auto [v, to] : llvm::zip(yield->getOperands(), results))
    if (Place place = places.lookup(root(v)); place.arena != to)
      addMove("result", place, v.getType(), to, v.getType(), choice.getLoc(), {});
  return success();
}

LogicalResult ProgramBuilder::addIf(nn::IfOp choice) {
  SmallVector<int> reads{inArena(choice.getCondition(), choice.getLoc())}, results;
  for (Value v : choice.getCaptures())
    reads.push_back(places.lookup(root(v)).arena);
  const size_t layer = openBodies(choice, reads);
  for (Value result : choice.getResults()) {
    results.push_back(newBuffer(names.unique("chosen", static_cast<int64_t>(layer)) + "_" + Twine(results.size()),
                                nn::tensorType(result), static_cast<int64_t>(layer)));
    places[result].arena = results.back();
  }
  if (failed(addBranch(choice.getThen(), choice, results)))
    return failure();
  layers[layer].otherwise = now();
  if (failed(addBranch(choice.getOtherwise(), choice, results)))
    return failure();
  closeBodies(layer, results);
  return success();
}

void ProgramBuilder::emitBodies(Layer &layer, int64_t number) {
  SmallVector<Value> reads;
  SmallVector<Attribute> readTypes, readOrigins;
  for (auto [place, v] : llvm::zip(layer.arenaOf, layer.op->getOperands())) {
    if (place < 0)
      continue;
    reads.push_back(arena[place].value);
    readTypes.push_back(TypeAttr::get(v.getType()));
    readOrigins.push_back(originOf(v));
  }
  Value result = arena[places.lookup(layer.op->getResult(0)).arena].value;
  auto layerOp = plan::LayerOp::create(b, layer.location, layer.name, layer.kind, cast<nn::NnOp>(layer.op).macs(),
                                       reads, result, b.getArrayAttr(readTypes), layer.type, StringAttr());
  if (nn::OriginAttr origin = nn::getOrigin(layer.op))
    layerOp->setAttr(nn::originAttrName, origin);
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  const bool isOutermost = !outermost;
  if (isOutermost)
    outermost = layerOp;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&layerOp.getBody().emplaceBlock());
    auto bodyOf = [&](Region &region, int64_t begin, int64_t end) {
      b.setInsertionPointToEnd(&region.emplaceBlock());
      emitLayers(begin, end);
    };
    if (auto loop = dyn_cast<nn::LoopOp>(layer.op)) {
      Value condition = loop.getConditional() ? arena[layer.arenaOf[0]].value : Value();
      auto op = plan::LoopOp::create(b, layer.location, loop.getTrips(), condition);
      bodyOf(op.getBody(), number + 1, layer.end);
    } else {
      auto op = plan::IfOp::create(b, layer.location, arena[layer.arenaOf[0]].value);
      bodyOf(op.getThen(), number + 1, layer.otherwise);
      bodyOf(op.getOtherwise(), layer.otherwise, layer.end);
    }
  }
  if (isOutermost)
    outermost = nullptr;
}

} // namespace burin
