// nn -> plan: which layers run row by row, alone or as streams.
#include "passes/cost/Instructions.h"
#include "passes/lower/ProgramBuilder.h"

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
    }
    layer.rowArenaOf.push_back(place);
  }
}

/// The program as the planner sees it: its tensors are the arena's buffers.
memory::RowProgram ProgramBuilder::rowProgram() const {
  memory::RowProgram p;
  std::vector<int> writers(arena.size(), 0);
  for (const ArenaBuffer &a : arena) {
    p.tensors.push_back({.bytes = a.isState || a.isPushed ? 0 : a.bytes, .align = a.align});
    p.tensors.back().rows = nn::rowsOf(cast<RankedTensorType>(a.type)).rows;
    p.tensors.back().first = static_cast<int>(a.first);
    p.tensors.back().last = static_cast<int>(a.last);
    writers[p.tensors.size() - 1] += a.first < 0;
  }
  const auto read = [&](RowLayer &l, int place) -> RowAccess & {
    return l.reads.emplace_back(RowAccess{.tensor = place, .span = p.tensors[place].rows});
  };
  for (const Layer &layer : layers) {
    RowLayer l;
    if (!layer.op) {
      l.result = layer.copyTo;
      if (layer.pushes > 0) { // it reads nothing of the arena
        l.turns = layer.pushes;
        l.streamable = l.inOrder = true;
      } else if (layer.copyFrom >= 0) {
        read(l, layer.copyFrom);
      }
    } else {
      const unsigned operands = layer.op->getNumOperands();
      l.result = layer.arenaOf[operands];
      l.streamable = layer.rows.has_value();
      l.inOrder = layer.takesTurns();
      l.turns = layer.rows ? layer.rows->turns : 1;
      l.accumulates = layer.rows && layer.rows->accumulates;
      l.aloneCost = cost::callInstructions(layer.lowering->calls());
      l.streamCost = layer.rows ? cost::callInstructions(layer.rows->lowering->calls()) +
                                      layer.rows->turns * cost::turnInstructions
                                : 0;
      for (unsigned i = 0; i < operands; ++i) {
        if (layer.arenaOf[i] < 0)
          continue;
        RowAccess &access = read(l, layer.arenaOf[i]);
        access.overwritable = llvm::is_contained(layer.overwrites, static_cast<int64_t>(i));
        if (layer.rows && nn::rowsOf(nn::tensorType(layer.op->getOperand(i))).rows == p.tensors[access.tensor].rows) {
          const nn::RowRead &rows = layer.rows->reads[i];
          std::tie(access.stride, access.first, access.span) = std::tuple(rows.stride, rows.first, rows.span);
        }
      }
      for (auto [form, buffers, places] :
           {std::tuple(NeededBy::Alone, layer.lowering->buffers(), ArrayRef<int>(layer.arenaOf)),
            std::tuple(NeededBy::Stream, layer.rows ? layer.rows->lowering->buffers() : ArrayRef<LoweredBuffer>(),
                       ArrayRef<int>(layer.rowArenaOf))})
        for (auto [buffer, place] : llvm::zip(buffers, places))
          if (buffer.kind == LoweredBuffer::Kind::Scratch)
            p.tensors[place].neededBy = form;
    }
    ++writers[l.result];
    p.layers.push_back(std::move(l));
  }
  for (auto [tensor, count] : llvm::zip(p.tensors, writers))
    tensor.rowwise = count == 1;
  return p;
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
    left -= plan::bytesOfCounters(static_cast<int64_t>(layers.size()));
  return std::max<int64_t>(left, 1);
}

LogicalResult ProgramBuilder::chooseStreams() {
  FailureOr<int> lastReader = pushRows ? shapePush() : 0;
  if (failed(lastReader))
    return failure();
  memory::RowProgram p = rowProgram();
  p.together = pushRows ? *lastReader + 1 : 0;
  const std::vector<Segment> segments = memory::chooseSegments(p, *schedule, arenaBudget());
  if (pushRows && p.tensors[pushed.to].ring == 0)
    return cannotPush(layers[*lastReader], "all of its rows have to be there at one time");
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
    if (llvm::is_contained(layer.overwrites, static_cast<int64_t>(i)))
      overwrites.push_back(index);
    ++index;
    if (!layer.takesTurns())
      continue;
    const int64_t kept = nn::rowsOf(cast<RankedTensorType>(arena[layer.arenaOf[i]].type)).rows;
    const bool sameRows = nn::rowsOf(nn::tensorType(layer.op->getOperand(i))).rows == kept;
    const nn::RowRead read = sameRows ? layer.rows->reads[i] : nn::RowRead{0, 0, kept};
    rows.push_back(plan::RowsAttr::get(attributes.getContext(), read.stride, read.first, read.span));
  }
  if (!overwrites.empty())
    op.setOverwrites(overwrites);
  if (!layer.takesTurns())
    return;
  op.setTurns(layer.rows->turns);
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
  if (nn::OriginAttr origin = nn::getOrigin(last.op))
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
