// Trees, sets and shared nodes laid out in a table: the same leaf is reached.
#include "frontend/onnx/ops/TreeTables.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace burin::importer;

namespace {

constexpr double quietNan = std::numeric_limits<double>::quiet_NaN();

/// ONNX's meaning of a test.
bool holds(const TreeNode &n, double v) {
  if (std::isnan(v) && n.nanIsTrue)
    return true;
  switch (n.test) {
  case TreeTest::LessEqual:
    return v <= n.threshold;
  case TreeTest::Less:
    return v < n.threshold;
  case TreeTest::GreaterEqual:
    return v >= n.threshold;
  case TreeTest::Greater:
    return v > n.threshold;
  case TreeTest::Equal:
    return v == n.threshold;
  case TreeTest::NotEqual:
    return v != n.threshold;
  default:
    return std::find(n.members.begin(), n.members.end(), v) != n.members.end();
  }
}

double weightOf(const std::vector<TreeNode> &nodes, size_t i, double v) {
  while (nodes[i].test != TreeTest::Leaf)
    i = holds(nodes[i], v) ? nodes[i].whenTrue : nodes[i].whenFalse;
  return nodes[i].weights.empty() ? quietNan : nodes[i].weights[0].weight;
}

/// The table's meaning, step by step, and that it stays within itself.
double walk(const TreeTables &t, size_t i, double v) {
  while (t.test.at(i) < 16) {
    const int outcome = v < t.value[i] ? 1 : v == t.value[i] ? 2 : v > t.value[i] ? 4 : 8;
    REQUIRE(t.jump[i] >= 1);
    i += t.test[i] & outcome ? 1 : t.jump[i];
  }
  return t.test[i] == 18 ? quietNan : t.value[i];
}

TreeNode leaf(double weight) { return {.weights = {{0, weight}}}; }

void check(const std::vector<TreeNode> &nodes, const std::vector<size_t> &roots) {
  std::string problem;
  auto tables = layOutTrees(nodes, roots, problem);
  REQUIRE(tables);
  for (size_t r = 0; r < roots.size(); ++r)
    for (double v : {-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, quietNan}) {
      INFO("root " << r << " v " << v);
      const double got = walk(*tables, tables->roots[r], v), expected = weightOf(nodes, roots[r], v);
      CHECK((got == expected || (std::isnan(got) && std::isnan(expected))));
    }
}

} // namespace

TEST_CASE("every test, with and without NaN as true, and NaN as threshold") {
  for (int test = 0; test < 6; ++test)
    for (bool nanIsTrue : {false, true})
      for (double threshold : {0.0, 1.0, quietNan})
        check({{.test = static_cast<TreeTest>(test),
                .threshold = threshold,
                .nanIsTrue = nanIsTrue,
                .whenTrue = 1,
                .whenFalse = 2},
               leaf(1),
               leaf(2)},
              {0});
}

TEST_CASE("sets") {
  for (bool nanIsTrue : {false, true})
    for (const std::vector<double> &members : {std::vector<double>{}, {1}, {-1, 2, 3}})
      check({{.test = TreeTest::Member, .nanIsTrue = nanIsTrue, .whenTrue = 1, .whenFalse = 2, .members = members},
             leaf(1),
             {.test = TreeTest::Less, .threshold = 1, .whenTrue = 3, .whenFalse = 4},
             leaf(2),
             leaf(3)},
            {0});
}

TEST_CASE("nodes with several parents, in one tree and in two") {
  check({{.test = TreeTest::Less, .threshold = 0, .whenTrue = 1, .whenFalse = 2},
         {.test = TreeTest::Equal, .threshold = -1, .whenTrue = 3, .whenFalse = 2},
         {.test = TreeTest::Greater, .threshold = 1, .whenTrue = 3, .whenFalse = 4},
         leaf(1),
         leaf(2)},
        {0, 2, 3, 0});
}

TEST_CASE("a leaf without weights") {
  check({{.test = TreeTest::Less, .whenTrue = 1, .whenFalse = 2}, {}, leaf(2)}, {0, 1});
}

TEST_CASE("cycles are refused") {
  std::string problem;
  CHECK_FALSE(layOutTrees({TreeNode{.test = TreeTest::Less, .whenTrue = 0, .whenFalse = 0}}, {size_t(0)}, problem));
  CHECK(problem != "");
}

TEST_CASE("a chain as deep as a table doesn't recurse") {
  std::vector<TreeNode> nodes;
  constexpr size_t depth = 200000;
  for (size_t i = 0; i < depth; ++i)
    nodes.push_back({.test = TreeTest::Less, .threshold = -5, .whenTrue = depth, .whenFalse = i + 1});
  nodes.push_back(leaf(1));
  check(nodes, {0});
}
