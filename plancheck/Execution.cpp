#include "plancheck/Execution.h"

#include "plancheck/MarkedMemory.h"
#include "plancheck/RowLives.h"

#include <fmt/format.h>

namespace burin::plancheck {
namespace {

constexpr int64_t maxWork = 400'000'000; ///< rows looked at: seconds
constexpr int64_t atOnce = -1;           ///< the turn of a layer that has none

class Executor {
public:
  Executor(const Plan &plan, Findings &findings)
      : plan(plan), findings(findings), memory(plan.memories.back().base + plan.memories.back().arena),
        lives(rowBytesOf(plan)) {
    int64_t next = 0;
    for (const Buffer &b : plan.buffers) {
      firstMark.push_back(next);
      next += b.rows;
    }
  }

  Execution run();

private:
  static std::vector<int64_t> rowBytesOf(const Plan &plan);
  const Buffer &at(int buffer) const { return plan.buffers[static_cast<size_t>(buffer)]; }
  bool isOver() const { return findings.isFull() || work > maxWork; }

  void runLayers(const std::vector<Layer> &layers);
  void runLayer(const Layer &l);
  void runLoop(const Layer &l);
  void runBranch(const Layer &l);
  void runStream(const Layer &l);
  bool lacksRows(const Layer &stream, const std::vector<int64_t> &taken, size_t reader, const Read &read) const;
  bool canTake(const Layer &stream, const std::vector<int64_t> &taken, size_t layer) const;

  struct Rows {
    int64_t begin = 0, end = 0;
  };
  Rows rowsRead(const Read &read, int64_t turn) const;
  Rows rowsWritten(const Layer &l, int64_t turn) const;
  void takeTurn(const Layer &l, int64_t turn);
  void checkBefore(const Layer &l, int64_t turn);
  void checkAfter(const Layer &l, int64_t turn);
  void writeTransients(const Layer &l);
  void checkLives(const Layer &l);
  void checkCondition(const Layer &l);
  bool mayBeGone(const Layer &l, const Read &read, int64_t row, int64_t turn) const;

  void write(int buffer, int64_t row);
  void writeAll(int buffer);
  std::string nameOf(int buffer, int64_t row) const;
  std::string holderName(int64_t mark) const;
  static std::string where(const Layer &l, int64_t turn);
  /// Complains, as `who` that `does` something with it, if the row isn't there.
  void need(int buffer, int64_t row, const std::string &who, const char *does);
  void needAll(int buffer, const std::string &who, const char *does) {
    for (int64_t r = 0; r < at(buffer).rows; ++r)
      need(buffer, r, who, does);
  }

