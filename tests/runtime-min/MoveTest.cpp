// Data movement: copies, gathers and scatters.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>

using namespace burin::test;

namespace {

template <typename T> std::string bits() { return std::to_string(8 * sizeof(T)); }

/// What an ONNX index means on an axis, out of range included.
int64_t wrapped(int64_t index, int64_t extent) {
  return std::clamp<int64_t>(index < 0 ? index + extent : index, 0, extent - 1);
}

/// Indices in and out of range.
template <typename I> std::vector<I> indices(Random &random, std::size_t n, int64_t extent) {
  std::vector<I> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(static_cast<I>(random.integer(-extent, extent - 1)));
  if (n > 3) {
    out[0] = static_cast<I>(extent);
    out[1] = static_cast<I>(-extent - 1);
    out[2] = std::numeric_limits<I>::max();
    out[3] = std::numeric_limits<I>::min();
  }
  return out;
}

/// One step of a scatter; integers wrap.
template <typename T> T combine(const std::string &op, T a, T b) {
  if (op == "min" || op == "max")
    return (op == "min") == (a < b) ? a : b;
  if (op == "none")
    return b;
  if constexpr (std::is_integral_v<T>) {
    const auto u = static_cast<unsigned __int128>(a), v = static_cast<unsigned __int128>(b);
    return static_cast<T>(op == "add" ? u + v : u * v);
  } else {
    return op == "add" ? a + b : a * b;
  }
}

template <typename T> std::vector<T> anyValues(Random &random, std::size_t n) {
  if constexpr (std::is_floating_point_v<T>)
    return random.values<T>(n, -3, 3);
  else
    return random.integers<T>(n);
}

template <typename T, typename I> void checkScatterElements(const std::string &op, const std::string &name) {
  Random random(31);
  INFO(random.seed() << " " << name);
  const uint32_t n = 40, extent = 7, indexStep = 2, updateStep = 3, yStep = 2;
  const auto index = indices<I>(random, n * indexStep, extent);
  const auto updates = anyValues<T>(random, n * updateStep);
  auto y = anyValues<T>(random, extent * yStep);
  auto expected = y;
  for (uint32_t i = 0; i < n; ++i) {
    T &place = expected[wrapped(index[i * indexStep], extent) * yStep];
    place = combine(op, place, updates[i * updateStep]);
  }
  call(name, index.data(), indexStep, updates.data(), updateStep, y.data(), yStep, n, extent);
  CHECK(difference(y, expected) == "");
}

template <typename T, typename I> void checkScatterNd(const std::string &op) {
  Random random(32);
  const std::string name = "brn_scatter_nd_" + op + "_" + TypeName<T>::suffix + "_" + TypeName<I>::suffix;
  INFO(random.seed() << " " << name);
  const std::vector<uint32_t> dims = {3, 4};
  const uint32_t count = 30, length = 5;
  std::vector<I> index;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t d : dims)
      index.push_back(static_cast<I>(random.integer(-2 * static_cast<int64_t>(d), 2 * d)));
  const auto updates = anyValues<T>(random, count * length);
  auto y = anyValues<T>(random, 3 * 4 * length);
  auto expected = y;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t e = 0; e < length; ++e) {
      T &place = expected[(wrapped(index[2 * i], 3) * 4 + wrapped(index[2 * i + 1], 4)) * length + e];
      place = combine(op, place, updates[i * length + e]);
    }
  call(name, index.data(), updates.data(), y.data(), count, 2u, dims.data(), length);
  CHECK(difference(y, expected) == "");
}

} // namespace

TEST_CASE("copy", "[move]") {
  const std::vector<uint8_t> x = {1, 2, 3, 4, 5};
  std::vector<uint8_t> y(5, 9);
  call("brn_copy", x.data(), y.data(), 4u);
  CHECK(y == std::vector<uint8_t>{1, 2, 3, 4, 9});
  call("brn_copy", x.data(), y.data(), 0u);
  CHECK(y == std::vector<uint8_t>{1, 2, 3, 4, 9});
}

TEST_CASE("a row that a table names", "[move]") {
  const uint8_t above[] = {1, 2, 3}, below[] = {4, 5, 6};
  const uint8_t *rows[] = {above, below};
  const uint32_t index[] = {1};
  uint8_t y[] = {0, 0, 9};
  call("brn_copy_row", static_cast<const uint8_t *const *>(rows), index, y, 2u);
  CHECK(std::vector<uint8_t>(y, y + 3) == std::vector<uint8_t>{4, 5, 9});
}

TEST_CASE("a window moves on, in place too", "[move]") {
  const std::vector<uint8_t> rows = {8, 9};
  std::vector<uint8_t> window = {1, 2, 3, 4, 5}, y(5, 0);
  call("brn_shift", window.data(), rows.data(), y.data(), 3u, 2u);
  CHECK(y == std::vector<uint8_t>{3, 4, 5, 8, 9});
  call("brn_shift", window.data(), rows.data(), window.data(), 3u, 2u);
  CHECK(window == y);
  call("brn_shift", window.data(), rows.data(), window.data(), 0u, 2u);
  CHECK(window == std::vector<uint8_t>{8, 9, 5, 8, 9});
}

TEST_CASE("the turn of a loop", "[move]") {
  std::vector<int64_t> y(2, -1);
  call("brn_store_index", y.data(), 4000000000u);
  CHECK(y == std::vector<int64_t>{4000000000, -1});
}

