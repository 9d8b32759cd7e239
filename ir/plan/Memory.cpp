#include "ir/plan/Memory.h"

#include "ir/nn/RowForm.h"
#include "ir/plan/StreamTurns.h"

#include <algorithm>

namespace burin::plan {
using namespace mlir;

SmallVector<MemoryAttr> memoriesOf(ProgramOp program) {
  SmallVector<MemoryAttr> memories;
  if (ArrayAttr all = program.getMemoriesAttr())
    for (Attribute memory : all)
      memories.push_back(cast<MemoryAttr>(memory));
  return memories;
}

int64_t alignmentOf(ProgramOp program) {
  uint64_t align = 1;
  for (auto buffer : program.getBody().getOps<BufferOp>())
    align = std::max(align, buffer.getAlign());
  return static_cast<int64_t>(align);
}

int64_t placeInArena(BufferOp buffer) {
  auto program = buffer->getParentOfType<ProgramOp>();
  const auto memory = static_cast<size_t>(buffer.getMemory().value_or(0));
  const auto align = static_cast<uint64_t>(memory == 0 ? 1 : alignmentOf(program));
  uint64_t base = 0;
  for (MemoryAttr before : ArrayRef(memoriesOf(program)).take_front(memory))
    base += llvm::alignTo(static_cast<uint64_t>(before.getArena()), align);
  return static_cast<int64_t>(base + *buffer.getOffset());
}

namespace {

/// How often a call goes over what pointer `p` walks over: in every turn of the loops in which that stays where it is.
double passesOf(const Call &call, const PointerArg &p) {
  double passes = 1;
  for (auto [i, count] : llvm::enumerate(call.loops))
    if (i >= p.strides.size() || p.strides[i] == 0)
      passes *= static_cast<double>(count);
  return passes;
}

double passesOf(const Call &call, const WindowArg &w) {
  double passes = passesOf(call, w.image);
  if (w.rowLoop >= 0 && w.height > 0) // a loop whose turns are rows doesn't move the image
    passes *= static_cast<double>(w.count) / static_cast<double>(w.height);
  return passes;
}

double bytesOf(Type type) { return static_cast<double>(nn::byteSize(cast<RankedTensorType>(type))); }

/// How often the windows of a layer with turns go over the rows of operand `i`.
double passesOver(LayerOp layer, size_t i) {
  auto rows = cast<RowsAttr>(layer.getRowReadsAttr()[i]);
  if (rows.getStride() == 0)
    return 1;
  return static_cast<double>(*layer.getTurns()) * static_cast<double>(rows.getSpan()) /
         static_cast<double>(rowsOfBuffer(layer.getReads()[i]));
}

} // namespace

Accesses::Accesses(ProgramOp program) {
  const auto visit = [&](auto &&self, Region &layers, double times) -> void {
    for (auto layer : layers.getOps<LayerOp>()) {
      add(layer, times);
      for (Operation &op : layer.getBody().front()) {
        auto loop = dyn_cast<LoopOp>(&op);
        for (Region &body : op.getRegions())
          self(self, body, loop ? times * static_cast<double>(loop.getTrips()) : times);
      }
    }
  };
  visit(visit, program.getBody(), 1);
  for (auto input : program.getBody().getOps<InputOp>())
    counts[input.getBuffer()] += bytesOf(input.getType());
  for (auto output : program.getBody().getOps<OutputOp>())
    counts[output.getBuffer()] += bytesOf(output.getType());
}

void Accesses::add(LayerOp layer, double times) {
  llvm::DenseMap<Value, double> passes; // of what isn't counted by its type
  double largestTable = 0;
  for (auto op : layer.getBody().getOps<CallOp>()) {
    const Call call = toCall(op);
    for (const CallArg &arg : call.args) {
      const auto *window = std::get_if<WindowArg>(&arg);
      const auto *pointer = window ? &window->image : std::get_if<PointerArg>(&arg);
      if (!pointer)
        continue;
      Value place = op.getBuffers()[pointer->buffer];
      passes[place] += window ? passesOf(call, *window) : passesOf(call, *pointer);
      if (auto table = place.getDefiningOp<ConstantOp>())
        largestTable =
            std::max(largestTable, static_cast<double>(cast<RankedTensorType>(table.getType()).getNumElements()));
    }
  }
  for (auto [place, count] : passes) {
    auto buffer = place.getDefiningOp<BufferOp>();
    const bool isWeighted = !buffer && layer.getMacs() > 0 && largestTable > 0;
    if (!buffer)
      counts[place] += times * (isWeighted ? static_cast<double>(layer.getMacs()) / largestTable : count);
    else if (place != layer.getResult() && !llvm::is_contained(layer.getReads(), place))
      counts[place] += times * count * static_cast<double>(buffer.getBytes());
  }
  if (layer.getBody().getOps<CallOp>().empty())
    return; // its inner layers read and write
  counts[layer.getResult()] += times * bytesOf(layer.getType());
  for (auto [i, place] : llvm::enumerate(layer.getReads())) {
    const Type type = cast<TypeAttr>(layer.getReadTypes()[i]).getValue();
    const double often = layer.getRowReadsAttr() ? passesOver(layer, i) : passes.lookup(place);
    counts[place] += times * bytesOf(type) * std::max(1.0, often);
  }
}

} // namespace burin::plan
