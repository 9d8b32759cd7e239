#include "passes/memory/RowSchedule.h"
#include "passes/memory/CheckRows.h"
#include "tests/passes/memory/RowNet.h"

#include <catch2/catch.hpp>
#include <random>

using namespace burin::memory;

namespace {

struct Planned {
  RowProgram program;
  std::vector<Segment> segments;
  RowPlacement placement;
};

Planned plan(RowProgram program, ScheduleKind kind) {
  Planned p{std::move(program), {}, {}};
  p.segments = chooseSegments(p.program, kind);
  p.placement = placeRows(p.program, p.segments, 200);
  CHECK(checkRows(p.program, p.segments, p.placement.offsets, p.placement.bytes).empty());
  CHECK(p.placement.bytes >= p.placement.lowerBound);
  return p;
}

} // namespace

TEST_CASE("a layer's result lies over the rows of its operand that have died") {
  RowNet net;
  const int x = net.input(10, 8);
  // Row r of the result reads rows r - 1 to r + 1: rows 0 .. r - 2 are dead when it is written.
  const Planned p = plan(net.withOutput(net.conv(x, 10, 8, 1, 1, 3)), ScheduleKind::Alone);
  CHECK(p.placement.bytes == 10 * 8 + 2 * 8);
  CHECK(p.placement.offsets == std::vector<int64_t>{16, 0});
  CHECK(p.placement.optimal());
}

TEST_CASE("what a layer may write over takes no room") {
  RowNet net;
  const int a = net.input(10, 8), b = net.input(10, 8);
  const Planned p = plan(net.withOutput(net.add(a, b)), ScheduleKind::Alone);
  CHECK(p.placement.bytes == 160);
  CHECK(p.placement.optimal());
}

TEST_CASE("an input that nobody reads doesn't lie on one that is read") {
  RowNet net;
  const int x = net.input(10, 8);
  net.input(3, 8); // the caller writes it all the same
  const Planned p = plan(net.withOutput(net.conv(x, 10, 8, 1, 0, 1)), ScheduleKind::Alone);
  const int64_t distance = p.placement.offsets[1] - p.placement.offsets[0];
  CHECK((distance >= 80 || distance <= -24));
  // Nor do rows that nobody reads: here the last two of x, on the first ones of y.
  RowNet other;
  const int a = other.input(4, 8), b = other.input(2, 8);
  const Planned q = plan(other.withOutput(other.add(other.conv(a, 2, 8, 1, 0, 1), b)), ScheduleKind::Alone);
  CHECK(q.placement.lowerBound == 4 * 8 + 2 * 8);
}

TEST_CASE("a stream keeps the rows that are still needed") {
  RowNet net;
  int x = net.input(16, 4);
  const int a = net.conv(x, 16, 100, 1, 1, 3), b = net.conv(a, 16, 100, 1, 0, 1), c = net.conv(b, 8, 100, 2, 1, 3);
  const Planned p = plan(net.withOutput(c), ScheduleKind::Streams);
  REQUIRE(p.segments.size() == 1);
  CHECK(p.program.tensors[a].ring == 1); // read by a 1x1 layer at once
  CHECK(p.program.tensors[b].ring == 3);
  CHECK(p.program.tensors[c].ring == 0);
}

TEST_CASE("a residual path is a ring with more delay") {
  RowNet net;
  int x = net.input(16, 4);
  const int stem = net.conv(x, 16, 10, 1, 1, 3), a = net.conv(stem, 16, 10, 1, 1, 3), b = net.conv(a, 16, 10, 1, 1, 3);
  const Planned p = plan(net.withOutput(net.add(b, stem)), ScheduleKind::Streams);
  // Row r of the sum waits for row r + 2 of the stem: rows r .. r + 2, and no more than the windows need.
  CHECK(p.program.tensors[stem].ring == 3);
  CHECK(p.program.tensors[a].ring == 3);
  CHECK(p.program.tensors[b].ring == 1);
}

