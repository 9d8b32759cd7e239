#include "frontend/samples/Fit.h"
#include "tests/frontend/tensors/Support.h"

#include <numeric>

using namespace burin;
using namespace burin::samples;
using Shape = std::vector<int64_t>;
using Kind = Fit::Kind;

static constexpr auto first = ArrayLayout::ChannelsFirst, last = ArrayLayout::ChannelsLast;

namespace {
struct Expected {
  Kind kind;
  Shape shape, perm;
};
} // namespace

static void check(const Shape &data, const Shape &wanted, std::optional<ArrayLayout> layout, const Expected &expected) {
  const auto fit = fitShape(data, wanted, layout);
  INFO(typeText(DType::Float32, data) << " in " << Catch::StringMaker<Shape>::convert(wanted));
  REQUIRE(fit);
  CHECK(fit->kind == expected.kind);
  CHECK(fit->shape == expected.shape);
  CHECK(fit->perm == expected.perm);
}

static void checkNone(const Shape &data, const Shape &wanted) {
  INFO(typeText(DType::Float32, data) << " in " << Catch::StringMaker<Shape>::convert(wanted));
  CHECK_FALSE(fitShape(data, wanted, std::nullopt));
}

TEST_CASE("axes of size 1 may be missing or too many") {
  check({49, 10, 1}, {1, 49, 10, 1}, {}, {Kind::Same, {1, 49, 10, 1}, {}});
  check({28, 28}, {1, 1, 28, 28}, {}, {Kind::Same, {1, 1, 28, 28}, {}});
  check({28, 28, 1}, {1, 1, 28, 28}, {}, {Kind::Same, {1, 1, 28, 28}, {}});
  check({1, 1, 1, 42}, {1, 42}, {}, {Kind::Same, {1, 42}, {}});
  check({}, {1, 1}, {}, {Kind::Same, {1, 1}, {}});
  check({1}, {}, {}, {Kind::Same, {}, {}});
}

TEST_CASE("open dims take what the data have, and the batch 1") {
  check({3, 20, 30}, {anySize, 3, anySize, anySize}, {}, {Kind::Same, {1, 3, 20, 30}, {}});
  check({28, 28}, {anySize, anySize, anySize, anySize}, {}, {Kind::Same, {1, 1, 28, 28}, {}});
  check({77, 40}, {1, anySize, 40}, {}, {Kind::Same, {1, 77, 40}, {}});
}

TEST_CASE("channels are moved where only that fits") {
  check({32, 24, 3}, {1, 3, 32, 24}, {}, {Kind::Turned, {1, 3, 32, 24}, {2, 0, 1}});
  check({1, 32, 24, 3}, {1, 3, 32, 24}, {}, {Kind::Turned, {1, 3, 32, 24}, {2, 0, 1}});
  check({3, 32, 24}, {1, 32, 24, 3}, {}, {Kind::Turned, {1, 32, 24, 3}, {1, 2, 0}});
  check({3, 32, 24}, {32, 24, 3}, {}, {Kind::Turned, {32, 24, 3}, {1, 2, 0}});
  check({49, 10}, {1, 10, 49}, {}, {Kind::Turned, {1, 10, 49}, {1, 0}});
  check({32, 24, 3}, {anySize, 3, anySize, anySize}, {}, {Kind::Turned, {1, 3, 32, 24}, {2, 0, 1}});
  checkNone({32, 3, 24}, {1, 3, 32, 24});
  CHECK_FALSE(fitShape(Shape{32, 24, 3}, Shape{1, 3, 32, 24}, first)); // its last axis is said to be none of channels
  CHECK_FALSE(fitShape(Shape{3, 32, 24}, Shape{1, 32, 24, 3}, last));
}

TEST_CASE("where both fit, the data stay as they are unless a layout is given") {
  check({3, 3, 3}, {1, 3, 3, 3}, {}, {Kind::Ambiguous, {1, 3, 3, 3}, {}});
  check({3, 3, 3}, {1, 3, 3, 3}, first, {Kind::Same, {1, 3, 3, 3}, {}});
  check({3, 3, 3}, {1, 3, 3, 3}, last, {Kind::Turned, {1, 3, 3, 3}, {2, 0, 1}});
  check({32, 24, 3}, {anySize, anySize, anySize, anySize}, {}, {Kind::Ambiguous, {1, 32, 24, 3}, {}});
  check({32, 24, 3}, {anySize, anySize, anySize, anySize}, last, {Kind::Turned, {1, 3, 32, 24}, {2, 0, 1}});
  check({40, 40}, {1, 40, 40}, last, {Kind::Turned, {1, 40, 40}, {1, 0}});
  check({28, 28, 1}, {1, 1, 28, 28}, last, {Kind::Turned, {1, 1, 28, 28}, {2, 0, 1}});
  check({16, 16, 16}, {1, 16, 16, 16}, {}, {Kind::Same, {1, 16, 16, 16}, {}}); // no image
}

