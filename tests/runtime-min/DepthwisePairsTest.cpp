// Depthwise convolutions that requantise by the upper half of a product, in portable C, against the naive twin.
#include "tests/reference/Convolution.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Rows.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

/// A random layer of activations X and results Y, and what requantises its sums.
template <typename X, typename Y> struct Layer {
  Random random;
  int64_t c;
  Image<X> x;
  Window window;
  Weights<int8_t> w;
  int32_t xZero, zero, lo, hi, shift;
  std::vector<int32_t> bias, mult;
  std::vector<std::vector<std::pair<int32_t, int32_t>>> exceptions; // per channel
  Image<int64_t> acc;

  Layer(uint32_t salt, bool threeByThree)
      : random(salt), c(random.integer(threeByThree ? 1 : 4, 9)), x(random.integer(1, 6), random.integer(1, 9), c),
        window(randomWindow(random, x.height, x.width)), w(c, window.kernelH, window.kernelW, 1), acc(1, 1, c) {
    if (threeByThree)
      makeThreeByThree();
    x.data = random.integers<X>(x.data.size());
    w.data = random.values<int8_t>(w.data.size(), -128, 127);
    if (random.chance(0.2)) { // as far as sums can go
      std::fill(x.data.begin(), x.data.end(), std::numeric_limits<X>::max());
      std::fill(w.data.begin(), w.data.end(), int8_t{-128});
    }
    xZero = random.value<X>(std::numeric_limits<X>::min(), std::numeric_limits<X>::max());
    zero = random.value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
    lo = random.chance(0.5) ? zero : std::numeric_limits<Y>::min();
    hi = std::numeric_limits<Y>::max() - (random.chance(0.5) && lo < std::numeric_limits<Y>::max() - 3 ? 3 : 0);
    shift = threeByThree ? 2 : random.integer(1, 12);
    bias = random.values<int32_t>(w.out, -1e5, 1e5);
    for (int64_t o = 0; o < c; ++o)
      mult.push_back(random.value<int32_t>(0, random.chance(0.8) ? 1 << 25 : 0x7FFFFFFF));
    acc = sums();
    exceptions.resize(c);
    for (auto &list : exceptions)
      if (random.chance(0.3))
        makeExceptions(list, &list - exceptions.data());
  }
  void makeThreeByThree() {
    const int64_t strideW = random.integer(1, 2);
    do
      window = randomWindow(random, x.height + 2, x.width + 2);
    while (window.padTop + window.padBottom + x.height < 3 || window.padLeft + window.padRight + x.width < 3);
    window.kernelH = window.kernelW = 3;
    window.dilationH = window.dilationW = 1;
    window.strideW = strideW;
    w = Weights<int8_t>(c, 3, 3, 1);
  }
  /// Sums that occur, and one that needn't.
  void makeExceptions(std::vector<std::pair<int32_t, int32_t>> &list, int64_t channel) {
    const int64_t pixels = acc.height * acc.width;
    for (int64_t left = random.integer(1, 3); left > 0; --left) {
      const int64_t sum = acc.data[random.integer(0, pixels - 1) * c + channel] + (left == 3 ? 1 : 0);
      if (std::none_of(list.begin(), list.end(), [&](auto e) { return e.first == sum; }))
        list.emplace_back(static_cast<int32_t>(sum), random.value<int32_t>(lo, hi));
    }
  }
  Image<int64_t> sums() const {
    Image<int64_t> image(x.height, x.width, c);
    image.data = converted<int64_t>(x.data);
    Weights<int64_t> weights(c, w.kernelH, w.kernelW, 1);
    weights.data = converted<int64_t>(w.data);
    return convolution<int64_t>(image, weights, window, c, xZero, {}, converted<int64_t>(bias));
  }
  int64_t offset() const { return (int64_t{zero} << shift) + (int64_t{1} << (shift - 1)); }
  int32_t tableMult(int64_t channel) const {
    return exceptions[channel].empty() ? mult[channel] : mult[channel] | std::numeric_limits<int32_t>::min();
  }
  /// As brn_channel_scales has them.
  std::vector<int32_t> exceptionList() const {
    std::vector<int32_t> all;
    for (const auto &list : exceptions) {
      if (!list.empty())
        all.push_back(static_cast<int32_t>(list.size()));
      for (auto [sum, result] : list)
        all.insert(all.end(), {sum, result});
    }
    return all;
  }
  /// From the formula: clamp(floor((acc * mult + offset * 2^32) / 2^(32 + shift))), but for the exceptions.
  std::vector<int64_t> results() const {
    std::vector<int64_t> out;
    for (std::size_t i = 0; i < acc.data.size(); ++i) {
      const __int128 step = static_cast<__int128>(1) << (32 + shift);
      const __int128 all =
          static_cast<__int128>(acc.data[i]) * mult[i % c] + static_cast<__int128>(offset()) * (int64_t{1} << 32);
      const __int128 q = all >= 0 ? all / step : -((step - 1 - all) / step);
      out.push_back(static_cast<int64_t>(std::clamp<__int128>(q, lo, hi)));
      for (auto [sum, result] : exceptions[i % c])
        if (sum == acc.data[i])
          out.back() = result;
    }
    return out;
  }
  std::string describe() const {
    std::ostringstream out;
    out << random.seed() << " channels " << c << " in " << x.height << "x" << x.width << " kernel " << window.kernelH
        << "x" << window.kernelW << " stride " << window.strideH << "x" << window.strideW << " pads " << window.padTop
        << " " << window.padLeft << " " << window.padBottom << " " << window.padRight << " zero " << xZero;
    return out.str();
  }
};

