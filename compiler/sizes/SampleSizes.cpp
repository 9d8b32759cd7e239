#include "compiler/sizes/SampleSizes.h"

#include <algorithm>

namespace burin {
namespace {

// Distances of the near samples, with many remainders; and, in parts of 12, of the far ones, which tell slopes apart.
constexpr int64_t near[] = {0, 1, 3, 8, 26};
constexpr int64_t far[] = {2, 6, 3, 4, 5, 7, 9, 12};
constexpr int64_t smallestSpan = 400;
// A prime count, so that walking it with different strides gives different orders.
constexpr size_t fewSamples = 7, manySamples = 13;
constexpr int64_t firstBases[] = {53, 211, 337, 449, 563, 677};

int64_t roundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

/// The next multiple of the step that the model doesn't contain.
int64_t generic(int64_t value, int64_t step, const std::set<int64_t> &avoid) {
  value = roundUp(value, step);
  while (avoid.count(value))
    value += step;
  return value;
}

/// The values of one size, ascending.
std::vector<int64_t> valuesOf(const SampledSize &size, size_t index, size_t count, const std::set<int64_t> &avoid,
                              int attempt) {
  std::vector<int64_t> values;
  // The last attempt stays within the bounds, in their upper part: models may take no size beyond them.
  const int64_t steps = (size.max - size.min) / size.step, fits = static_cast<int64_t>(count);
  if (attempt == sampleAttempts - 1 && steps >= fits) {
    const int64_t reach = std::max(fits, steps * 3 / 4);
    for (int64_t i = 0; i < fits; ++i)
      values.push_back(size.max - (fits - 1 - i) * (reach / fits) * size.step);
    return values;
  }
  const int64_t base = firstBases[index % std::size(firstBases)] + 96 * attempt +
                       static_cast<int64_t>(index / std::size(firstBases)) * 131;
  int64_t next = generic(std::max(base, size.min + 5), size.step, avoid);
  const int64_t first = next;
  const int64_t span = std::max(smallestSpan, steps);
  std::vector<int64_t> distances(std::begin(near), std::end(near));
  for (size_t i = distances.size(); i < count; ++i)
    distances.push_back(far[i - std::size(near)] * span / 12);
  std::sort(distances.begin(), distances.end());
  for (int64_t distance : distances) {
    next = generic(std::max(next, first + distance * size.step), size.step, avoid);
    values.push_back(next);
    next += size.step;
  }
  return values;
}

uint64_t randomBits(uint64_t position) {
  uint64_t z = (position + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

} // namespace

std::vector<std::vector<int64_t>> sampleSizes(const std::vector<SampledSize> &sizes, const std::set<int64_t> &avoid,
                                              int attempt) {
  const size_t count = sizes.size() > 1 ? manySamples : fewSamples;
  std::vector<std::vector<int64_t>> samples(count, std::vector<int64_t>(sizes.size()));
  std::vector<int64_t> largest;
  for (size_t s = 0; s < sizes.size(); ++s) {
    const std::vector<int64_t> values = valuesOf(sizes[s], s, count, avoid, attempt);
    for (size_t i = 0; i < count; ++i)
      samples[i][s] = values[(i * (s % (count - 1) + 1) + s) % count];
    const bool within = attempt == sampleAttempts - 1;
    largest.push_back(
        within ? sizes[s].max
               : generic(std::max(values.back(), sizes[s].max) + (static_cast<int64_t>(s) + 2) * sizes[s].step,
                         sizes[s].step, avoid));
  }
  samples.push_back(std::move(largest));
  return samples;
}

std::vector<std::vector<int64_t>> checkedSizes(const std::vector<SampledSize> &sizes, size_t count) {
  std::set<std::vector<int64_t>> points;
  auto values = [](const SampledSize &s) { return (s.max - s.min) / s.step + 1; };
  auto random = [&](size_t s, uint64_t position) {
    return sizes[s].min +
           static_cast<int64_t>(randomBits(position * 64 + s) % static_cast<uint64_t>(values(sizes[s]))) *
               sizes[s].step;
  };
  std::vector<int64_t> low, high;
  for (const SampledSize &s : sizes) {
    low.push_back(s.min);
    high.push_back(s.max);
  }
  points.insert(low);
  points.insert(high);
  if (sizes.size() == 1) {
    const int64_t all = values(sizes[0]), near = std::min<int64_t>(all, static_cast<int64_t>(count) / 3);
    for (int64_t i = 0; i < (all <= static_cast<int64_t>(count) ? all : near); ++i) {
      points.insert({sizes[0].min + i * sizes[0].step});
      points.insert({sizes[0].max - i * sizes[0].step});
    }
  }
  for (uint64_t position = 0; position < 4 * count && points.size() < count; ++position) {
    std::vector<int64_t> point;
    for (size_t s = 0; s < sizes.size(); ++s)
      point.push_back(random(s, position));
    // Each size at each of its ends in turn.
    if (sizes.size() > 1) {
      const size_t s = position / 2 % sizes.size();
      point[s] = position % 2 ? sizes[s].max : sizes[s].min;
    }
    points.insert(std::move(point));
  }
  return {points.begin(), points.end()};
}

} // namespace burin
