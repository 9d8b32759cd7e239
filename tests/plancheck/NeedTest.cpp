#include "plancheck/Need.h"

#include <catch2/catch.hpp>

using namespace burin::plancheck;

namespace {

struct Buffers {
  Plan plan;
  std::vector<std::vector<RowLife>> lives;
  std::vector<int> all;

  /// A buffer of so many rows, each needed as `life` says.
  void add(int64_t rows, int64_t rowBytes, const std::function<RowLife(int64_t)> &life) {
    Buffer b;
    b.rows = rows;
    b.rowBytes = rowBytes;
    b.bytes = rows * rowBytes;
    b.offset = 100; // wherever it lies in the plan
    all.push_back(static_cast<int>(plan.buffers.size()));
    plan.buffers.push_back(b);
    lives.emplace_back();
    for (int64_t r = 0; r < rows; ++r)
      lives.back().push_back(life(r));
  }

  /// The smallest number of bytes that two of them need, by trying all places.
  int64_t smallestOfTwo() const {
    for (int64_t room = 0;; ++room)
      for (int64_t x = 0; x + plan.buffers[0].bytes <= room; ++x)
        for (int64_t y = 0; y + plan.buffers[1].bytes <= room; ++y)
          if (!meet(x, y))
            return room;
  }

private:
  bool meet(int64_t x, int64_t y) const {
    const int64_t p = plan.buffers[0].rowBytes, q = plan.buffers[1].rowBytes;
    for (const RowLife &a : lives[0])
      for (const RowLife &b : lives[1])
        if (a.from <= b.to && b.from <= a.to && x + a.row * p < y + (b.row + 1) * q && y + b.row * q < x + (a.row + 1) * p)
          return true;
    return false;
  }
};

} // namespace

TEST_CASE("need: what is there together") {
  Buffers b;
  for (int64_t bytes : {4, 7, 2})
    b.add(1, bytes, [](int64_t r) { return RowLife{r, 0, 1}; });
  CHECK(needAtLeast(b.plan, b.lives, b.all, 13) == Need::Shown);
  CHECK(needAtLeast(b.plan, b.lives, b.all, 14) == Need::Refuted);
  CHECK(needAtLeast(b.plan, b.lives, {0, 2}, 7) == Need::Refuted);
}

TEST_CASE("need: rows that follow one another, in this order and in the other") {
  const auto dies = [](int64_t r) { return RowLife{r, -1, 2 * r + 1}; };
  for (bool inOrder : {true, false})
    for (int64_t delay : {0, 1, 2})
      for (int64_t rowBytes : {1, 2, 3}) {
        Buffers b;
        b.add(5, 2, dies);
        b.add(5, rowBytes, [&](int64_t r) { return RowLife{r, 2 * ((inOrder ? r : 4 - r) - delay) + 2, 20}; });
        const int64_t smallest = b.smallestOfTwo();
        INFO("in order " << inOrder << ", delay " << delay << ", rows of " << rowBytes << ": " << smallest);
        CHECK(needAtLeast(b.plan, b.lives, b.all, smallest) == Need::Shown);
        CHECK(needAtLeast(b.plan, b.lives, b.all, smallest + 1) == Need::Refuted);
      }
}
