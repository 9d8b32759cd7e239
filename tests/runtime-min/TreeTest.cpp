// Decision trees, the search for keys, distances and pairwise coupling against their naive twins.
#include "tests/reference/Trees.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>
#include <set>

using namespace burin::test;
using namespace burin::reference;

namespace {

std::unique_ptr<Tree> randomTree(Random &random, uint32_t depth, uint32_t features, uint32_t targets) {
  auto tree = std::make_unique<Tree>();
  if (depth == 0 || random.chance(0.1)) {
    for (int64_t n = random.integer(0, 3); n > 0; --n)
      tree->weights.emplace_back(random.size(0, targets - 1), static_cast<double>(random.integer(-9, 9)));
    return tree;
  }
  tree->feature = random.size(0, features - 1);
  tree->threshold = static_cast<double>(random.integer(-2, 2));
  tree->whenLess = random.chance(0.5);
  tree->whenEqual = random.chance(0.5);
  tree->whenGreater = random.chance(0.5);
  tree->whenNan = random.chance(0.5);
  tree->yes = randomTree(random, depth - 1, features, targets);
  tree->no = randomTree(random, depth - 1, features, targets);
  return tree;
}

/// The kernel's tables.
template <typename T, typename I> struct Tables {
  std::vector<uint32_t> roots;
  std::vector<uint8_t> test;
  std::vector<I> feature, jump;
  std::vector<T> value;

  void add(const Tree &tree) {
    const std::size_t at = test.size();
    if (tree.yes) {
      push(tree.whenLess + 2 * tree.whenEqual + 4 * tree.whenGreater + 8 * tree.whenNan, tree.feature, tree.threshold);
      add(*tree.yes);
      jump[at] = static_cast<I>(test.size() - at);
      return add(*tree.no);
    }
    for (std::size_t i = 0; i < tree.weights.size(); ++i)
      push(i + 1 < tree.weights.size() ? 17 : 16, tree.weights[i].first, tree.weights[i].second);
    if (tree.weights.empty())
      push(18, 0, 0);
  }

  void push(int kind, uint32_t index, double number) {
    test.push_back(static_cast<uint8_t>(kind));
    feature.push_back(static_cast<I>(index));
    jump.push_back(0);
    value.push_back(static_cast<T>(number));
  }
};

template <typename T, typename I> void checkTrees(uint32_t round) {
  Random random(round);
  const uint32_t features = random.size(1, 5), targets = random.size(1, 4), count = random.size(0, 4);
  Tables<T, I> tables;
  std::vector<std::unique_ptr<Tree>> trees;
  for (uint32_t i = 0; i < count; ++i) {
    trees.push_back(randomTree(random, random.size(0, 5), features, targets));
    tables.roots.push_back(static_cast<uint32_t>(tables.test.size()));
    tables.add(*trees.back());
  }
  std::vector<T> x(features);
  for (T &v : x)
    v = random.chance(0.2) ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(random.integer(-3, 3));
  const T inf = std::numeric_limits<T>::infinity();
  std::vector<T> sum(targets, T(0)), least(targets, inf), most(targets, -inf), y(targets);
  for (const auto &tree : trees)
    for (auto [target, weight] : leafOf(*tree, x.data()).weights) {
      const T w = static_cast<T>(weight);
      sum[target] += w;
      least[target] = std::min(least[target], w);
      most[target] = std::max(most[target], w);
    }
  INFO(random.seed() << " round " << round);
  const std::string types = std::string("_") + TypeName<T>::suffix + "_" + TypeName<I>::suffix;
  for (const auto &[name, expected] : {std::pair("sum", &sum), std::pair("min", &least), std::pair("max", &most)}) {
    std::fill(y.begin(), y.end(), T(77));
    call("brn_tree_" + std::string(name) + types, static_cast<const T *>(x.data()),
         static_cast<const uint32_t *>(tables.roots.data()), count, static_cast<const uint8_t *>(tables.test.data()),
         static_cast<const I *>(tables.feature.data()), static_cast<const I *>(tables.jump.data()),
         static_cast<const T *>(tables.value.data()), y.data(), targets);
    CHECK(y == *expected);
  }
}

} // namespace

