#include "passes/memory/RowLives.h"

#include "ir/plan/StreamOrder.h"

#include <algorithm>
#include <limits>

namespace burin::memory {
namespace {

constexpr int64_t never = std::numeric_limits<int64_t>::min();

/// Rows [begin, end) of a tensor.
struct Range {
  int64_t begin, end;
};
/// Those that a turn reads.
Range rowsRead(const RowProgram &program, const RowAccess &read, int64_t turn) {
  const int64_t rows = program.tensors[read.tensor].rows, first = turn * read.stride + read.first;
  return {std::clamp<int64_t>(first, 0, rows), std::clamp<int64_t>(first + read.span, 0, rows)};
}

/// Those of its result that a turn of a layer writes.
Range rowsWritten(const RowProgram &program, const RowLayer &layer, int64_t turn) {
  if (layer.result < 0)
    return {0, 0};
  const int64_t rows = program.tensors[layer.result].rows;
  if (layer.accumulates)
    return {0, turn + 1 == layer.turns ? rows : 0};
  return {turn * layer.made, std::min((turn + 1) * layer.made, rows)};
}

/// The layers of a stream as its order sees them.
std::vector<plan::StreamTurn> orderOf(const RowProgram &program, const Segment &segment) {
  std::vector<plan::StreamLayer> layers;
  for (int l = segment.begin; l < segment.end; ++l) {
    const RowLayer &layer = program.layers[l];
    plan::StreamLayer s{.turns = layer.turns, .made = layer.made, .accumulates = layer.accumulates, .lazy = layer.lazy};
    s.complete = layer.result < 0 || program.tensors[layer.result].ring == 0;
    for (const RowAccess &read : layer.reads)
      for (int producer = segment.begin; producer < l; ++producer)
        if (program.layers[producer].result == read.tensor)
          s.reads.push_back(
              {producer - segment.begin, read.stride, read.first, read.span, program.tensors[read.tensor].rows});
    layers.push_back(std::move(s));
  }
  std::vector<plan::StreamTurn> order = plan::streamOrder(layers);
  for (plan::StreamTurn &turn : order)
    turn.layer += segment.begin;
  return order;
}

/// Collects the lives of rows while turns pass.
class Clock {
public:
  Clock(const RowProgram &program, const std::vector<Segment> &segments)
      : program(program), begin(segments.front().begin), end(segments.back().end), births(program.tensors.size()),
        deaths(program.tensors.size()), started(program.layers.size(), never), ended(program.layers.size(), never),
        streams(program.layers.size(), 0), turns(program.layers.size()), lastReader(program.tensors.size(), -1),
        writer(program.tensors.size(), -1) {
    for (int l = 0; l < static_cast<int>(program.layers.size()); ++l) {
      const RowLayer &layer = program.layers[l];
      if (layer.result >= 0)
        writer[layer.result] = l;
      for (const RowAccess &read : layer.reads)
        lastReader[read.tensor] = std::max(lastReader[read.tensor], l);
    }
    for (const Segment &segment : segments)
      run(segment);
  }

  Lives lives() {
    Lives out;
    out.end = now;
    out.of.resize(program.tensors.size());
    for (size_t t = 0; t < program.tensors.size(); ++t) {
      const RowTensor &tensor = program.tensors[t];
      if (tensor.bytes == 0 || (tensor.last < begin && !isWrittenBefore(tensor)) || tensor.first >= end)
        continue;
      if (tensor.rowwise)
        addRows(out.of[t], static_cast<int>(t));
      else if (tensor.neededBy == NeededBy::Both ||
               (tensor.neededBy == NeededBy::Stream) == static_cast<bool>(streams[tensor.first]))
        addWhole(out.of[t], tensor);
    }
    return out;
  }

private:
  /// The caller writes an input before the first layer, whether or not it is read.
  bool isWrittenBefore(const RowTensor &tensor) const { return tensor.first < 0 && begin == 0; }
  int64_t startOf(int layer) const { return layer < begin ? -1 : started[layer]; }
  int64_t endOf(int layer) const { return layer >= end ? now : layer < begin ? -1 : ended[layer]; }

  void run(const Segment &segment) {
    if (segment.isStream()) {
      std::fill(streams.begin() + segment.begin, streams.begin() + segment.end, 1);
      for (const plan::StreamTurn &turn : orderOf(program, segment))
        take(turn.layer, turn.turn);
      return;
    }
    const RowLayer &layer = program.layers[segment.begin];
    if (!layer.inOrder)
      takeAll(segment.begin);
    for (int64_t turn = 0; layer.inOrder && turn < layer.turns; ++turn)
      take(segment.begin, turn);
  }

