// Text files of this folder that the program carries: board support and the reference's script.
#ifndef BURIN_COMPILER_VERIFY_EMBEDDED_H
#define BURIN_COMPILER_VERIFY_EMBEDDED_H

#include <span>
#include <string_view>

namespace burin {

struct EmbeddedFile {
  std::string_view board; ///< folder under boards/, or empty
  std::string_view name, text;
};

/// The files of one board; none for an empty name.
std::span<const EmbeddedFile> boardFiles(std::string_view board);

/// reference.py: runs ONNX Runtime.
std::string_view referenceScript();

} // namespace burin

#endif
