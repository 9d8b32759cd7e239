#include "ir/plan/Execute.h"

#include "ir/nn/Constants.h"
#include "ir/nn/Strips.h"
#include "ir/nn/Types.h"
#include "ir/plan/Memory.h"
#include "ir/plan/ProgramSizes.h"
#include "ir/plan/StreamTurns.h"

#include "llvm/ADT/MapVector.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <utility>

namespace burin::plan {
using namespace mlir;

namespace {

constexpr char poisonByte = static_cast<char>(0xA5);

class Executor {
public:
  Executor(ProgramOp program, bool poison) : program(program), numbers(program), sizes(program), poison(poison) {}

  LogicalResult allocate();
  LogicalResult setSizes(ArrayRef<int64_t> given);
  LogicalResult setInputs(ArrayRef<ArrayRef<char>> inputs);
  void poisonAll() { std::fill_n(arenaAt(0), arena.size() * sizeof arena[0], poisonByte); }
  void run();
  std::vector<std::vector<char>> outputs();
  /// The sizes as they are in the arena now; those not yet computed are anything within their bounds.
  std::vector<int64_t> symbols();

private:
  void runLayers(Block &block, int64_t turn);
  void runLayer(LayerOp layer, int64_t turn);
  void runLoop(LoopOp loop);
  void runStream(StreamOp stream);
  std::byte *rowAddress(Value buffer, int64_t row, int64_t &bytes);
  void push(Value buffer, int64_t row);
  void runBranch(IfOp choice);
  /// The layers of `block` don't run: what they would have been the last to need is dead.
  void skip(Block &block);
  /// Fills what layers `first` to `last` were the last to need, except where a living buffer has bytes in common with
  /// it.
  void poisonDead(int64_t first, int64_t last);
  void poisonDead(int64_t layer) { poisonDead(layer, layer); }
  /// Fills the layer's scratch that holds nothing from turn to turn.
  void poisonTransients(LayerOp layer);

  std::byte *address(Value buffer) { return addresses.lookup(buffer); }
  char *arenaAt(int64_t offset) { return reinterpret_cast<char *>(arena.data()) + offset; }

