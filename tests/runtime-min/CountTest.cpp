// Kernels that find how many elements their results have.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>
#include <cmath>
#include <map>

using namespace burin::test;

namespace {

/// Distinct rows by a map: row -> its indices. NaN is one value, larger than all.
struct NanLast {
  bool operator()(const std::vector<double> &a, const std::vector<double> &b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](double u, double v) { return std::isnan(v) ? !std::isnan(u) : u < v; });
  }
};

template <typename T> void checkUnique(const std::string &suffix, const std::vector<T> &x, uint32_t m, bool sorted) {
  const auto n = static_cast<uint32_t>(x.size() / m);
  std::map<std::vector<double>, std::vector<int64_t>, NanLast> rows;
  for (uint32_t i = 0; i < n; ++i)
    rows[std::vector<double>(x.begin() + i * m, x.begin() + (i + 1) * m)].push_back(i);
  std::vector<std::vector<int64_t>> groups;
  for (const auto &[row, indices] : rows)
    groups.push_back(indices);
  if (!sorted)
    std::sort(groups.begin(), groups.end());

  std::vector<int64_t> order(n), first(n, -1), inverse(n, -1), counts(n, -1);
  uint32_t count = 99;
  call("brn_unique_" + suffix, x.data(), n, m, static_cast<uint32_t>(sorted), order.data(), first.data(),
       inverse.data(), counts.data(), &count);
  REQUIRE(count == groups.size());
  for (size_t k = 0; k < groups.size(); ++k) {
    CHECK(first[k] == groups[k][0]);
    CHECK(counts[k] == static_cast<int64_t>(groups[k].size()));
    for (int64_t i : groups[k])
      CHECK(inverse[static_cast<size_t>(i)] == static_cast<int64_t>(k));
  }
}

/// Intersection over union in double.
double overlapOf(const float *u, const float *v, bool center) {
  double common = 1, area[2] = {1, 1};
  for (int axis = 0; axis < 2; ++axis) {
    double low[2], high[2];
    for (int b = 0; b < 2; ++b) {
      const float *box = b ? v : u;
      const double p = center ? box[axis] - box[axis + 2] / 2.0 : box[axis];
      const double q = center ? box[axis] + box[axis + 2] / 2.0 : box[axis + 2];
      low[b] = std::min(p, q);
      high[b] = std::max(p, q);
      area[b] *= high[b] - low[b];
    }
    common *= std::max(0.0, std::min(high[0], high[1]) - std::max(low[0], low[1]));
  }
  return area[0] > 0 && area[1] > 0 ? common / (area[0] + area[1] - common) : 0;
}

} // namespace

TEST_CASE("true_positions") {
  Random random(5);
  for (uint32_t n : {0u, 1u, 17u}) {
    std::vector<uint8_t> x;
    std::vector<int64_t> expected;
    for (uint32_t i = 0; i < n; ++i) {
      x.push_back(static_cast<uint8_t>(random.integer(0, 1)));
      if (x.back())
        expected.push_back(i);
    }
    std::vector<int64_t> y(n);
    uint32_t count = 99;
    call("brn_true_positions", x.data(), n, y.data(), &count);
    y.resize(std::min<size_t>(n, count));
    CHECK(count == expected.size());
    CHECK(y == expected);
  }
}

TEST_CASE("unique") {
  Random random(6);
  for (uint32_t m : {1u, 3u})
    for (uint32_t n : {0u, 1u, 2u, 3u, 40u})
      for (bool sorted : {true, false}) {
        std::vector<float> reals;
        std::vector<int64_t> wide;
        std::vector<uint8_t> bytes;
        for (uint32_t i = 0; i < n * m; ++i) {
          const auto v = random.integer(-2, 2);
          reals.push_back(v == 2 ? NAN : static_cast<float>(v) / 2);
          wide.push_back(v);
          bytes.push_back(static_cast<uint8_t>(v + 2));
        }
        checkUnique("f32", reals, m, sorted);
        checkUnique("s64", wide, m, sorted);
        checkUnique("u8", bytes, m, sorted);
      }
}

TEST_CASE("non_max_suppression") {
  Random random(7);
  const uint32_t batches = 2, classes = 3, n = 20;
  for (int64_t most : {int64_t{0}, int64_t{4}, int64_t{100}})
    for (bool center : {false, true}) {
      const std::vector<float> boxes = random.values<float>(batches * n * 4, 0, 1);
      const std::vector<float> scores = random.values<float>(batches * classes * n, 0, 1);
      const float overlap = 0.3f, score = 0.2f;
      std::vector<int64_t> expected;
      for (uint32_t row = 0; row < batches * classes; ++row) {
        std::vector<uint32_t> byScore;
        for (uint32_t i = 0; i < n; ++i)
          if (scores[row * n + i] > score)
            byScore.push_back(i);
        std::stable_sort(byScore.begin(), byScore.end(),
                         [&](uint32_t a, uint32_t b) { return scores[row * n + a] > scores[row * n + b]; });
        std::vector<uint32_t> kept;
        for (uint32_t i : byScore) {
          const float *b = boxes.data() + row / classes * n * 4;
          const bool free = std::all_of(kept.begin(), kept.end(), [&](uint32_t k) {
            return overlapOf(b + k * 4, b + i * 4, center) <= static_cast<double>(overlap);
          });
          if (free && static_cast<int64_t>(kept.size()) < most)
            kept.push_back(i);
        }
        for (uint32_t i : kept)
          expected.insert(expected.end(), {row / classes, row % classes, i});
      }
      std::vector<uint8_t> gone(n);
      std::vector<int64_t> y(batches * classes * n * 3);
      uint32_t count = 99;
      call("brn_non_max_suppression", boxes.data(), scores.data(), batches, classes, n, &most, &overlap, &score,
           static_cast<uint32_t>(center), gone.data(), y.data(), &count);
      y.resize(count * 3);
      CHECK(y == expected);
    }
}
