// One problem for the planners: the programs one after the other. Since nothing but what is kept outlives its program,
// and that is needed by the last one, no program can harm another in any other order.
#include "passes/lower/PlaceTogether.h"

#include "ir/nn/RowForm.h"
#include "passes/lower/Offsets.h"
#include "passes/lower/PlanRows.h"
#include "passes/memory/ArenaPlanner.h"
#include "passes/memory/CheckArena.h"
#include "passes/memory/CheckRows.h"
#include "passes/memory/RowPlacement.h"

namespace burin {
using namespace mlir;
using memory::RowAccess, memory::RowLayer, memory::RowTensor, memory::Segment;

namespace {

SmallVector<plan::BufferOp> arenaBuffers(plan::ProgramOp program) {
  SmallVector<plan::BufferOp> buffers;
  for (auto buffer : program.getBody().getOps<plan::BufferOp>())
    if (buffer.isInArena())
      buffers.push_back(buffer);
  return buffers;
}

int64_t layersOf(plan::ProgramOp program) { return plan::LayerNumbers(program).count(); }

/// A program whose buffers live as wholes, as the row-wise planner sees it: a layer for each number, and lives.
PlanRows wholeRows(plan::ProgramOp program) {
  PlanRows out;
  out.program.layers.resize(static_cast<size_t>(layersOf(program)));
  for (int l = 0; l < static_cast<int>(out.program.layers.size()); ++l)
    out.segments.push_back({l, l + 1});
  for (plan::BufferOp buffer : arenaBuffers(program)) {
    RowTensor t{.bytes = static_cast<int64_t>(buffer.getBytes()), .align = static_cast<int64_t>(buffer.getAlign())};
    t.rows = nn::rowsOf(cast<RankedTensorType>(buffer.getType())).rows;
    t.first = static_cast<int>(buffer.getLive()[0]);
    t.last = static_cast<int>(buffer.getLive()[1]);
    out.program.tensors.push_back(t);
    out.buffers.push_back(buffer);
  }
  return out;
}

PlanRows rowsOf(plan::ProgramOp program) { return program.getRowwise() ? planRows(program) : wholeRows(program); }

/// Programs one after the other as a single one.
class Sequence {
public:
  explicit Sequence(ArrayRef<plan::ProgramOp> programs) {
    for (plan::ProgramOp program : programs)
      append(rowsOf(program));
    for (int tensor : kept)
      all.tensors[tensor].last = static_cast<int>(all.layers.size()) - 1;
  }

  memory::RowProgram all;
  std::vector<Segment> segments;
  std::vector<std::pair<plan::BufferOp, int>> places; ///< every buffer's tensor

private:
  /// A layer of its own that writes `result` (-1: nothing) and reads all of `reads`.
  int addMoment(int result, ArrayRef<int> reads) {
    RowLayer layer{.result = result};
    for (int tensor : reads)
      layer.reads.push_back(RowAccess{.tensor = tensor, .span = all.tensors[tensor].rows});
    const int at = static_cast<int>(all.layers.size());
    all.layers.push_back(std::move(layer));
    segments.push_back({at, at + 1});
    return at;
  }

  void append(const PlanRows &rows);

