// Writes a set of files into a folder: all of them, or none.
#ifndef BURIN_COMPILER_OUTPUTFOLDER_H
#define BURIN_COMPILER_OUTPUTFOLDER_H

#include "codegen/Library.h"
#include "ir/diagnostics/Diagnostics.h"

#include <filesystem>

namespace burin {

/// Writes `files` to a fresh folder beside `folder` and moves them into place when all are complete. On failure
/// (BRN1602) nothing new is left behind and the old files stand.
bool writeFolder(const std::filesystem::path &folder, const std::vector<codegen::File> &files, DiagnosticSink &sink);

} // namespace burin

#endif
