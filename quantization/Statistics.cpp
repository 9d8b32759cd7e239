#include "quantization/Ranges.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace burin::quantization {

void Extent::add(std::span<const float> values) {
  Extent other;
  for (float x : values) {
    if (!std::isfinite(x))
      continue;
    other.min = other.count == 0 ? x : std::min(other.min, x);
    other.max = other.count == 0 ? x : std::max(other.max, x);
    ++other.count;
  }
  other.ignored = static_cast<int64_t>(values.size()) - other.count;
  merge(other);
}

void Extent::merge(const Extent &other) {
  if (!other.empty()) {
    min = empty() ? other.min : std::min(min, other.min);
    max = empty() ? other.max : std::max(max, other.max);
  }
  count += other.count;
  ignored += other.ignored;
}

Extent TensorStatistics::all() const {
  Extent result;
  for (const Extent &extent : perSample)
    result.merge(extent);
  return result;
}

Histogram::Histogram(float low, float high, int bins) : first(low) {
  assert(std::isfinite(low) && std::isfinite(high) && low <= high && bins > 0);
  counts.resize(low < high ? bins : 1);
  width = (static_cast<double>(high) - low) / static_cast<double>(counts.size());
}

void Histogram::add(std::span<const float> values) {
  assert(!counts.empty());
  const auto last = static_cast<double>(counts.size() - 1);
  const double perUnit = width > 0 ? 1 / width : 0;
  for (float x : values) {
    if (!std::isfinite(x))
      ++notFinite;
    else if (x == 0)
      ++exactZeros;
    else
      ++counts[static_cast<size_t>(std::clamp((x - first) * perUnit, 0.0, last))];
  }
}

void Histogram::merge(const Histogram &other) {
  assert(first == other.first && width == other.width && counts.size() == other.counts.size());
  for (size_t i = 0; i < counts.size(); ++i)
    counts[i] += other.counts[i];
  exactZeros += other.exactZeros;
  notFinite += other.notFinite;
}

int64_t Histogram::total() const {
  int64_t sum = exactZeros;
  for (int64_t count : counts)
    sum += count;
  return sum;
}

} // namespace burin::quantization
