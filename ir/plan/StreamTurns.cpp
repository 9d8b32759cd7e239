#include "ir/plan/StreamTurns.h"

#include "ir/nn/RowForm.h"

namespace burin::plan {
using namespace mlir;

int64_t rowsOfBuffer(Value buffer) {
  return nn::rowsOf(cast<RankedTensorType>(buffer.getDefiningOp<BufferOp>().getType())).rows;
}

std::vector<StreamLayer> streamLayers(StreamOp stream) {
  std::vector<StreamLayer> layers;
  llvm::DenseMap<Value, int> producers;
  for (auto op : stream.getBody().getOps<LayerOp>()) {
    StreamLayer layer{.turns = static_cast<int64_t>(op.getTurns().value_or(1)),
                      .made = static_cast<int64_t>(op.getRowsMade()),
                      .accumulates = op.getAccumulates(),
                      .lazy = op.getLazy(),
                      .complete = ringOf(op.getResult()).rows == 0};
    for (auto [buffer, attribute] : llvm::zip(op.getReads(), op.getRowReadsAttr()))
      if (auto it = producers.find(buffer); it != producers.end()) {
        auto rows = cast<RowsAttr>(attribute);
        layer.reads.push_back({it->second, rows.getStride(), rows.getFirst(), rows.getSpan(), rowsOfBuffer(buffer)});
      }
    producers[op.getResult()] = static_cast<int>(layers.size());
    layers.push_back(std::move(layer));
  }
  return layers;
}

Ring ringOf(Value buffer) {
  auto op = buffer.getDefiningOp<BufferOp>();
  if (!op || !op.getRing())
    return {};
  return {static_cast<int64_t>(*op.getRing()), static_cast<int64_t>(*op.getRowBytes())};
}

} // namespace burin::plan