TEST_CASE("rows that are made together lie one behind the other") {
  RowNet net;
  const int x = net.input(8, 4), a = net.conv(x, 8, 100, 1, 1, 3), b = net.enlarge(a, 3, 50);
  const int c = net.conv(b, 24, 10, 1, 0, 1), d = net.conv(c, 24, 10, 1, 1, 3);
  const Planned p = plan(net.withOutput(d), ScheduleKind::Streams);
  REQUIRE(p.segments.size() == 1);
  CHECK(p.program.tensors[a].ring == 1);
  CHECK(p.program.tensors[b].ring == 3); // all three are there before the first of them is read
  CHECK(p.program.tensors[c].ring == 3); // of which each row is read by three turns
}

TEST_CASE("a window over rows that are made together needs whole groups of them") {
  RowNet net;
  const int x = net.input(8, 4), b = net.enlarge(x, 3, 50), c = net.conv(b, 24, 10, 1, 1, 3);
  const Planned p = plan(net.withOutput(c), ScheduleKind::Streams);
  // Of rows 3 to 5 the last waits for row 6: when rows 6 to 8 are made, rows 4 and 5 are still to be read.
  CHECK(p.program.tensors[b].ring == 6);
}

TEST_CASE("how much is needed doesn't depend on the height") {
  int64_t bytes[2];
  for (int64_t height : {12, 24}) {
    RowNet net;
    // The ends are rings, too: of the input, which nobody writes here, one row is taken a turn.
    const int a = net.source(height, 20), b = net.conv(a, height, 100, 1, 1, 3), c = net.enlarge(b, 3, 30);
    net.sink(c);
    Planned p = plan(net.program, ScheduleKind::Streams);
    bytes[height / 24] = p.placement.bytes;
    CHECK(p.program.tensors[a].ring == 3);
    CHECK(p.program.tensors[c].ring == 3);
  }
  CHECK(bytes[0] == bytes[1]);
  CHECK(bytes[0] == 3 * 20 + 100 + 3 * 30); // three rows of the input, one between, and one of the output in three
}

TEST_CASE("a branch that is far ahead waits") {
  RowNet net;
  int x = net.input(32, 1);
  const int stem = net.conv(x, 32, 1, 1, 0, 1);
  int a = stem;
  for (int i = 0; i < 3; ++i)
    a = net.conv(a, 32, 1, 1, 2, 5);
  const int side = net.conv(stem, 32, 50, 1, 0, 1), wide = net.conv(a, 32, 50, 1, 0, 1);
  const Planned p = plan(net.withOutput(net.add(wide, side)), ScheduleKind::Streams);
  // Row r of the sum waits for row r + 6 of the stem, whose row r is read as soon as row r - 1 of the sum is there.
  CHECK(p.program.tensors[side].ring == 1);
  CHECK(p.program.tensors[stem].ring == 6);
}

TEST_CASE("a pool at the end of a stream needs no whole operand") {
  RowNet net;
  int x = net.input(16, 4);
  x = net.conv(x, 16, 100, 1, 1, 3);
  const int y = net.pool(x, 10);
  const Planned p = plan(net.withOutput(net.dense(y, 3)), ScheduleKind::Auto);
  CHECK(p.segments.size() == 2);
  CHECK(p.program.tensors[x].ring == 1);
  CHECK(p.placement.bytes <= 64 + 100 + 40 + 10);
}

TEST_CASE("streams are chosen where they help") {
  // Wide rows at the front, narrow ones behind which are many: one stream of all would need more.
  RowNet net;
  int x = net.input(64, 16);
  x = net.conv(x, 64, 256, 1, 1, 3);
  x = net.conv(x, 32, 16, 2, 1, 3);
  for (int i = 0; i < 6; ++i)
    x = net.conv(x, 32, 16, 1, 10, 21);
  const RowProgram program = net.withOutput(x);
  const int64_t alone = plan(program, ScheduleKind::Alone).placement.bytes;
  const int64_t streams = plan(program, ScheduleKind::Streams).placement.bytes;
  const int64_t mixed = plan(program, ScheduleKind::Auto).placement.bytes;
  CHECK(mixed < alone);
  CHECK(mixed < streams);
}

