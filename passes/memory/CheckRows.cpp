#include "passes/memory/CheckRows.h"

#include <fmt/format.h>

namespace burin::memory {
namespace {

/// The arena, with a mark on every byte: which row of which tensor it holds.
class MarkedMemory {
public:
  MarkedMemory(const RowProgram &program, const std::vector<int64_t> &offsets, int64_t bytes)
      : program(program), offsets(offsets), marks(static_cast<size_t>(bytes), 0) {
    uint32_t mark = 1;
    for (const RowTensor &t : program.tensors) {
      firstMark.push_back(mark);
      mark += static_cast<uint32_t>(t.rows);
    }
  }

  int64_t placeOf(int tensor, int64_t row) const {
    const RowTensor &t = program.tensors[tensor];
    const int64_t slot = t.ring > 0 ? row - row / t.ring * t.ring : row;
    return offsets[tensor] + slot * (t.bytes / t.rows);
  }
  void write(int tensor, int64_t row) {
    const int64_t place = placeOf(tensor, row), size = program.tensors[tensor].bytes / program.tensors[tensor].rows;
    for (int64_t i = place; i < place + size; ++i)
      marks[static_cast<size_t>(i)] = firstMark[tensor] + static_cast<uint32_t>(row);
  }
  bool holds(int tensor, int64_t row) const {
    const int64_t place = placeOf(tensor, row), size = program.tensors[tensor].bytes / program.tensors[tensor].rows;
    for (int64_t i = place; i < place + size; ++i)
      if (marks[static_cast<size_t>(i)] != firstMark[tensor] + static_cast<uint32_t>(row))
        return false;
    return true;
  }
  void writeAll(int tensor) {
    for (int64_t r = 0; r < program.tensors[tensor].rows; ++r)
      write(tensor, r);
  }

private:
  const RowProgram &program;
  const std::vector<int64_t> &offsets;
  std::vector<uint32_t> marks, firstMark;
};

class Checker {
public:
  Checker(const RowProgram &program, const std::vector<Segment> &segments, const std::vector<int64_t> &offsets,
          int64_t bytes)
      : program(program), segments(segments), offsets(offsets), bytes(bytes) {}

  std::vector<std::string> run();

private:
  void complain(std::string text) {
    if (wrong.size() < 8)
      wrong.push_back(std::move(text));
  }
  bool placesAreRight();
  bool segmentsAreRight();
  void runSegment(const Segment &segment, MarkedMemory &memory);
  void runStream(const Segment &segment, MarkedMemory &memory);
  void takeTurn(int layer, int64_t turn, bool allAtOnce, MarkedMemory &memory);
  void begin(int layer, bool inStream, MarkedMemory &memory);
  void end(int layer, bool inStream, MarkedMemory &memory);
  void checkScratch(int layer, const MarkedMemory &memory);
  bool lacksRows(const Segment &segment, const std::vector<int64_t> &taken, int reader, const RowAccess &access) const;
  bool isUsed(const RowTensor &t, bool inStream) const {
    return t.bytes > 0 && (t.neededBy == NeededBy::Both || (t.neededBy == NeededBy::Stream) == inStream);
  }

