// nn -> plan: which layers run row by row, alone or as streams.
#include "passes/cost/Instructions.h"
#include "passes/lower/ProgramBuilder.h"

#include <numeric>

namespace burin {
using namespace mlir;
using memory::NeededBy, memory::RowAccess, memory::RowLayer, memory::RowTensor, memory::Segment;
using nn::LoweredBuffer;

/// Finds out how `layer`, which is about to become layer now(), is computed by rows.
void ProgramBuilder::addRowForm(Layer &layer) {
  auto op = cast<nn::NnOp>(layer.op);
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (layer.arenaOf[i] >= 0 && op.mayOverwrite(i) &&
        nn::byteSize(nn::tensorType(op->getOperand(i))) == nn::byteSize(nn::tensorType(op->getResult(0))))
      layer.overwrites.push_back(i);
  layer.rows = nn::rowFormOf(op, *layer.lowering);
  if (!layer.rows || layer.rows->turns == 1 || arena[layer.arenaOf[op->getNumOperands()]].isState) {
    layer.rows.reset();
    return;
  }
  for (auto [i, buffer] : llvm::enumerate(layer.rows->lowering->buffers())) {
    int place = i < layer.arenaOf.size() ? layer.arenaOf[i] : -1;
    if (buffer.kind == LoweredBuffer::Kind::Constant)
      place = -1;
    if (buffer.kind == LoweredBuffer::Kind::Scratch) {
      auto type = RankedTensorType::get({buffer.bytes / plan::elementSize(buffer.ctype)}, cElement(buffer.ctype));
      place = newBuffer(layer.name + "_row_" + buffer.role, type, now());
      arena[place].isTransient = buffer.transient;
    }
    layer.rowArenaOf.push_back(place);
  }
}

/// A buffer's rows are the smallest that a layer sees in it: where an image is enlarged, what one layer has as [1, H,
/// b, W, …] is [1, H·b, W, …] to the next.
void ProgramBuilder::refineRows() {
  constexpr int64_t mostAsOne = 16; // an image as one long row of pixels is no image any more
  const auto see = [&](int place, Type type) {
    const int64_t rows = nn::rowsOf(cast<RankedTensorType>(type)).rows, had = place < 0 ? 1 : rowsOf(place);
    if (had > 1 && !arena[place].isState && rows > had && rows % had == 0 && rows <= had * mostAsOne)
      arena[place].type = type;
  };
  if (pullRows)
    see(pulled.from, arena[pulled.to].type);
  for (const Layer &layer : layers) {
    if (!layer.rows)
      continue;
    for (auto [i, v] : llvm::enumerate(layer.op->getOperands()))
      see(layer.arenaOf[i], v.getType());
    see(layer.result(), layer.op->getResult(0).getType());
  }
}

/// How many rows of a buffer are one row of the tensor `seen` in it; 0 if its rows are no rows of the buffer.
int64_t ProgramBuilder::rowsAsOne(int place, Type seen) const {
  const int64_t rows = rowsOf(place), own = nn::rowsOf(cast<RankedTensorType>(seen)).rows;
  return rows % own == 0 && (own > 1 || rows == 1) ? rows / own : 0;
}

/// What a turn of the layer reads of an operand, in rows of its buffer.
nn::RowRead ProgramBuilder::rowsRead(const Layer &layer, unsigned operand) const {
  const int64_t asOne = layer.rows ? rowsAsOne(layer.arenaOf[operand], layer.op->getOperand(operand).getType()) : 0;
  if (asOne == 0)
    return {0, 0, rowsOf(layer.arenaOf[operand])};
  const nn::RowRead &read = layer.rows->reads[operand];
  return {read.stride * asOne, read.first * asOne, read.span * asOne};
}

/// How many rows of its result's buffer a turn of the layer writes.
int64_t ProgramBuilder::rowsMade(const Layer &layer) const {
  if (!layer.rows || layer.rows->accumulates)
    return 1;
  return layer.rows->made * std::max<int64_t>(1, rowsAsOne(layer.result(), layer.op->getResult(0).getType()));
}

/// The program as the planner sees it: its tensors are the arena's buffers.
memory::RowProgram ProgramBuilder::rowProgram() const {
  memory::RowProgram p;
  std::vector<int> writers(arena.size(), 0);
  for (auto [place, a] : llvm::enumerate(arena)) {
    p.tensors.push_back({.bytes = a.isState || a.isPushed || a.isPulled ? 0 : a.bytes, .align = a.align});
    p.tensors.back().rows = rowsOf(static_cast<int>(place));
    p.tensors.back().first = static_cast<int>(a.first);
    p.tensors.back().last = static_cast<int>(a.last);
    p.tensors.back().transient = a.isTransient;
    writers[p.tensors.size() - 1] += a.first < 0;
  }
  for (const Layer &layer : layers) {
    RowLayer l = layer.op ? operatorRows(layer, p) : copyRows(layer, p);
    ++writers[l.result];
    p.layers.push_back(std::move(l));
  }
  for (auto [tensor, count] : llvm::zip(p.tensors, writers))
    tensor.rowwise = count == 1;
  return p;
}

/// A copy as the planner sees it; one of the caller's rows reads nothing of the arena, one to the caller writes
/// nothing.
RowLayer ProgramBuilder::copyRows(const Layer &layer, memory::RowProgram &p) const {
  RowLayer l{.result = layer.copyTo};
  if (layer.pushes > 0) {
    l.turns = layer.pushes;
    l.streamable = l.inOrder = true;
    l.made = p.tensors[l.result].block = rowsOf(l.result) / layer.pushes;
  } else if (layer.pulls > 0) {
    l.turns = layer.pulls;
    l.streamable = l.inOrder = true;
    const int64_t rows = rowsAsOne(layer.copyFrom, arena[layer.copyTo].type);
    p.tensors[layer.copyFrom].block = std::lcm(p.tensors[layer.copyFrom].block, rows);
    l.reads.push_back({.tensor = layer.copyFrom, .stride = rows, .span = rows});
  } else if (layer.copyFrom >= 0) {
    l.reads.push_back({.tensor = layer.copyFrom, .span = p.tensors[layer.copyFrom].rows});
  }
  return l;
}

/// An operator as the planner sees it. Notes which rows stay together, and which form needs which scratch.
RowLayer ProgramBuilder::operatorRows(const Layer &layer, memory::RowProgram &p) const {
  RowLayer l{.made = rowsMade(layer), .result = layer.result()};
  l.streamable = layer.rows.has_value();
  l.inOrder = layer.takesTurns();
  l.turns = layer.rows ? layer.rows->turns : 1;
  l.accumulates = layer.rows && layer.rows->accumulates;
  l.aloneCost = cost::callInstructions(layer.lowering->calls());
  l.streamCost =
      layer.rows ? cost::callInstructions(layer.rows->lowering->calls()) + layer.rows->turns * cost::turnInstructions
                 : 0;
  const auto keepTogether = [&](int place, int64_t rows) {
    p.tensors[place].block = std::lcm(p.tensors[place].block, rows);
  };
  keepTogether(l.result, l.made);
  for (unsigned i = 0; i < layer.op->getNumOperands(); ++i) {
    const int place = layer.arenaOf[i];
    if (place < 0)
      continue;
    const nn::RowRead read = rowsRead(layer, i);
    RowAccess access{.tensor = place, .stride = read.stride, .first = read.first, .span = read.span};
    access.overwritable = layer.overwritesOperand(i) && p.tensors[place].rows == p.tensors[l.result].rows;
    l.reads.push_back(access);
    if (layer.rows)
      keepTogether(place, std::max<int64_t>(1, rowsAsOne(place, layer.op->getOperand(i).getType())));
  }
  for (auto [form, buffers, places] :
       {std::tuple(NeededBy::Alone, layer.lowering->buffers(), ArrayRef<int>(layer.arenaOf)),
        std::tuple(NeededBy::Stream, layer.rows ? layer.rows->lowering->buffers() : ArrayRef<LoweredBuffer>(),
                   ArrayRef<int>(layer.rowArenaOf))})
    for (auto [buffer, place] : llvm::zip(buffers, places))
      if (buffer.kind == LoweredBuffer::Kind::Scratch)
        p.tensors[place].neededBy = form;
  return l;
}

/// What the budget leaves to the arena, at least 1; 0 if there is none.
int64_t ProgramBuilder::arenaBudget() const {
  if (ram == 0)
    return 0;
  int64_t left = ram;
  for (const ArenaBuffer &a : arena)
    if (a.isState)
      left -= a.bytes + a.align - 1;
  if (pushRows)
    left -= plan::bytesOfCounters(static_cast<int64_t>(layers.size()), pullRows);
  return std::max<int64_t>(left, 1);
}

LogicalResult ProgramBuilder::chooseStreams() {
  FailureOr<int> lastReader = pushRows ? shapePush() : 0;
  if (failed(lastReader))
    return failure();
  refineRows();
  if (pullRows && failed(checkPull()))
    return failure();
  memory::RowProgram p = rowProgram();
  p.together = pullRows ? static_cast<int>(layers.size()) : pushRows ? *lastReader + 1 : 0;
  const std::vector<Segment> segments = memory::chooseSegments(p, *schedule, arenaBudget(), planTime);
  if (pushRows && p.tensors[pushed.to].ring == 0)
    return cannotPush(layers[*lastReader], "all of its rows have to be there at one time");
  if (pullRows && p.tensors[pulled.from].ring == 0)
    return cannotPull(layers.back().location, "all of its rows have to be there at one time");
  for (auto [buffer, tensor] : llvm::zip(arena, p.tensors))
    buffer.ring = buffer.isPushed ? 1 : tensor.ring;
  std::vector<char> inStream(layers.size(), 0);
  for (const Segment &s : segments)
    for (int l = s.begin; s.isStream() && l < s.end; ++l) {
      layers[l].inStream = inStream[l] = true;
      layers[l].lazy = p.layers[l].lazy;
    }
  for (auto [buffer, tensor] : llvm::zip(arena, p.tensors))
    if (tensor.neededBy != NeededBy::Both)
      buffer.isNeeded = (tensor.neededBy == NeededBy::Stream) == static_cast<bool>(inStream[tensor.first]);
  // From the end on, so that the numbers of earlier segments stay.
  int64_t streams = llvm::count_if(segments, [](const Segment &s) { return s.isStream(); });
  for (const Segment &s : llvm::reverse(segments))
    if (s.isStream())
      insertStream(s, --streams);
  return success();
}

/// Puts a layer around those of a segment; the layers behind it get higher numbers.
void ProgramBuilder::insertStream(const Segment &segment, int64_t number) {
  SmallVector<Location> locations;
  for (int l = segment.begin; l < segment.end; ++l)
    locations.push_back(layers[l].location);
  Layer &last = layers[segment.end - 1];
  Layer stream = newLayer("stream", last.type, FusedLoc::get(b.getContext(), locations));
  stream.name = names.unique("stream", number);
  stream.end = segment.end + 1;
  for (Layer &layer : layers)
    layer.end += layer.end > segment.begin;
  layers.insert(layers.begin() + segment.begin, std::move(stream));
  for (ArenaBuffer &a : arena) {
    a.first += a.first >= segment.begin;
    a.last += a.last >= segment.begin;
  }
}

/// Says of a layer's operator which turns it takes and which rows they read.
void ProgramBuilder::describeRows(const Layer &layer, plan::LayerOp op) const {
  OpBuilder attributes(op);
  SmallVector<int64_t> overwrites; // among what it reads
  SmallVector<Attribute> rows;
  for (unsigned i = 0, index = 0; i < layer.op->getNumOperands(); ++i) {
    if (layer.arenaOf[i] < 0)
      continue;
    if (layer.overwritesOperand(i) && rowsOf(layer.arenaOf[i]) == rowsOf(layer.result()))
      overwrites.push_back(index);
    ++index;
    if (!layer.takesTurns())
      continue;
    const nn::RowRead read = rowsRead(layer, i);
    rows.push_back(plan::RowsAttr::get(attributes.getContext(), read.stride, read.first, read.span));
  }
  if (!overwrites.empty())
    op.setOverwrites(overwrites);
  if (!layer.takesTurns())
    return;
  op.setTurns(layer.rows->turns);
  op.setRowsMade(rowsMade(layer));
  op.setRowReadsAttr(attributes.getArrayAttr(rows));
  op.setAccumulates(layer.rows->accumulates);
  op.setLazy(layer.lazy);
}

/// The layer around the layers of a stream. It reads what they read of others, and its result is the last one's.
void ProgramBuilder::emitStream(Layer &layer, int64_t number) {
  SmallVector<Value> reads;
  SmallVector<Attribute> readTypes, readOrigins;
  int64_t macs = 0;
  llvm::DenseSet<int> known;
  for (int64_t l = number + 1; l < layer.end; ++l) {
    Layer &inner = layers[l];
    macs += inner.macs();
    for (auto [i, place] : llvm::enumerate(inner.reads())) {
      if (place < 0 || !known.insert(place).second)
        continue;
      reads.push_back(arena[place].value);
      readTypes.push_back(TypeAttr::get(inner.op ? inner.op->getOperand(i).getType() : inner.fromType));
      readOrigins.push_back(inner.op ? originOf(inner.op->getOperand(i)) : b.getUnitAttr());
    }
    known.insert(inner.result());
  }
  Layer &last = layers[layer.end - 1];
  Value result = arena[last.result()].value;
  auto layerOp = plan::LayerOp::create(b, layer.location, layer.name, layer.kind, macs, reads, result,
                                       b.getArrayAttr(readTypes), layer.type, StringAttr());
  if (nn::OriginAttr origin = last.op ? nn::getOrigin(last.op) : nn::OriginAttr())
    layerOp->setAttr(nn::originAttrName, origin);
  layerOp->setAttr("nn.read_origins", b.getArrayAttr(readOrigins));
  outermost = layerOp;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&layerOp.getBody().emplaceBlock());
    auto stream = plan::StreamOp::create(b, layer.location);
    b.setInsertionPointToEnd(&stream.getBody().emplaceBlock());
    emitLayers(number + 1, layer.end);
  }
  outermost = nullptr;
}

} // namespace burin