TEST_CASE("ensembles of trees", "[tree]") {
  for (uint32_t round = 0; round < 200; ++round) {
    checkTrees<float, uint16_t>(round);
    checkTrees<double, uint32_t>(1000 + round);
    checkTrees<float, uint32_t>(2000 + round);
    checkTrees<double, uint16_t>(3000 + round);
  }
}

TEMPLATE_TEST_CASE("places of keys", "[find]", float, double, int16_t, int32_t, int64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 100; ++round) {
    Random random(round);
    std::set<T> distinct;
    for (int64_t n = random.integer(0, 9); n > 0; --n)
      distinct.insert(random.value<T>(-6, 6));
    std::vector<T> keys(distinct.begin(), distinct.end()), x = keys;
    for (int i = 0; i < 5; ++i)
      x.push_back(random.value<T>(-8, 8));
    if constexpr (std::is_floating_point_v<T>) {
      x.push_back(std::numeric_limits<T>::quiet_NaN());
      if (random.chance(0.5))
        keys.push_back(std::numeric_limits<T>::quiet_NaN());
    }
    std::vector<int32_t> y(x.size(), -1), expected;
    for (T v : x)
      expected.push_back(placeOf(keys, v));
    call(kernelName<T>("find"), static_cast<const T *>(x.data()), static_cast<const T *>(keys.data()), y.data(),
         static_cast<uint32_t>(keys.size()), static_cast<uint32_t>(x.size()));
    INFO(random.seed() << " round " << round);
    CHECK(y == expected);
  }
}

TEMPLATE_TEST_CASE("squared distances", "[distance]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 50; ++round) {
    Random random(round);
    const uint32_t m = random.size(1, 4), n = random.size(1, 4), k = random.size(0, 5);
    const auto a = random.values<T>(m * k, -9, 9), b = random.values<T>(n * k, -9, 9);
    std::vector<T> y(m * n, T(-1));
    std::vector<long double> expected;
    for (uint32_t i = 0; i < m; ++i)
      for (uint32_t j = 0; j < n; ++j) {
        long double sum = 0;
        for (uint32_t d = 0; d < k; ++d)
          sum += std::pow(static_cast<long double>(a[i * k + d]) - b[j * k + d], 2.0L);
        expected.push_back(sum);
      }
    call(kernelName<T>("squared_distance"), a.data(), b.data(), y.data(), m, n, k);
    CHECK(difference(y, expected, 16 * std::numeric_limits<T>::epsilon(), 1e-30) == "");
  }
}

TEST_CASE("pairwise coupling: consistent pairs give their classes back", "[coupling]") {
  for (uint32_t round = 0; round < 50; ++round) {
    Random random(round);
    const uint32_t n = random.size(1, 6);
    std::vector<double> p;
    double total = 0;
    for (uint32_t i = 0; i < n; ++i)
      total += p.emplace_back(random.real(0.05, 1));
    std::vector<float> r(n * n, 0.5f), y(n, -1.0f), scratch(n * n + n);
    for (uint32_t i = 0; i < n; ++i)
      for (uint32_t j = 0; j < n; ++j)
        r[i * n + j] = static_cast<float>(p[i] / (p[i] + p[j]));
    call("brn_pairwise_coupling_f32", static_cast<const float *>(r.data()), y.data(), scratch.data(), n);
    INFO(random.seed() << " round " << round);
    double sum = 0;
    for (uint32_t i = 0; i < n; ++i) {
      CHECK(std::abs(y[i] - p[i] / total) < 0.02); // it stops at a gradient of 0.005 / n
      sum += y[i];
    }
    CHECK(std::abs(sum - 1) < 1e-5);
  }
}