  const RowProgram &program;
  const std::vector<Segment> &segments;
  const std::vector<int64_t> &offsets;
  int64_t bytes;
  std::vector<std::string> wrong;
};

bool Checker::placesAreRight() {
  if (offsets.size() != program.tensors.size())
    complain(fmt::format("{} offsets for {} tensors", offsets.size(), program.tensors.size()));
  for (size_t t = 0; t < program.tensors.size() && wrong.empty(); ++t) {
    const RowTensor &tensor = program.tensors[t];
    if (tensor.bytes < 0 || tensor.rows < 1 || tensor.bytes % tensor.rows != 0 || tensor.ring < 0 ||
        tensor.ring > tensor.rows || tensor.block < 1 || tensor.ring % tensor.block != 0 || tensor.align < 1)
      complain(fmt::format("tensor {} is invalid", t));
    else if (offsets[t] < 0 || offsets[t] % tensor.align != 0)
      complain(fmt::format("tensor {} at {} isn't aligned to {}", t, offsets[t], tensor.align));
    else if (const int64_t kept = tensor.ring > 0 ? tensor.bytes / tensor.rows * tensor.ring : tensor.bytes;
             offsets[t] + kept > bytes)
      complain(
          fmt::format("tensor {} at {} with {} bytes leads beyond the arena of {} bytes", t, offsets[t], kept, bytes));
  }
  return wrong.empty();
}

bool Checker::segmentsAreRight() {
  int next = 0;
  for (const Segment &s : segments) {
    if (s.begin != next || s.end <= s.begin || s.end > static_cast<int>(program.layers.size()))
      complain(fmt::format("segment {}..{} doesn't follow layer {}", s.begin, s.end, next));
    next = s.end;
  }
  if (next != static_cast<int>(program.layers.size()))
    complain("the segments don't cover all layers");
  return wrong.empty();
}

/// What is alive as a whole while layer `layer` runs, and first does so there.
void Checker::begin(int layer, bool inStream, MarkedMemory &memory) {
  for (size_t t = 0; t < program.tensors.size(); ++t)
    if (const RowTensor &tensor = program.tensors[t];
        !tensor.rowwise && tensor.first == layer && isUsed(tensor, inStream))
      memory.writeAll(static_cast<int>(t));
}

void Checker::end(int layer, bool inStream, MarkedMemory &memory) {
  std::vector<char> isRead(program.tensors.size(), 0);
  for (size_t l = 0; l < program.layers.size(); ++l)
    for (const RowAccess &access : program.layers[l].reads)
      isRead[static_cast<size_t>(access.tensor)] |= static_cast<int>(l) >= layer;
  if (layer < static_cast<int>(program.layers.size()) && program.layers[layer].result >= 0)
    isRead[static_cast<size_t>(program.layers[layer].result)] = 1; // written last: nobody needs it
  for (size_t t = 0; t < program.tensors.size(); ++t) {
    const RowTensor &tensor = program.tensors[t];
    const bool isScratch = inStream && !tensor.rowwise && tensor.first == tensor.last; // checked turn by turn
    if (tensor.last != layer || !isUsed(tensor, inStream) || (tensor.rowwise && isRead[t]) || tensor.ring > 0 ||
        isScratch)
      continue; // what is read is checked where it is read
    for (int64_t r = 0; r < tensor.rows; ++r)
      if (!memory.holds(static_cast<int>(t), r)) {
        complain(fmt::format("row {} of tensor {} is lost before the end of its life behind layer {}", r, t, layer));
        break;
      }
  }
}

void Checker::takeTurn(int l, int64_t turn, bool allAtOnce, MarkedMemory &memory) {
  const RowLayer &layer = program.layers[l];
  const auto forTransient = [&](auto visit) {
    for (size_t t = 0; t < program.tensors.size(); ++t)
      if (const RowTensor &tensor = program.tensors[t];
          tensor.transient && tensor.first == l && !allAtOnce && isUsed(tensor, true))
        visit(static_cast<int>(t));
  };
  forTransient([&](int t) { memory.writeAll(t); });
  const auto forRows = [&](const RowAccess &access, auto visit) {
    const int64_t rows = program.tensors[access.tensor].rows;
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t inWindow = r - (turn * access.stride + access.first);
      if (program.tensors[access.tensor].bytes > 0 && (allAtOnce || (inWindow >= 0 && inWindow < access.span)))
        visit(r);
    }
  };
  const auto lost = [&](const RowAccess &access, int64_t row, const char *when) {
    complain(fmt::format("turn {} of layer {} {} row {} of tensor {}, which isn't there", turn, l, when, row,
                         access.tensor));
  };
  for (const RowAccess &access : layer.reads)
    forRows(access, [&](int64_t r) {
      if (!memory.holds(access.tensor, r))
        lost(access, r, "reads");
    });
  int64_t firstWritten = 0, lastWritten = -1;
  if (layer.result >= 0 && program.tensors[layer.result].bytes > 0) {
    const bool all = allAtOnce || (layer.accumulates && turn + 1 == layer.turns);
    if (all)
      lastWritten = program.tensors[layer.result].rows - 1;
    else if (!layer.accumulates) {
      firstWritten = turn * layer.made;
      lastWritten = std::min(firstWritten + layer.made, program.tensors[layer.result].rows) - 1;
    }
    for (int64_t r = firstWritten; r <= lastWritten; ++r)
      memory.write(layer.result, r);
  }
  for (const RowAccess &access : layer.reads)
    forRows(access, [&](int64_t r) {
      const bool written = r >= firstWritten && r <= lastWritten;
      const bool mayBeGone =
          access.overwritable && written && memory.placeOf(access.tensor, r) == memory.placeOf(layer.result, r);
      if (!mayBeGone && !memory.holds(access.tensor, r))
        lost(access, r, "writes over");
    });
  forTransient([&](int t) {
    if (!memory.holds(t, 0))
      complain(fmt::format("turn {} of layer {} writes over its scratch {}", turn, l, t));
  });
  for (int64_t r = firstWritten; r <= lastWritten; ++r)
    if (!memory.holds(layer.result, r))
      complain(fmt::format("row {} of tensor {} is written over by its own layer", r, layer.result));
}

bool Checker::lacksRows(const Segment &segment, const std::vector<int64_t> &taken, int reader,
                        const RowAccess &access) const {
  for (int l = segment.begin; l < segment.end; ++l) {
    const RowLayer &producer = program.layers[l];
    if (producer.result != access.tensor || taken[l - segment.begin] == producer.turns)
      continue;
    const int64_t there = producer.accumulates ? 0 : taken[l - segment.begin] * producer.made;
    const int64_t lastRow = std::min(taken[reader - segment.begin] * access.stride + access.first + access.span,
                                     program.tensors[access.tensor].rows);
    if (there < lastRow)
      return true;
  }
  return false;
}

void Checker::runStream(const Segment &segment, MarkedMemory &memory) {
  std::vector<int64_t> taken(static_cast<size_t>(segment.end - segment.begin), 0);
  const auto isReady = [&](int l) {
    const RowLayer &layer = program.layers[l];
    bool ready = taken[l - segment.begin] < layer.turns;
    for (const RowAccess &access : layer.reads)
      ready = ready && !lacksRows(segment, taken, l, access);
    bool wanted = !layer.lazy;
    for (int other = segment.begin; other < segment.end && ready && !wanted; ++other)
      for (const RowAccess &access : program.layers[other].reads)
        wanted |= access.tensor == layer.result && taken[other - segment.begin] < program.layers[other].turns &&
                  lacksRows(segment, taken, other, access);
    return ready && wanted;
  };
  const auto isOver = [&] {
    for (int l = segment.begin; l < segment.end; ++l) {
      const int result = program.layers[l].result;
      if ((result < 0 || program.tensors[result].ring == 0) && taken[l - segment.begin] < program.layers[l].turns)
        return false;
    }
    return true;
  };
  while (!isOver() && wrong.empty()) {
    int next = segment.end - 1;
    while (next >= segment.begin && !isReady(next))
      --next;
    if (next < segment.begin)
      return complain(fmt::format("the stream of layers {}..{} comes to a halt", segment.begin, segment.end));
    const int64_t turn = taken[next - segment.begin]++;
    if (turn == 0)
      begin(next, true, memory);
    else
      checkScratch(next, memory);
    takeTurn(next, turn, false, memory);
  }
}

/// What a layer of a stream keeps from turn to turn.
void Checker::checkScratch(int layer, const MarkedMemory &memory) {
  for (size_t t = 0; t < program.tensors.size(); ++t) {
    const RowTensor &tensor = program.tensors[t];
    if (!tensor.rowwise && tensor.first == layer && tensor.last == layer && isUsed(tensor, true) && !tensor.transient &&
        !memory.holds(static_cast<int>(t), 0))
      complain(fmt::format("scratch {} of layer {} is lost between its turns", t, layer));
  }
}

void Checker::runSegment(const Segment &segment, MarkedMemory &memory) {
  if (segment.isStream()) {
    for (int l = segment.begin; l < segment.end; ++l)
      if (!program.layers[l].streamable)
        complain(fmt::format("layer {} can't be part of a stream", l));
    runStream(segment, memory);
    for (int l = segment.begin; l < segment.end; ++l)
      end(l, true, memory);
    return;
  }
  const RowLayer &layer = program.layers[segment.begin];
  begin(segment.begin, false, memory);
  if (!layer.inOrder)
    takeTurn(segment.begin, 0, true, memory);
  for (int64_t turn = 0; layer.inOrder && turn < layer.turns; ++turn)
    takeTurn(segment.begin, turn, false, memory);
  end(segment.begin, false, memory);
}

std::vector<std::string> Checker::run() {
  if (!placesAreRight() || !segmentsAreRight())
    return wrong;
  MarkedMemory memory(program, offsets, bytes);
  for (size_t t = 0; t < program.tensors.size(); ++t)
    if (program.tensors[t].first < 0 && program.tensors[t].bytes > 0)
      memory.writeAll(static_cast<int>(t));
  for (const Segment &segment : segments)
    if (wrong.empty())
      runSegment(segment, memory);
  if (wrong.empty())
    end(static_cast<int>(program.layers.size()), false, memory);
  return wrong;
}

} // namespace

std::vector<std::string> checkRows(const RowProgram &program, const std::vector<Segment> &segments,
                                   const std::vector<int64_t> &offsets, int64_t bytes) {
  return Checker(program, segments, offsets, bytes).run();
}

} // namespace burin::memory