  ProgramOp program;
  LayerNumbers numbers;
  ProgramSizes sizes;
  std::vector<int64_t> quantities; // values of all sizes before the present layer
  bool poison;
  int64_t held = -2; // what is alive at this layer, a loop's, stays alive until the loop ends; -2: in no loop
  std::vector<std::max_align_t> arena, state;
  std::vector<std::max_align_t> pushedRow;  // what the caller brings, a row at a time …
  ArrayRef<char> pushed;                    // … of this input
  std::vector<std::max_align_t> pulledRows; // what the caller has got of the output
  std::list<std::vector<char>> expanded;    // storage of splat constants
  llvm::DenseMap<Value, std::byte *> addresses;
};

LogicalResult Executor::allocate() {
  constexpr int64_t unit = sizeof(std::max_align_t);
  const auto units = [](int64_t bytes) { return static_cast<size_t>((bytes + unit - 1) / unit); };
  arena.resize(units(static_cast<int64_t>(program.getArena())));
  state.resize(units(static_cast<int64_t>(program.getState())));
  for (Operation &op : program.getBody().front()) {
    if (auto buffer = dyn_cast<BufferOp>(&op)) {
      if (buffer.getPushed()) {
        pushedRow.resize(units(static_cast<int64_t>(buffer.getBytes())));
        addresses[buffer.getResult()] = reinterpret_cast<std::byte *>(pushedRow.data());
        continue;
      }
      if (buffer.getPulled()) {
        pulledRows.resize(units(static_cast<int64_t>(buffer.getBytes())));
        addresses[buffer.getResult()] = reinterpret_cast<std::byte *>(pulledRows.data());
        continue;
      }
      if (!buffer.getOffset())
        return buffer.emitOpError() << "has no offset yet";
      const bool isState = buffer.getState();
      const int64_t offset = isState ? static_cast<int64_t>(*buffer.getOffset()) : placeInArena(buffer);
      const auto size = static_cast<int64_t>(isState ? program.getState() : program.getArena());
      if (offset < 0 || offset + static_cast<int64_t>(buffer.getBytes()) > size)
        return buffer.emitOpError() << "lies outside the " << (isState ? "state" : "arena") << " of " << size
                                    << " bytes";
      std::byte *base = reinterpret_cast<std::byte *>(isState ? state.data() : arena.data());
      addresses[buffer.getResult()] = base + offset;
    } else if (auto constant = dyn_cast<ConstantOp>(&op)) {
      ElementsAttr value = constant.getValue();
      ArrayRef<char> bytes = nn::elementsBytes(value, cast<RankedTensorType>(value.getType()), expanded.emplace_back());
      // Kernels only read constants.
      addresses[constant.getResult()] = reinterpret_cast<std::byte *>(const_cast<char *>(bytes.data()));
    }
  }
  return success();
}

LogicalResult Executor::setSizes(ArrayRef<int64_t> given) {
  for (auto [i, symbol] : llvm::enumerate(sizes.symbols())) {
    SizeOp op = symbol;
    if (op.getNode())
      continue;
    const auto min = static_cast<int64_t>(op.getMin()), max = static_cast<int64_t>(op.getMax());
    if (i >= given.size() || given[i] < min || given[i] > max || given[i] % static_cast<int64_t>(op.getStep()) != 0)
      return op.emitOpError() << "takes a size from " << min << " to " << max;
    const auto value = static_cast<uint32_t>(given[i]);
    std::memcpy(address(op.getBuffer()), &value, sizeof value);
  }
  quantities = sizes.table().evaluate(symbols());
  return success();
}

std::vector<int64_t> Executor::symbols() {
  std::vector<int64_t> values;
  for (SizeOp op : sizes.symbols()) {
    uint32_t value;
    std::memcpy(&value, address(op.getBuffer()), sizeof value);
    values.push_back(std::clamp<int64_t>(value, static_cast<int64_t>(op.getMin()), static_cast<int64_t>(op.getMax())));
  }
  return values;
}

LogicalResult Executor::setInputs(ArrayRef<ArrayRef<char>> inputs) {
  size_t next = 0;
  for (auto input : program.getBody().getOps<InputOp>()) {
    const auto bytes = static_cast<size_t>(nn::byteSize(sizes.typeAt(input, "type", input.getType(), quantities)) /
                                           nn::timesBrought(input));
    if (next == inputs.size() || inputs[next].size() != bytes)
      return input.emitOpError() << "takes " << bytes << " bytes, given "
                                 << (next == inputs.size() ? 0 : inputs[next].size());
    if (input.getBuffer().getDefiningOp<BufferOp>().getPushed())
      pushed = inputs[next];
    else if (bytes > 0)
      std::memcpy(address(input.getBuffer()), inputs[next].data(), bytes);
    ++next;
  }
  if (next != inputs.size())
    return program.emitOpError() << "has " << next << " inputs, given " << inputs.size();
  return success();
}

void Executor::runLayers(Block &block, int64_t turn) {
  for (auto layer : block.getOps<LayerOp>()) {
    runLayer(layer, turn);
    const bool isStream = !layer.getBody().getOps<StreamOp>().empty();
    if (poison) // the layers of a stream end together
      poisonDead(isStream ? numbers.first(layer) : numbers.last(layer), numbers.last(layer));
  }
}

void Executor::skip(Block &block) {
  if (poison)
    block.walk([&](LayerOp layer) { poisonDead(numbers.first(layer)); });
}

void Executor::runLoop(LoopOp loop) {
  auto trips = static_cast<int64_t>(loop.getTrips());
  if (auto varying = sizes.varying(loop, "trips"))
    trips = sizes::evaluate(*varying, quantities);
  auto goesOn = [&] { return !loop.getCondition() || std::to_integer<bool>(*address(loop.getCondition())); };
  const int64_t before = std::exchange(held, numbers.first(loop->getParentOfType<LayerOp>()));
  for (int64_t turn = 0; turn < trips && goesOn(); ++turn)
    runLayers(loop.getBody().front(), turn);
  held = before;
}

void Executor::runBranch(IfOp choice) {
  Block *taken = &choice.getThen().front(), *other = &choice.getOtherwise().front();
  if (!std::to_integer<bool>(*address(choice.getCondition())))
    std::swap(taken, other);
  runLayers(*taken, 0);
  skip(*other);
}

namespace {

/// A row of what a layer of a stream reads, and the last of the stream's turns that reads it.
struct DyingRow {
  Value buffer;
  int64_t row;
};

/// Per turn in `order`, the rows that nobody reads after it, of the buffers that only the stream's layers read on.
std::vector<std::vector<DyingRow>> dyingRows(StreamOp stream, const std::vector<StreamTurn> &order,
                                             int64_t lastNumber) {
  SmallVector<LayerOp> layers(stream.getBody().getOps<LayerOp>());
  llvm::MapVector<std::pair<Value, int64_t>, size_t> lastTurn;
  for (auto [i, turn] : llvm::enumerate(order)) {
    LayerOp layer = layers[turn.layer];
    for (auto [buffer, attribute] : llvm::zip(layer.getReads(), layer.getRowReadsAttr())) {
      auto read = cast<RowsAttr>(attribute);
      auto op = buffer.getDefiningOp<BufferOp>();
      const int64_t rows = rowsOfBuffer(buffer), first = turn.turn * read.getStride() + read.getFirst();
      for (int64_t r = std::max<int64_t>(0, first); r < std::min(rows, first + read.getSpan()); ++r)
        if (op.isInArena() && op.getLive()[1] <= lastNumber)
          lastTurn[{buffer, r}] = i;
    }
  }
  std::vector<std::vector<DyingRow>> dying(order.size());
  for (auto [row, turn] : lastTurn)
    dying[turn].push_back({row.first, row.second});
  return dying;
}

} // namespace

/// Where row `row` of a buffer lies; it has `bytes` bytes.
std::byte *Executor::rowAddress(Value buffer, int64_t row, int64_t &bytes) {
  auto op = buffer.getDefiningOp<BufferOp>();
  const Ring ring = ringOf(buffer);
  bytes = ring.rows > 0 ? ring.rowBytes : static_cast<int64_t>(op.getBytes()) / rowsOfBuffer(buffer);
  return address(buffer) + ring.at(row * bytes);
}

/// Brings row `row` of the input, where the caller would.
void Executor::push(Value buffer, int64_t row) {
  const auto bytes = static_cast<size_t>(ringOf(buffer).rowBytes);
  const size_t rows = pushed.size() / bytes; // an image that is brought for each strip begins anew
  std::memcpy(address(buffer), pushed.data() + static_cast<size_t>(row) % rows * bytes, bytes);
}

void Executor::runStream(StreamOp stream) {
  SmallVector<LayerOp> layers(stream.getBody().getOps<LayerOp>());
  const std::vector<StreamTurn> order = streamOrder(streamLayers(stream));
  std::vector<std::vector<DyingRow>> dying;
  if (poison)
    dying = dyingRows(stream, order, numbers.first(layers.back()));
  for (auto [i, turn] : llvm::enumerate(order)) {
    LayerOp layer = layers[turn.layer];
    for (Value read : layer.getReads())
      if (read.getDefiningOp<BufferOp>().getPushed())
        push(read, turn.turn);
    if (poison)
      poisonTransients(layer);
    runLayer(layer, turn.turn);
    if (!poison)
      continue;
    int64_t bytes = 0, written = 0;
    SmallVector<const std::byte *> results; // what the turn has written, over dead rows perhaps
    const auto made = layer.getAccumulates() ? 0 : static_cast<int64_t>(layer.getRowsMade());
    const int64_t end = std::min((turn.turn + 1) * made, rowsOfBuffer(layer.getResult()));
    for (int64_t r = turn.turn * made; r < end; ++r)
      results.push_back(rowAddress(layer.getResult(), r, written));
    for (const DyingRow &dead : dying[i])
      if (std::byte *row = rowAddress(dead.buffer, dead.row, bytes); !llvm::is_contained(results, row))
        std::memset(row, poisonByte, static_cast<size_t>(bytes));
  }
}

void Executor::runLayer(LayerOp layer, int64_t turn) {
  if (!sizes.empty())
    quantities = sizes.table().evaluate(symbols());
  for (Operation &inner : layer.getBody().front()) {
    if (auto loop = dyn_cast<LoopOp>(&inner))
      runLoop(loop);
    if (auto stream = dyn_cast<StreamOp>(&inner))
      runStream(stream);
    if (auto choice = dyn_cast<IfOp>(&inner))
      runBranch(choice);
    auto op = dyn_cast<CallOp>(&inner);
    if (!op)
      continue;
    SmallVector<std::byte *> buffers;
    SmallVector<Ring> rings;
    for (Value v : op.getBuffers()) {
      buffers.push_back(address(v));
      rings.push_back(ringOf(v));
    }
    execute(sizes.callAt(op, quantities), buffers, turn, rings);
  }
}

void Executor::poisonTransients(LayerOp layer) {
  for (auto call : layer.getBody().getOps<CallOp>())
    for (Value v : call.getBuffers())
      if (auto buffer = v.getDefiningOp<BufferOp>(); buffer && buffer.getTransient())
        std::memset(address(v), poisonByte, static_cast<size_t>(buffer.getBytes()));
}

void Executor::poisonDead(int64_t firstLayer, int64_t layer) {
  std::vector<char> keep;
  for (auto dead : program.getBody().getOps<BufferOp>()) {
    if (dead.getLive()[1] < firstLayer || dead.getLive()[1] > layer || dead.getLive()[0] <= held || !dead.isInArena())
      continue;
    const int64_t first = placeInArena(dead), size = static_cast<int64_t>(dead.getBytes());
    keep.assign(static_cast<size_t>(size), 0);
    for (auto other : program.getBody().getOps<BufferOp>()) {
      if (!other.isInArena() || other.getLive()[0] > layer || other.getLive()[1] <= layer)
        continue;
      const int64_t place = placeInArena(other) - first;
      const auto begin = std::clamp<int64_t>(place, 0, size);
      const auto end = std::clamp<int64_t>(place + static_cast<int64_t>(other.getBytes()), 0, size);
      std::fill(keep.begin() + begin, keep.begin() + std::max(begin, end), 1);
    }
    for (int64_t i = 0; i < size; ++i)
      if (!keep[static_cast<size_t>(i)])
        *arenaAt(first + i) = poisonByte;
  }
}

void Executor::run() {
  if (poison)
    poisonDead(-1); // inputs that nothing reads
  runLayers(program.getBody().front(), 0);
}

std::vector<std::vector<char>> Executor::outputs() {
  std::vector<std::vector<char>> results;
  quantities = sizes.table().evaluate(symbols());
  for (auto output : program.getBody().getOps<OutputOp>()) {
    const char *p = reinterpret_cast<const char *>(address(output.getBuffer()));
    const auto bytes = static_cast<size_t>(nn::byteSize(sizes.typeAt(output, "type", output.getType(), quantities)));
    results.emplace_back(p, p + bytes);
  }
  return results;
}

} // namespace

LogicalResult executeProgram(ProgramOp program, ArrayRef<ArrayRef<char>> inputs, Execution &execution, bool poison) {
  Executor executor(program, poison);
  if (failed(executor.allocate()))
    return failure();
  if (poison)
    executor.poisonAll();
  if (failed(executor.setSizes(execution.sizes)) || failed(executor.setInputs(inputs)))
    return failure();
  executor.run();
  execution.outputs = executor.outputs();
  execution.sizes = executor.symbols();
  return success();
}

LogicalResult executeProgram(ProgramOp program, ArrayRef<ArrayRef<char>> inputs,
                             std::vector<std::vector<char>> &outputs, bool poison) {
  Execution execution;
  if (failed(executeProgram(program, inputs, execution, poison)))
    return failure();
  outputs = std::move(execution.outputs);
  return success();
}

} // namespace burin::plan