  std::vector<int64_t> &rowsOf(std::vector<std::vector<int64_t>> &times, int tensor) {
    if (times[tensor].empty())
      times[tensor].assign(static_cast<size_t>(program.tensors[tensor].rows), never);
    return times[tensor];
  }
  void read(int tensor, Range rows, int64_t time) {
    std::vector<int64_t> &death = rowsOf(deaths, tensor);
    for (int64_t r = rows.begin; r < rows.end; ++r)
      death[r] = std::max(death[r], time);
  }
  void write(int tensor, Range rows, int64_t time) {
    std::vector<int64_t> &birth = rowsOf(births, tensor);
    for (int64_t r = rows.begin; r < rows.end; ++r)
      birth[r] = time;
    read(tensor, rows, time);
  }
  void pass(int layer) {
    if (started[layer] == never)
      started[layer] = now;
    now += 2;
    ended[layer] = now - 1;
  }

  void take(int l, int64_t turn) {
    const RowLayer &layer = program.layers[l];
    const int64_t time = now;
    turns[l].push_back(time);
    pass(l);
    const Range written = rowsWritten(program, layer, turn);
    for (const RowAccess &access : layer.reads) {
      const Range rows = rowsRead(program, access, turn);
      const bool givesUp = access.overwritable && rows.begin == written.begin && rows.end == written.end;
      read(access.tensor, rows, givesUp ? time : time + 1);
    }
    if (layer.result >= 0)
      write(layer.result, written, time + 1);
  }

  void takeAll(int l) {
    const RowLayer &layer = program.layers[l];
    const int64_t time = now;
    pass(l);
    for (const RowAccess &access : layer.reads)
      read(access.tensor, {0, program.tensors[access.tensor].rows}, access.overwritable ? time : time + 1);
    if (layer.result >= 0)
      write(layer.result, {0, program.tensors[layer.result].rows}, time + 1);
  }

  void addWhole(std::vector<Life> &out, const RowTensor &tensor) const {
    if (!tensor.transient)
      return out.push_back({0, tensor.bytes, startOf(tensor.first), endOf(tensor.last)});
    for (int64_t time : turns[tensor.first])
      if (!out.empty() && out.back().to + 1 == time)
        out.back().to = time + 1;
      else
        out.push_back({0, tensor.bytes, time, time + 1});
  }

  void addRows(std::vector<Life> &out, int t) {
    const RowTensor &tensor = program.tensors[t];
    const int64_t bytes = tensor.rowBytes();
    const bool isWritten = writer[t] >= begin && writer[t] < end;
    // Alive to the end: somebody reads it later, or it is kept for longer than it is read.
    const bool lasts = lastReader[t] >= end || tensor.last >= end;
    const int64_t kept = !lasts && tensor.last > std::max(lastReader[t], writer[t]) ? endOf(tensor.last) : never;
    const std::vector<int64_t> &birth = rowsOf(births, t), &death = rowsOf(deaths, t);
    for (int64_t r = 0; r < tensor.rows; ++r) {
      if (isWritten && birth[r] == never)
        continue; // nobody needs this row
      const int64_t from = isWritten ? birth[r] : -1;
      int64_t to = lasts ? now : std::max(death[r], kept);
      if (isWrittenBefore(tensor))
        to = std::max<int64_t>(to, -1);
      if (to == never)
        continue; // dead before
      const int64_t lo = (tensor.ring == 0 ? r : r % tensor.ring) * bytes;
      // Rows that live and die together are one.
      if (!out.empty() && out.back().hi == lo && out.back().from == from && out.back().to == to && from == -1 && lasts)
        out.back().hi = lo + bytes;
      else
        out.push_back({lo, lo + bytes, from, to, r});
    }
  }

