// Images in files, as numbers.
#pragma once

#include "frontend/samples/Preparation.h"
#include "ir/diagnostics/Diagnostics.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace burin::samples {

/// Pixels row by row from the top, channels last, 0 … 255.
struct Image {
  ImageSize size;
  int64_t channels = 0;
  std::vector<float> values;
};

/// The pixels that one image may have.
inline constexpr int64_t mostImagePixels = int64_t{1} << 26;

/// Decodes a PNG, JPEG, BMP, PGM or PPM of 8 bits a channel (16 are cut to 8). Transparency is ignored, as is the
/// rotation that a camera notes. Gray is 0.299 R + 0.587 G + 0.114 B, in steps of 1/256 as stb_image has it. Nothing,
/// and BRN1001 or BRN1015.
std::optional<Image> readImage(const std::filesystem::path &path, ImageChannels channels, DiagnosticSink &sink);

/// The same for bytes in memory, as if they were read from `path`.
std::optional<Image> decodeImage(std::string_view bytes, const std::filesystem::path &path, ImageChannels channels,
                                 DiagnosticSink &sink);

/// Bilinear, antialiased where it shrinks: ONNX Resize-18, mode linear, half_pixel, antialias 1. Not rounded.
Image resizeImage(const Image &image, ImageSize size);

/// The middle of the image; where it can't be exact, half a pixel further left and up. `size` is at most the image's.
Image cropImage(const Image &image, ImageSize size);

} // namespace burin::samples
