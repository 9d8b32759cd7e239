#include "frontend/samples/Image.h"
#include "frontend/onnx/ops/ResizeTables.h"
#include "frontend/tensors/Files.h"

#include <cassert>
#include <fmt/format.h>
#include <memory>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_ONLY_PNG // and no other decoder is compiled in: those for GIF and PIC have known faults
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_MAX_DIMENSIONS 32768
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace burin::samples {

static std::nullopt_t undecodable(const std::filesystem::path &path, std::string message, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1015",
               .model = path.filename().string(),
               .message = std::move(message),
               .fix = "save it as a PNG of 8 bits a channel, or remove it from the folder"});
  return std::nullopt;
}

std::optional<Image> decodeImage(std::string_view bytes, const std::filesystem::path &path, ImageChannels channels,
                                 DiagnosticSink &sink) {
  const auto *data = reinterpret_cast<const stbi_uc *>(bytes.data());
  const int length = static_cast<int>(bytes.size());
  int width = 0, height = 0, inFile = 0;
  if (!stbi_info_from_memory(data, length, &width, &height, &inFile))
    return undecodable(path, fmt::format("the file is not an image that can be read: {}", stbi_failure_reason()), sink);
  if (width < 1 || height < 1 || int64_t{width} * height > mostImagePixels)
    return undecodable(path, fmt::format("the image has {} x {} pixels, more than can be read", width, height), sink);
  const int wanted = channels == ImageChannels::Gray ? 1 : 3;
  const std::unique_ptr<stbi_uc, void (*)(void *)> pixels(
      stbi_load_from_memory(data, length, &width, &height, &inFile, wanted), stbi_image_free);
  if (!pixels)
    return undecodable(path, fmt::format("the image is damaged: {}", stbi_failure_reason()), sink);
  Image image{.size = {height, width}, .channels = wanted, .values = {}};
  image.values.assign(pixels.get(), pixels.get() + int64_t{width} * height * wanted);
  if (channels == ImageChannels::Bgr)
    for (size_t i = 0; i + 2 < image.values.size(); i += 3)
      std::swap(image.values[i], image.values[i + 2]);
  return image;
}

std::optional<Image> readImage(const std::filesystem::path &path, ImageChannels channels, DiagnosticSink &sink) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, sink);
  return buffer ? decodeImage(textOf(*buffer), path, channels, sink) : std::nullopt;
}

/// Resizes the middle axis of [outer, in, inner] to `out` elements.
static std::vector<float> resizeAxis(const std::vector<float> &values, int64_t outer, int64_t in, int64_t inner,
                                     int64_t out) {
  if (in == out)
    return values;
  importer::ResizeAxis axis{.in = in, .out = out, .scale = static_cast<double>(out) / static_cast<double>(in)};
  axis.mode = importer::ResizeMode::Linear;
  axis.antialias = true;
  const importer::ResizeTable table = makeResizeTable(axis);
  std::vector<float> result(static_cast<size_t>(outer * out * inner), 0.0f);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < out; ++i) {
      float *to = &result[static_cast<size_t>((o * out + i) * inner)];
      for (int64_t t = 0; t < table.taps; ++t) {
        const auto tap = static_cast<size_t>(i * table.taps + t);
        const float *from = &values[static_cast<size_t>((o * in + table.indices[tap]) * inner)];
        for (int64_t k = 0; k < inner; ++k)
          to[k] += table.weights[tap] * from[k];
      }
    }
  return result;
}

Image resizeImage(const Image &image, ImageSize size) {
  Image result{.size = size, .channels = image.channels, .values = {}};
  result.values = resizeAxis(image.values, image.size.height, image.size.width, image.channels, size.width);
  result.values = resizeAxis(result.values, 1, image.size.height, size.width * image.channels, size.height);
  return result;
}

Image cropImage(const Image &image, ImageSize size) {
  assert(size.height <= image.size.height && size.width <= image.size.width);
  Image result{.size = size, .channels = image.channels, .values = {}};
  const int64_t top = (image.size.height - size.height) / 2, left = (image.size.width - size.width) / 2;
  for (int64_t row = 0; row < size.height; ++row) {
    const float *from = &image.values[static_cast<size_t>(((top + row) * image.size.width + left) * image.channels)];
    result.values.insert(result.values.end(), from, from + size.width * image.channels);
  }
  return result;
}

} // namespace burin::samples