TEMPLATE_TEST_CASE("strided copy", "[move]", uint8_t, uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  const std::vector<T> x = {1, 2, 3, 4, 5, 6};
  std::vector<T> y(6, 9);
  const std::string name = "brn_copy_strided_" + bits<T>();
  call(name, x.data(), 2, y.data(), 1, 3u);
  CHECK(y == std::vector<T>{1, 3, 5, 9, 9, 9});
  call(name, x.data() + 5, -1, y.data(), 1, 6u);
  CHECK(y == std::vector<T>{6, 5, 4, 3, 2, 1});
  call(name, x.data(), 0, y.data(), 2, 3u);
  CHECK(y == std::vector<T>{1, 5, 1, 3, 1, 1});
  call(name, x.data(), 1, y.data() + 5, -2, 3u);
  CHECK(y == std::vector<T>{1, 3, 1, 2, 1, 1});
  std::fill(y.begin(), y.end(), T(std::numeric_limits<T>::max() - 1));
  call(name, y.data(), 1, y.data(), 1, 6u); // every element in place
  CHECK(y == std::vector<T>(6, T(std::numeric_limits<T>::max() - 1)));
}

TEMPLATE_TEST_CASE("gather", "[move]", int32_t, int64_t) {
  using I = TestType;
  Random random(33);
  INFO(random.seed());
  const uint32_t extent = 6, bytes = 3;
  const auto index = indices<I>(random, 20, extent);
  const auto data = random.integers<uint8_t>(extent * bytes);
  std::vector<uint8_t> y(20 * bytes), expected;
  for (I i : index)
    for (uint32_t b = 0; b < bytes; ++b)
      expected.push_back(data[wrapped(i, extent) * bytes + b]);
  call(kernelName<I>("gather"), data.data(), index.data(), y.data(), 20u, extent, bytes);
  CHECK(difference(y, expected) == "");
}

template <typename T, typename I> static void checkGatherElements() {
  Random random(34);
  const uint32_t n = 30, extent = 9, dataStep = 2, indexStep = 3, yStep = 2;
  const auto index = indices<I>(random, n * indexStep, extent);
  const auto data = random.integers<T>(extent * dataStep);
  std::vector<T> y(n * yStep, T(1)), expected(n * yStep, T(1));
  for (uint32_t i = 0; i < n; ++i)
    expected[i * yStep] = data[wrapped(index[i * indexStep], extent) * dataStep];
  const std::string name = "brn_gather_elements_" + bits<T>() + "_" + TypeName<I>::suffix;
  call(name, data.data(), dataStep, index.data(), indexStep, y.data(), yStep, n, extent);
  INFO(random.seed() << " " << name);
  CHECK(difference(y, expected) == "");
}

TEMPLATE_TEST_CASE("gather elements", "[move]", uint8_t, uint16_t, uint32_t, uint64_t) {
  checkGatherElements<TestType, int32_t>();
  checkGatherElements<TestType, int64_t>();
}

TEMPLATE_TEST_CASE("scatter elements", "[move]", uint8_t, uint16_t, uint32_t, uint64_t) {
  const std::string name = "brn_scatter_elements_" + bits<TestType>();
  checkScatterElements<TestType, int32_t>("none", name + "_s32");
  checkScatterElements<TestType, int64_t>("none", name + "_s64");
}

TEMPLATE_TEST_CASE("scatter with a reduction", "[move]", float, double, int8_t, int16_t, int32_t, int64_t, uint8_t,
                   uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  for (const std::string op : {"add", "mul", "min", "max"}) {
    const std::string name = "brn_scatter_elements_" + op + "_" + TypeName<T>::suffix;
    checkScatterElements<T, int32_t>(op, name + "_s32");
    checkScatterElements<T, int64_t>(op, name + "_s64");
    checkScatterNd<T, int32_t>(op);
    checkScatterNd<T, int64_t>(op);
  }
}

TEMPLATE_TEST_CASE("a scattered NaN stays", "[move]", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  for (const std::string op : {"min", "max"}) {
    const std::string name = "brn_scatter_elements_" + op + "_" + TypeName<TestType>::suffix + "_s32";
    const int32_t index[] = {0, 1};
    const TestType updates[] = {nan, 1};
    TestType y[] = {1, nan};
    call(name, index, 1u, updates, 1u, y, 1u, 2u, 2u);
    CHECK(std::isnan(y[0]));
    CHECK(std::isnan(y[1]));
  }
}

TEMPLATE_TEST_CASE("gather and scatter by tuples", "[move]", int32_t, int64_t) {
  using I = TestType;
  Random random(35);
  INFO(random.seed());
  const std::vector<uint32_t> dims = {3, 4, 2};
  const uint32_t count = 25, bytes = 6;
  std::vector<I> index;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t d : dims)
      index.push_back(static_cast<I>(random.integer(-2 * static_cast<int64_t>(d), 2 * d)));
  const auto slice = [&](uint32_t i) {
    return (wrapped(index[3 * i], 3) * 4 + wrapped(index[3 * i + 1], 4)) * 2 + wrapped(index[3 * i + 2], 2);
  };
  const auto data = random.integers<uint8_t>(3 * 4 * 2 * bytes), updates = random.integers<uint8_t>(count * bytes);
  std::vector<uint8_t> gathered, scattered = data, y(count * bytes), z = data;
  for (uint32_t i = 0; i < count; ++i)
    for (uint32_t b = 0; b < bytes; ++b) {
      gathered.push_back(data[slice(i) * bytes + b]);
      scattered[slice(i) * bytes + b] = updates[i * bytes + b];
    }
  call(kernelName<I>("gather_nd"), data.data(), index.data(), y.data(), count, 3u, dims.data(), bytes);
  CHECK(difference(y, gathered) == "");
  call(kernelName<I>("scatter_nd"), index.data(), updates.data(), z.data(), count, 3u, dims.data(), bytes);
  CHECK(difference(z, scattered) == "");
}
