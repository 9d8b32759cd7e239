// Orders through reshapes, against moving the elements.
#include "passes/layout/AxisOrder.h"

#include <catch2/catch.hpp>

#include <numeric>
#include <random>

using namespace burin::nn;
using Shape = std::vector<int64_t>;

namespace {

/// The elements of transpose(x, order), x of `shape` row-major.
std::vector<int> transposed(const std::vector<int> &x, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> order) {
  std::vector<int> y(x.size());
  for (size_t flat = 0; flat < x.size(); ++flat) {
    // Index of element `flat` of the result, last axis fastest, gives its place in x.
    size_t rest = flat, from = 0;
    for (size_t i = order.size(); i-- > 0;) {
      const auto extent = static_cast<size_t>(shape[order[i]]), index = rest % extent;
      rest /= extent;
      size_t stride = 1;
      for (size_t axis = static_cast<size_t>(order[i]) + 1; axis < shape.size(); ++axis)
        stride *= static_cast<size_t>(shape[axis]);
      from += index * stride;
    }
    y[flat] = x[from];
  }
  return y;
}

std::optional<Shape> through(Shape from, Shape to, Shape order) {
  std::optional<AxisOrder> result = orderThroughReshape(from, to, order);
  return result ? std::optional<Shape>(Shape(result->begin(), result->end())) : std::nullopt;
}

} // namespace

TEST_CASE("channels stay last through reshapes of the image") {
  // [N,C,H,W] stored as NHWC, flattened to [N,C,H*W]: stored as [N,H*W,C].
  CHECK(through({2, 3, 4, 5}, {2, 3, 20}, {0, 2, 3, 1}) == Shape{0, 2, 1});
  CHECK(through({2, 3, 20}, {2, 3, 4, 5}, {0, 2, 1}) == Shape{0, 2, 3, 1});
  // A unit axis goes in front of the axis it precedes.
  CHECK(through({2, 3, 5}, {2, 3, 1, 5}, {0, 2, 1}) == Shape{0, 2, 3, 1});
  CHECK(through({2, 3, 5}, {2, 3, 5, 1}, {0, 2, 1}) == Shape{0, 2, 3, 1});
  CHECK(through({1, 3, 1, 1}, {1, 3}, {0, 2, 3, 1}) == Shape{0, 1});
}

TEST_CASE("what a reshape joins can't be stored apart") {
  CHECK(through({2, 3, 4}, {2, 12}, {0, 2, 1}) == std::nullopt);
  CHECK(through({2, 12}, {2, 3, 4}, {1, 0}) == Shape{1, 2, 0});
  CHECK(through({4, 6}, {6, 4}, {1, 0}) == std::nullopt);
}

TEST_CASE("reshape of transpose is transpose of reshape") {
  const unsigned seed = 77;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int found = 0;
  const Shape shapes[] = {{2, 3, 4},    {6, 4},          {2, 12}, {24},        {2, 3, 2, 2},
                          {1, 6, 1, 4}, {2, 1, 3, 4, 1}, {3, 8},  {2, 3, 4, 1}};
  for (const Shape &from : shapes)
    for (const Shape &to : shapes)
      for (int trial = 0; trial < 20; ++trial) {
        Shape order(from.size());
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        std::optional<Shape> result = through(from, to, order);
        if (!result)
          continue;
        ++found;
        std::vector<int> x(24);
        std::iota(x.begin(), x.end(), 0);
        CAPTURE(from, to, order, *result);
        CHECK(transposed(x, from, order) == transposed(x, to, *result));
      }
  CHECK(found > 200);
}
