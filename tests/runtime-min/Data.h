// Random and extreme inputs, and comparison of results. Random tests print their seed; BURIN_SEED=n repeats a run.
#ifndef BURIN_TESTS_RUNTIME_MIN_DATA_H
#define BURIN_TESTS_RUNTIME_MIN_DATA_H

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace burin::test {

class Random {
public:
  /// `salt` tells the cases of a run apart.
  explicit Random(uint32_t salt) {
    const char *given = std::getenv("BURIN_SEED");
    base = given ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10)) : 1;
    engine.seed(base * 1000003u + salt);
  }
  std::string seed() const { return "BURIN_SEED=" + std::to_string(base); }

  int64_t integer(int64_t lo, int64_t hi) { return std::uniform_int_distribution<int64_t>(lo, hi)(engine); }
  uint32_t size(int64_t lo, int64_t hi) { return static_cast<uint32_t>(integer(lo, hi)); }
  double real(double lo, double hi) { return std::uniform_real_distribution<double>(lo, hi)(engine); }
  bool chance(double p) { return real(0, 1) < p; }

  template <typename T> T value(double lo, double hi) {
    if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(real(lo, hi));
    else
      return static_cast<T>(integer(static_cast<int64_t>(lo), static_cast<int64_t>(hi)));
  }
  template <typename T> std::vector<T> values(std::size_t n, double lo, double hi) {
    std::vector<T> out(n);
    for (T &v : out)
      v = value<T>(lo, hi);
    return out;
  }
  /// Integers over the whole range of T, now and then its ends.
  template <typename T> std::vector<T> integers(std::size_t n) {
    std::vector<T> out(n);
    for (T &v : out) {
      const uint64_t bits = engine64();
      v = chance(0.1)   ? std::numeric_limits<T>::min()
          : chance(0.1) ? std::numeric_limits<T>::max()
                        : static_cast<T>(bits);
    }
    return out;
  }

private:
  uint64_t engine64() { return (uint64_t{engine()} << 32) | engine(); }
  std::mt19937 engine;
  uint32_t base;
};

/// Values at which arithmetic goes wrong if it can.
template <typename T> std::vector<T> corners() {
  using L = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>)
    return {T(0),        T(-0.0),       T(1),           T(-1),           T(0.5),       T(-0.5), T(1.5),
            T(2.5),      T(-2.5),       T(3),           T(-7),           T(100),       T(-100), L::max(),
            L::lowest(), L::min(),      -L::min(),      L::denorm_min(), L::epsilon(), T(1e9),  T(-1e9),
            T(3e19),     L::infinity(), -L::infinity(), L::quiet_NaN()};
  else
    return {T(0),  T(1),  T(2),  T(3), T(5), T(7), T(8), T(63), L::max(), T(L::max() - 1), L::min(), T(L::min() + 1),
            T(-1), T(-2), T(-3), T(-7)};
}

/// Whether `actual` is `expected`, NaN being itself, but for a relative and an absolute tolerance.
template <typename T, typename E> bool close(T actual, E expected, double relative, double absolute) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(expected) || std::isnan(actual))
      return std::isnan(expected) && std::isnan(actual);
    if (std::isinf(expected) || std::isinf(actual))
      return static_cast<E>(actual) == expected;
    const E size = expected < 0 ? -expected : expected;
    const E distance =
        static_cast<E>(actual) < expected ? expected - static_cast<E>(actual) : static_cast<E>(actual) - expected;
    return distance <= static_cast<E>(relative) * size + static_cast<E>(absolute);
  } else {
    return static_cast<E>(actual) == expected;
  }
}

/// Empty if all elements are close, else the first one that isn't.
template <typename T, typename E>
std::string difference(const std::vector<T> &actual, const std::vector<E> &expected, double relative = 0,
                       double absolute = 0) {
  std::ostringstream out;
  out.precision(17);
  if (actual.size() != expected.size())
    out << actual.size() << " elements, expected " << expected.size();
  for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i)
    if (!close(actual[i], expected[i], relative, absolute)) {
      out << "element " << i << " is " << +actual[i] << ", expected " << +expected[i];
      break;
    }
  return out.str();
}

} // namespace burin::test

#endif
