#include "passes/memory/PlacementProof.h"

#include <catch2/catch.hpp>
#include <random>

using namespace burin::memory;

namespace {

Distances apart(std::vector<int64_t> bytes) {
  Distances d{std::move(bytes), {}};
  for (size_t a = 0; a < d.bytes.size(); ++a) {
    d.forbidden.emplace_back();
    for (size_t b = 0; b < a; ++b)
      d.forbidden[a].push_back({{-d.bytes[a], d.bytes[b]}});
  }
  return d;
}

bool fits(const Distances &d, const std::vector<int64_t> &offsets, int64_t arena) {
  for (size_t a = 0; a < offsets.size(); ++a) {
    if (offsets[a] + d.bytes[a] > arena)
      return false;
    for (size_t b = 0; b < a; ++b)
      for (const Gap &gap : d.forbidden[a][b])
        if (gap.lo < offsets[a] - offsets[b] && offsets[a] - offsets[b] < gap.hi)
          return false;
  }
  return true;
}

/// The smallest arena, by trying all offsets.
int64_t smallest(const Distances &d) {
  for (int64_t arena = 0;; ++arena) {
    std::vector<int64_t> offsets(d.bytes.size(), 0);
    for (;;) {
      if (fits(d, offsets, arena))
        return arena;
      size_t i = 0;
      while (i < offsets.size() && ++offsets[i] > arena)
        offsets[i++] = 0;
      if (i == offsets.size())
        break;
    }
  }
}

} // namespace

TEST_CASE("tensors that exclude each other need the sum of their bytes") {
  const Distances d = apart({4, 7, 2});
  CHECK(provenNeed(d, 13, 1'000) == std::vector<int>{0, 1, 2});
  CHECK(provenNeed(d, 14, 1'000).empty()); // they need less than that
}

TEST_CASE("a tensor that lies anywhere is no part of the proof") {
  Distances d = apart({4, 7, 2});
  d.forbidden[1][0].clear();
  d.forbidden[2][0].clear();
  CHECK(provenNeed(d, 9, 1'000) == std::vector<int>{1, 2});
}

TEST_CASE("no proof without steps") {
  Distances d = apart({4, 7, 2});
  CHECK(provenNeed(d, 13, 1).empty());
}

TEST_CASE("random distances: what is proven is the smallest arena") {
  std::mt19937 random(11);
  const auto number = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  int proven = 0;
  for (int round = 0; round < 60; ++round) {
    Distances d{{number(1, 4), number(1, 4), number(1, 4), number(1, 3)}, {}};
    for (size_t a = 0; a < d.bytes.size(); ++a) {
      d.forbidden.emplace_back();
      for (size_t b = 0; b < a; ++b) { // one or two gaps around the distances at which they overlap
        const int64_t lo = -d.bytes[a] + number(0, 1), hi = d.bytes[b] - number(0, 1), hole = number(lo, hi);
        std::vector<Gap> gaps;
        for (Gap gap : {Gap{lo, hole}, Gap{hole, hi}})
          if (gap.lo < gap.hi)
            gaps.push_back(gap);
        d.forbidden.back().push_back(gaps);
      }
    }
    const int64_t least = smallest(d);
    INFO("round " << round << ", smallest " << least);
    const std::vector<int> set = provenNeed(d, least, 1'000'000);
    proven += !set.empty();
    CHECK(provenNeed(d, least + 1, 1'000'000).empty());
    if (!set.empty()) { // by itself, too
      Distances part;
      for (int a : set) {
        part.bytes.push_back(d.bytes[a]);
        part.forbidden.emplace_back();
        for (int b : set)
          if (b < a)
            part.forbidden.back().push_back(d.forbidden[a][b]);
      }
      CHECK(smallest(part) == least);
    }
  }
  CHECK(proven > 40);
}
