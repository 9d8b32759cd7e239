#include "tests/frontend/samples/Media.h"

using namespace burin;

namespace {
struct MediaFile {
  std::string_view name, bytes;
};
} // namespace

static constexpr MediaFile files[] = {
#include "tests/frontend/samples/MediaFiles.inc"
};

std::string_view burin::mediaFile(std::string_view name) {
  for (const MediaFile &file : files)
    if (file.name == name)
      return file.bytes;
  FAIL("no media file " << name);
  return {};
}