  const RowProgram &program;
  int begin, end;
  int64_t now = 0;
  std::vector<std::vector<int64_t>> births, deaths; ///< per tensor and row
  std::vector<int64_t> started, ended;              ///< per layer
  std::vector<char> streams;                        ///< per layer: whether it is part of one
  std::vector<std::vector<int64_t>> turns;          ///< per layer: when it takes them
  std::vector<int> lastReader, writer;              ///< per tensor
};

/// The rows that a ring for these lives needs: a multiple of `block`.
int64_t ringRows(const std::vector<Life> &lives, int64_t block) {
  int64_t rows = 1;
  std::vector<int64_t> latest; // death of any row up to this one
  for (const Life &life : lives) {
    latest.push_back(std::max(life.to, latest.empty() ? never : latest.back()));
    const auto oldest = std::lower_bound(latest.begin(), latest.end(), life.from) - latest.begin();
    rows = std::max(rows, life.row - lives[static_cast<size_t>(oldest)].row + 1);
  }
  return (rows + block - 1) / block * block;
}

/// The tensors that nobody but the stream writes and reads.
std::vector<int> innerTensors(const RowProgram &program, const Segment &segment) {
  std::vector<int> inner;
  for (int l = segment.begin; l < segment.end; ++l) {
    const RowLayer &layer = program.layers[l];
    if (layer.result < 0 || layer.accumulates)
      continue;
    const RowTensor &tensor = program.tensors[layer.result];
    if (tensor.rowwise && tensor.bytes > 0 && tensor.first >= segment.begin && tensor.last < segment.end &&
        tensor.rows > 1 && tensor.last > l)
      inner.push_back(layer.result);
  }
  return inner;
}

/// The layers that feed one with several producers in the stream.
std::vector<int> branchLayers(const RowProgram &program, const Segment &segment) {
  auto producer = [&](int tensor) {
    for (int l = segment.begin; l < segment.end; ++l)
      if (program.layers[l].result == tensor)
        return l;
    return -1;
  };
  std::vector<int> branches;
  for (int l = segment.begin; l < segment.end; ++l) {
    std::vector<int> producers;
    for (const RowAccess &read : program.layers[l].reads)
      if (int p = producer(read.tensor); p >= 0)
        producers.push_back(p);
    if (producers.size() > 1)
      branches.insert(branches.end(), producers.begin(), producers.end());
  }
  return branches;
}

/// Rings for the stream as it is; the bytes of its peak.
int64_t fitRings(RowProgram &program, const Segment &segment, const std::vector<int> &inner) {
  for (int t : inner)
    program.tensors[t].ring = program.tensors[t].block < program.tensors[t].rows ? program.tensors[t].block : 0;
  // A ring that holds all rows is none; its layer then has to take all turns, which may make others longer.
  for (bool grown = true; grown;) {
    grown = false;
    const Lives lives = livesDuring(program, {segment});
    for (int t : inner) {
      RowTensor &tensor = program.tensors[t];
      const int64_t rows = ringRows(lives.of[t], tensor.block);
      if (tensor.ring == 0 || rows <= tensor.ring)
        continue;
      tensor.ring = rows < tensor.rows ? rows : 0;
      grown = true;
    }
  }
  return peakBytes(program, livesDuring(program, {segment}));
}

} // namespace

Lives livesDuring(const RowProgram &program, const std::vector<Segment> &segments) {
  return Clock(program, segments).lives();
}

void makeRings(RowProgram &program, const Segment &segment) {
  if (!segment.isStream())
    return;
  const std::vector<int> inner = innerTensors(program, segment);
  std::vector<int> branches;
  for (int l : branchLayers(program, segment))
    if (std::find(inner.begin(), inner.end(), program.layers[l].result) != inner.end())
      branches.push_back(l);
  auto setLazy = [&](bool lazy) {
    for (int l : branches)
      program.layers[l].lazy = lazy;
  };
  setLazy(false);
  const int64_t eager = fitRings(program, segment, inner);
  if (branches.empty())
    return;
  setLazy(true);
  if (fitRings(program, segment, inner) < eager)
    return;
  setLazy(false);
  fitRings(program, segment, inner);
}

int64_t peakBytes(const RowProgram &program, const Lives &lives) {
  std::vector<int64_t> change(static_cast<size_t>(lives.end) + 3, 0); // index: time + 1
  for (size_t t = 0; t < program.tensors.size(); ++t)
    for (const Life &life : lives.of[t]) {
      change[static_cast<size_t>(life.from + 1)] += life.hi - life.lo;
      change[static_cast<size_t>(life.to + 2)] -= life.hi - life.lo;
    }
  int64_t alive = 0, peak = 0;
  for (int64_t c : change)
    peak = std::max(peak, alive += c);
  return peak;
}

} // namespace burin::memory