uint32_t byteAt(int8_t weight, int64_t place) {
  return static_cast<uint32_t>(static_cast<uint8_t>(weight)) << (8 * place);
}

/// Entries of brn_window3_*: first sum, multiplier, and the bytes of three words as the docstring lists them.
template <typename X, typename Y> std::vector<int32_t> tableOf3(const Layer<X, Y> &l) {
  std::vector<int32_t> table;
  for (int64_t o = 0; o < l.c; ++o) {
    const auto at = [&](int64_t k, int64_t t, int64_t place) { return byteAt(l.w.at(o, k, t, 0), place); };
    table.insert(table.end(), {l.bias[o], l.tableMult(o)});
    for (uint32_t word : {at(0, 0, 0) | at(0, 1, 1) | at(1, 0, 2) | at(1, 1, 3),
                          at(0, 2, 0) | at(2, 0, 1) | at(1, 2, 2) | at(2, 1, 3), at(2, 1, 0) | at(2, 2, 2)})
      table.push_back(static_cast<int32_t>(word));
  }
  return table;
}

template <typename X, typename Y> void check3(uint32_t salt) {
  const Layer<X, Y> l(salt, /*threeByThree=*/true);
  INFO(l.describe());
  const std::vector<int32_t> table = tableOf3(l), exceptions = l.exceptionList();
  std::vector<Y> y(l.acc.data.size());
  const std::string name = std::string("brn_depthwise3") + (l.window.strideW == 2 ? "by2_" : "_") +
                           TypeName<X>::suffix + "_" + TypeName<Y>::suffix;
  for (int64_t row = 0; row < l.acc.height; ++row)
    call(name, rowsOf(l.x.data, l.x, l.window, row).data(), 3, l.x.width, l.c, l.c, 3, l.window.strideW,
         l.window.padLeft, 1, l.xZero, table.data(), l.offset(), exceptions.empty() ? nullptr : exceptions.data(), l.lo,
         l.hi, y.data() + row * l.acc.width * l.c, l.acc.width, l.c);
  REQUIRE(difference(y, l.results()) == "");
}

/// The words of brn_tap_pairs_*: four channels after four, the last four being those up to the last channel.
template <typename X, typename Y> std::vector<uint32_t> pairsOf(const Layer<X, Y> &l) {
  const int64_t taps = l.window.kernelH * l.window.kernelW;
  std::vector<uint32_t> words;
  for (int64_t group = 0; group < l.c; group += 4)
    for (int64_t tap = 0; tap < taps; tap += 2)
      for (int64_t channel : {0, 2}) {
        const int64_t first = std::min(group, l.c - 4) + channel;
        const auto weight = [&](int64_t o, int64_t t) { return t < taps ? l.w.data[o * taps + t] : int8_t{0}; };
        words.push_back(byteAt(weight(first, tap), 0) | byteAt(weight(first + 1, tap), 1) |
                        byteAt(weight(first, tap + 1), 2) | byteAt(weight(first + 1, tap + 1), 3));
      }
  return words;
}

template <typename X, typename Y> void checkPairs(uint32_t salt) {
  const Layer<X, Y> l(salt, /*threeByThree=*/false);
  INFO(l.describe());
  const std::vector<uint32_t> weights = pairsOf(l);
  const std::vector<X> padding(l.c, static_cast<X>(l.xZero));
  const std::vector<int32_t> exceptions = l.exceptionList();
  std::vector<int32_t> table;
  for (int64_t o = 0; o < l.c; ++o)
    table.insert(table.end(), {l.bias[o], l.tableMult(o)});
  std::vector<Y> y(l.acc.data.size());
  for (int64_t row = 0; row < l.acc.height; ++row)
    call(std::string("brn_depthwise_pairs_") + TypeName<X>::suffix + "_" + TypeName<Y>::suffix,
         rowsOf(l.x.data, l.x, l.window, row).data(), l.window.kernelH, l.x.width, l.c, l.c, l.window.kernelW,
         l.window.strideW, l.window.padLeft, l.window.dilationW, padding.data(), weights.data(), table.data(),
         l.offset(), l.shift, exceptions.empty() ? nullptr : exceptions.data(), l.lo, l.hi,
         y.data() + row * l.acc.width * l.c, l.acc.width, l.c);
  REQUIRE(difference(y, l.results()) == "");
}

} // namespace

TEMPLATE_TEST_CASE("depthwise rows that requantise by the upper half", "[conv]", int8_t, uint8_t) {
  for (uint32_t round = 0; round < 500; ++round) {
    check3<TestType, int8_t>(round);
    check3<TestType, uint8_t>(10000 + round);
    checkPairs<TestType, int8_t>(20000 + round);
    checkPairs<TestType, uint8_t>(30000 + round);
  }
}
