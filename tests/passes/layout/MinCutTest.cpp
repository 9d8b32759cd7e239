// The minimum cut against trying every cut.
#include "passes/layout/MinCut.h"

#include <catch2/catch.hpp>

#include <random>

using burin::MinCut;

namespace {

struct TestEdge {
  int from, to;
  int64_t capacity;
};

/// The cost of the cut that leaves node i with the source where bit i of `side` is set (node 0 is the source, 1 the
/// sink).
int64_t cutCost(const std::vector<TestEdge> &edges, unsigned side) {
  int64_t cost = 0;
  for (const TestEdge &e : edges)
    if ((side >> e.from & 1) && !(side >> e.to & 1))
      cost += e.capacity;
  return cost;
}

} // namespace

TEST_CASE("a cut goes through the cheapest edges") {
  MinCut cut;
  const int a = cut.addNode(), b = cut.addNode();
  cut.addEdge(MinCut::source, a, 10);
  cut.addEdge(a, b, 3);
  cut.addEdge(b, MinCut::sink, 5);
  CHECK(cut.solve() == 3);
  CHECK(cut.withSource(a));
  CHECK_FALSE(cut.withSource(b));
}

TEST_CASE("a tie leaves a node with the sink") {
  MinCut cut;
  const int a = cut.addNode();
  cut.addEdge(MinCut::source, a, 4);
  cut.addEdge(a, MinCut::sink, 4);
  CHECK(cut.solve() == 4);
  CHECK_FALSE(cut.withSource(a));
}

TEST_CASE("uncuttable edges hold nodes together") {
  MinCut cut;
  const int a = cut.addNode(), b = cut.addNode();
  cut.addEdge(MinCut::source, a, 7);
  cut.addEdge(a, b, MinCut::uncuttable);
  cut.addEdge(b, MinCut::sink, 9);
  CHECK(cut.solve() == 7);
  CHECK_FALSE(cut.withSource(a));
  CHECK_FALSE(cut.withSource(b));
}

TEST_CASE("random graphs: no cut is cheaper") {
  const unsigned seed = 20240611;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int trial = 0; trial < 300; ++trial) {
    const unsigned nodes = 3 + random() % 7;
    std::vector<TestEdge> edges;
    MinCut cut;
    for (unsigned i = 2; i < nodes; ++i)
      cut.addNode();
    for (unsigned i = 0, n = random() % (3 * nodes); i < n; ++i) {
      TestEdge e{static_cast<int>(random() % nodes), static_cast<int>(random() % nodes),
                 static_cast<int64_t>(random() % 20)};
      if (e.from == e.to)
        continue;
      edges.push_back(e);
      cut.addEdge(e.from, e.to, e.capacity);
    }
    int64_t best = INT64_MAX;
    for (unsigned side = 0; side < 1u << nodes; ++side)
      if ((side & 1) && !(side & 2))
        best = std::min(best, cutCost(edges, side));
    REQUIRE(cut.solve() == best);
    unsigned chosen = 1;
    for (unsigned i = 2; i < nodes; ++i)
      chosen |= static_cast<unsigned>(cut.withSource(static_cast<int>(i))) << i;
    CHECK(cutCost(edges, chosen) == best);
  }
}
