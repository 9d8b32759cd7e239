#include "passes/lower/PlanRows.h"

#include "ir/nn/RowForm.h"
#include "ir/plan/StreamTurns.h"

#include <numeric>

namespace burin {
using namespace mlir;
using memory::RowAccess, memory::RowLayer, memory::RowTensor;

namespace {

class Gatherer {
public:
  explicit Gatherer(plan::ProgramOp program) {
    for (auto layer : program.getBody().getOps<plan::LayerOp>())
      addSegment(layer);
    const plan::LayerNumbers numbers(program);
    for (auto buffer : program.getBody().getOps<plan::BufferOp>())
      if (buffer.isInArena())
        addTensor(buffer, numbers);
    for (plan::LayerOp layer : out.layers)
      addLayer(layer);
    for (auto [writers, tensor] : llvm::zip(writers, out.program.tensors))
      tensor.rowwise = writers + (tensor.first < 0 ? 1 : 0) == 1;
  }

  PlanRows take() { return std::move(out); }

private:
  void addSegment(plan::LayerOp layer) {
    const int begin = static_cast<int>(out.layers.size());
    auto streams = layer.getBody().getOps<plan::StreamOp>();
    if (streams.empty())
      out.layers.push_back(layer);
    else
      llvm::append_range(out.layers, (*streams.begin()).getBody().getOps<plan::LayerOp>());
    out.segments.push_back({begin, static_cast<int>(out.layers.size())});
  }

  /// The place of layer number `number` among the layers; a stream itself stands for its first layer.
  int indexOf(int64_t number, const plan::LayerNumbers &numbers) const {
    if (number < 0)
      return -1;
    return static_cast<int>(llvm::count_if(out.layers, [&](plan::LayerOp l) { return numbers.first(l) < number; }));
  }

  void addTensor(plan::BufferOp buffer, const plan::LayerNumbers &numbers) {
    RowTensor t{.bytes = static_cast<int64_t>(buffer.getBytes()), .align = static_cast<int64_t>(buffer.getAlign())};
    t.first = indexOf(buffer.getLive()[0], numbers);
    t.last = indexOf(buffer.getLive()[1], numbers);
    t.transient = buffer.getTransient();
    auto type = cast<RankedTensorType>(buffer.getType());
    t.rows = nn::rowsOf(type).rows;
    if (buffer.getRing()) {
      t.ring = static_cast<int64_t>(*buffer.getRing());
      t.bytes = static_cast<int64_t>(*buffer.getRowBytes()) * t.rows;
    }
    tensorOf[buffer.getResult()] = static_cast<int>(out.program.tensors.size());
    out.program.tensors.push_back(t);
    out.buffers.push_back(buffer);
    writers.push_back(0);
  }

  void addLayer(plan::LayerOp layer) {
    RowLayer l;
    l.streamable = layer->getParentOfType<plan::StreamOp>() != nullptr;
    l.turns = static_cast<int64_t>(layer.getTurns().value_or(1));
    l.inOrder = layer.getTurns() && !l.streamable;
    l.made = static_cast<int64_t>(layer.getRowsMade());
    l.accumulates = layer.getAccumulates();
    l.lazy = layer.getLazy();
    if (auto it = tensorOf.find(layer.getResult()); it != tensorOf.end()) {
      l.result = it->second;
      ++writers[it->second];
      keepTogether(it->second, l.made);
    }
    const ArrayRef<int64_t> overwrites = layer.getOverwrites().value_or(ArrayRef<int64_t>());
    for (auto [i, buffer] : llvm::enumerate(layer.getReads())) {
      auto it = tensorOf.find(buffer);
      if (it == tensorOf.end())
        continue;
      RowAccess access{.tensor = it->second, .span = out.program.tensors[it->second].rows};
      const int64_t seen = nn::rowsOf(cast<RankedTensorType>(cast<TypeAttr>(layer.getReadTypes()[i]).getValue())).rows;
      if (l.streamable && seen > 1 && access.span % seen == 0)
        keepTogether(it->second, access.span / seen);
      if (ArrayAttr rows = layer.getRowReadsAttr()) {
        auto r = cast<plan::RowsAttr>(rows[i]);
        access.stride = r.getStride();
        access.first = r.getFirst();
        access.span = r.getSpan();
      }
      access.overwritable = llvm::is_contained(overwrites, static_cast<int64_t>(i));
      l.reads.push_back(access);
    }
    out.program.layers.push_back(std::move(l));
  }

  /// A ring has a multiple of `rows` rows of the tensor, which a layer takes as one.
  void keepTogether(int tensor, int64_t rows) {
    int64_t &block = out.program.tensors[tensor].block;
    block = std::lcm(block, rows);
  }

  PlanRows out;
  llvm::DenseMap<Value, int> tensorOf;
  std::vector<int> writers; ///< per tensor: layers whose result it is
};

/// Whether window `w` of turned call `call` stays, in all turns, within what the layer says it reads: each of its rows
/// is `rows` rows of the buffer.
bool isCovered(const plan::Call &call, const plan::WindowArg &w, int64_t rows, plan::RowsAttr said) {
  for (int64_t index = 0; index < call.loops[0]; ++index)
    for (int64_t k = 0; k < w.count; ++k) {
      const int64_t row = (w.rowLoop == 0 ? index * w.stride : 0) - w.pad + k * w.dilation;
      const int64_t inWindow = row * rows - ((index + call.first) * said.getStride() + said.getFirst());
      if (row >= 0 && row < w.height && (inWindow < 0 || inWindow + rows > said.getSpan()))
        return false;
    }
  return true;
}

} // namespace

PlanRows planRows(plan::ProgramOp program) { return Gatherer(program).take(); }

std::string wrongRows(plan::ProgramOp program) {
  std::string wrong;
  program.walk([&](plan::CallOp op) {
    auto layer = op->getParentOfType<plan::LayerOp>();
    if (!op.getTurned() || !layer.getRowReads())
      return;
    const plan::Call call = plan::toCall(op);
    for (const plan::CallArg &arg : call.args) {
      const auto *w = std::get_if<plan::WindowArg>(&arg);
      for (auto [buffer, said] : llvm::zip(layer.getReads(), *layer.getRowReads())) {
        const int64_t rows = plan::rowsOfBuffer(buffer);
        if (w && op.getBuffers()[w->image.buffer] == buffer && buffer != layer.getResult() && rows % w->height == 0 &&
            !isCovered(call, *w, rows / w->height, cast<plan::RowsAttr>(said)))
          wrong = layer.getName().str() + " reads rows that it doesn't name";
      }
    }
  });
  return wrong;
}

} // namespace burin
