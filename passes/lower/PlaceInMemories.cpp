#include "passes/lower/PlaceInMemories.h"

#include "ir/nn/Types.h"
#include "passes/lower/PlaceBuffers.h"

#include <limits>

namespace burin {
using namespace mlir;

namespace {

constexpr int mostSearches = 24; ///< of placements that aren't known to be impossible, and that greed doesn't find
constexpr int64_t unlimited = std::numeric_limits<int64_t>::max();

int64_t aligned(int64_t bytes, int64_t align) {
  return static_cast<int64_t>(llvm::alignTo(static_cast<uint64_t>(bytes), static_cast<uint64_t>(align)));
}

/// What a memory holds. Of one for RAM, buffers.
struct Part {
  const plan::Memory *memory = nullptr;
  int64_t room = 0; ///< for buffers or tables
  int64_t used = 0; ///< by other things than buffers
  bool hasState = false;
  llvm::BitVector buffers = {};
  BufferPlacement placement = {};
  ArrayAttr proof = {}; ///< names
};

/// Divides the buffers among the parts.
class Division {
public:
  Division(plan::ProgramOp program, const BufferPlacer &placer, SmallVectorImpl<Part> &parts)
      : placer(placer), parts(parts), align(plan::alignmentOf(program)) {
    const plan::Accesses accesses(program);
    for (unsigned i = 0; i < placer.buffers().size(); ++i)
      order.push_back(i);
    llvm::stable_sort(order, [&](unsigned a, unsigned b) {
      return accesses.perByte(placer.buffers()[a]) > accesses.perByte(placer.buffers()[b]);
    });
  }

  /// The buffers that find no place; none if all do.
  SmallVector<unsigned> divide() {
    SmallVector<unsigned> first;
    llvm::BitVector isPromoted(static_cast<unsigned>(order.size()));
    while (true) {
      SmallVector<unsigned> left = placeInOrder();
      if (first.empty())
        first = left;
      if (left.empty() || isPromoted[left.front()])
        return left.empty() ? left : first;
      isPromoted.set(left.front());
      auto *at = llvm::find(order, left.front());
      std::rotate(order.begin(), at, at + 1);
    }
  }

private:
  SmallVector<unsigned> placeInOrder() {
    SmallVector<unsigned> left;
    for (Part &part : parts)
      part.buffers = llvm::BitVector(static_cast<unsigned>(order.size()));
    for (unsigned buffer : order)
      if (llvm::none_of(parts, [&](Part &part) { return takes(part, buffer); }))
        left.push_back(buffer);
    return left;
  }

  /// Whether the part takes the buffer to those that it has. One without bytes, which is accessed least, goes where
  /// others are: a part of nothing else would have no type in C.
  bool takes(Part &part, unsigned number) {
    plan::BufferOp buffer = placer.buffers()[number];
    const auto bytes = static_cast<int64_t>(buffer.getBytes());
    if (bytes == 0 && part.buffers.none())
      return false;
    part.buffers.set(number);
    if (bytes <= part.room && fits(part))
      return true;
    part.buffers.reset(number);
    return false;
  }

  bool fits(const Part &part) {
    if (part.room == unlimited)
      return true;
    const int64_t room = part.room / align * align;
    const BufferPlacement greedy = placer.place(part.buffers, PlacementEffort::Greedy);
    if (greedy.bytes <= room || greedy.bound > room || greedy.optimal || searches == mostSearches)
      return greedy.bytes <= room;
    ++searches;
    return placer.place(part.buffers, PlacementEffort::Search).bytes <= room;
  }

  const BufferPlacer &placer;
  SmallVectorImpl<Part> &parts;
  SmallVector<unsigned> order;
  int64_t align;
  int searches = 0;
};

class MemoryPlacer {
public:
  MemoryPlacer(plan::ProgramOp program, ArrayRef<plan::Memory> memories, int64_t planTime, MemoryShortage &shortage)
      : program(program), planTime(planTime), shortage(shortage), align(plan::alignmentOf(program)) {
    for (const plan::Memory &memory : memories)
      (memory.forConstants ? tables : ram).push_back({.memory = &memory, .room = memory.bytes});
  }

  LogicalResult run() {
    if ((!ram.empty() && failed(placeRam())) || (!tables.empty() && failed(placeTables())))
      return failure();
    writeMemories();
    return success();
  }

private:
  LogicalResult placeRam();
  bool placeState();
  bool placeWhole();
  LogicalResult divide();
  LogicalResult placeTables();
  void measureShortage(const BufferPlacer &placer);
  void writeMemories();