TEST_CASE("random programs: every schedule passes the check, and auto is the best") {
  std::mt19937 random(7);
  const auto pick = [&](int64_t lo, int64_t hi) {
    return lo + static_cast<int64_t>(random() % static_cast<uint64_t>(hi - lo + 1));
  };
  for (int round = 0; round < 120; ++round) {
    RowNet net;
    std::vector<int> same{net.input(pick(6, 20), pick(1, 9))}; // tensors of the present shape
    for (int64_t layers = pick(2, 9); layers > 0; --layers) {
      const int x = same[static_cast<size_t>(pick(0, static_cast<int64_t>(same.size()) - 1))];
      const int64_t rows = net.program.tensors[x].rows, bytes = net.program.tensors[x].rowBytes();
      const int64_t kernel = pick(1, 4), pad = pick(0, kernel - 1), stride = pick(1, 2);
      if (same.size() > 1 && pick(0, 2) == 0)
        same.push_back(net.add(same.back(), same.front()));
      else if (stride == 1)
        same.push_back(net.conv(x, rows, bytes, 1, pad, kernel));
      else
        same = {net.conv(same.back(), (rows + 1) / 2, pick(1, 9), 2, pad, kernel)};
    }
    const RowProgram program = net.withOutput(same.back());
    const int64_t alone = plan(program, ScheduleKind::Alone).placement.bytes;
    plan(program, ScheduleKind::Streams);
    CHECK(plan(program, ScheduleKind::Auto).placement.bytes <= alone);
  }
}

TEST_CASE("a budget: the division that costs least of those that fit") {
  // Two streams would save memory; the first layers are where it is short, and only they need to be one.
  RowNet net;
  const int x = net.input(32, 4);
  const int a = net.conv(x, 32, 100, 1, 1, 3), b = net.conv(a, 16, 10, 2, 1, 3), c = net.conv(b, 16, 12, 1, 1, 3);
  RowProgram program = net.withOutput(c);
  for (RowLayer &layer : program.layers) {
    layer.aloneCost = 10;
    layer.streamCost = 50;
  }
  const auto bytes = [&](int64_t budget) {
    RowProgram copy = program;
    const std::vector<Segment> segments = chooseSegments(copy, ScheduleKind::Auto, budget);
    int streamed = 0;
    for (const Segment &s : segments)
      streamed += s.isStream() ? s.end - s.begin : 0;
    return std::pair(placeRows(copy, segments, 200).bytes, streamed);
  };
  const auto [least, most] = bytes(0);
  const int64_t alone = bytes(1'000'000).first;
  CHECK(bytes(1'000'000).second == 0);
  CHECK(least < alone);
  CHECK(bytes(alone).second == 0);
  const auto [fits, streamed] = bytes(alone - 1);
  CHECK(fits < alone);
  CHECK(streamed >= 2);
  CHECK(streamed <= most);
  CHECK(bytes(1).first == least); // nothing fits: the smallest
}

TEST_CASE("inputs are written as wholes, whatever is read of them") {
  RowNet net;
  const int unread = net.input(10, 8), a = net.input(10, 8), b = net.input(10, 8);
  RowProgram program = net.withOutput(net.add(a, b));
  program.layers[0].reads[0].span = 1; // of one of them only one row, turn by turn the same
  program.layers[0].reads[0].stride = 0;
  const Planned p = plan(std::move(program), ScheduleKind::Auto);
  const auto apart = [&](int x, int y) { return std::abs(p.placement.offsets[x] - p.placement.offsets[y]) >= 80; };
  CHECK(apart(unread, a));
  CHECK(apart(unread, b));
  CHECK(apart(a, b));
  CHECK(p.placement.bytes >= 240);
}
