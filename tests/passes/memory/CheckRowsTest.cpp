#include "passes/memory/CheckRows.h"
#include "tests/passes/memory/RowNet.h"

#include <catch2/catch.hpp>

using namespace burin::memory;

namespace {

/// Two windows of 3 rows and a sum with the input, as one stream; placed by hand.
struct Example {
  RowProgram program;
  std::vector<Segment> segments{{0, 3}};
  std::vector<int64_t> offsets;
  int64_t bytes = 0;

  Example() {
    RowNet net;
    const int x = net.input(8, 10), a = net.conv(x, 8, 10, 1, 1, 3), b = net.conv(a, 8, 10, 1, 1, 3);
    program = net.withOutput(net.add(b, x));
    program.tensors[a].ring = 3;
    program.tensors[b].ring = 1;
    // The input above, the rings below it, the result over the input: row r when row r is read for the last time.
    offsets = {40, 0, 30, 40};
    bytes = 120;
  }
  bool isRight() const { return checkRows(program, segments, offsets, bytes).empty(); }
};

} // namespace

TEST_CASE("a plan made by hand is right") { CHECK(Example().isRight()); }

TEST_CASE("every moved offset is found") {
  for (size_t t = 0; t < 4; ++t)
    for (int64_t by : {-10, -5, -1, 1, 5, 10}) {
      Example e;
      e.offsets[t] += by;
      e.bytes += 10;
      INFO("tensor " << t << " by " << by);
      // The input may lie a row higher, now that there is room: row r of the result is then where row r - 1 was.
      CHECK(e.isRight() == (t == 0 && by == 10));
    }
}

TEST_CASE("a ring that is a row short is found") {
  Example e;
  e.program.tensors[1].ring = 2;
  CHECK(checkRows(e.program, e.segments, e.offsets, e.bytes).front().find("which isn't there") != std::string::npos);
}

TEST_CASE("what may not be written over may not be") {
  Example e;
  for (RowAccess &read : e.program.layers[2].reads)
    read.overwritable = false;
  CHECK_FALSE(e.isRight());
}

TEST_CASE("order, bounds and segments are checked") {
  Example small;
  small.bytes = 119;
  CHECK_FALSE(small.isRight());
  Example gap;
  gap.segments = {{0, 2}};
  CHECK_FALSE(gap.isRight());
  Example alone; // layer by layer, rings lose rows
  alone.segments = {{0, 1}, {1, 2}, {2, 3}};
  CHECK_FALSE(alone.isRight());
  Example unaligned;
  unaligned.program.tensors[2].align = 4;
  CHECK_FALSE(unaligned.isRight());
}

TEST_CASE("scratch is kept from turn to turn") {
  RowNet net;
  const int x = net.input(4, 10), y = net.pool(x, 2); // x: tensor 0, sums: tensor 1, y: tensor 2
  RowProgram program = net.withOutput(y);
  program.layers[0].streamable = true;
  // A stream has more than one layer: one in front.
  RowNet longer;
  const int in = longer.input(4, 10), a = longer.conv(in, 4, 10, 1, 0, 1), z = longer.pool(a, 2);
  program = longer.withOutput(z); // in 0, a 1, sums 2, z 3
  program.tensors[1].ring = 1;
  CHECK(checkRows(program, {{0, 2}}, {0, 40, 52, 60}, 62).empty());
  CHECK_FALSE(checkRows(program, {{0, 2}}, {0, 40, 44, 60}, 62).empty());
}

TEST_CASE("rows that are made together are all there, and nothing else is lost by them") {
  RowNet net;
  const int x = net.input(4, 10), a = net.enlarge(x, 2, 5), b = net.conv(a, 8, 5, 1, 0, 1);
  RowProgram program = net.withOutput(b);
  program.tensors[a].ring = 2;
  const std::vector<Segment> stream{{0, 2}};
  CHECK(checkRows(program, stream, {10, 0, 50}, 90).empty());
  // The second of two rows would lie on the row that the turn reads.
  CHECK_FALSE(checkRows(program, stream, {5, 0, 50}, 90).empty());
  program.tensors[a].ring = 3; // a pair in two pieces
  CHECK(checkRows(program, stream, {15, 0, 55}, 95).front() == "tensor 1 is invalid");
  program.tensors[a].ring = 2;
  program.layers[0].made = 1; // row 4 is never written
  CHECK(checkRows(program, stream, {10, 0, 50}, 90).front().find("isn't there") != std::string::npos);
}
