#include "ir/sizes/SizeExpr.h"

#include <catch2/catch.hpp>

using namespace burin::sizes;

namespace {

/// t in 1..128, u in 0..10, t_2 = (t + 1) / 2.
Table makeTable() {
  Table table;
  table.quantities = {{.name = "t", .min = 1, .max = 128}, {.name = "u", .min = 0, .max = 10}};
  table.quantities.push_back({.name = "t_2", .numerator = Expr::quantity(0) + Expr::constant(1), .divisor = 2});
  return table;
}

} // namespace

TEST_CASE("expressions evaluate with their derived sizes") {
  const Table table = makeTable();
  CHECK(table.evaluate({7, 3}) == std::vector<int64_t>{7, 3, 4});
  const Expr e = Expr::quantity(0) * Expr::quantity(2) * 3 - Expr::quantity(1) + Expr::constant(5);
  CHECK(evaluate(e, table.evaluate({7, 3})) == 86); // 3·7·4 − 3 + 5
  CHECK(table.needed(e) == std::vector<unsigned>{0, 1, 2});
  CHECK(table.needed(Expr::quantity(2)) == std::vector<unsigned>{0, 2});
}

TEST_CASE("sums are canonical") {
  const Expr t = Expr::quantity(0), u = Expr::quantity(1);
  CHECK((t + u) * (t - u) == t * t - u * u);
  CHECK((t - t).asConstant() == 0);
  CHECK((t - t + Expr::constant(4)).asConstant() == 4);
  CHECK_FALSE(t.asConstant().has_value());
}

TEST_CASE("bounds") {
  const Table table = makeTable();
  CHECK(table.upperBound(Expr::quantity(0) * 3 + Expr::constant(1)) == 385);
  CHECK(table.lowerBound(Expr::quantity(0) - Expr::quantity(1)) == -9);
  CHECK(table.upperBound(Expr::quantity(0) - Expr::quantity(1)) == 128);
  CHECK(table.upperBound(Expr::quantity(2) * Expr::quantity(2)) == 64 * 64);
}

TEST_CASE("text and back") {
  const Table table = makeTable();
  const Expr e = Expr::quantity(0) * Expr::quantity(2) * 64 - Expr::quantity(1) * 2 - Expr::constant(3);
  CHECK(table.text(e) == "t * t_2 * 64 - u * 2 - 3");
  CHECK(table.text(Expr::constant(7) - Expr::quantity(0), "u") == "7u - t");
  CHECK(table.text(Expr::quantity(0) * -1, "u") == "-t");
  CHECK(table.text(Expr{}, "u") == "0u");
  for (const Expr &x : {e, Expr::constant(7) - Expr::quantity(0), Expr::quantity(0) * -1, Expr{}, Expr::constant(-4)})
    CHECK(table.parse(table.text(x)) == x);
  for (const char *wrong : {"", "t +", "x", "t t", "t * * u", "3 4"})
    CHECK_FALSE(table.parse(wrong).has_value());
}

TEST_CASE("division rounds down") {
  CHECK(floorDiv(7, 2) == 3);
  CHECK(floorDiv(-7, 2) == -4);
  CHECK(floorDiv(-8, 2) == -4);
}
