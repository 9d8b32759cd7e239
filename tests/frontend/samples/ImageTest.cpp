#include "frontend/samples/Image.h"
#include "tests/frontend/samples/Media.h"

#include <cmath>

using namespace burin;
using namespace burin::samples;

static Image decoded(std::string_view name, ImageChannels channels) {
  CollectingSink sink;
  const auto image = decodeImage(mediaFile(name), std::string(name), channels, sink);
  INFO(name);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(image);
  return *image;
}

static const std::vector<float> rgb = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90};

TEST_CASE("lossless formats give the same pixels") {
  for (const char *name : {"colours.png", "transparent.png", "colours.ppm", "colours.bmp"}) {
    const Image image = decoded(name, ImageChannels::Rgb);
    CHECK(image.size == ImageSize{2, 3});
    CHECK(image.channels == 3);
    CHECK(image.values == rgb);
  }
}

TEST_CASE("channels") {
  const Image bgr = decoded("colours.png", ImageChannels::Bgr);
  CHECK(std::vector<float>(bgr.values.begin(), bgr.values.begin() + 6) == std::vector<float>{0, 0, 255, 0, 255, 0});
  const Image gray = decoded("colours.png", ImageChannels::Gray);
  CHECK(gray.channels == 1);
  for (size_t i = 0; i < 6; ++i) // 0.299 R + 0.587 G + 0.114 B
    CHECK(std::abs(gray.values[i] - (0.299f * rgb[3 * i] + 0.587f * rgb[3 * i + 1] + 0.114f * rgb[3 * i + 2])) < 1.5f);
  CHECK(decoded("gray.png", ImageChannels::Gray).values == std::vector<float>{0, 100, 255, 1, 2, 3});
  const Image colour = decoded("gray.png", ImageChannels::Rgb);
  CHECK(std::vector<float>(colour.values.begin() + 3, colour.values.begin() + 6) == std::vector<float>{100, 100, 100});
}

TEST_CASE("a JPEG of two halves") {
  const Image image = decoded("halves.jpg", ImageChannels::Rgb);
  REQUIRE(image.size == ImageSize{16, 16});
  const auto near = [&](int64_t row, int64_t column, std::vector<float> wanted) {
    for (size_t c = 0; c < 3; ++c)
      CHECK(std::abs(image.values[static_cast<size_t>(row * 16 + column) * 3 + c] - wanted[c]) <= 4);
  };
  near(0, 0, {200, 40, 40});
  near(15, 7, {200, 40, 40});
  near(0, 8, {30, 60, 180});
  near(15, 15, {30, 60, 180});
}

TEST_CASE("bilinear with antialiasing") {
  // Halving: weights (1, 3, 3, 1) / 8 on pixels 2i − 1 … 2i + 2, renormalised to (3, 3, 1) / 7 at the edges.
  const Image row{.size = {1, 4}, .channels = 1, .values = {0, 7, 70, 700}};
  const Image half = resizeImage(row, {1, 2});
  CHECK(half.size == ImageSize{1, 2});
  CHECK(half.values[0] == Approx((3 * 0 + 3 * 7 + 1 * 70) / 7.0));
  CHECK(half.values[1] == Approx((1 * 7 + 3 * 70 + 3 * 700) / 7.0));
  // Doubling: pixel centres at −1/4, 1/4, 3/4, 5/4, clamped to the edges; rows and channels by themselves.
  const Image pair{.size = {2, 1}, .channels = 2, .values = {0, 100, 4, 200}};
  const Image twice = resizeImage(pair, {4, 1});
  CHECK(twice.values == std::vector<float>{0, 100, 1, 125, 3, 175, 4, 200});
  CHECK(resizeImage(row, row.size).values == row.values);
}

TEST_CASE("the middle of an image") {
  Image image{.size = {4, 5}, .channels = 1, .values = {}};
  for (int i = 0; i < 20; ++i)
    image.values.push_back(static_cast<float>(i));
  CHECK(cropImage(image, {2, 3}).values == std::vector<float>{6, 7, 8, 11, 12, 13});
  CHECK(cropImage(image, {1, 2}).values == std::vector<float>{6, 7});
  CHECK(cropImage(image, {4, 5}).values == image.values);
}

TEST_CASE("files that aren't images") {
  const auto refused = [](std::string_view bytes) {
    CollectingSink sink;
    CHECK_FALSE(decodeImage(bytes, "x.png", ImageChannels::Rgb, sink));
    CHECK(onlyCode(sink) == "BRN1015");
  };
  refused("");
  refused("GIF89a\x01\x00\x01\x00");
  refused(mediaFile("colours.png").substr(0, 40));
  refused("P6\n20000 20000\n255\n"); // 400 million pixels
  refused("P6\n0 3\n255\n");
}
