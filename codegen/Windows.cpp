#include "codegen/Windows.h"

#include "codegen/Streams.h"

namespace burin::codegen {

std::string windowFunction(const Library &library, const WindowKind &kind) {
  return library.info.name + "_window_" + viewOf(kind.elem) +
         (kind.ring > 0 ? "_ring" + std::to_string(kind.ring) : "");
}

void printWindowFunction(const Library &library, const WindowKind &kind, CWriter &w) {
  const std::string place = kind.ring > 0 ? ringSlot(library, kind.ring, "first") : "first";
  w.comment("The rows first, first + dilation .. of an image" +
            (kind.ring > 0 ? " that is kept in a ring of " + std::to_string(kind.ring) + " rows" : std::string()) +
            ", NULL for those outside; above the image first wraps to a large value.");
  w.list("static void " + windowFunction(library, kind) + "(",
         {"const " + kind.elem + " **rows", "uint32_t count", "const " + kind.elem + " *image", "uint32_t first",
          "uint32_t dilation", "uint32_t height", "uint32_t elements"},
         ")");
  w.line("{").indent();
  if (place.empty())
    w.line("(void)elements;");
  w.open("for (uint32_t k = 0u; k < count; ++k, first += dilation)");
  w.line("rows[k] = first < height ? image" + (place.empty() ? "" : " + " + place + " * elements") + " : NULL;");
  w.close().close().line();
}

} // namespace burin::codegen
