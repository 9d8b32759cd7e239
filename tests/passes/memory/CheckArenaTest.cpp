#include "passes/memory/CheckArena.h"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

using namespace burin::memory;
using Texts = std::vector<std::string>;

namespace {

const Problem chain{{{100, 4, 0, 1}, {50, 4, 1, 2}, {80, 4, 2, 3}}};
const Solution good{{0, 100, 0}, 150, 150, true};

Texts check(std::vector<int64_t> offsets, int64_t bytes) { return checkArena(chain, {offsets, bytes, 150, false}); }

} // namespace

TEST_CASE("a right plan has no violations") {
  CHECK(checkArena(chain, good).empty());
  CHECK(checkArena({}, {{}, 0, 0, true}).empty());
  CHECK(check({56, 0, 56}, 156).empty()); // larger than need be, but right
  // Buffers of no bytes may lie anywhere in the arena.
  CHECK(checkArena({{{8, 1, 0, 0}, {0, 4, 0, 0}}}, {{0, 4}, 8, 8, true}).empty());
}

TEST_CASE("overlaps are named") {
  CHECK(check({0, 96, 0}, 146) ==
        Texts{"buffer 0 (bytes 0..99, steps 0..1) overlaps buffer 1 (bytes 96..145, steps 1..2)",
              "an arena of 146 bytes can't hold the 150 live at once"});
  CHECK(check({0, 100, 100}, 180) ==
        Texts{"buffer 1 (bytes 100..149, steps 1..2) overlaps buffer 2 (bytes 100..179, steps 2..3)"});
  CHECK(check({0, 100, 148}, 228) ==
        Texts{"buffer 1 (bytes 100..149, steps 1..2) overlaps buffer 2 (bytes 148..227, steps 2..3)"});
  // One inside the other.
  CHECK(checkArena({{{100, 1, 0, 5}, {1, 1, 3, 3}}}, {{0, 50}, 100, 101, false}).size() == 2);
}

TEST_CASE("offsets are in the arena and aligned") {
  CHECK(check({0, 101, 0}, 151) == Texts{"buffer 1 at 101 isn't aligned to 4"});
  CHECK(check({0, 100, 0}, 149) == Texts{"buffer 1 at 100 with 50 bytes leads beyond the arena of 149 bytes"});
  CHECK(check({-4, 100, 0}, 150) == Texts{"buffer 0 has the negative offset -4"});
  CHECK(check({std::numeric_limits<int64_t>::max() - 3, 100, 0}, 150).size() == 1);
  CHECK(checkArena({{{8, 1, 0, 0}, {0, 1, 0, 0}}}, {{0, 9}, 8, 8, true}) ==
        Texts{"buffer 1 at 9 with 0 bytes leads beyond the arena of 8 bytes"});
}

TEST_CASE("the arena's size, its bound and the claim fit together") {
  CHECK(check({0, 100, 0}, 160) == Texts{"the arena has 160 bytes, of which 150 are used"});
  CHECK(checkArena(chain, {good.offsets, 150, 149, true}) == Texts{"the lower bound is 150, not 149"});
  CHECK(check({0, 100, 0}, 150) == Texts{"an arena of 150 bytes, its lower bound, isn't called optimal"});
  // 5 bytes count as 8, except on top.
  CHECK(checkArena({{{5, 4, 0, 0}, {4, 4, 0, 0}}}, {{4, 0}, 9, 9, true}).empty());
  CHECK(checkArena({{{5, 4, 0, 0}, {4, 4, 0, 0}}}, {{0, 8}, 12, 9, false}).empty());
}

TEST_CASE("broken problems and solutions") {
  CHECK(checkArena(chain, {{0, 100}, 150, 150, true}) == Texts{"2 offsets for 3 buffers"});
  CHECK(checkArena({{{-1, 1, 0, 0}}}, {{0}, 0, 0, true}) ==
        Texts{"buffer 0 is invalid: -1 bytes, alignment 1, steps 0..0"});
  CHECK(checkArena({{{1, 0, 0, 0}}}, {{0}, 1, 1, true}).size() == 1);
  CHECK(checkArena({{{1, 1, 3, 2}}}, {{0}, 1, 1, true}).size() == 1);
}

TEST_CASE("a plan that was changed is caught") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 500; ++i) {
    // All live at once and packed without a hole, so that no buffer can move anywhere.
    Problem problem;
    Solution solution{};
    const int n = 2 + static_cast<int>(random() % 8);
    for (int b = 0; b < n; ++b) {
      const int64_t bytes = 1 + static_cast<int64_t>(random() % 30);
      problem.buffers.push_back({bytes, 1, static_cast<int>(random() % 3), 2 + static_cast<int>(random() % 3)});
      solution.offsets.push_back(solution.bytes);
      solution.bytes += bytes;
    }
    solution.lowerBound = solution.bytes;
    solution.optimal = true;
    REQUIRE(checkArena(problem, solution).empty());
    Solution changed = solution;
    int64_t &offset = changed.offsets[random() % changed.offsets.size()];
    const int64_t distance = 1 + static_cast<int64_t>(random() % 10);
    offset += random() % 2 ? distance : -distance;
    CHECK_FALSE(checkArena(problem, changed).empty());
  }
}
