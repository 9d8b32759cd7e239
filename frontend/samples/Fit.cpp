#include "frontend/samples/Fit.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace burin::samples {

using Shape = std::vector<int64_t>;

namespace {

/// Finds which axes correspond, from the last to the first, so that missing axes are the leading ones.
class Alignment {
public:
  Alignment(std::span<const int64_t> data, std::span<const int64_t> wanted)
      : data(data), wanted(wanted), shape(wanted.begin(), wanted.end()),
        failed((data.size() + 1) * (wanted.size() + 1)) {}

  std::optional<Shape> find() { return match(data.size(), wanted.size()) ? std::optional(shape) : std::nullopt; }

private:
  /// Whether the first `i` axes of the data can be the first `j` of the input; fills in `shape`.
  bool match(size_t i, size_t j) {
    if (i == 0 && j == 0)
      return true;
    if (failed[i * (wanted.size() + 1) + j])
      return false;
    if (i > 0 && j > 0 && (wanted[j - 1] == anySize || wanted[j - 1] == data[i - 1]) && match(i - 1, j - 1))
      return set(j, data[i - 1]);
    if (i > 0 && data[i - 1] == 1 && match(i - 1, j))
      return true;
    if (j > 0 && (wanted[j - 1] == anySize || wanted[j - 1] == 1) && match(i, j - 1))
      return set(j, 1);
    failed[i * (wanted.size() + 1) + j] = true;
    return false;
  }

  bool set(size_t j, int64_t size) {
    shape[j - 1] = size;
    return true;
  }

  std::span<const int64_t> data, wanted;
  Shape shape;
  std::vector<bool> failed;
};

std::optional<Shape> align(std::span<const int64_t> data, std::span<const int64_t> wanted) {
  return Alignment(data, wanted).find();
}

/// Moves the last axis to the front, or the first to the back. `view` has no leading axes of size 1.
std::optional<Fit> turn(const Shape &view, std::span<const int64_t> wanted, bool lastToFront) {
  // The input has these axes and perhaps one more, the batch: otherwise none of them is known to be the channels'.
  if (view.size() < 2 || (wanted.size() != view.size() && wanted.size() != view.size() + 1))
    return std::nullopt;
  Fit fit{.kind = Fit::Kind::Turned, .view = view, .perm = Shape(view.size()), .shape = {}};
  std::iota(fit.perm.begin(), fit.perm.end(), int64_t{0});
  if (lastToFront)
    std::rotate(fit.perm.begin(), fit.perm.end() - 1, fit.perm.end());
  else
    std::rotate(fit.perm.begin(), fit.perm.begin() + 1, fit.perm.end());
  Shape turned;
  for (int64_t axis : fit.perm)
    turned.push_back(view[static_cast<size_t>(axis)]);
  std::optional<Shape> shape = align(turned, wanted);
  if (!shape)
    return std::nullopt;
  fit.shape = std::move(*shape);
  return fit;
}

size_t axesAboveOne(std::span<const int64_t> shape) {
  return static_cast<size_t>(std::count_if(shape.begin(), shape.end(), [](int64_t dim) { return dim != 1; }));
}

/// The array without leading axes of size 1, as long as it has more than the input has beside its batch.
Shape withoutLeadingOnes(std::span<const int64_t> data, size_t wantedRank) {
  while (data.size() >= wantedRank && data.size() > 1 && data.front() == 1)
    data = data.subspan(1);
  return {data.begin(), data.end()};
}

std::optional<Fit> flat(std::span<const int64_t> data, std::span<const int64_t> wanted) {
  if (std::ranges::count(wanted, anySize) > 0 || (axesAboveOne(data) > 1 && axesAboveOne(wanted) > 1) ||
      elementCount(data) != elementCount(wanted))
    return std::nullopt;
  Shape shape(wanted.begin(), wanted.end());
  return Fit{.kind = Fit::Kind::Flat, .view = shape, .perm = {}, .shape = shape};
}

} // namespace

std::optional<Fit> fitShape(std::span<const int64_t> data, const std::optional<Shape> &wanted,
                            std::optional<ArrayLayout> layout) {
  const Shape whole(data.begin(), data.end());
  if (!wanted)
    return Fit{.kind = Fit::Kind::Same, .view = whole, .perm = {}, .shape = whole};
  const Shape view = withoutLeadingOnes(data, wanted->size());
  const std::optional<Fit> toFront =
      layout == ArrayLayout::ChannelsFirst ? std::nullopt : turn(view, *wanted, /*lastToFront=*/true);
  const std::optional<Fit> toBack =
      layout == ArrayLayout::ChannelsLast ? std::nullopt : turn(view, *wanted, /*lastToFront=*/false);
  if (layout == ArrayLayout::ChannelsLast && toFront && axesAboveOne(view) > 1)
    return toFront;
  if (std::optional<Shape> shape = align(data, *wanted)) {
    Fit fit{.kind = Fit::Kind::Same, .view = *shape, .perm = {}, .shape = *shape};
    if (!layout && view.size() > 2 && axesAboveOne(view) > 1 && view.back() <= 4 && toFront)
      fit.kind = Fit::Kind::Ambiguous;
    return fit;
  }
  if (toFront)
    return toFront;
  if (toBack)
    return toBack;
  return flat(data, *wanted);
}

std::optional<ArrayFit> fitArray(std::span<const int64_t> data, const std::optional<Shape> &wanted,
                                 std::optional<ArrayLayout> layout) {
  if (!wanted && !data.empty()) { // the input surely has a batch, as nearly all have
    Shape sample(data.begin(), data.end());
    sample.front() = 1;
    return ArrayFit{.isOneSample = false,
                    .fit = {.kind = Fit::Kind::Same, .view = sample, .perm = {}, .shape = sample}};
  }
  const bool isBatch = !wanted || (!wanted->empty() && wanted->front() == anySize);
  const bool isWhole = !isBatch && wanted->size() == data.size() &&
                       std::equal(data.begin(), data.end(), wanted->begin(),
                                  [](int64_t have, int64_t want) { return want == anySize || want == have; });
  if (!isWhole && !data.empty())
    if (std::optional<Fit> fit = fitShape(data.subspan(1), wanted, layout))
      return ArrayFit{.isOneSample = false, .fit = std::move(*fit)};
  if (std::optional<Fit> fit = fitShape(data, wanted, layout))
    return ArrayFit{.isOneSample = true, .fit = std::move(*fit)};
  return std::nullopt;
}

HostTensor arrange(HostTensor tensor, const Fit &fit) {
  tensor.shape = fit.shape;
  if (fit.perm.empty())
    return tensor;
  const size_t rank = fit.perm.size(), width = static_cast<size_t>(info(tensor.dtype).bytes());
  Shape strides(rank, 1), index(rank, 0);
  for (size_t axis = rank - 1; axis-- > 0;)
    strides[axis] = strides[axis + 1] * fit.view[axis + 1];
  std::vector<std::byte> data(tensor.data.size());
  int64_t source = 0;
  for (size_t out = 0; out < data.size(); out += width) {
    std::memcpy(&data[out], &tensor.data[static_cast<size_t>(source) * width], width);
    for (size_t axis = rank; axis-- > 0;) { // the next index; its last axis runs fastest
      const auto from = static_cast<size_t>(fit.perm[axis]);
      source += strides[from];
      if (++index[axis] < fit.view[from])
        break;
      source -= strides[from] * fit.view[from];
      index[axis] = 0;
    }
  }
  tensor.data = std::move(data);
  return tensor;
}

} // namespace burin::samples
