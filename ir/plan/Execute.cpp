#include "ir/plan/Execute.h"

#include "ir/nn/Constants.h"
#include "ir/nn/Types.h"

#include <algorithm>
#include <cstring>
#include <list>

namespace burin::plan {
using namespace mlir;

namespace {

constexpr char poisonByte = static_cast<char>(0xA5);

class Executor {
public:
  explicit Executor(ProgramOp program) : program(program) {}

  LogicalResult allocate();
  LogicalResult setInputs(ArrayRef<ArrayRef<char>> inputs);
  void poisonAll() { std::fill_n(arenaAt(0), arena.size() * sizeof arena[0], poisonByte); }
  void run(bool poison);
  std::vector<std::vector<char>> outputs();

private:
  void runLayer(LayerOp layer);
  /// Fills what layer `layer` was the last to need, except where a living buffer has bytes in common with it.
  void poisonDead(int64_t layer);

  std::byte *address(Value buffer) { return addresses.lookup(buffer); }
  char *arenaAt(int64_t offset) { return reinterpret_cast<char *>(arena.data()) + offset; }

  ProgramOp program;
  std::vector<std::max_align_t> arena;
  std::list<std::vector<char>> expanded; // storage of splat constants
  llvm::DenseMap<Value, std::byte *> addresses;
};

LogicalResult Executor::allocate() {
  const int64_t size = static_cast<int64_t>(program.getArena());
  constexpr int64_t unit = sizeof(std::max_align_t);
  arena.resize(static_cast<size_t>((size + unit - 1) / unit));
  for (Operation &op : program.getBody().front()) {
    if (auto buffer = dyn_cast<BufferOp>(&op)) {
      auto offset = buffer.getOffset();
      if (!offset)
        return buffer.emitOpError() << "has no offset yet";
      if (static_cast<int64_t>(*offset) < 0 || static_cast<int64_t>(*offset + buffer.getBytes()) > size)
        return buffer.emitOpError() << "lies outside the arena of " << size << " bytes";
      addresses[buffer.getResult()] = reinterpret_cast<std::byte *>(arenaAt(static_cast<int64_t>(*offset)));
    } else if (auto constant = dyn_cast<ConstantOp>(&op)) {
      ElementsAttr value = constant.getValue();
      ArrayRef<char> bytes = nn::elementsBytes(value, cast<RankedTensorType>(value.getType()), expanded.emplace_back());
      // Kernels only read constants.
      addresses[constant.getResult()] = reinterpret_cast<std::byte *>(const_cast<char *>(bytes.data()));
    }
  }
  return success();
}

LogicalResult Executor::setInputs(ArrayRef<ArrayRef<char>> inputs) {
  size_t next = 0;
  for (auto input : program.getBody().getOps<InputOp>()) {
    const auto bytes = static_cast<size_t>(nn::byteSize(cast<RankedTensorType>(input.getType())));
    if (next == inputs.size() || inputs[next].size() != bytes)
      return input.emitOpError() << "takes " << bytes << " bytes, given "
                                 << (next == inputs.size() ? 0 : inputs[next].size());
    if (bytes > 0)
      std::memcpy(address(input.getBuffer()), inputs[next].data(), bytes);
    ++next;
  }
  if (next != inputs.size())
    return program.emitOpError() << "has " << next << " inputs, given " << inputs.size();
  return success();
}

void Executor::runLayer(LayerOp layer) {
  for (auto op : layer.getBody().getOps<CallOp>()) {
    SmallVector<std::byte *> buffers;
    for (Value v : op.getBuffers())
      buffers.push_back(address(v));
    execute(toCall(op), buffers);
  }
}

void Executor::poisonDead(int64_t layer) {
  std::vector<char> keep;
  for (auto dead : program.getBody().getOps<BufferOp>()) {
    if (dead.getLive()[1] != layer)
      continue;
    const auto first = static_cast<int64_t>(*dead.getOffset()), size = static_cast<int64_t>(dead.getBytes());
    keep.assign(static_cast<size_t>(size), 0);
    for (auto other : program.getBody().getOps<BufferOp>()) {
      if (other.getLive()[0] > layer || other.getLive()[1] <= layer)
        continue;
      const auto begin = std::clamp<int64_t>(static_cast<int64_t>(*other.getOffset()) - first, 0, size);
      const auto end =
          std::clamp<int64_t>(static_cast<int64_t>(*other.getOffset() + other.getBytes()) - first, 0, size);
      std::fill(keep.begin() + begin, keep.begin() + std::max(begin, end), 1);
    }
    for (int64_t i = 0; i < size; ++i)
      if (!keep[static_cast<size_t>(i)])
        *arenaAt(first + i) = poisonByte;
  }
}

void Executor::run(bool poison) {
  int64_t index = 0;
  if (poison)
    poisonDead(-1); // inputs that nothing reads
  for (auto layer : program.getBody().getOps<LayerOp>()) {
    runLayer(layer);
    if (poison)
      poisonDead(index);
    ++index;
  }
}

std::vector<std::vector<char>> Executor::outputs() {
  std::vector<std::vector<char>> results;
  for (auto output : program.getBody().getOps<OutputOp>()) {
    const char *p = reinterpret_cast<const char *>(address(output.getBuffer()));
    const auto bytes = static_cast<size_t>(nn::byteSize(cast<RankedTensorType>(output.getType())));
    results.emplace_back(p, p + bytes);
  }
  return results;
}

} // namespace

LogicalResult executeProgram(ProgramOp program, ArrayRef<ArrayRef<char>> inputs,
                             std::vector<std::vector<char>> &outputs, bool poison) {
  Executor executor(program);
  if (failed(executor.allocate()))
    return failure();
  if (poison)
    executor.poisonAll();
  if (failed(executor.setInputs(inputs)))
    return failure();
  executor.run(poison);
  outputs = executor.outputs();
  return success();
}

} // namespace burin::plan