  plan::ProgramOp program;
  int64_t planTime;
  MemoryShortage &shortage;
  int64_t align;
  SmallVector<Part, 4> ram, tables;
};

/// What lives between two runs, the state and the counters of rows, lies in the first memory that has room for it.
bool MemoryPlacer::placeState() {
  const int64_t bytes = plan::ramOf(program) - aligned(static_cast<int64_t>(program.getArena()), align);
  if (bytes == 0)
    return true;
  auto *part = llvm::find_if(ram, [&](const Part &p) { return p.room >= bytes; });
  if (part == ram.end()) {
    shortage.state = true;
    shortage.missingBytes = bytes - ram.back().room;
    return false;
  }
  part->hasState = true;
  part->used += bytes;
  part->room -= bytes;
  return true;
}

/// Whether the arena as it is has room in the first memory, and what lives between two runs somewhere beside it.
bool MemoryPlacer::placeWhole() {
  Part &first = ram.front();
  const int64_t bytes = aligned(static_cast<int64_t>(program.getArena()), align);
  if (bytes > first.room)
    return false;
  first.room -= bytes;
  if (!placeState()) {
    first.room += bytes;
    return false;
  }
  first.placement.bytes = static_cast<int64_t>(program.getArena());
  first.placement.bound = static_cast<int64_t>(program.getBound());
  first.placement.optimal = program.getOptimal();
  first.proof = program.getProofAttr();
  for (auto buffer : program.getBody().getOps<plan::BufferOp>())
    if (buffer.isInArena())
      buffer.setMemory(0);
  return true;
}

LogicalResult MemoryPlacer::placeRam() {
  if (placeWhole())
    return success();
  shortage = {};
  return success(placeState() && succeeded(divide()));
}

/// How much larger the last memory has to be: it takes what the others don't.
void MemoryPlacer::measureShortage(const BufferPlacer &placer) {
  const int64_t room = ram.back().room;
  ram.back().room = unlimited;
  Division(program, placer, ram).divide();
  ram.back().room = room;
  const BufferPlacement all = placer.place(ram.back().buffers, PlacementEffort::Search);
  shortage.missingBytes = std::max<int64_t>(1, aligned(all.bytes, align) - room);
}

LogicalResult MemoryPlacer::divide() {
  const BufferPlacer placer(program, planTime);
  const SmallVector<unsigned> left = Division(program, placer, ram).divide();
  if (!left.empty()) {
    for (unsigned buffer : left)
      shortage.buffers.push_back(placer.buffers()[buffer]);
    measureShortage(placer);
    return failure();
  }
  int64_t arena = 0, bound = 0;
  bool optimal = true;
  for (auto [number, part] : llvm::enumerate(ram)) {
    part.placement = placer.place(part.buffers, PlacementEffort::Complete);
    if (const std::string wrong = placer.check(part.buffers, part.placement); !wrong.empty())
      return program.emitError("BRN1701: the plan of memory ") << part.memory->name << " failed its check: " << wrong;
    for (unsigned i : part.buffers.set_bits()) {
      plan::BufferOp buffer = placer.buffers()[i];
      buffer.setMemory(number);
      buffer.setOffset(part.placement.offsets[i]);
    }
    SmallVector<Attribute> proof;
    for (int index : part.placement.proof)
      proof.push_back(plan::BufferOp(placer.buffers()[index]).getNameAttr());
    if (!proof.empty())
      part.proof = ArrayAttr::get(program.getContext(), proof);
    arena += aligned(part.placement.bytes, align);
    bound += part.placement.bound;
    optimal &= part.placement.optimal;
  }
  program.setArena(arena);
  program.setBound(bound);
  program.setOptimal(optimal);
  program.removeProofAttr();
  return success();
}

LogicalResult MemoryPlacer::placeTables() {
  const plan::Accesses accesses(program);
  SmallVector<plan::ConstantOp> order(program.getBody().getOps<plan::ConstantOp>());
  llvm::stable_sort(order, [&](plan::ConstantOp a, plan::ConstantOp b) {
    return accesses.of(a.getResult()) > accesses.of(b.getResult());
  });
  int64_t missing = 0;
  for (plan::ConstantOp table : order) {
    auto type = cast<RankedTensorType>(table.getType());
    const int64_t unit = std::max<int64_t>(4, nn::elementBytes(type.getElementType()));
    const int64_t bytes = aligned(nn::byteSize(type), unit) + (unit > 4 ? unit - 4 : 0);
    auto *part = llvm::find_if(tables, [&](const Part &p) { return p.room >= bytes; });
    if (part == tables.end()) {
      shortage.tables.push_back(table);
      missing += bytes;
      continue;
    }
    part->room -= bytes;
    part->used += bytes;
    table.setMemory(ram.size() + static_cast<size_t>(part - tables.begin()));
  }
  shortage.missingBytes = missing - (missing > 0 ? tables.back().room : 0);
  return success(missing == 0);
}

void MemoryPlacer::writeMemories() {
  Builder b(program.getContext());
  SmallVector<Attribute> memories;
  for (const Part &part : llvm::concat<Part>(ram, tables)) {
    const BufferPlacement &p = part.placement;
    memories.push_back(plan::MemoryAttr::get(b.getContext(), part.memory->name, part.memory->bytes, part.memory->isSlow,
                                             part.memory->forConstants, part.used + aligned(p.bytes, align), p.bytes,
                                             p.bound, p.optimal, part.hasState, part.proof));
  }
  program.setMemoriesAttr(b.getArrayAttr(memories));
}

} // namespace

LogicalResult placeInMemories(plan::ProgramOp program, ArrayRef<plan::Memory> memories, int64_t planTime,
                              MemoryShortage &shortage) {
  return MemoryPlacer(program, memories, planTime, shortage).run();
}

} // namespace burin
