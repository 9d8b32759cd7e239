// Functions that set up the pointers to the rows of a window, one for each kind of image.
#ifndef BURIN_CODEGEN_WINDOWS_H
#define BURIN_CODEGEN_WINDOWS_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

#include <compare>

namespace burin::codegen {

/// Images of these elements, and of so many rows where they are kept in a ring; 0: all are there.
struct WindowKind {
  std::string elem;
  int64_t ring = 0;
  auto operator<=>(const WindowKind &) const = default;
};

/// "kws_window_s8", "kws_window_s8_ring3".
std::string windowFunction(const Library &library, const WindowKind &kind);

/// Defines it: it takes the pointers, their number, the image, the first row, which wraps to a large value above the
/// image, and how far the next one is, the image's height and the elements of a row.
void printWindowFunction(const Library &library, const WindowKind &kind, CWriter &w);

} // namespace burin::codegen

#endif
