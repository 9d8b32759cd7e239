#include "quantization/Moments.h"
#include "quantization/Parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace burin::quantization {

Moments Moments::centred() const {
  Moments result = *this;
  const auto n = static_cast<double>(count);
  for (int64_t i = 0; i < depth; ++i)
    for (int64_t j = 0; j < depth; ++j)
      result.hessian[i * depth + j] -= n * mean[i] * mean[j];
  if (hasDrift())
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t i = 0; i < depth; ++i)
        result.drift[c * depth + i] -= n * driftMean[c] * mean[i];
      result.driftEnergy[c] -= n * driftMean[c] * driftMean[c];
    }
  return result;
}

Moments Moments::damped(double part) const {
  Moments result = *this;
  double trace = 0;
  for (int64_t i = 0; i < depth; ++i)
    trace += hessian[i * depth + i];
  for (int64_t i = 0; i < depth; ++i)
    result.hessian[i * depth + i] += part * trace / static_cast<double>(depth);
  return result;
}

Moments identityMoments(int64_t depth) {
  Moments result;
  result.depth = depth;
  result.count = 1;
  result.mean.resize(depth);
  result.hessian.resize(depth * depth);
  for (int64_t i = 0; i < depth; ++i)
    result.hessian[i * depth + i] = 1;
  return result;
}

// Features are kept in panels of 8, so that a tile of products, 4 x 8, stays in registers for a stretch of rows. The
// stretch is short enough that float sums lose little, and that the panels stay in cache.
static constexpr int64_t panel = 8, tileRows = 4, stretchRows = 128, driftPanel = 16;

static int64_t panelsFor(int64_t count, int64_t size) { return (count + size - 1) / size; }

InputMoments::InputMoments(int64_t depth, int threads) : InputMoments(WeightMatrix{{}, 0, depth}, threads) {}

InputMoments::InputMoments(const WeightMatrix &matrix, int threads)
    : depth(matrix.depth), channels(matrix.channels), depthPanels(panelsFor(depth, panel)),
      panels(depthPanels + panelsFor(channels, panel)), threads(threads) {
  assert(depth > 0 && threads >= 1);
  weights.resize(panelsFor(channels, driftPanel) * driftPanel * depth);
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t d = 0; d < depth; ++d)
      weights[(c / driftPanel * depth + d) * driftPanel + c % driftPanel] = matrix.channel(c)[d];
  stretch.resize(panels * stretchRows * panel);
  products.resize(panels * panel * depthPanels * panel);
  sums.resize(panels * panel);
  energies.resize(channels);
}

/// Whether squares and their sums stay finite floats.
static bool areModerate(std::span<const float> values) {
  constexpr float limit = 1e15f;
  bool moderate = true;
  for (float x : values)
    moderate &= std::abs(x) <= limit; // false for NaN
  return moderate;
}

void InputMoments::add(std::span<const float> rows, std::span<const float> original) {
  assert(rows.size() % depth == 0 && (original.empty() ? channels == 0 : original.size() == rows.size()));
  const auto count = static_cast<int64_t>(rows.size()) / depth;
  std::vector<float> drift(panelsFor(channels, driftPanel) * driftPanel);
  for (int64_t r = 0; r < count; ++r) {
    const auto row = rows.subspan(r * depth, depth);
    if (channels > 0)
      computeDrift(row.data(), &original[r * depth], drift);
    if (areModerate(row) && areModerate(drift))
      append(row, drift);
    if (pending == stretchRows)
      flush();
  }
}

/// W (original - row).
void InputMoments::computeDrift(const float *row, const float *original, std::span<float> drift) const {
  const float *w = weights.data();
  for (size_t begin = 0; begin < drift.size(); begin += driftPanel) {
    float part[driftPanel] = {};
    for (int64_t d = 0; d < depth; ++d, w += driftPanel) {
      const float difference = original[d] - row[d];
      for (int64_t i = 0; i < driftPanel; ++i)
        part[i] += difference * w[i];
    }
    std::copy(part, part + driftPanel, drift.begin() + begin);
  }
}

void InputMoments::append(std::span<const float> row, std::span<const float> drift) {
  auto place = [&](int64_t feature, float value) {
    stretch[(feature / panel * stretchRows + pending) * panel + feature % panel] = value;
    sums[feature] += value;
  };
  for (int64_t d = 0; d < depth; ++d)
    place(d, row[d]);
  for (int64_t c = 0; c < channels; ++c) {
    place(depthPanels * panel + c, drift[c]);
    energies[c] += static_cast<double>(drift[c]) * drift[c];
  }
  ++pending;
  ++rowCount;
}

/// sums[i][j] += sum over rows of left[row][i] * right[row][j], for a tile of tileRows x panel.
static void addTile(const float *left, const float *right, int64_t rows, double *sums, int64_t stride) {
  float tile[tileRows][panel] = {};
  for (int64_t r = 0; r < rows; ++r, left += panel, right += panel)
    for (int64_t i = 0; i < tileRows; ++i)
      for (int64_t j = 0; j < panel; ++j)
        tile[i][j] += left[i] * right[j];
  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t j = 0; j < panel; ++j)
      sums[i * stride + j] += tile[i][j];
}

void InputMoments::flush() {
  const int64_t stride = depthPanels * panel;
  constexpr int64_t worthThreads = 1 << 20; // multiplications; starting a thread costs as much as 10^5 of them
  const bool few = pending * panels * panel * stride < worthThreads;
  parallelFor(few ? 1 : threads, panels, [&](int64_t turn) {
    const int64_t p = panels - 1 - turn; // the long rows of tiles first
    for (int64_t q = 0; q < std::min(p + 1, depthPanels); ++q)
      for (int64_t i = 0; i < panel; i += tileRows)
        addTile(&stretch[p * stretchRows * panel + i], &stretch[q * stretchRows * panel], pending,
                &products[(p * panel + i) * stride + q * panel], stride);
  });
  pending = 0;
}

Moments InputMoments::moments() const {
  InputMoments all = *this;
  all.flush();
  const int64_t stride = depthPanels * panel;
  const double perRow = rowCount > 0 ? 1.0 / static_cast<double>(rowCount) : 0;
  Moments result;
  result.depth = depth;
  result.channels = channels;
  result.count = rowCount;
  result.hessian.resize(depth * depth);
  for (int64_t i = 0; i < depth; ++i)
    for (int64_t j = 0; j <= i; ++j)
      result.hessian[i * depth + j] = result.hessian[j * depth + i] = all.products[i * stride + j];
  for (int64_t i = 0; i < depth; ++i)
    result.mean.push_back(sums[i] * perRow);
  for (int64_t c = 0; c < channels; ++c) {
    const double *row = &all.products[(stride + c) * stride];
    result.drift.insert(result.drift.end(), row, row + depth);
    result.driftMean.push_back(sums[stride + c] * perRow);
  }
  result.driftEnergy = energies;
  return result;
}

} // namespace burin::quantization