TEST_CASE("flat arrays and inputs are row-major") {
  check({28, 28}, {1, 784}, {}, {Kind::Flat, {1, 784}, {}});
  check({784}, {1, 1, 28, 28}, {}, {Kind::Flat, {1, 1, 28, 28}, {}});
  checkNone({28, 28}, {1, 783});
  checkNone({14, 56}, {1, 1, 28, 28});
  checkNone({784}, {1, anySize, 28, 28});
}

TEST_CASE("samples along the first axis, or one") {
  const auto fit = [](const Shape &data, const std::optional<Shape> &wanted) {
    const auto result = fitArray(data, wanted, std::nullopt);
    REQUIRE(result);
    return std::pair(result->isOneSample, result->fit.shape);
  };
  CHECK(fit({1200, 49, 10, 1}, Shape{1, 49, 10, 1}) == std::pair(false, Shape{1, 49, 10, 1}));
  CHECK(fit({1, 49, 10, 1}, Shape{1, 49, 10, 1}) == std::pair(true, Shape{1, 49, 10, 1}));
  CHECK(fit({8, 49, 10, 1}, Shape{8, 49, 10, 1}) == std::pair(true, Shape{8, 49, 10, 1}));
  CHECK(fit({5, 8, 49, 10, 1}, Shape{8, 49, 10, 1}) == std::pair(false, Shape{8, 49, 10, 1}));
  CHECK(fit({49, 10, 1}, Shape{1, 49, 10, 1}) == std::pair(true, Shape{1, 49, 10, 1}));
  CHECK(fit({1200, 49, 10, 1}, Shape{anySize, 49, 10, 1}) == std::pair(false, Shape{1, 49, 10, 1}));
  CHECK(fit({100, 40}, Shape{anySize, 40}) == std::pair(false, Shape{1, 40}));
  CHECK(fit({1, 77, 40}, Shape{1, anySize, 40}) == std::pair(true, Shape{1, 77, 40}));
  CHECK(fit({28, 28}, Shape{1, 784}) == std::pair(true, Shape{1, 784}));
  CHECK(fit({500}, Shape{1, 1}) == std::pair(false, Shape{1, 1}));
  CHECK(fit({100, 40}, std::nullopt) == std::pair(false, Shape{1, 40}));
  CHECK_FALSE(fitArray(Shape{1200, 49, 11, 1}, Shape{1, 49, 10, 1}, std::nullopt));
}

TEST_CASE("many axes of size 1 don't take exponential time") {
  Shape data(16, 1), wanted(16, anySize);
  wanted.push_back(2);
  CHECK_FALSE(fitShape(data, wanted, std::nullopt));
}

TEST_CASE("arranging moves the elements") {
  HostTensor image = tensorOf<int16_t>(DType::Int16, {0, 1, 2, 10, 11, 12}); // [1, 2, 3]: two pixels of three channels
  image.shape = {1, 2, 3};
  const HostTensor turned = arrange(image, *fitShape(image.shape, Shape{1, 3, 1, 2}, std::nullopt));
  CHECK(turned.shape == Shape{1, 3, 1, 2});
  CHECK(valuesOf<int16_t>(turned) == std::vector<int16_t>{0, 10, 1, 11, 2, 12});

  HostTensor planes = tensorOf<uint8_t>(DType::UInt8, {0, 1, 2, 3, 10, 11, 12, 13}); // [2, 2, 2] as channels first
  planes.shape = {2, 4};
  const HostTensor rows = arrange(planes, *fitShape(planes.shape, Shape{1, 4, 2}, std::nullopt));
  CHECK(valuesOf<uint8_t>(rows) == std::vector<uint8_t>{0, 10, 1, 11, 2, 12, 3, 13});
}