  const Plan &plan;
  Findings &findings;
  MarkedMemory memory;
  RowLives lives;
  std::vector<int64_t> firstMark; ///< of each buffer: that of its row 0
  Execution done;
  int64_t work = 0;
  int64_t moment = 0;
};

std::vector<int64_t> Executor::rowBytesOf(const Plan &plan) {
  std::vector<int64_t> bytes;
  for (const Buffer &b : plan.buffers)
    bytes.insert(bytes.end(), static_cast<size_t>(b.rows), b.inArena() ? b.rowBytes : 0);
  return bytes;
}

std::string Executor::nameOf(int buffer, int64_t row) const {
  return (at(buffer).rows > 1 ? fmt::format("row {} of buffer ", row) : "buffer ") + quoteName(at(buffer).name);
}

std::string Executor::holderName(int64_t mark) const {
  if (mark == MarkedMemory::nothing)
    return "nothing";
  if (mark == MarkedMemory::mixed)
    return "what depends on a condition or a turn";
  const auto buffer = std::upper_bound(firstMark.begin(), firstMark.end(), mark) - firstMark.begin() - 1;
  return nameOf(static_cast<int>(buffer), mark - firstMark[static_cast<size_t>(buffer)]);
}

std::string Executor::where(const Layer &l, int64_t turn) {
  return fmt::format("step {} {}", l.step, quoteName(l.name)) +
         (turn == atOnce ? std::string() : fmt::format(", turn {},", turn));
}

void Executor::need(int buffer, int64_t row, const std::string &who, const char *does) {
  ++work;
  const Buffer &b = at(buffer);
  if (!b.inArena())
    return;
  const int64_t from = b.placeOf(row), mark = firstMark[static_cast<size_t>(buffer)] + row;
  if (const auto other = memory.firstOther(from, from + b.rowBytes, mark))
    findings.add(fmt::format("{} {} {}, whose bytes {} to {} hold {}", who, does, nameOf(buffer, row), other->from,
                             other->to - 1, holderName(other->mark)));
  else
    done.compared += b.rowBytes;
}

void Executor::write(int buffer, int64_t row) {
  ++work;
  const Buffer &b = at(buffer);
  if (!b.inArena())
    return;
  const int64_t mark = firstMark[static_cast<size_t>(buffer)] + row;
  memory.write(b.placeOf(row), b.placeOf(row) + b.rowBytes, mark);
  lives.write(mark, moment + 1);
}

void Executor::writeAll(int buffer) {
  for (int64_t r = 0; r < at(buffer).rows; ++r)
    write(buffer, r);
}

Executor::Rows Executor::rowsRead(const Read &read, int64_t turn) const {
  const int64_t rows = at(read.buffer).rows;
  if (turn == atOnce)
    return {0, rows};
  const int64_t begin = turn * read.stride + read.first;
  return {std::clamp<int64_t>(begin, 0, rows), std::clamp<int64_t>(begin + read.span, 0, rows)};
}

Executor::Rows Executor::rowsWritten(const Layer &l, int64_t turn) const {
  if (l.result < 0)
    return {};
  if (turn == atOnce || (l.accumulates && turn + 1 == l.turns))
    return {0, at(l.result).rows};
  if (l.accumulates)
    return {};
  return {turn * l.made, std::min((turn + 1) * l.made, at(l.result).rows)};
}

/// Whether the turn may have written its result over row `row` of what it reads.
bool Executor::mayBeGone(const Layer &l, const Read &read, int64_t row, int64_t turn) const {
  const Rows written = rowsWritten(l, turn);
  return read.isOverwritable && row >= written.begin && row < written.end &&
         at(read.buffer).rowBytes == at(l.result).rowBytes && at(read.buffer).placeOf(row) == at(l.result).placeOf(row);
}

/// What is used in a step is alive there.
void Executor::checkLives(const Layer &l) {
  const auto check = [&](int buffer) {
    if (const Buffer &b = at(buffer); l.step < b.first || l.step > b.last)
      findings.add(fmt::format("{} uses buffer {}, which is alive in steps {} to {}", where(l, atOnce),
                               quoteName(b.name), b.first, b.last));
  };
  for (const Read &read : l.reads)
    check(read.buffer);
  for (const std::vector<int> *scratch : {&l.writes, &l.transient})
    for (int buffer : *scratch)
      check(buffer);
  for (int buffer : {l.result, l.condition})
    if (buffer >= 0)
      check(buffer);
}

void Executor::checkBefore(const Layer &l, int64_t turn) {
  const Rows written = rowsWritten(l, turn);
  for (const Read &read : l.reads) {
    const Rows rows = rowsRead(read, turn);
    for (int64_t r = rows.begin; r < rows.end && !isOver(); ++r) {
      need(read.buffer, r, where(l, turn), "reads");
      const bool endsBefore = read.isOverwritable && (turn == atOnce || (r >= written.begin && r < written.end));
      lives.read(firstMark[static_cast<size_t>(read.buffer)] + r, endsBefore ? moment : moment + 1);
    }
  }
  // Perhaps only a part of it is written now: the rest has to be there. What begins here holds nothing yet.
  const auto keeps = [&](int buffer) {
    if (turn > 0 || at(buffer).first < l.step)
      needAll(buffer, where(l, turn), "keeps");
  };
  for (int buffer : l.writes)
    keeps(buffer);
  if (turn == atOnce && l.result >= 0)
    keeps(l.result);
}

void Executor::checkAfter(const Layer &l, int64_t turn) {
  for (const Read &read : l.reads) {
    const Rows rows = rowsRead(read, turn);
    for (int64_t r = rows.begin; r < rows.end && !isOver(); ++r)
      if (!mayBeGone(l, read, r, turn))
        need(read.buffer, r, where(l, turn), "reads and writes over");
  }
  for (const std::vector<int> *scratch : {&l.writes, &l.transient})
    for (int buffer : *scratch)
      needAll(buffer, where(l, turn), "writes");
  const Rows written = rowsWritten(l, turn);
  for (int64_t r = written.begin; r < written.end; ++r)
    need(l.result, r, where(l, turn), "writes");
}

/// What is there from before the turn reads to its end.
void Executor::writeTransients(const Layer &l) {
  for (int buffer : l.transient)
    for (int64_t r = 0; r < at(buffer).rows; ++r) {
      const Buffer &b = at(buffer);
      const int64_t mark = firstMark[static_cast<size_t>(buffer)] + r;
      memory.write(b.placeOf(r), b.placeOf(r) + b.rowBytes, mark);
      lives.write(mark, moment);
      lives.read(mark, moment + 1);
      ++work;
    }
}

void Executor::takeTurn(const Layer &l, int64_t turn) {
  ++done.turns;
  if (turn <= 0)
    checkLives(l);
  writeTransients(l);
  checkBefore(l, turn);
  for (int buffer : l.writes)
    if (turn <= 0)
      writeAll(buffer);
    else
      for (int64_t r = 0; r < at(buffer).rows; ++r)
        lives.read(firstMark[static_cast<size_t>(buffer)] + r, moment + 1);
  const Rows written = rowsWritten(l, turn);
  for (int64_t r = written.begin; r < written.end; ++r)
    write(l.result, r);
  checkAfter(l, turn);
  moment += 2;
}

/// Whether the stream has yet to compute a row that the next turn of layer `reader` reads.
bool Executor::lacksRows(const Layer &stream, const std::vector<int64_t> &taken, size_t reader,
                         const Read &read) const {
  const int64_t needed = rowsRead(read, taken[reader]).end;
  for (size_t p = 0; p < stream.body.size(); ++p) {
    const Layer &producer = stream.body[p];
    if (producer.result == read.buffer && taken[p] < producer.turns &&
        (producer.accumulates ? 0 : taken[p] * producer.made) < needed)
      return true;
  }
  return false;
}

bool Executor::canTake(const Layer &stream, const std::vector<int64_t> &taken, size_t layer) const {
  const Layer &l = stream.body[layer];
  if (taken[layer] == l.turns)
    return false;
  for (const Read &read : l.reads)
    if (lacksRows(stream, taken, layer, read))
      return false;
  if (!l.isLazy)
    return true;
  for (size_t other = 0; other < stream.body.size(); ++other)
    for (const Read &read : stream.body[other].reads)
      if (read.buffer == l.result && taken[other] < stream.body[other].turns && lacksRows(stream, taken, other, read))
        return true;
  return false;
}

/// The next turn is that of the last layer that can take one, until those whose results aren't rings have taken all.
void Executor::runStream(const Layer &stream) {
  std::vector<int64_t> taken(stream.body.size(), 0);
  const auto isComplete = [&] {
    for (size_t i = 0; i < taken.size(); ++i)
      if (at(stream.body[i].result).ring == 0 && taken[i] < stream.body[i].turns)
        return false;
    return true;
  };
  while (!isComplete() && !isOver()) {
    size_t next = taken.size();
    while (next > 0 && !canTake(stream, taken, next - 1))
      --next;
    if (next == 0)
      return findings.add(
          fmt::format("{} comes to a halt: no layer has all the rows that it reads", where(stream, atOnce)));
    --next;
    takeTurn(stream.body[next], taken[next]);
    ++taken[next];
    work += static_cast<int64_t>(taken.size());
  }
}

void Executor::checkCondition(const Layer &l) {
  if (l.condition >= 0)
    needAll(l.condition, where(l, atOnce), "decides by");
}

void Executor::runLoop(const Layer &l) {
  ++done.loops;
  while (!isOver()) {
    const MarkedMemory before = memory;
    checkCondition(l);
    runLayers(l.body);
    const MarkedMemory again = before.joinedWith(memory);
    if (again == before) {
      if (l.maySkip)
        memory = before;
      return;
    }
    memory = again;
  }
}

void Executor::runBranch(const Layer &l) {
  ++done.branches;
  checkCondition(l);
  const MarkedMemory before = memory;
  runLayers(l.body);
  const MarkedMemory then = memory;
  memory = before;
  runLayers(l.otherwise);
  memory = then.joinedWith(memory);
}

void Executor::runLayer(const Layer &l) {
  ++work;
  if (l.kind == Layer::Kind::Calls) {
    if (l.turns == 0)
      takeTurn(l, atOnce);
    for (int64_t turn = 0; turn < l.turns && !isOver(); ++turn)
      takeTurn(l, turn);
    return;
  }
  checkLives(l);
  if (l.kind == Layer::Kind::Stream)
    return runStream(l);
  for (size_t b = 0; b < plan.buffers.size(); ++b) // its results: what is inside writes them part by part, or perhaps
    if (plan.buffers[b].first == l.step)
      writeAll(static_cast<int>(b));
  l.kind == Layer::Kind::Loop ? runLoop(l) : runBranch(l);
}

void Executor::runLayers(const std::vector<Layer> &layers) {
  for (const Layer &l : layers)
    if (!isOver())
      runLayer(l);
}

Execution Executor::run() {
  moment = -2;
  for (size_t b = 0; b < plan.buffers.size(); ++b)
    if (plan.buffers[b].first < 0)
      writeAll(static_cast<int>(b));
  for (size_t b = 0; b < plan.buffers.size(); ++b)
    if (plan.buffers[b].first < 0)
      needAll(static_cast<int>(b), "the caller", "writes");
  moment = 0;
  runLayers(plan.layers);
  for (size_t b = 0; b < plan.buffers.size() && !isOver(); ++b)
    if (const Buffer &buffer = plan.buffers[b]; buffer.last == plan.steps) {
      needAll(static_cast<int>(b), "the caller", "reads");
      for (int64_t r = 0; r < buffer.rows; ++r)
        lives.read(firstMark[b] + r, moment);
    }
  if (work > maxWork)
    findings.add("it has too many turns to be executed here");
  if (!plan.isByRows || !findings.none())
    return done;
  const auto bufferOf = [&](int64_t mark) {
    const auto after = std::upper_bound(firstMark.begin(), firstMark.end(), mark);
    return static_cast<int>(after - firstMark.begin()) - 1;
  };
  for (int m = 0; m < static_cast<int>(plan.memories.size()); ++m)
    done.bounds.push_back(lives.peak([&](int64_t mark) { return at(bufferOf(mark)).memory == m; }));
  done.lives.resize(plan.buffers.size());
  for (const RowLife &life : lives.all()) { // a row's number among all is its mark
    const auto b = static_cast<size_t>(bufferOf(life.row));
    done.lives[b].push_back({life.row - firstMark[b], life.from, life.to});
  }
  return done;
}

} // namespace

Execution execute(const Plan &plan, Findings &findings) { return Executor(plan, findings).run(); }

} // namespace burin::plancheck