  std::vector<int> kept; ///< tensors, by number
};

void Sequence::append(const PlanRows &rows) {
  const int layers = static_cast<int>(rows.program.layers.size());
  const bool isTrunk = places.empty();
  SmallVector<int> tensorOf, inputs, outputs, own;
  for (auto [tensor, op] : llvm::zip(rows.program.tensors, rows.buffers)) {
    plan::BufferOp buffer = op;
    if (!isTrunk && buffer.getKept()) {
      tensorOf.push_back(kept[*buffer.getKept()]);
      outputs.push_back(tensorOf.back());
    } else {
      tensorOf.push_back(static_cast<int>(all.tensors.size()));
      own.push_back(static_cast<int>(tensorOf.size()) - 1);
      all.tensors.push_back(tensor);
      if (tensor.first < 0)
        inputs.push_back(tensorOf.back());
      if (tensor.last >= layers)
        outputs.push_back(tensorOf.back());
      if (buffer.getKept()) {
        kept.resize(std::max<size_t>(kept.size(), *buffer.getKept() + 1), -1);
        kept[*buffer.getKept()] = tensorOf.back();
      }
    }
    places.emplace_back(buffer, tensorOf.back());
  }
  // The caller writes the inputs, in any order: each has to be there when the last one is.
  for (int tensor : inputs)
    all.tensors[tensor].first = addMoment(tensor, {});
  addMoment(-1, inputs);
  const int base = static_cast<int>(all.layers.size());
  for (RowLayer layer : rows.program.layers) {
    layer.result = layer.result < 0 ? -1 : tensorOf[layer.result];
    for (RowAccess &read : layer.reads)
      read.tensor = tensorOf[read.tensor];
    all.layers.push_back(std::move(layer));
  }
  for (Segment segment : rows.segments)
    segments.push_back({base + segment.begin, base + segment.end});
  const int end = addMoment(-1, outputs); // and reads the outputs
  for (int index : own) {
    RowTensor &tensor = all.tensors[tensorOf[index]];
    const RowTensor &from = rows.program.tensors[index];
    tensor.first = from.first < 0 ? tensor.first : base + from.first;
    tensor.last = from.last >= layers ? end : base + from.last; // -1: until the inputs are there
  }
}

/// Sets each program's `arena`, the end of what it uses, and what no arena for it alone can be below.
void noteNeeds(plan::ProgramOp program) {
  memory::Problem problem;
  int64_t end = 0;
  for (plan::BufferOp buffer : arenaBuffers(program)) {
    end = std::max(end, static_cast<int64_t>(*buffer.getOffset() + buffer.getBytes()));
    problem.buffers.push_back({static_cast<int64_t>(buffer.getBytes()), static_cast<int64_t>(buffer.getAlign()),
                               static_cast<int>(buffer.getLive()[0]), static_cast<int>(buffer.getLive()[1])});
  }
  int64_t bound = 0;
  if (program.getRowwise()) {
    const PlanRows rows = planRows(program);
    bound =
        rows.segments.empty() ? 0 : memory::peakBytes(rows.program, memory::livesDuring(rows.program, rows.segments));
  } else {
    bound = memory::planArena(problem, /*searchBudget=*/0).lowerBound;
  }
  program.setArena(end);
  program.setBound(bound);
  program.setOptimal(end == bound);
}

/// Whole buffers: intervals of layer numbers, program behind program.
std::vector<std::string> placeWholes(ArrayRef<plan::ProgramOp> programs) {
  memory::Problem problem;
  std::vector<std::pair<plan::BufferOp, size_t>> places;
  std::vector<size_t> kept;
  int64_t base = 0;
  for (plan::ProgramOp program : programs) {
    const int64_t shift = base + 1; // number -1 is that of the inputs
    for (plan::BufferOp buffer : arenaBuffers(program)) {
      if (buffer.getKept() && program != programs.front()) {
        places.emplace_back(buffer, kept[*buffer.getKept()]);
        continue;
      }
      places.emplace_back(buffer, problem.buffers.size());
      if (buffer.getKept()) {
        kept.resize(std::max<size_t>(kept.size(), *buffer.getKept() + 1));
        kept[*buffer.getKept()] = problem.buffers.size();
      }
      problem.buffers.push_back({static_cast<int64_t>(buffer.getBytes()), static_cast<int64_t>(buffer.getAlign()),
                                 static_cast<int>(shift + buffer.getLive()[0]),
                                 static_cast<int>(shift + buffer.getLive()[1])});
    }
    base += layersOf(program) + 2;
  }
  for (size_t index : kept)
    problem.buffers[index].last = static_cast<int>(base);
  const memory::Solution solution = memory::planArena(problem);
  for (auto [buffer, index] : places)
    buffer.setOffset(solution.offsets[index]);
  return memory::checkArena(problem, solution);
}

std::vector<std::string> placeByRows(ArrayRef<plan::ProgramOp> programs) {
  Sequence sequence(programs);
  const memory::RowPlacement placement =
      memory::placeRows(sequence.all, sequence.segments, placementRounds(sequence.all.tensors.size()));
  for (auto [buffer, tensor] : sequence.places)
    buffer.setOffset(placement.offsets[tensor]);
  return memory::checkRows(sequence.all, sequence.segments, placement.offsets, placement.bytes);
}

} // namespace

LogicalResult placeTogether(ArrayRef<plan::ProgramOp> programs) {
  const bool byRows = llvm::any_of(programs, [](plan::ProgramOp p) { return p.getRowwise(); });
  std::vector<std::string> violations = byRows ? placeByRows(programs) : placeWholes(programs);
  for (plan::ProgramOp program : programs) {
    for (std::string wrong : {wrongLifetime(program), program.getRowwise() ? wrongRows(program) : ""})
      if (!wrong.empty())
        violations.push_back(std::move(wrong));
    if (!violations.empty())
      return program.emitError("BRN1701: the memory plan failed its check: ") << violations.front();
    noteNeeds(program);
    assignState(program);
    if (failed(checkArenaSize(program)))
      return failure();
  }
  return success();
}

} // namespace burin
